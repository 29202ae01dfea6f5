"""From a template to a page: the one place where HTML is made."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from kg.views.offline import environment
from kg.web.addresses import address, query_address
from kg.web.jobs import Reply

_TEMPLATES = Path(__file__).parent / "templates"

#: Rows of a table that stand open; those after them are folded.
FOLD = 25

HTML = "text/html; charset=utf-8"
#: What a page of ours may do: load its own style and scripts, show its own pictures, ask this server.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
)


@cache
def _environment() -> Environment:
    found = environment(_TEMPLATES)
    found.filters["count"] = count
    found.globals["address"] = address
    found.globals["fold"] = FOLD
    found.globals["query_address"] = query_address
    return found


def html(template: str, /, status: int = 200, headers: tuple[tuple[str, str], ...] = (), **values: Any) -> Reply:
    """A page from a template. `title` is what the browser's tab and the heading say; foreign text is escaped."""
    words: dict[str, Any] = {"section": "", "searched": "", "forms": (), **values}
    body = _environment().get_template(template).render(**words)
    return Reply(status, HTML, body.encode(), (("Content-Security-Policy", POLICY), *headers))


def message(status: int, title: str, text: str, **values: Any) -> Reply:
    """A page that says one thing: why there is no page, and what to do. `text` may have several paragraphs."""
    said: dict[str, Any] = {"links": (), "searched": "", "links_title": "", **values}
    return html("message.html", status, title=title, paragraphs=text.split("\n\n"), **said)


def redirect(location: str) -> Reply:
    """Sends the browser to the page of the thing that was meant."""
    return Reply(303, HTML, b"", (("Location", location),))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 document", "1,018 documents"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
