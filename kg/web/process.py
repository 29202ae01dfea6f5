"""One worker as the server sees it, and the server's end of the nursery that workers come from."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable

from kg.web.frames import PREFIX, frame, lengths
from kg.web.jobs import Job, Reply, ServeOptions
from kg.web.nursery import ENDED, NOTE, STARTED

#: Seconds in which a dead worker must have been reported.
_REPORTED = 1.0


class Process(asyncio.Protocol):
    """One worker. `number` comes when it has begun, `ready` when it can answer: None, or why it cannot; `reply` is the
    answer that is awaited, None while it has nothing to do. `ended` is called once its connection is gone."""

    def __init__(self, ended: Callable[[Process], None]) -> None:
        self._ended = ended
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self.number: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.ready: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.reply: asyncio.Future[Reply] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.verdict: Reply | None = None
        self.aside = self.lost = self.worn = False

    def ask(self, job: Job) -> asyncio.Future[Reply]:
        """Gives the worker a job; it must have none."""
        assert self._transport is not None and self.reply is None
        self.reply = asyncio.get_running_loop().create_future()
        self._transport.write(frame(job))
        return self.reply

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= PREFIX:
            head, body = lengths(self._received[:PREFIX])
            end = PREFIX + head + body
            if len(self._received) < end:
                return
            with memoryview(self._received) as view:
                told, content = pickle.loads(view[PREFIX : PREFIX + head]), bytes(view[PREFIX + head : end])
            del self._received[:end]
            if not self.ready.done():
                self.ready.set_result(told)
            elif self.reply is not None:
                status, media_type, headers, self.worn = told
                reply, self.reply = self.reply, None
                if not reply.done():
                    reply.set_result(Reply(status, media_type, content, headers))

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.ready.done():
            self.ready.set_result("a process ended before it stood ready")
        self._ended(self)

    def kill(self, verdict: Reply | None = None) -> None:
        """Ends the worker at once. `verdict` is what the client is told, if anybody waits."""
        if self.lost:
            return
        self.verdict = self.verdict or verdict
        if self.number.done() and not self.number.cancelled():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.number.result(), signal.SIGKILL)
        elif self._transport is not None:
            self._transport.abort()  # it has not begun, and ends when it finds nobody there


class Nursery:
    """The server's end of kg.web.nursery. Should that process end, the next worker is asked of a new one."""

    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._child: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._begun: deque[Process] = deque()
        self._ends: dict[int, int] = {}
        self._notes = b""

    def begin(self, process: Process, kind: bytes) -> socket.socket:
        """Has a worker begin, a READER or a WRITER. Gives our end of the connection to it."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            try:
                self._send(kind, theirs)
            except OSError:  # it has ended, and we have not read so yet
                self._lose()
                self._send(kind, theirs)
        self._begun.append(process)
        return ours

    async def end_of(self, number: int) -> int | None:
        """How the worker of that number ended, as os.waitpid has it. None where nobody tells soon."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + _REPORTED
        while number not in self._ends and loop.time() < give_up:
            await asyncio.sleep(0.01)
        return self._ends.pop(number, None)

    async def close(self) -> None:
        """Ends the nursery. The workers that are left end with it."""
        self._lose()
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._child.wait, 2)
            if self._child.poll() is None:
                self._child.kill()
                await asyncio.to_thread(self._child.wait)

    def _send(self, kind: bytes, theirs: socket.socket) -> None:
        socket.send_fds(self._control or self._start(), [kind], [theirs.fileno()])

    def _start(self) -> socket.socket:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        ours, theirs = socket.socketpair()
        with theirs:
            self._child = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "kg.web.nursery"),
                    *(str(theirs.fileno()), str(self._options.folder), str(self._options.memory)),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt from the terminal is for the server, which ends them in order
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )
        self._control = ours
        asyncio.get_running_loop().add_reader(ours.fileno(), self._read_notes)
        return ours

    def _lose(self) -> None:
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._control.close()
        self._control = None
        self._notes = b""
        self._begun.clear()

    def _read_notes(self) -> None:
        assert self._control is not None
        try:
            data = self._control.recv(4096)
        except ConnectionError:
            data = b""
        if not data:
            self._lose()
            return
        self._notes += data
        while len(self._notes) >= NOTE.size:
            kind, number, status = NOTE.unpack(self._notes[: NOTE.size])
            self._notes = self._notes[NOTE.size :]
            if kind == STARTED:
                self._begun.popleft().number.set_result(number)
            elif kind == ENDED:
                self._ends[number] = status
                asyncio.get_running_loop().call_later(2 * _REPORTED, self._ends.pop, number, None)
