"""Which runs are made and where they are kept; the only folder that writes results."""
