"""Figures: a table in, a matplotlib ``Figure`` out. Nothing is read, saved or simulated here."""
