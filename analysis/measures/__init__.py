"""Measures: what a researcher would report of a run, each with an interval, from the run's tables alone."""
