"""Fixtures of the seminar's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from seminar.server import application
from seminar.visitors import Visitors
from tests.seminar.served import Client, serving


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with serving(application(Visitors())) as port:
        yield Client(port)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the browser is marked as one of its tests."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
