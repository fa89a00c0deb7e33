"""Reports: one HTML file about a run."""
