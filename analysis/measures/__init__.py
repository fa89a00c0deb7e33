"""Measures: what a researcher would report of a run, each with an interval, from the run's tables alone.

``all_measures.measures`` computes them all; every other file holds one kind of them, ``estimates`` how intervals are
made.
"""
