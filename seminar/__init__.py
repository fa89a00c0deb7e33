"""Teaching with the model: the page a lecturer opens, the lessons that come with it, and the handout to take home."""
