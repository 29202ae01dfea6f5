"""What is asked of stores on disk beyond the contract: to keep, to lock, and to survive the end of a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import StoreError
from kg.rdf import NamedGraph, Triple
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI, integer

CHECKOUT = Path(__file__).resolve().parents[2]
LARGE = 21_000
SMALL = 100


def graph(name: str, size: int) -> NamedGraph:
    """Triples of which every tenth is in every graph that is made here."""
    subjects = (f"https://example.org/{'all' if i % 10 == 0 else name}/{i}" for i in range(size))
    triples = (Triple(IRI(s), IRI("https://example.org/p"), integer(i)) for i, s in enumerate(subjects))
    return NamedGraph(IRI(f"https://example.org/{name}"), IRI("https://example.org/about"), tuple(triples))


BASE, LOAD = graph("base", SMALL), graph("load", LARGE)


def contents(folder: Path) -> tuple[list[str], list[str]]:
    """What is in a store on disk when it is opened anew: its named graphs and its default graph."""
    store = OxigraphStore.on_disk(folder)
    default = sorted(" ".join(v.n3 for v in row if v) for row in store.select("SELECT ?s ?p ?o { ?s ?p ?o }").rows)
    found = sorted(quad.nquad for quad in store.quads()), default
    store.close()
    return found


def expected(*graphs: NamedGraph) -> tuple[list[str], list[str]]:
    quads = sorted(quad.nquad for one in graphs for quad in one.quads)
    return quads, sorted({" ".join(part.n3 for part in triple) for one in graphs for triple in one.triples})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store that holds BASE, closed."""
    made = tmp_path / "store"
    store = OxigraphStore.on_disk(made)
    store.apply(add=[BASE])
    store.close()
    return made


def journal(folder: Path) -> Path:
    return folder.with_name(folder.name + ".loading")


# ---- keeping and locking ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_what_was_added_is_there_after_reopening(folder: Path, size: int) -> None:
    store = OxigraphStore.on_disk(folder)
    added = graph("added", size)
    store.apply(add=[added])
    store.close()
    assert contents(folder) == expected(BASE, added)
    assert not journal(folder).exists()
    store = OxigraphStore.on_disk(folder)
    store.apply(remove=[added.name])
    store.close()
    assert contents(folder) == expected(BASE)


