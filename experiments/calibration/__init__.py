"""Calibration: which numbers of the model agree with the facts, found without a likelihood, and how sure that is."""
