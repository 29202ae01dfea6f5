"""What passes between the server and its workers: plain records, all of which can be pickled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Seconds that one job may take.
TIMEOUT = 10.0
#: Bytes of memory that one job may take beyond what its worker needs to stand ready.
MEMORY = 1 << 30
#: Bytes of the longest answer.
ANSWER_BYTES = 64 << 20
#: Bytes of the longest body of a request.
BODY_BYTES = 1 << 20
#: Worker processes at most, those that stand ready among them.
PROCESSES = 16


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How a workspace is served. `folder` is that of the workspace, not of its store.

    `host_names` are the names beside those of this machine itself under which the server answers. Without a `token`
    nothing can be changed. `cors` are the origins whose pages may read answers; none unless named. `timeout` is in
    seconds; `memory`, `answer_bytes` and `body_bytes` are in bytes.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8765
    host_names: tuple[str, ...] = ()
    token: str | None = None
    timeout: float = TIMEOUT
    memory: int = MEMORY
    answer_bytes: int = ANSWER_BYTES
    body_bytes: int = BODY_BYTES
    cors: tuple[str, ...] = ()
    max_processes: int = PROCESSES


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work for a worker: `kind` is a key of kg.web.worker.JOBS, `payload` what that function takes."""

    kind: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker sends back. The server adds the headers that every reply has."""

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page that is asked for: the path, the parameters behind the question mark as they came, and Accept."""

    path: str
    query: tuple[tuple[str, str], ...] = ()
    accept: str = "*/*"


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A SPARQL query. `accept` are the media types that the client takes (see kg.web.negotiation).

    `default_graphs` and `named_graphs` are None where the request names none; the query's own FROM counts then.
    """

    query: str
    accept: str = "*/*"
    format: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    answer_bytes: int = ANSWER_BYTES


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """A SPARQL update, which a client that has the token may send. Graphs as in QueryRequest, for USING."""

    update: str
    using_graphs: tuple[str, ...] | None = None
    using_named_graphs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class DescribeRequest:
    """The description of the service that is reached at `url`; `updates` says whether it takes them."""

    url: str
    accept: str = "*/*"
    updates: bool = False