def test_what_was_added_is_there_without_closing(folder: Path) -> None:
    script = "store.apply(add=[graph('added', 100), graph('other', 21_000)]); print('done', flush=True); time.sleep(60)"
    with child(folder, script) as process:
        assert process.stdout is not None and process.stdout.readline() == "done\n"
        process.kill()
    assert contents(folder) == expected(BASE, graph("added", 100), graph("other", 21_000))


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    store = OxigraphStore.on_disk(tmp_path / "a" / "b" / "store")
    store.apply(add=[BASE])
    store.close()
    assert contents(tmp_path / "a" / "b" / "store") == expected(BASE)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does not wait for another process to end."""
    monkeypatch.setattr("kg.store.oxigraph.PATIENCE", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_second_process_is_told_what_to_do(folder: Path) -> None:
    with child(folder, "print('open', flush=True); input()") as process:
        assert process.stdout is not None and process.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match=r"another process has the store .* open: .* work on another"):
            OxigraphStore.on_disk(folder)
        process.communicate("\n")
    assert contents(folder) == expected(BASE), "once the other has ended it can be opened"


@pytest.mark.usefixtures("impatient")
def test_readers_read_beside_each_other_and_keep_writers_out(folder: Path) -> None:
    holding = "from kg.store.oxigraph import held\nwith held(folder): print('held', flush=True); input()"
    reading = "store = OxigraphStore.to_read(folder); print(len(store.graph_names()), flush=True); input()"
    with child(folder, holding, opens=False) as server:
        assert server.stdout is not None and server.stdout.readline() == "held\n"
        store = OxigraphStore.to_read(folder)
        assert [name.value for name in store.graph_names()] == [BASE.name.value]
        with pytest.raises(StoreError, match="could not be written"):
            store.apply(add=[graph("added", SMALL)])
        with pytest.raises(StoreError, match="another process has the store"):
            OxigraphStore.on_disk(folder)
        store.close()
        with child(folder, reading, opens=False) as reader:
            assert reader.stdout is not None and reader.stdout.readline() == "1\n"
            server.communicate("\n")
            with pytest.raises(StoreError, match="another process has the store"):
                OxigraphStore.on_disk(folder)
            assert len(OxigraphStore.to_read(folder).graph_names()) == 1
            reader.communicate("\n")
    assert contents(folder) == expected(BASE), "with the last reader writers may come back"


@pytest.mark.usefixtures("impatient")
def test_nobody_reads_beside_a_writer(folder: Path) -> None:
    with child(folder, "print('open', flush=True); input()") as process:
        assert process.stdout is not None and process.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match="another process has the store"):
            OxigraphStore.to_read(folder)
        process.communicate("\n")
    store = OxigraphStore.to_read(folder)
    store.apply(add=[graph("added", SMALL)])  # alone it is a store like any other
    store.close()


@pytest.mark.usefixtures("impatient")
def test_opening_twice_in_one_process_is_refused(folder: Path) -> None:
    store = OxigraphStore.on_disk(folder)
    with pytest.raises(StoreError, match="has the store"):
        OxigraphStore.on_disk(folder)
    store.close()
    OxigraphStore.on_disk(folder).close()


def test_what_is_no_database_is_refused(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be opened"):
        OxigraphStore.on_disk(file)
    with pytest.raises(StoreError, match="cannot be opened"):
        OxigraphStore.on_disk(file / "below")
    (folder / "CURRENT").write_text("damaged", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be opened"):
        OxigraphStore.on_disk(folder)


# ---- errors while writing --------------------------------------------------------------------------------------------


class Faulty:
    """An Oxigraph database that does the first part of a bulk load and then fails, as a full disk does."""

    def __init__(self, database: ox.Store, fraction: float, undo_fails: bool = False) -> None:
        self.database, self.fraction, self.undo_fails = database, fraction, undo_fails

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    def bulk_load(self, data: bytes, format: ox.RdfFormat) -> None:
        lines = data.splitlines(keepends=True)
        self.database.bulk_load(b"".join(lines[: int(len(lines) * self.fraction)]), format=format)
        raise OSError("No space left on device")

    def load(self, data: bytes, format: ox.RdfFormat) -> None:
        raise OSError("No space left on device")

    def update(self, update: str) -> None:
        if self.undo_fails:
            raise OSError("No space left on device")
        self.database.update(update)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Stores opened after this are faulty, in the way that the test sets here."""
    way: dict[str, Any] = {"fraction": 0.5}
    real = ox.Store
    monkeypatch.setattr(ox, "Store", lambda *args: Faulty(real(*args), **way))
    yield way
    monkeypatch.undo()


