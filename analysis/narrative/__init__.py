"""Words for what happened: story, interview, explanation of one exchange."""
