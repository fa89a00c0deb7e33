"""Text that would become an element, an attribute or a template's expression wherever it is not escaped."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = (
    "text</p></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>\"'> {{ 7 * 7 }}{% raw %} &amp;"
)


class Elements(HTMLParser):
    """The elements of a page, in their order, and every text and attribute of them as a browser reads it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def check_only_text(page: str, harmless: str) -> int:
    """Check that hostile text on a page is text: the page has the elements of a *harmless* one, and no attribute more.

    Returns how often the text is there, in texts and in attributes.
    """
    found, expected = Elements(page), Elements(harmless)
    assert found.tags == expected.tags
    assert [name for name, _ in found.attributes] == [name for name, _ in expected.attributes]
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    return "".join(found.texts).count(HOSTILE) + sum(value.count(HOSTILE) for _, value in found.attributes)
