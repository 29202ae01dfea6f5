"""Messages on the socket between the server and a worker: a pickled head, and bytes that are sent as they are."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_LENGTHS = struct.Struct("!QQ")
#: Bytes that a frame starts with.
PREFIX = _LENGTHS.size


def frame(head: Any, body: bytes = b"") -> bytes:
    """The message as bytes."""
    pickled = pickle.dumps(head, pickle.HIGHEST_PROTOCOL)
    return b"".join((_LENGTHS.pack(len(pickled), len(body)), pickled, body))


def lengths(prefix: bytes | bytearray | memoryview) -> tuple[int, int]:
    """The lengths of head and body, from the first PREFIX bytes of a frame."""
    head, body = _LENGTHS.unpack(prefix)
    return head, body


def receive(connection: socket.socket) -> Any | None:
    """The head of the next message on a blocking socket; None at its end. Only for messages of our own processes."""
    prefix = _exactly(connection, PREFIX)
    if prefix is None:
        return None
    head, body = lengths(prefix)
    pickled = _exactly(connection, head + body)
    return None if pickled is None else pickle.loads(memoryview(pickled)[:head])


def _exactly(connection: socket.socket, size: int) -> bytearray | None:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = connection.recv_into(view)
        if count == 0:
            return None
        view = view[count:]
    return data
