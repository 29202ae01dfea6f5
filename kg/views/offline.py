"""Pages that need nothing but themselves: one file, no server, no network, and foreign words that can do nothing.

Four things keep foreign text from acting: Jinja escapes all of it, a data block escapes what could end it, scripts make
text nodes only, and the Content-Security-Policy runs nothing but the scripts whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.files import write_whole

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page. A notebook shows it in a frame of its own; `write` makes a file of it."""

    html: str

    def write(self, path: str | Path) -> None:
        """Writes the page as UTF-8, whatever the locale. KgError when the file cannot be written."""
        write_whole(Path(path), self.html)

    def _repr_html_(self) -> str:
        return framed(self.html, "Claims and their sources")


def framed(page: str, title: str) -> str:
    """The page in a frame that may run its own script and save files but reach neither the notebook nor the network."""
    return (
        f'<iframe title="{html.escape(title, quote=True)}" width="100%" height="760" frameborder="0" '
        'sandbox="allow-scripts allow-popups allow-downloads" allow="clipboard-write" '
        f'srcdoc="{html.escape(page, quote=True)}"></iframe>'
    )


def environment(folder: Path = _TEMPLATES) -> Environment:
    """The templates of a folder, which escape everything, and fail on a name that nobody set."""
    found = Environment(
        loader=FileSystemLoader(folder, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters["link"] = web_link
    return found


def template(name: str) -> str:
    """The text of a stylesheet or a script that goes into the pages."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def script(*names: str) -> str:
    """The named scripts as one, in a scope of their own."""
    return "(() => {\n'use strict';\n" + "\n".join(map(template, names)) + "})();\n"


def policy(style: str, *scripts: str, images: str = "data:") -> str:
    """Nothing may be loaded, sent, framed or evaluated; the given scripts and stylesheet may run, and no others.

    Scripts may set styles through the object model, for which no leave is needed; style attributes are refused.
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src " + " ".join(f"'{_digest(script)}'" for script in scripts),
            f"style-src '{_digest(style)}'",
            f"img-src {images}",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ]
    )


def data_block(data: Any) -> str:
    """The data as JSON that may stand in a script element."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def web_link(url: str | None) -> str | None:
    """The address if it is one of the web (http or https, with a host), else None: it is then shown as text."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
