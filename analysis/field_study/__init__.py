"""A virtual field study: what a study of a few pairs could have seen, missed or wrongly concluded."""