@pytest.mark.parametrize("fraction", [0.0, 0.5, 1.0])
def test_a_failed_bulk_load_is_undone_at_once(
    folder: Path, faulty: dict[str, Any], fraction: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty["fraction"] = fraction
    store = OxigraphStore.on_disk(folder)
    with pytest.raises(StoreError, match="could not be written: No space left on device"):
        store.apply(add=[LOAD, graph("more", 20)])
    assert store.graph_names() == [BASE.name]
    assert not journal(folder).exists()
    store.close()
    monkeypatch.undo()
    assert contents(folder) == expected(BASE)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_when_undoing_fails_too_the_next_opening_does_it(
    folder: Path, faulty: dict[str, Any], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty["undo_fails"] = True
    store = OxigraphStore.on_disk(folder)
    with pytest.raises(StoreError, match="No space left on device"):
        store.apply(add=[graph("load", size)])
    assert journal(folder).exists() == (size == LARGE), "only the bulk loader needs a journal"
    store.close()
    monkeypatch.undo()
    assert contents(folder) == expected(BASE)
    assert not journal(folder).exists()


def test_a_failed_replacement_leaves_everything_as_it_was(folder: Path, faulty: dict[str, Any]) -> None:
    faulty["undo_fails"] = True
    store = OxigraphStore.on_disk(folder)
    with pytest.raises(StoreError, match="No space left on device"):
        store.apply(add=[LOAD], remove=[BASE.name])
    assert sorted(quad.nquad for quad in store.quads()) == expected(BASE)[0]
    store.close()


# ---- the end of the process ------------------------------------------------------------------------------------------

DIES_IN_BULK_LOAD = """
real = ox.Store
class Dying:
    def __init__(self, database):
        self.database = database
    def __getattr__(self, name):
        return getattr(self.database, name)
    def bulk_load(self, data, format):
        lines = data.splitlines(keepends=True)
        self.database.bulk_load(b"".join(lines[: int(len(lines) * {fraction})]), format=format)
        self.database.flush()
        os.kill(os.getpid(), signal.SIGKILL)
store.close()
ox.Store = lambda *args: Dying(real(*args))
store = OxigraphStore.on_disk(folder)
store.apply(add=[graph("load", 21_000), graph("more", 20)])
"""


@pytest.mark.parametrize("fraction", [0.0, 0.3, 1.0], ids=["before", "in-the-middle", "before-the-end"])
def test_a_load_that_was_killed_is_not_there_after_reopening(folder: Path, fraction: float) -> None:
    with child(folder, DIES_IN_BULK_LOAD.format(fraction=fraction)) as process:
        assert process.wait(60) == -signal.SIGKILL
    assert set(json.loads(journal(folder).read_text(encoding="utf-8"))) == {
        LOAD.name.value,
        graph("more", 1).name.value,
    }
    assert contents(folder) == expected(BASE)
    assert not journal(folder).exists()
    store = OxigraphStore.on_disk(folder)
    store.apply(add=[LOAD])
    store.close()
    assert contents(folder) == expected(BASE, LOAD), "and it can be loaded again"


def test_kill_while_the_bulk_loader_runs(folder: Path) -> None:
    with child(folder, "store.apply(add=[graph('load', 120_000)]); print('done', flush=True)") as process:
        patience = time.monotonic() + 60
        while not journal(folder).exists() and time.monotonic() < patience:
            time.sleep(0.002)
        time.sleep(0.05)
        process.kill()
        output, _ = process.communicate()
    assert output == "", "the load had ended before it could be killed; make it larger"
    assert contents(folder) == expected(BASE)


def test_kill_while_small_loads_run_keeps_each_load_whole(folder: Path) -> None:
    script = "for i in range(10_000): store.apply(add=[graph(f'load{i}', 100)]); print(i, flush=True)"
    with child(folder, script) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 20:
                break
        process.kill()
        acknowledged = [int(line), *map(int, process.stdout.read().split())]
    quads, default = contents(folder)
    loads = [graph(f"load{i}", 100) for i in range(acknowledged[-1] + 2)]
    held = [one for one in loads if f"<{one.name}> ." in "\n".join(quads)]
    assert len(held) >= acknowledged[-1] + 1, "what was acknowledged is there"
    assert (quads, default) == expected(BASE, *held)


def test_a_note_that_was_not_finished_does_no_harm(folder: Path) -> None:
    journal(folder).with_name(journal(folder).name + ".new").write_text('["https://exa', encoding="utf-8")
    assert contents(folder) == expected(BASE)
    store = OxigraphStore.on_disk(folder)
    store.apply(add=[LOAD])
    store.close()
    assert contents(folder) == expected(BASE, LOAD)


def test_a_journal_left_behind_takes_its_load_back_and_no_other(folder: Path) -> None:
    store = OxigraphStore.on_disk(folder)
    store.apply(add=[LOAD, graph("more", 50)])
    store.close()
    journal(folder).write_text(json.dumps([LOAD.name.value, "https://example.org/never-loaded"]), encoding="utf-8")
    assert contents(folder) == expected(BASE, graph("more", 50))
    assert not journal(folder).exists()


class child:  # noqa: N801 (used as a function is)
    """Another process, with the store open unless it `opens` nothing, which runs a script. It is ended on leaving."""

    def __init__(self, folder: Path, script: str, *, opens: bool = True) -> None:
        module = Path(__file__)
        self.code = (
            f"import os, signal, sys, time\nfrom pathlib import Path\nimport pyoxigraph as ox\n"
            f"sys.path.insert(0, {str(module.parent)!r})\nfrom {module.stem} import OxigraphStore, graph\n"
            f"folder = Path({str(folder)!r})\n{'store = OxigraphStore.on_disk(folder)' * opens}\n{script}\n"
        )

    def __enter__(self) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        return self.process

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
