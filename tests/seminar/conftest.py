"""Fixtures of the seminar's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.browsing import Open, Window, chromium
from tests.support.served import Client, serving

from twoway.seminar.server import Visitors, application
from twoway.simulation.parameters.scenario import Scenario
from twoway.simulation.run import PreparedScenario, simulate_centre


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with serving(application(Visitors())) as port:
        yield Client(port)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    simulate_centre(PreparedScenario(Scenario()), 0, 0, 0, days=1)  # compiles: no page waits so long
    with serving(application(Visitors())) as one:
        yield one


@pytest.fixture
def opened(browser: Any, port: int) -> Iterator[Open]:
    """Opens windows with a recipe; at the end all are closed, and none may have complained."""
    windows: list[Window] = []

    def open_window(text: str = "ordinary/42", at: int | str = port, **more: Any) -> Window:
        windows.append(Window(browser, f"http://127.0.0.1:{at}/?recipe={text}", **more))
        return windows[-1].ready()

    yield open_window
    for window in windows:
        window.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the browser is marked as one of its tests."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
