"""The life of a worker: a process that opens the workspace once, shuts itself in, and does one job after another."""

from __future__ import annotations

import contextlib
import os
import socket
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kg.errors import KgError
from kg.web import confine, editor, pages, queries, updates
from kg.web.frames import frame, receive
from kg.web.jobs import Job, Reply
from kg.workspace import Workspace, open_workspace

#: What each kind of job is done by. A job of another kind is a mistake in this program.
JOBS: Mapping[str, Callable[[Workspace, Any], Reply]] = {
    "query": queries.run,
    "describe": queries.describe,
    "page": pages.page,
    "questions": editor.questions,
    "labels": editor.labels_of,
    "check update": updates.check,
    "update": updates.run,
}

#: A worker that has once held this share of its limit is replaced: memory that was given back may stay in pieces.
_SHARE_KEPT = 0.25

TEXT = "text/plain; charset=utf-8"


def serve(connection: socket.socket, folder: Path, memory: int, *, writes: bool, parent: int) -> None:
    """Does jobs until the server hangs up. The first message says that all is ready, or what went wrong."""
    confine.end_with(parent)
    try:
        workspace = open_workspace(folder, read_only=not writes)
        confine.no_network()
        before = confine.peak_memory()
        confine.limit_memory(memory)
    except KgError as error:
        connection.sendall(frame(str(error)))
        return
    connection.sendall(frame(None))
    with contextlib.suppress(ConnectionError):  # the server is gone, and nobody waits
        while (job := receive(connection)) is not None:
            reply = _done(workspace, job, memory)
            if job.kind == "update":
                workspace.close()  # what the reply tells is then on disk
            spent = confine.peak_memory() - before > memory * _SHARE_KEPT
            connection.sendall(frame((reply.status, reply.media_type, reply.headers, spent), reply.body))


def _done(workspace: Workspace, job: Job, memory: int) -> Reply:
    try:
        return JOBS[job.kind](workspace, job.payload)
    except KgError as error:
        return Reply(400, TEXT, f"{error}\n".encode())
    except MemoryError:
        return Reply(500, TEXT, out_of_memory(memory).encode())
    except Exception:
        traceback.print_exc()
        return Reply(500, TEXT, b"this is a fault of the program; its log has the details\n")


def out_of_memory(limit: int) -> str:
    """What is told when a job needs more memory than it may have."""
    return (
        f"this needs more than the {limit >> 20:,} MiB of memory that one request may have, and was ended; narrow the "
        "patterns, or leave out DISTINCT, ORDER BY or GROUP BY over everything\n"
    )


def end() -> None:
    """Ends a worker at once, without the clean-up that belongs to the process it was copied from."""
    os._exit(0)
