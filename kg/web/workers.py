"""The workers as the server sees them: who is free, who waits, who is moved aside, and who is ended.

Few workers answer at the same time, about as many as there are processors, and the rest wait in a queue: most answers
take milliseconds. A job that takes longer than a moment is moved aside: it goes on with less of the processors and no
longer counts, so that a new worker takes its place and short jobs stay short. There is room aside for so many; beyond
that a job that takes long is ended. Every job is ended at the time limit.
"""

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
from collections.abc import Coroutine

from kg.errors import KgError
from kg.store.oxigraph import held
from kg.web.frames import PREFIX, frame, lengths
from kg.web.jobs import Job, Reply, ServeOptions
from kg.web.nursery import ENDED, NOTE, READER, STARTED, WRITER
from kg.web.worker import TEXT, out_of_memory

#: Seconds after which a job is moved aside. Eight long ones that come at once hold up others for about twice this.
MOMENT = 0.2
#: How much less of the processors a job gets that was moved aside (see nice(1)).
_NICENESS = 10
#: Workers beside the processors that answer at the same time: some wait for the disk or for the server.
_MORE_THAN_PROCESSORS = 2
#: Jobs that wait at most, and seconds that one waits.
_QUEUE, _PATIENCE = 512, 5.0
#: Seconds that running jobs get before an update ends them.
_LAST_CALL = 1.0
#: Seconds in which a worker must stand ready, and in which a dead one must have been reported.
_STARTUP, _REPORTED = 20.0, 1.0
#: Workers that fail to start one after another before waiting jobs are told.
_FAILURES = 3


