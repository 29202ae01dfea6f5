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
import signal
import socket
from collections import deque
from collections.abc import Coroutine

from kg.errors import KgError, StoreError
from kg.store.oxigraph import held
from kg.web.jobs import Job, Reply, ServeOptions
from kg.web.nursery import READER, WRITER
from kg.web.process import Nursery, Process
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
#: Seconds in which a worker must stand ready.
_STARTUP = 20.0
#: Workers that fail to start one after another before waiting jobs are told.
_FAILURES = 3


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
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._paused = self._closed = False
        self._updating = asyncio.Lock()
        self._lock = contextlib.ExitStack()
        self._nursery = Nursery(options)

    async def __aenter__(self) -> Workers:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Takes the store and waits until a worker stands ready. KgError where that cannot be."""
        self._take_store()
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
        await self._nursery.close()
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
        process = Process(self._ended)
        connection = self._nursery.begin(process, kind)
        self._all.add(process)
        self._spawn(self._welcome(process, connection, kind))
        return process

    async def _welcome(self, process: Process, connection: socket.socket, kind: bytes) -> None:
        await asyncio.get_running_loop().create_connection(lambda: process, sock=connection)
        await asyncio.wait([process.ready], timeout=_STARTUP)
        if not process.ready.done():
            process.ready.set_result("a process did not start in time")
        if process.lost:
            return
        if process.ready.result() is not None:
            process.kill()
            return
        await process.number
        self._failures = 0
        if kind == READER:
            self._release(process)

    def _ended(self, process: Process) -> None:
        self._all.discard(process)
        if process in self._idle:
            self._idle.remove(process)
        if process.reply is not None and not process.reply.done():
            if process.verdict is not None:
                process.reply.set_result(process.verdict)
            else:
                self._spawn(self._judge(process, process.reply))
        failed = process.ready.result()
        if failed is not None and not self._paused:  # an update ends those that are about to start as well
            self._failures += 1
        if self._failures < _FAILURES:
            self._fill()
        elif failed is not None and not self._closed:
            while self._waiting:
                turn = self._waiting.popleft()
                if not turn.done():
                    turn.set_result(_reply(503, f"no process can be started that would answer: {failed}\n"))
            asyncio.get_running_loop().call_later(1.0, self._try_again)

    def _try_again(self) -> None:
        self._failures = 0
        self._fill()

    async def _judge(self, process: Process, reply: asyncio.Future[Reply]) -> None:
        """Tells the client of a worker that ended by itself how it ended."""
        status = await self._nursery.end_of(process.number.result())
        by = os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else None
        if reply.done():
            return
        if by == signal.SIGABRT:  # how a failed allocation ends
            reply.set_result(_reply(500, out_of_memory(self._options.memory)))
        elif by == signal.SIGSEGV:  # how a full stack ends
            reply.set_result(_reply(400, "this is nested too deeply to be read; write it flatter\n"))
        else:
            how = f" by signal {by}" if by is not None else ""
            reply.set_result(_reply(500, f"the process that worked on this ended unexpectedly{how}\n"))

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
                await self._take_store_again()
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

    async def _take_store_again(self) -> None:
        """Takes it, also where another command came in between: its end is awaited, as requests await ours."""
        while not self._closed:
            with contextlib.suppress(StoreError):
                await asyncio.to_thread(self._take_store)
                return

    def _release_store(self) -> None:
        self._lock.close()


def _reply(status: int, message: str, *, retry: int | None = None) -> Reply:
    return Reply(status, TEXT, message.encode(), (("Retry-After", str(retry)),) if retry is not None else ())


def _busy(message: str) -> Reply:
    return _reply(503, f"{message}; try again in a moment\n", retry=2)
