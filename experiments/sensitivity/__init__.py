"""Sensitivity analysis and scenario discovery from the runs of a study."""
