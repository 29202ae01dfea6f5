"""The server as one application: the endpoint, the editor, files that never change, and a page for everything else."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.editor_routes import editor_routes
from kg.web.endpoint import answered, endpoint_routes, response
from kg.web.guard import Guard
from kg.web.jobs import Job, PageRequest, Reply, ServeOptions
from kg.web.rendering import message
from kg.web.workers import Workers

STATIC = Path(__file__).parent / "static"

_FAULT = "This is a fault in claims-kg, not in your material. The terminal in which kg serve runs has the details."
# What a worker or the server says in plain text, as headings.
_HEADINGS = {
    400: "That does not work",
    404: "There is no such page",
    405: "That cannot be done here",
    500: "A fault in claims-kg",
    503: "Too busy",
    504: "That took too long",
}


def application(options: ServeOptions) -> Starlette:
    """The application for uvicorn. Its workers live as long as it runs, and it holds the store for so long."""
    workers = Workers(options)

    async def page(request: Request) -> Response:
        asked = PageRequest(
            request.scope["path"],
            tuple(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            ", ".join(request.headers.getlist("accept")) or "*/*",
        )
        reply = await answered(workers, Job("page", asked), request)
        return response(_in_our_style(reply) if reply else Reply(499, "text/plain", b""))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with workers:
            yield

    made = Starlette(
        routes=[
            *endpoint_routes(workers, options),
            *editor_routes(workers),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/{path:path}", page, methods=["GET"]),
        ],
        middleware=[Middleware(Guard, options=options), Middleware(Faults)],
        exception_handlers={HTTPException: _refused},
        lifespan=lifespan,
    )
    made.state.workers = workers
    return made


class Faults:
    """Tells a fault as a page of ours. It stands inside the guard, so that such a page has every header as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sent(told: Message) -> None:
            nonlocal begun
            begun = True
            await send(told)

        try:
            await self._app(scope, receive, sent)
        except Exception:
            if begun or scope["type"] != "http":
                raise
            traceback.print_exc()
            await response(message(500, _HEADINGS[500], _FAULT))(scope, receive, send)


def _in_our_style(reply: Reply) -> Reply:
    """What a worker, or the server in its place, says in plain text, as a page."""
    if reply.status < 400 or not reply.media_type.startswith("text/plain"):
        return reply
    text = _FAULT if reply.status == 500 and b"fault of the program" in reply.body else reply.body.decode()
    told = message(reply.status, _HEADINGS.get(reply.status, "That does not work"), text)
    return Reply(told.status, told.media_type, told.body, (*told.headers, *reply.headers))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    heading = _HEADINGS.get(error.status_code, "That does not work")
    words = {
        404: "Nothing here has this address.",
        405: "Pages are read with GET. Queries and updates go to /sparql.",
    }
    made = response(message(error.status_code, heading, words.get(error.status_code, error.detail)))
    made.headers.update(error.headers or {})
    return made
