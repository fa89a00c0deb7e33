"""The numbers of a scenario, each with value, range, unit and source."""
