"""The scenarios that come with two-way-process: data only."""
