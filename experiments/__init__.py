"""Experiments: runs, comparisons, studies, calibration and validation; the only folder that writes results."""
