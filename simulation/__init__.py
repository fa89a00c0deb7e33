"""The model: how client and keyworker negotiate what their relationship is. Writes no files, knows no studies.

Read ``simulation/dynamics/encounter.py`` first, and ``simulation/ODD.md`` for the whole description.
"""

SCOPE = "Made-up people in a model; no forecast about anyone."
"""What stands on everything that comes out of the model."""
