"""The same people with common random numbers in several contexts."""
