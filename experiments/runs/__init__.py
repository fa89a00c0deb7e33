"""Single runs, saved and opened again."""
