"""Drift landscapes: where pairs move in a plane of two variables, and the fixed points of that movement."""
