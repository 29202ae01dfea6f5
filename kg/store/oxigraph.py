"""Oxigraph, embedded: on disk (the default for a workspace) or in memory."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.rdf import NamedGraph
from kg.store import Solutions
from kg.store.updating import Quads, blank_nodes, difference, reconciled, without
from kg.terms import IRI, BlankNode, Literal, Quad, Term

#: Triples from which on a load into a database on disk goes through the bulk loader.
_BULK = 5_000

#: Seconds for which a database that another process has open is waited for.
PATIENCE = 5.0
#: How the database says that another process, or this one, has it open.
_HELD = re.compile(r"While lock file|lock hold by current process")
_BY_ANOTHER = re.compile(r"While lock file")
#: Whether the engine locks its database as POSIX has it.
_LOCKS_ARE_SHARED = os.name == "posix"
#: How the parser says where it gave up; it leaves the fields of SyntaxError empty.
_PLACE = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?P<what>.*)", re.DOTALL)


_Triple = tuple[Any, Any, Any]


class OxigraphStore:
    """A store in one Oxigraph database. Use the class methods; the constructor only takes an opened database.

    Oxigraph's own union of named graphs yields a triple once for every graph that holds it, so the default graph here
    holds the union itself: a third more on disk, and queries that are right without DISTINCT (and quicker).
    """

    def __init__(self, database: ox.Store, journal: Path | None = None) -> None:
        self._opened: ox.Store | None = database
        self._journal = journal
        self._lock: BinaryIO | None = None

    @classmethod
    def in_memory(cls) -> OxigraphStore:
        return cls(ox.Store())

    @classmethod
    def on_disk(cls, folder: Path) -> OxigraphStore:
        """Opens or creates the database in `folder`. StoreError when another process has it, or it is no database."""
        return _patiently(folder, lambda: cls._alone(folder))

    @classmethod
    def to_read(cls, folder: Path) -> OxigraphStore:
        """Opens the database in `folder` as `on_disk`, or beside others who only read it, as `kg serve` does.

        As long as it is open, nobody can open the database for writing. StoreError as `on_disk`.
        """

        def beside() -> OxigraphStore:
            try:
                return cls._alone(folder)
            except (OSError, RuntimeError) as error:
                lock = _shared_lock(folder) if _BY_ANOTHER.search(str(error)) else None
                if lock is None:
                    raise
            store = cls.read_only(folder)
            store._lock = lock
            return store

        return _patiently(folder, beside)

    @classmethod
    def read_only(cls, folder: Path) -> OxigraphStore:
        """Opens the database in `folder` as it is now, beside a process that has it open: later changes are not seen.

        That process may write only when no such reader is left; reading while it writes is undefined. A change through
        this store is refused. StoreError when there is no database.
        """
        try:
            return cls(ox.Store.read_only(str(folder)))
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store {folder} cannot be read: {error}") from error

    @classmethod
    def _alone(cls, folder: Path) -> OxigraphStore:
        store = cls(ox.Store(str(folder)), folder.with_name(folder.name + ".loading"))
        store._undo_unfinished_load()
        return store

    def apply(self, *, add: Iterable[NamedGraph] = (), remove: Iterable[IRI] = ()) -> None:
        present = set(self.graph_names())
        removed = [name for name in dict.fromkeys(remove) if name in present]
        added = [graph for graph in add if graph.name not in present or graph.name in removed]
        try:
            if removed:
                self._database.update(self._change(added, removed))
            elif self._journal is not None and sum(len(graph.triples) for graph in added) >= _BULK:
                self._bulk_load(added, self._journal)
            elif added:
                self._database.load(_nquads(added), format=ox.RdfFormat.N_QUADS)
            self._database.flush()
        except (OSError, RuntimeError, ValueError, SyntaxError) as error:
            raise StoreError(f"the store could not be written: {error}") from error

    def select(self, query: str) -> Solutions:
        found = self._query(query)
        if not isinstance(found, ox.QuerySolutions):
            raise QueryError("a SELECT query was expected")
        columns = tuple(variable.value for variable in found.variables)
        try:
            return Solutions(columns, [tuple(_optional(value) for value in row) for row in found])
        except (RuntimeError, OSError) as error:
            raise QueryError(f"the query could not be run to its end: {error}") from error

    def ask(self, query: str) -> bool:
        found = self._query(query)
        if not isinstance(found, ox.QueryBoolean):
            raise QueryError("an ASK query was expected")
        return bool(found)

    def construct(self, query: str) -> list[tuple[Term, IRI, Term]]:
        found = self._query(query)
        if not isinstance(found, ox.QueryTriples):
            raise QueryError("a CONSTRUCT or DESCRIBE query was expected")
        triples = {(_term(t.subject), IRI(t.predicate.value), _term(t.object)) for t in found}
        return sorted(triples, key=lambda triple: tuple(part.n3 for part in triple))

    def graph_names(self) -> list[IRI]:
        return sorted(IRI(name.value) for name in self._database.named_graphs())

    def quads(self, graph: IRI | None = None) -> Iterator[Quad]:
        names = [graph] if graph else self.graph_names()
        for name in names:
            for quad in self._database.quads_for_pattern(None, None, None, ox.NamedNode(name.value)):
                yield Quad(_iri(quad.subject), IRI(quad.predicate.value), _term(quad.object), name)

    def close(self) -> None:
        if self._opened is not None and self._lock is None:
            self._opened.flush()
        self._opened = None
        if self._lock is not None:
            self._lock.close()

    @property
    def _database(self) -> ox.Store:
        if self._opened is None:
            raise StoreError("the store was closed; open the workspace again")
        return self._opened

    def _bulk_load(self, added: list[NamedGraph], journal: Path) -> None:
        """Oxigraph's bulk loader is several times quicker than its transactions and not atomic. So what is about to
        be added is noted beside the database first: a load that did not end is undone, here or at the next opening."""
        note = journal.with_name(journal.name + ".new")
        note.write_text(json.dumps([graph.name.value for graph in added]), encoding="utf-8")
        note.replace(journal)
        try:
            self._database.bulk_load(_nquads(added), format=ox.RdfFormat.N_QUADS)
            self._database.flush()
        except BaseException:
            self._undo_unfinished_load()
            raise
        journal.unlink()

    def _undo_unfinished_load(self) -> None:
        if self._journal is not None and self._journal.exists():
            names = json.loads(self._journal.read_text(encoding="utf-8"))
            self._database.update(self._change([], [IRI(name) for name in names]))
            self._database.flush()
            self._journal.unlink()

    def _change(self, added: Iterable[NamedGraph], removed: list[IRI]) -> str:
        """One update request, which Oxigraph runs as one transaction.

        A graph that is replaced is changed only where it differs. A triple leaves the union with its last graph.
        """
        new = {
            graph.name.value: {
                (q.subject, q.predicate, q.object) for q in ox.parse(_ntriples(graph), ox.RdfFormat.N_TRIPLES)
            }
            for graph in added
        }
        names = {name.value for name in removed}
        old = {name: self._triples(name) for name in sorted(names)}
        steps, leaving, coming = [], set(), set()
        for name in sorted(old.keys() | new.keys()):
            gone, fresh = old.get(name, set()) - new.get(name, set()), new.get(name, set()) - old.get(name, set())
            leaving |= gone
            coming |= fresh
            if name not in new:
                steps.append(f"DROP SILENT GRAPH <{name}>")
            elif gone:
                steps.append(f"DELETE DATA {{ GRAPH <{name}> {{ {_text(gone)} }} }}")
            if fresh:
                steps.append(f"INSERT DATA {{ GRAPH <{name}> {{ {_text(fresh)} }} }}")
        union = ox.DefaultGraph()
        coming = {triple for triple in coming if not any(self._database.quads_for_pattern(*triple, union))}
        staying = set().union(*new.values())
        leaving = {triple for triple in leaving if triple not in staying and not self._elsewhere(triple, names)}
        if leaving:
            steps.append(f"DELETE DATA {{ {_text(leaving)} }}")
        if coming:
            steps.append(f"INSERT DATA {{ {_text(coming)} }}")
        return " ;\n".join(steps)

    def _triples(self, name: str) -> set[_Triple]:
        found = self._database.quads_for_pattern(None, None, None, ox.NamedNode(name))
        return {(quad.subject, quad.predicate, quad.object) for quad in found}

    def _elsewhere(self, triple: _Triple, besides: set[str]) -> bool:
        """Whether a graph other than these, and other than the union, holds the triple."""
        return any(
            isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value not in besides
            for quad in self._database.quads_for_pattern(*triple, None)
        )

    def answer(
        self,
        query: str,
        *,
        base: str | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> Any:
        """The engine's own answer, which it can write in any format, to any kind of query. QueryError as `select`.

        The dataset is the graphs named here where either is given, the query's FROM where it has one, and else the
        union. `base` is what relative IRIs start from. The engine would find a triple once for each default graph that
        holds it, and a count would be too high; so several default graphs are merged in memory first.
        """
        if default_graphs is None and named_graphs is None:
            return self._query(query, base_iri=base)
        default = [ox.NamedNode(name) for name in default_graphs or ()]
        named = [ox.NamedNode(name) for name in named_graphs or ()]
        if len(default) < 2:
            return self._query(query, base_iri=base, default_graph=default, named_graphs=named)
        merged, union = ox.Store(), ox.DefaultGraph()
        for graph in default:
            quads = self._database.quads_for_pattern(None, None, None, graph)
            merged.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, union) for quad in quads)
        for graph in named:
            merged.bulk_extend(self._database.quads_for_pattern(None, None, None, graph))
        return self._query(query, merged, base_iri=base, default_graph=union, named_graphs=named)

    def has_graph(self, name: str) -> bool:
        """Whether there is a named graph of that name."""
        try:
            graph = ox.NamedNode(name)
        except ValueError:  # no IRI
            return False
        return any(self._database.quads_for_pattern(None, None, None, graph))

    def mentions(self, iri: IRI) -> bool:
        """Whether any triple has the IRI."""
        node, union = ox.NamedNode(iri.value), ox.DefaultGraph()
        find = self._database.quads_for_pattern
        found = (find(node, None, None, union), find(None, node, None, union), find(None, None, node, union))
        return any(any(quads) for quads in found)

    def count(self) -> int:
        """How many triples there are, each counted once however many graphs hold it."""
        (row,) = self._query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        return int(row[0].value)

    def update(self, text: str, *, base: str, inserted: str, derived: Sequence[str] = ()) -> None:
        """Runs a SPARQL update, all or nothing, and keeps the default graph the union of the others.

        What that means is told in kg.store.updating; triples inserted into the default graph alone go into the graph
        `inserted`. Graphs whose names begin with one of `derived` hold what was worked out from the others: they are
        dropped with any change, since it may no longer hold. `base` is what relative IRIs start from. The update runs
        on a copy, which on disk shares the files of the database; what it changed is then one transaction. Everything
        is read twice, so that the time grows with the store and not with the update. QueryError for what cannot be
        run, and for blank nodes.
        """
        before = Quads.of(self._database)
        wanted = reconciled(before, self._tried(text, base), inserted)
        if wanted != before:
            wanted = without(wanted, derived)
        if blank := blank_nodes(wanted):
            raise QueryError(f"nothing here has blank nodes; give the thing an IRI of its own in {blank[0]}")
        change = difference(before, wanted)
        try:
            if change:
                self._database.update(change)
            for name in list(self._database.named_graphs()):
                if not any(self._database.quads_for_pattern(None, None, None, name)):
                    self._database.remove_graph(name)
            self._database.flush()
        except (OSError, RuntimeError, ValueError, SyntaxError) as error:
            raise StoreError(f"the store could not be written: {error}") from error

    def _tried(self, text: str, base: str) -> Quads:
        """What a copy of the database holds after an update. The copy is thrown away."""
        if self._journal is None:
            copy = ox.Store()
            copy.bulk_extend(self._database)
            return _after(copy, text, base)
        folder = self._journal.with_suffix(".trial")
        shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
        self._database.backup(str(folder))
        try:
            return _after(ox.Store(str(folder)), text, base)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _query(self, query: str, database: ox.Store | None = None, **options: Any) -> Any:
        with _errors_told():
            return (database or self._database).query(query, **options)


def _after(copy: ox.Store, text: str, base: str) -> Quads:
    try:
        with _errors_told():
            copy.update(text, base_iri=base)
        return Quads.of(copy)
    finally:
        del copy  # the engine writes into its folder when it is closed, so that must be before the folder goes


@contextmanager
def _errors_told() -> Iterator[None]:
    """Turns what the engine says against a query or an update into QueryError."""
    try:
        yield
    except SyntaxError as error:
        place = _PLACE.match(error.msg)
        if place is None:
            raise QueryError(error.msg, line=error.lineno, column=error.offset) from error
        raise QueryError(place["what"], line=int(place["line"]), column=int(place["column"])) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(f"the query could not be run: {error}") from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keeps other processes from opening the database in `folder` for writing, without having it open.

    An open database tidies up in the background and takes away files from under those who only read. StoreError when
    another process has it. Where the system has no such locks, the database is opened all the same.
    """
    store = OxigraphStore.to_read(folder)  # mends what a crash left, and waits for whoever may write
    if not _LOCKS_ARE_SHARED:
        yield
        store.close()
        return
    store.close()
    lock = _shared_lock(folder)
    if lock is None:
        raise StoreError(f"another process has just opened the store {folder}; try again")
    with lock:
        yield


