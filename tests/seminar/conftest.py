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
