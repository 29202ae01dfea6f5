"""Who may ask, and what every reply says to browsers.

A server on this machine is reached by every page that its owner has open. A page from elsewhere may not read answers
(no CORS header unless its origin was named), may not send anything that changes or costs (Origin), and may not become
"the same origin" by giving its own name the address of this machine (Host).
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.jobs import ServeOptions

#: Bytes of the longest address with its parameters; longer queries go by POST.
ADDRESS_BYTES = 8 << 10

_SAFE = frozenset(["GET", "HEAD", "OPTIONS"])
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}
#: For replies that bring no policy of their own: no page of ours is without one.
_POLICY = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_EXPOSED = b"Kg-Prefixes-Added, Kg-Hints, Retry-After"
_ALLOWED = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Content-Type, Authorization"),
    (b"access-control-max-age", b"600"),
)


class Guard:
    """Wraps an application. What it refuses is told in plain text and never reaches the application."""

    def __init__(self, app: ASGIApp, options: ServeOptions) -> None:
        self._app = app
        names = {"localhost", *(_name(name) for name in options.host_names)}
        if not _is_wildcard(options.host):
            names.add(_name(options.host))
        self._names = frozenset(names)
        self._cors = frozenset(origin.lower().rstrip("/").encode() for origin in options.cors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given: dict[bytes, list[bytes]] = {}
        for key, value in scope["headers"]:
            given.setdefault(key, []).append(value)
        origin = given.get(b"origin", [b""])[-1].lower()
        shared = origin if origin in self._cors else None

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(list(message.get("headers", ())), shared, bool(self._cors))
            await send(message)

        refusal = self._refusal(scope, given, shared)
        if refusal is not None:
            status, text = refusal
            await sent({"type": "http.response.start", "status": status, "headers": [_TEXT]})
            await sent({"type": "http.response.body", "body": text.encode()})
        elif shared and scope["method"] == "OPTIONS" and b"access-control-request-method" in given:
            await sent({"type": "http.response.start", "status": 204, "headers": list(_ALLOWED)})
            await sent({"type": "http.response.body", "body": b""})
        else:
            await self._app(scope, receive, sent)

    def _refusal(self, scope: Scope, given: dict[bytes, list[bytes]], shared: bytes | None) -> tuple[int, str] | None:
        hosts = given.get(b"host", [])
        if len(hosts) != 1:
            return 400, "a request needs one Host header\n"
        host = hosts[0].decode("latin-1")
        if not self._is_ours(host):
            return 421, (
                f"this server does not answer as {host[:100]!r}; if that is a name of yours for it, start it with "
                "--host-name\n"
            )
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > ADDRESS_BYTES:
            return 414, f"the address is longer than {ADDRESS_BYTES:,} bytes; send the query by POST\n"
        origins = given.get(b"origin", [])
        if scope["method"] not in _SAFE and origins and shared is None and not _same(origins, hosts[0]):
            return 403, "a page of another site may not send this; start the server with --cors to allow its origin\n"
        if scope["path"] == "/sparql" and shared is None and given.get(b"sec-fetch-site", [b""])[-1] == b"cross-site":
            return 403, "a page of another site may not ask here; start the server with --cors to allow its origin\n"
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            parts = urlsplit(f"//{host}")
            name, _ = _name(parts.hostname or ""), parts.port
        except ValueError:
            return False
        if parts.netloc != host or "@" in host:
            return False
        if name in self._names:
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def _same(origins: list[bytes], host: bytes) -> bool:
    """Whether the page came from this very server: same name and same port."""
    scheme, _, name = origins[0].lower().partition(b"://")
    return len(origins) == 1 and scheme in (b"http", b"https") and name == host.lower()


def _name(host: str) -> str:
    return host.lower().rstrip(".").strip("[]")


def _is_wildcard(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host == ""


def _with(headers: list[tuple[bytes, bytes]], shared: bytes | None, varies: bool) -> list[tuple[bytes, bytes]]:
    """The headers of a reply and those that every reply has; what is set already stays."""
    present = {key.lower() for key, _ in headers}
    headers += [(key, value) for key, value in _ALWAYS.items() if key not in present]
    if b"content-security-policy" not in present:
        headers.append((b"content-security-policy", _POLICY))
    if varies:
        headers.append((b"vary", b"Origin"))
    if shared is not None:
        headers.append((b"access-control-allow-origin", shared))
        headers.append((b"access-control-expose-headers", _EXPOSED))
    return headers
