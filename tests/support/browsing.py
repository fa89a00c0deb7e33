"""A real browser for the tests of page and handout: it reaches this machine alone, and every complaint is a failure."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

REQUIRED = os.environ.get("TWOWAY_BROWSER") == "required"
"""Whether a missing browser fails the tests rather than skipping them."""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium, headless; without it the test is skipped, or fails where it is required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        found = None
    if found is None:
        missing = "no Chromium and Playwright here: apt install chromium, pip install playwright axe-playwright-python"
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """A window with the seminar page, as somebody uses it."""

    def __init__(self, browser: Any, url: str, width: int = 1280, height: int = 720, **more: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **more)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.loaded: dict[str, int] = {}
        self.page.on("console", lambda told: self.complaints.append(f"console: {told.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._note)
        self.page.on("requestfinished", lambda one: self.loaded.update({one.url: one.sizes()["responseBodySize"]}))
        self.page.goto(url)

    def _note(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.complaints.append(f"request: {request.url}")

    def ready(self) -> Window:
        """Wait until the page shows a session."""
        self.page.locator("#where:not(:empty)").wait_for()
        return self

    def text(self, where: str) -> str:
        """The words of a part of the page."""
        return str(self.page.locator(where).inner_text())

    def click(self, where: str) -> None:
        """Click on something."""
        self.page.click(where)

    def resize(self, width: int, height: int) -> None:
        """Resize the window, in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": height})

    def until(self, script: str, timeout: float = 30.0) -> None:
        """Wait until an expression is true in the page (its policy forbids Playwright's own way of waiting for one)."""
        for _ in range(int(timeout / 0.02)):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"never true: {script}; the page says {self.text('body')[:500]}")

    def on_day(self, day: int) -> None:
        """Wait until the page shows a day."""
        self.until(f"document.getElementById('where').textContent.startsWith('Day {day},')")

    def settled(self) -> None:
        """Wait until all requests have been answered and shown."""
        self.page.evaluate("line")

    def asked(self, word: str) -> list[Any]:
        """A list that grows by each request for an action from now on."""
        found: list[Any] = []
        self.page.on("request", lambda one: found.append(one) if f'"do":"{word}"' in (one.post_data or "") else None)
        return found

    def axe(self) -> list[str]:
        """What axe finds wrong with the page as it is."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]

    def close(self) -> None:
        """Close the window; fails if the browser complained about anything."""
        self.context.close()
        assert self.complaints == []


Open = Callable[..., Window]
"""Opens a window with a recipe."""


def step(window: Window, times: int = 1) -> list[str]:
    """Step a number of times; returns the account after each step."""
    accounts = []
    for _ in range(times):
        before = window.page.input_value("#recipe")
        window.click("[data-do=step]")
        window.until(f"document.getElementById('recipe').value !== {json.dumps(before)}")
        accounts.append(window.text("#account"))
    return accounts
