"""From tables to measures, figures and words; runs nothing and writes nothing."""