class Process(asyncio.Protocol):
    """One worker. `reply` is the answer that is awaited, None while it has nothing to do."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._received = bytearray()
        self.transport: asyncio.Transport | None = None
        self.number: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.ready: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.reply: asyncio.Future[Reply] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.verdict: Reply | None = None
        self.aside = self.lost = self.worn = False

    def ask(self, job: Job) -> asyncio.Future[Reply]:
        """Gives the worker a job; it must have none."""
        assert self.transport is not None and self.reply is None
        self.reply = asyncio.get_running_loop().create_future()
        self.transport.write(frame(job))
        return self.reply

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

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
        self._workers.ended(self)

    def kill(self, verdict: Reply | None = None) -> None:
        """Ends the worker at once. `verdict` is what the client is told, if anybody waits."""
        if self.lost:
            return
        self.verdict = self.verdict or verdict
        if self.number.done() and not self.number.cancelled():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.number.result(), signal.SIGKILL)
        elif self.transport is not None:
            self.transport.abort()  # it has not begun, and ends when it finds nobody there


class Workers:
    """All workers of a server. Use it as an asynchronous context manager, or `start` and `close` it.

    While it is open it holds the store against every other process that would write.
    """

    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._front_size = max(2, min((os.cpu_count() or 1) + _MORE_THAN_PROCESSORS, options.max_processes // 2))
        self._aside_size = max(1, options.max_processes - self._front_size)
        self._all: set[Process] = set()
        self._idle: list[Process] = []
        self._waiting: deque[asyncio.Future[Process | Reply]] = deque()
        self._unnumbered: deque[Process] = deque()
        self._ends: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._failure = ""
        self._paused = self._closed = False
        self._updating = asyncio.Lock()
        self._lock = contextlib.ExitStack()
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._notes = b""

    async def __aenter__(self) -> Workers:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Takes the store and waits until a worker stands ready. KgError where that cannot be."""
        self._take_store()
        self._start_nursery()
        self._fill()
        first = next(iter(self._all))
        try:
            failure = await asyncio.wait_for(asyncio.shield(first.ready), _STARTUP)
        except (TimeoutError, asyncio.CancelledError) as error:
            await self.close()
            raise KgError("the processes that answer queries did not start") from error
        if failure:
            await self.close()
            raise KgError(failure)

    async def close(self) -> None:
        """Ends every worker and releases the store. Whoever waits for an answer is told. Again, it does nothing."""
        if self._closed:
            return
        self._closed = True
        for process in list(self._all):
            process.kill(_reply(503, "the server is closing\n"))
        for task in list(self._tasks):
            task.cancel()
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._control.close()
        if self._nursery is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._nursery.wait, 2)
            if self._nursery.poll() is None:
                self._nursery.kill()
                await asyncio.to_thread(self._nursery.wait)
        self._release_store()

    async def run(self, job: Job) -> Reply:
        """Does a job and returns its answer; that it took too long, or too much, is an answer as well.

        When the caller is cancelled, so is the job: its worker is killed.
        """
        if job.kind == "update":
            return await self._update(job)
        while True:
            process = self._idle.pop() if self._idle and not self._paused else await self._free()
            if isinstance(process, Reply):
                return process
            if not process.lost and process.verdict is None:
                break  # else it was ended, for an update, between its turn and now
        loop = asyncio.get_running_loop()
        reply = process.ask(job)
        process.timer = loop.call_later(min(MOMENT, self._options.timeout), self._move_aside, process)
        try:
            return await reply
        except asyncio.CancelledError:
            process.kill()
            raise
        finally:
            process.timer.cancel()
            self._release(process)

    @property
    def processes(self) -> int:
        """How many workers there are now."""
        return len(self._all)

    # ---- one job after another -------------------------------------------------------------------------------------

    async def _free(self) -> Process | Reply:
        """A worker with nothing to do, after waiting for it; or what the client is told instead."""
        if len(self._waiting) >= _QUEUE or self._closed:
            return _busy("more requests wait than can be answered soon")
        turn: asyncio.Future[Process | Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        patience = _PATIENCE + (self._options.timeout if self._paused else 0)
        try:
            return await asyncio.wait_for(turn, patience)
        except TimeoutError:
            return _busy("the server was busy with other requests for too long")
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and isinstance(given := turn.result(), Process):
                self._release(given)
            raise

    def _release(self, process: Process) -> None:
        if process.lost or process.reply is not None:
            return  # it is dead, or was killed and is not yet reported
        if process.aside or process.worn or process.verdict or self._closed:
            process.kill()  # its priority cannot be raised again
            return
        while self._waiting and not self._paused:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(process)
                return
        self._idle.append(process)

    def _move_aside(self, process: Process) -> None:
        if process.reply is None or process.lost:
            return
        left = self._options.timeout - MOMENT
        if left <= 0:
            self._expire(process)
        elif sum(other.aside for other in self._all) >= self._aside_size:
            process.kill(_busy("too many long queries are running"))
        else:
            process.aside = True
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.number.result(), _NICENESS)
            process.timer = asyncio.get_running_loop().call_later(left, self._expire, process)
            self._fill()

    def _expire(self, process: Process) -> None:
        process.kill(
            _reply(
                504,
                f"this took longer than the {self._options.timeout:g} seconds that one request may take, and was "
                "ended; bind more of the patterns, join them by shared variables, or ask for a part with LIMIT\n",
            )
        )

    # ---- the workers themselves ------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Starts workers until enough stand in front."""
        if self._paused or self._closed:
            return
        front = sum(not process.aside for process in self._all)
        for _ in range(self._front_size - front):
            self._begin(READER)

    def _begin(self, kind: bytes) -> Process:
        assert self._control is not None
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        process = Process(self)
        self._all.add(process)
        self._unnumbered.append(process)
        socket.send_fds(self._control, [kind], [theirs.fileno()])
        theirs.close()
        self._spawn(self._welcome(process, ours, kind))
        return process

    async def _welcome(self, process: Process, ours: socket.socket, kind: bytes) -> None:
        await asyncio.get_running_loop().create_connection(lambda: process, sock=ours)
        await asyncio.wait([process.ready], timeout=_STARTUP)
        failure = process.ready.result() if process.ready.done() else "a worker did not start in time"
        if process.lost:
            return
        if failure:
            self._failure = failure
            process.kill()
            return
        await process.number
        self._failures = 0
        if kind == READER:
            self._release(process)

    def ended(self, process: Process) -> None:
        """Called by a worker whose connection is gone."""
        self._all.discard(process)
        if process in self._idle:
            self._idle.remove(process)
        if not process.ready.done():
            process.ready.set_result(self._failure or "a worker ended before it stood ready")
            self._failures += 1
        if process.reply is not None and not process.reply.done():
            if process.verdict is not None:
                process.reply.set_result(process.verdict)
            else:
                self._spawn(self._judge(process, process.reply))
        if self._failures < _FAILURES:
            self._fill()
        elif not self._closed:
            while self._waiting:
                turn = self._waiting.popleft()
                if not turn.done():
                    turn.set_result(_reply(503, f"no process can be started that would answer: {self._failure}\n"))
            asyncio.get_running_loop().call_later(1.0, self._try_again)

    def _try_again(self) -> None:
        self._failures = 0
        self._fill()

    async def _judge(self, process: Process, reply: asyncio.Future[Reply]) -> None:
        """Tells the client of a worker that ended by itself how it ended."""
        number = process.number.result()
        give_up = asyncio.get_running_loop().time() + _REPORTED
        while number not in self._ends and asyncio.get_running_loop().time() < give_up:
            await asyncio.sleep(0.01)
        status = self._ends.pop(number, 0)
        if not reply.done():
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGABRT:  # how a failed allocation ends
                reply.set_result(_reply(500, out_of_memory(self._options.memory)))
            elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV:  # how a full stack ends
                reply.set_result(_reply(400, "this is nested too deeply to be read; write it flatter\n"))
            else:
                how = f" by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else ""
                reply.set_result(_reply(500, f"the process that worked on this ended unexpectedly{how}\n"))

    def _start_nursery(self) -> None:
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), str(self._options.folder), str(self._options.memory)]
        self._nursery = subprocess.Popen(
            [sys.executable, "-P", "-m", "kg.web.nursery", *arguments],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt from the terminal is for the server, which ends them in order
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        theirs.close()
        self._control = ours
        asyncio.get_running_loop().add_reader(ours.fileno(), self._read_notes)

    def _read_notes(self) -> None:
        assert self._control is not None
        data = self._control.recv(4096)
        if not data:
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._failure = "the process that starts workers has ended; start the server again"
            self._failures = _FAILURES
            return
        self._notes += data
        while len(self._notes) >= NOTE.size:
            kind, number, status = NOTE.unpack(self._notes[: NOTE.size])
            self._notes = self._notes[NOTE.size :]
            if kind == STARTED:
                process = self._unnumbered.popleft()
                process.number.set_result(number)
            elif kind == ENDED:
                self._ends[number] = status
                asyncio.get_running_loop().call_later(2 * _REPORTED, self._ends.pop, number, None)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- updates ---------------------------------------------------------------------------------------------------

    async def _update(self, job: Job) -> Reply:
        """Runs an update while no reader has the store open. Requests wait meanwhile; long ones are ended."""
        checked = await self.run(Job("check update", job.payload))
        if checked.status >= 400:
            return checked
        async with self._updating:
            self._paused = True
            try:
                await self._quiet()
                self._release_store()
                return await self._write(job)
            finally:
                await asyncio.to_thread(self._take_store)
                self._paused = False
                self._fill()

    async def _write(self, job: Job) -> Reply:
        process = self._begin(WRITER)
        failure = await process.ready
        if failure:
            return _reply(503, f"{failure}\n")
        await process.number
        reply = process.ask(job)
        process.timer = asyncio.get_running_loop().call_later(self._options.timeout, self._expire, process)
        try:
            return await asyncio.shield(reply)
        finally:
            process.timer.cancel()
            process.kill()
            await self._gone()

    async def _quiet(self) -> None:
        """Waits for running jobs, not long, and ends every worker."""
        loop = asyncio.get_running_loop()
        last = loop.time() + _LAST_CALL
        while any(process.reply is not None for process in self._all) and loop.time() < last:
            await asyncio.sleep(0.01)
        self._idle.clear()
        for process in list(self._all):
            process.kill(_reply(503, "the data were being changed, and this was ended for it; ask again\n", retry=1))
        await self._gone()

    async def _gone(self) -> None:
        while self._all:
            for process in list(self._all):
                process.kill()
            await asyncio.sleep(0.005)

    def _take_store(self) -> None:
        self._lock.enter_context(held(self._options.folder / "store"))

    def _release_store(self) -> None:
        self._lock.close()


def _reply(status: int, message: str, *, retry: int | None = None) -> Reply:
    return Reply(status, TEXT, message.encode(), (("Retry-After", str(retry)),) if retry is not None else ())


def _busy(message: str) -> Reply:
    return _reply(503, f"{message}; try again in a moment\n", retry=2)
