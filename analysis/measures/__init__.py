"""Measures: what a researcher would report of a run, each with an interval, from the run's tables alone.

``collected.measures`` computes them all; every other file holds one kind of them, ``estimates`` how intervals are made.
"""
