"""The command ``twoway``: one file per group of commands."""
