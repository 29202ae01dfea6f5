"""The SPARQL 1.1 Protocol at /sparql: queries and updates, by address, form or body.

What is wrong with a request is told here; what is wrong with a query, in the worker that reads it. Statuses: 400 for
what cannot be understood, 401 and 403 for updates that nobody may make, 405, 406, 413 and 415 as HTTP has them, 504 at
the time limit, 500 where memory or the answer would grow beyond its limit, 503 where trying again will help.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kg.web.jobs import DescribeRequest, Job, QueryRequest, Reply, ServeOptions, UpdateRequest
from kg.web.negotiation import TRIPLES, list_of, preferred
from kg.web.worker import TEXT
from kg.web.workers import Workers

METHODS = "GET, HEAD, POST, OPTIONS"
EDITOR = "/query"

_QUERY, _UPDATE, _FORM = (
    "application/sparql-query",
    "application/sparql-update",
    "application/x-www-form-urlencoded",
)
_OF_QUERIES = ("default-graph-uri", "named-graph-uri")
_OF_UPDATES = ("using-graph-uri", "using-named-graph-uri")

#: Seconds after which it is watched whether a client is still there; most answers are sent before.
_WATCH_AFTER = 0.1


class Refused(Exception):
    """A request that goes no further; `reply` says why."""

    def __init__(self, status: int, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.reply = Reply(status, TEXT, f"{message}\n".encode(), headers)


class Parameters(NamedTuple):
    """Parameters of a request in their order, from the address or a form."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    @lru_cache(maxsize=64)
    def read(cls, encoded: bytes) -> Parameters:
        """Refused where the text is not UTF-8. A page or a script asks the same again and again, so that is kept."""
        try:
            return cls(
                tuple(parse_qsl(encoded.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict"))
            )
        except UnicodeDecodeError:
            raise Refused(400, "the parameters are not UTF-8 text") from None
        except ValueError as error:
            raise Refused(400, f"the parameters cannot be read: {error}") from None

    def all(self, name: str) -> tuple[str, ...] | None:
        """Every value of that name, in order; None where there is none."""
        return tuple(value for key, value in self.pairs if key == name) or None

    def one(self, name: str) -> str | None:
        """The value of that name, None where there is none. Refused where there are several."""
        values = self.all(name) or ()
        if len(values) > 1:
            raise Refused(400, f"{name} is given {len(values)} times; one request is one {name}")
        return values[0] if values else None

    def refuse(self, names: tuple[str, ...], why: str) -> None:
        for name in names:
            if self.all(name) is not None:
                raise Refused(400, f"{name} {why}")


class Endpoint:
    """The application behind /sparql."""

    def __init__(self, workers: Workers, options: ServeOptions) -> None:
        self._workers = workers
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            reply = await self._reply(request)
        except Refused as refused:
            reply = refused.reply
        except ClientDisconnect:
            return
        if reply is not None:
            await response(reply)(scope, receive, send)

    async def _reply(self, request: Request) -> Reply | None:
        if request.method in ("GET", "HEAD"):
            job = self._by_address(request)
        elif request.method == "POST":
            job = await self._by_post(request)
        elif request.method == "OPTIONS":
            return Reply(204, TEXT, b"", (("Allow", METHODS),))
        else:
            raise Refused(405, "queries come by GET or POST, updates by POST", ("Allow", METHODS))
        return await answered(self._workers, job, request) if isinstance(job, Job) else job

    def _by_address(self, request: Request) -> Job | Reply:
        parameters = Parameters.read(request.scope["query_string"])
        parameters.refuse(("update",), "changes data, so it comes by POST")
        query = parameters.one("query")
        if query is not None:
            return self._query(request, query, parameters)
        if parameters.pairs:
            raise Refused(400, "the parameter query is missing")
        accept = request.headers.get("accept", "*/*")
        types = [media_type for one in TRIPLES for media_type in one.media_types]
        best = preferred(accept, [*types, "text/html"])
        if best == "text/html":
            return Reply(303, TEXT, b"", (("Location", EDITOR), ("Vary", "Accept")))
        if best is None:
            raise Refused(406, f"without a query, the service is described in:\n{list_of(TRIPLES)}", ("Vary", "Accept"))
        described = DescribeRequest(str(request.url), accept, self._options.token is not None)
        return Job("describe", described)

    async def _by_post(self, request: Request) -> Job | Reply:
        kind, charset = _content_type(request)
        if kind not in (_FORM, _QUERY, _UPDATE):
            found = f"is {kind}" if kind else "is missing"
            raise Refused(415, f"Content-Type {found}; it must be {_FORM}, {_QUERY} or {_UPDATE}")
        if charset not in (None, "utf-8", "utf8", "us-ascii"):
            raise Refused(415, f"the text is sent as {charset}; SPARQL is sent as UTF-8")
        if kind == _UPDATE:
            self._authorise(request)
        parameters = Parameters.read(request.scope["query_string"])
        body = await self._body(request)
        if kind == _FORM:
            parameters = Parameters((*parameters.pairs, *Parameters.read(body).pairs))
            query, update = parameters.one("query"), parameters.one("update")
        else:
            parameters.refuse(("query", "update"), "stands in the address and in the body; leave one of them out")
            try:
                text = body.decode("utf-8")
            except UnicodeDecodeError as error:
                raise Refused(400, f"the text is not UTF-8: byte {error.start} cannot be read") from None
            query, update = (text, None) if kind == _QUERY else (None, text)
        if query is not None and update is not None:
            raise Refused(400, "query and update are two requests; send one at a time")
        if query is not None:
            return self._query(request, query, parameters)
        if update is None:
            raise Refused(400, "the form has neither query nor update")
        self._authorise(request)
        parameters.refuse(_OF_QUERIES, "belongs to queries; an update has using-graph-uri and using-named-graph-uri")
        return Job("update", UpdateRequest(update, *(parameters.all(name) for name in _OF_UPDATES)))

    def _query(self, request: Request, query: str, parameters: Parameters) -> Job:
        parameters.refuse(_OF_UPDATES, "belongs to updates; a query has default-graph-uri and named-graph-uri")
        default, named = (parameters.all(name) for name in _OF_QUERIES)
        accept = ", ".join(request.headers.getlist("accept")) or "*/*"
        format_ = parameters.one("format")
        return Job("query", QueryRequest(query, accept, format_, default, named, self._options.answer_bytes))

    def _authorise(self, request: Request) -> None:
        token = self._options.token
        if token is None:
            raise Refused(403, "this server only reads; to allow updates, start it with --token-file")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), token.encode())
        if scheme.lower() != "bearer" or not right:
            message = "an update needs the token of this server: Authorization: Bearer TOKEN"
            raise Refused(401, message, ("WWW-Authenticate", 'Bearer realm="kg"'))

    async def _body(self, request: Request) -> bytes:
        limit = self._options.body_bytes
        too_long = Refused(413, f"the request is longer than {limit:,} bytes")
        with contextlib.suppress(ValueError):
            if int(request.headers.get("content-length", "0")) > limit:
                raise too_long
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise too_long
            parts.append(part)
        return b"".join(parts)


