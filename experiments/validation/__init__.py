"""The model held against published facts: what they are, how each is computed, and a scoreboard of all of them."""
