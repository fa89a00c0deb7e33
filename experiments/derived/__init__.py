"""Results that rest on many runs: ablation, robustness, landscape, field study."""