def _shared_lock(folder: Path) -> BinaryIO | None:
    """The engine's own lock on the database, shared with others who only read; None where somebody may write."""
    if not _LOCKS_ARE_SHARED:
        return None
    import fcntl

    lock = (folder / "LOCK").open("rb")
    try:
        fcntl.lockf(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _patiently(folder: Path, opened: Callable[[], OxigraphStore]) -> OxigraphStore:
    """The store; while another process has it, its end is awaited for a while: most commands take moments."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return opened()
        except (OSError, RuntimeError) as error:
            if not _HELD.search(str(error)):
                raise StoreError(f"the store {folder} cannot be opened: {error}") from error
            if time.monotonic() > give_up:
                raise StoreError(
                    f"another process has the store {folder} open: wait until it is done, stop it if it is 'kg serve', "
                    "or work on another workspace"
                ) from error
            time.sleep(0.05)


def _ntriples(graph: NamedGraph) -> bytes:
    return "".join(f"{s.n3} {p.n3} {o.n3} .\n" for s, p, o in graph.triples).encode()


def _text(triples: Iterable[_Triple]) -> str:
    return " ".join(f"{s} {p} {o} ." for s, p, o in triples)


def _nquads(graphs: Iterable[NamedGraph]) -> bytes:
    """Every triple twice: in its graph, and in the default graph that is the union."""
    lines = []
    for graph in graphs:
        for subject, predicate, object_ in graph.triples:
            triple = f"{subject.n3} {predicate.n3} {object_.n3}"
            lines.append(f"{triple} {graph.name.n3} .\n{triple} .\n")
    return "".join(lines).encode()


def engine_term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """The term as the engine has it."""
    if isinstance(term, BlankNode):
        return ox.BlankNode(term.value)
    if not isinstance(term, Literal):
        return ox.NamedNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))


def engine_triple(subject: Term, predicate: IRI, object_: Term) -> ox.Triple:
    """The triple as the engine has it. ValueError where its subject is a literal."""
    node = engine_term(subject)
    if isinstance(node, ox.Literal):
        raise ValueError(f"a literal is no subject: {subject.n3}")
    return ox.Triple(node, ox.NamedNode(predicate.value), engine_term(object_))


def _term(found: Any) -> Term:
    if isinstance(found, ox.NamedNode):
        return IRI(found.value)
    if isinstance(found, ox.Literal):
        return Literal(found.value, found.datatype.value, found.language)
    if isinstance(found, ox.BlankNode):
        return BlankNode(found.value)
    raise QueryError(f"the result holds a term of a kind that is not read here: {found}")


def _optional(found: Any) -> Term | None:
    return None if found is None else _term(found)


def _iri(found: Any) -> IRI:
    if not isinstance(found, ox.NamedNode):
        raise StoreError(f"a named node was expected, not {found}; this package writes no blank nodes")
    return IRI(found.value)
