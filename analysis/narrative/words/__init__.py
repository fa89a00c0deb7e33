"""How acts, emotions and frames are put into words: data, and the grammar that uses it."""
