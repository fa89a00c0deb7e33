"""Estimates with intervals: bootstrap, paired differences, effects."""