def endpoint_routes(workers: Workers, options: ServeOptions) -> list[Route]:
    """The routes of the endpoint."""
    return [Route("/sparql", Endpoint(workers, options))]


async def answered(workers: Workers, job: Job, request: Request) -> Reply | None:
    """The answer to a job for a client; None where the client has gone, and then the job is ended too.

    An update goes on to its end: whether it was made must not depend on a line that breaks.
    """
    if job.kind == "update":
        return await asyncio.shield(asyncio.ensure_future(workers.run(job)))
    work = asyncio.ensure_future(workers.run(job))
    try:
        done, _ = await asyncio.wait([work], timeout=_WATCH_AFTER)
        if not done:
            await request.body() if request.method in ("GET", "HEAD") else None  # what there is before it goes
            gone = asyncio.ensure_future(_disconnected(request))
            try:
                await asyncio.wait([work, gone], return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
        return work.result() if work.done() else None
    finally:
        work.cancel()


def response(reply: Reply) -> Response:
    """What is sent for a reply."""
    made = Response(reply.body, reply.status, media_type=None)
    if reply.body or reply.status == 200:
        made.headers["content-type"] = reply.media_type
    for key, value in reply.headers:
        made.headers[key] = value
    if reply.status == 200 and "cache-control" not in made.headers:
        made.headers["cache-control"] = "no-cache"
    return made


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _content_type(request: Request) -> tuple[str, str | None]:
    kind, *parameters = (part.strip() for part in request.headers.get("content-type", "").split(";"))
    charset = None
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return kind.lower(), charset
