"""Processes of their own, so that they can be ended: one that answers queries against the clock, one for any task."""

from __future__ import annotations

import multiprocessing
import pickle
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn, TypeVar

from kg.errors import KgError
from kg.store import Store
from kg.store.oxigraph import OxigraphStore

_R = TypeVar("_R")

ENGINES = ("oxigraph disk", "oxigraph memory", "rdflib reference")

#: Seconds that a worker has beyond the cap to say that it gave up, before it is killed.
_GRACE = 3.0


class Answer(NamedTuple):
    """How long a query took, in milliseconds a run; `rows` is None where it exceeded the cap."""

    milliseconds: tuple[float, ...]
    rows: int | None


class _OutOfTime(BaseException):
    """Raised by the alarm. No Exception, so that nothing on the way takes it for an error of the query."""


class Worker:
    """Asks one engine for as long as it answers in time; one that does not is killed, and started anew when needed.

    `source` is the folder of a store on disk for the first of ENGINES, else a file of pickled graphs that this
    program wrote. `cap` is the longest that a single answer may take, in seconds.
    """

    def __init__(self, engine: str, source: Path, cap: float) -> None:
        self._engine, self._source, self._cap = engine, source, cap
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def ask(self, query: str, runs: int) -> Answer:
        """The query once untimed, then `runs` times, or until the runs together exceed the cap."""
        connection = self._connection or self._start()
        connection.send((query, runs))
        milliseconds: list[float] = []
        while connection.poll(self._cap + _GRACE):
            try:
                message = connection.recv()
            except EOFError:
                break
            if isinstance(message, float):
                milliseconds.append(message)
            else:
                return Answer(tuple(milliseconds[1:]), message)
        self._end()
        return Answer((), None)

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._connection, far_end = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(far_end, self._engine, self._source, self._cap), daemon=True
        )
        self._process.start()
        far_end.close()
        self._connection.recv()  # it has loaded
        return self._connection

    def _end(self) -> None:
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
        self._process = self._connection = None


def _serve(connection: Connection, engine: str, source: Path, cap: float) -> None:
    store = _OPENERS[engine](source)
    connection.send("ready")
    while True:
        query, runs = connection.recv()
        spent, rows = 0.0, 0
        try:
            for run in range(runs + 1):
                with _alarm(cap):
                    began = time.perf_counter()
                    rows = len(store.select(query).rows)
                    took = time.perf_counter() - began
                connection.send(took * 1000)
                spent += took if run else 0
                if run and spent > cap:
                    break
        except _OutOfTime:
            connection.send(None)
        else:
            connection.send(rows)


def apart(task: Callable[..., _R], *arguments: object, cap: float | None = None) -> _R | None:
    """What a function of a module returns in a new process; None where it takes longer than `cap` seconds.

    The new process starts small, so that `peak_memory` in it is that of the task.
    """
    context = multiprocessing.get_context("spawn")
    connection, far_end = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(far_end, task, arguments), daemon=True)
    process.start()
    far_end.close()
    try:
        connection.recv()  # it has begun
        if not connection.poll(cap):
            return None
        found: _R = connection.recv()
        return found
    except EOFError as error:
        process.join()
        raise KgError(f"the process that measures ended without an answer (exit code {process.exitcode})") from error
    finally:
        process.kill()
        process.join()
        connection.close()


def _run(connection: Connection, task: Callable[..., object], arguments: tuple[object, ...]) -> None:
    connection.send("begun")
    connection.send(task(*arguments))


def peak_memory() -> int:
    """The most memory that this process has held so far, in bytes."""
    status = Path("/proc/self/status")  # what `resource` tells includes the parent that a process was started from
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Interrupts Python code that runs longer. An engine that is not written in Python does not notice."""

    def ring(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _in_memory(source: Path) -> Store:
    store = OxigraphStore.in_memory()
    store.apply(add=pickle.loads(source.read_bytes()))
    return store


def _reference(source: Path) -> Store:
    from kg.store.reference import ReferenceStore  # rdflib, for this engine only

    store = ReferenceStore()
    store.apply(add=pickle.loads(source.read_bytes()))
    return store


_OPENERS: dict[str, Callable[[Path], Store]] = dict(
    zip(ENGINES, (OxigraphStore.on_disk, _in_memory, _reference), strict=True)
)
