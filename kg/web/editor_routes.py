"""Where the editor page, its data and the scripts of others are served."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.web import assets, editor
from kg.web.endpoint import answered, response
from kg.web.jobs import Job, PageRequest, Reply
from kg.web.workers import Workers

#: Bytes of the longest request for labels: so many long IRIs are none.
_MOST_BYTES = 1 << 18


def editor_routes(workers: Workers) -> list[Route]:
    """`/query`, `/query/questions.json`, `/query/labels` and `/static/vendor/NAME`."""

    async def page(_: Request) -> Response:
        return response(editor.page())

    async def questions(request: Request) -> Response:
        asked = PageRequest(request.url.path, tuple(request.query_params.multi_items()))
        return _sent(await answered(workers, Job("questions", asked), request))

    async def labels(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return response(Reply(413, editor.TEXT, b"too many IRIs at once\n"))
        return _sent(await answered(workers, Job("labels", body), request))

    async def vendor(request: Request) -> Response:
        found = assets.asset(request.path_params["name"])
        if found is None:
            return response(Reply(404, editor.TEXT, b"there is no such file here\n"))
        tag = f'"{found.tag}"'
        headers = (("ETag", tag), ("Cache-Control", "no-cache"))
        if request.headers.get("if-none-match") == tag:
            return response(Reply(304, found.media_type, b"", headers))
        return response(Reply(200, found.media_type, found.body, headers))

    return [
        Route("/query", page, methods=["GET"]),
        Route("/query/questions.json", questions, methods=["GET"]),
        Route("/query/labels", labels, methods=["POST"]),
        Route("/static/vendor/{name}", vendor, methods=["GET"]),
    ]


def _sent(reply: Reply | None) -> Response:
    return response(reply) if reply else Response(status_code=499)
