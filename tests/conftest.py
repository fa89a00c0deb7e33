"""Fixtures that more than one test file needs."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Compiled code is compiled at its first call, and machines differ: no example has a deadline.
settings.register_profile(
    "twoway", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("twoway")
