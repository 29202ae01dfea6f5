"""The façade: open a workspace, add dossiers, ask, look and export.

A workspace is a folder with a store and a small file of settings, or nothing but memory. Everything the command line
does, it does through this module.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import vocab
from kg.annotations import Annotation, all_annotations, judge
from kg.card import Card, card
from kg.check import Checked
from kg.errors import InvalidInput, KgError, Problem, QueryError, UsageError
from kg.export import write_dossiers, write_graph
from kg.files import write_whole
from kg.ingest import TABLES, Reading, load_mapping, mapping_names, read_dossier, read_event_table
from kg.labels import labels
from kg.load import AddReport, Load, entered_from, shared_names, stored, versions
from kg.lookup import Lookup, with_prefixes
from kg.questions import Question, load_questions, question, read_question
from kg.rdf import Bridge, vocabulary_graph
from kg.reach import dataset, refuse_calls
from kg.relate import RelateReport, is_related, relation_graphs
from kg.results import Result
from kg.sparql import Form, explain, form, tokens, warnings, with_missing_prefixes
from kg.store import Store
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI, Term, moment, text
from kg.validate import validate

if TYPE_CHECKING:
    from kg.views import Figure, GraphEdge, Page, Record

DEFAULT_FOLDER = ".kg"
_SETTINGS = "workspace.json"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Answer:
    """The answer to free SPARQL: `rows` of a SELECT, `truth` of an ASK, or `triples` of a CONSTRUCT or DESCRIBE.

    `prefixes_added` are the well-known prefixes that the query used undeclared; `hints` point out terms that nothing
    in the store or its vocabulary has.
    """

    form: Form
    rows: Result | None = None
    truth: bool | None = None
    triples: tuple[tuple[Term, IRI, Term], ...] = ()
    prefixes_added: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass
class Workspace:
    """An open workspace. Made by `open_workspace`; use it as a context manager, or `close` it."""

    store: Store
    base: str = vocab.DEFAULT_BASE
    folder: Path | None = None
    now: Callable[[], dt.datetime] = field(default_factory=lambda: _now)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        return load_questions()

    @property
    def lookup(self) -> Lookup:
        return Lookup(self.store, self.base)

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.store.close()

    # ---- add -------------------------------------------------------------------------------------------------------

    def add(
        self,
        *paths: str | Path,
        mapping: str | Path | None = None,
        keep_going: bool = False,
        progress: Progress | None = None,
    ) -> AddReport:
        """Loads dossiers. With an error anywhere nothing is written, and InvalidInput carries every problem.

        With `keep_going` the documents without errors are loaded and the others are named in the report. Either way the
        load is one atomic change; documents that are in the store already, in the same words, are left as they are.

        With `mapping`, the name of one that comes with the program or the path of a YAML file, the paths are tables of
        events. Other people made those, and seldom without a slip: rows with errors are left out and named in the
        report, as with `keep_going`; only a table that cannot be read at all stops the load. UsageError for a name that
        no mapping has, and for a table without a mapping.
        """
        if not paths:
            raise UsageError("nothing to add: name one or more dossier folders")
        folders = list(dict.fromkeys(Path(path).resolve() for path in paths))
        named = {Path(path).resolve(): Path(path) for path in paths}
        table = load_mapping(mapping) if mapping is not None else None
        excused = 0
        bridge = Bridge(self.base)
        load = Load.into(self.store, bridge, bridge.load_graph(ended=self.now(), software=software()))
        for number, folder in enumerate(folders):
            if progress:
                progress(f"reading {named[folder]}", number, len(folders))
            path = named[folder]
            reading = read_event_table(path, table) if table else _read_folder(path)
            load.take(path.parent if table else path, reading)
            excused += len(reading.errors) if table and reading.dossier else 0
        errors = [problem for problem in load.problems if problem.severity == "error"]
        if len(errors) > excused and not keep_going:
            count = f"{len(errors)} error" + ("s" if len(errors) > 1 else "")
            raise InvalidInput(f"nothing was loaded: {count} in what was to be added", load.problems)
        if progress:
            progress("writing", len(folders), len(folders))
        words = vocabulary_graph()
        if {quad.nquad for quad in self.store.quads(words.name)} != {quad.nquad for quad in words.quads}:
            load.remove.append(words.name)
            load.add[words.name] = words
        self.store.apply(add=load.graphs, remove=load.remove)
        load.problems += shared_names(self.store)
        return load.report()

    # ---- relate ----------------------------------------------------------------------------------------------------

    def relate(self, *, progress: Progress | None = None) -> RelateReport:
        """Works out how claims relate, as one atomic change. Only what changed since the last time is related anew."""
        from kg.relate.engine import relate_store  # brings the solvers, which no other command waits for

        self._need_data()
        return relate_store(self.store, self.base, ended=self.now(), software=software(), progress=progress)

    def relations_of(self, claim: str) -> Result:
        """All relations of one claim to others, worked out now, the gravest first.

        Those are among them that `relate` only counts. `claim` is an IRI, a short id or the id of a row. The columns
        are those of the saved question `relations`; NotFound for what is no claim.
        """
        from kg.relate.on_demand import relations_of  # brings the solvers, which no other command waits for

        self._need_data()
        iri = self.lookup.resolve("claim", claim)
        rows = tuple(one.terms for one in relations_of(self.store, self.base, iri))
        words = labels(self.store, (value for row in rows for value in row))
        return Result(("other", "relation", "rule", "grade", "why"), rows, "", words)

    def check(self, sentence: str | None = None, /, *, file: str = "the claim", **columns: Any) -> Checked:
        """Places a new claim against the graph: what it was understood to say, where its figure was seen before, what
        it is to other claims, and what is unstated and would decide it. Nothing is stored.

        The claim is a sentence ("SOHR: 1,500 civilians by 14 March"), columns of the table `assertions`, or both;
        beside them `source` is who gave the figure, `number` the figure as a phrase ("at least 745"). A day may also be
        a date. `file` names the input in problems. InvalidInput for what cannot be read, NotFound and Ambiguous for
        names, UsageError for what is said twice and for columns that nobody knows.
        """
        from kg.check.answer import check  # brings the rules, which no other command waits for

        self._need_data()
        plain = {name: str(value) if isinstance(value, dt.date) else value for name, value in columns.items()}
        return check(self.store, self.base, sentence, plain, file=file)

    # ---- judge -----------------------------------------------------------------------------------------------------

    def annotate(self, judgement: str, /, *targets: str, because: str, by: str, event: str | None = None) -> Annotation:
        """Writes down what a person judges, and why; the counts and relations take it in at the next `relate`.

        `judgement` is "merge" (two or more sources are one), "separate" (two are not), "gathers own", "gathers relays"
        or "gathers unknown", "party" or "no party" (to `event`, or to every event), "accept" or "reject" (a relation).
        What is in force already is returned as it stands and not written again. A later judgement on the same matter
        takes the place of an earlier one; both stay on record. UsageError for what fits no judgement, InvalidInput for
        what cannot be judged, such as a person who is counted as an organisation; NotFound and Ambiguous for names.
        """
        self._need_data()
        return judge(self.store, self.base, judgement, targets, because=because, by=by, now=self.now(), event=event)

    def undo(self, annotation: str, *, because: str, by: str) -> Annotation:
        """Undoes a judgement, or what undid one; the annotation that does so is returned.

        `annotation` is an IRI or a short id, or "last" for the latest judgement in force.

        Both stay on record. What is undone already stays so, and the annotation that undid it is returned.
        """
        return self.annotate("undo", annotation, because=because, by=by)

    def annotations(self) -> Result:
        """Every judgement on record by time, a row for each target: those in force, superseded and undone."""
        known = all_annotations(self.store, self.base)
        rows = tuple(
            (
                IRI(one.id),
                text(one.judgement),
                IRI(target),
                IRI(one.event) if one.event else None,
                text(one.state),
                text(one.by),
                moment(one.created),
                text(one.reason),
            )
            for one in known
            for target in one.targets
        )
        words = labels(self.store, (value for row in rows for value in row)) | {IRI(one.id): one.short for one in known}
        return Result(("annotation", "judgement", "target", "event", "state", "by", "created", "why"), rows, "", words)

    @property
    def relations_are_current(self) -> bool | None:
        """Whether the relations here are those of the documents and judgements; None where none were worked out."""
        return is_related(self.store, self.base)

    # ---- ask -------------------------------------------------------------------------------------------------------

    def ask(self, name: str, /, **parameters: str | None) -> Result:
        """Asks a saved question. A parameter may be an IRI, a short id, the id of a row or a label; None is not given.

        NotFound for an unknown question or an unknown thing, Ambiguous for a label of several things, UsageError for
        parameters that the question does not take or that it misses.
        """
        given = {key: str(value) for key, value in parameters.items() if value is not None}
        return self.ask_question(question(self.questions, name), given)

    def ask_file(self, path: Path, parameters: Mapping[str, str]) -> Result:
        """Asks a question of one's own, written like the shipped ones."""
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8") from error
        return self.ask_question(read_question(path.stem, text), parameters)

    def ask_question(self, asked: Question, parameters: Mapping[str, str]) -> Result:
        self._need_data()
        asked.check(parameters)
        refuse_calls(asked.text)
        if asked.needs == "relations":
            self._need_relations(asked.name)
        known, lookup = {parameter.name: parameter for parameter in asked.parameters}, self.lookup
        query = asked.bind({name: known[name].term(value, lookup) for name, value in parameters.items()})
        try:
            return self._rows(query)
        except QueryError as error:
            raise explain(query, error) from error

    def sparql(self, query: str) -> Answer:
        """Runs free SPARQL over the union of all graphs. QueryError points at the word that is wrong where it can.

        Nothing is asked of other servers. With several FROM the engine would find a triple once for each graph that
        holds it, and counts would be too high; such a query is refused.
        """
        refuse_calls(query)
        kind = form(query)
        if len(dataset(query, self.base).default) > 1:
            raise QueryError(
                "with more than one FROM a triple of two graphs would count twice; leave them out to ask the union of "
                "all graphs, write GRAPH instead, or ask the endpoint of 'kg serve', which merges them first"
            )
        full, added = with_missing_prefixes(query)
        hints = warnings(query, self._terms_in_use())
        try:
            if kind == "SELECT":
                return Answer(kind, rows=self._rows(full), prefixes_added=added, hints=hints)
            if kind == "ASK":
                return Answer(kind, truth=self.store.ask(full), prefixes_added=added, hints=hints)
            return Answer(kind, triples=tuple(self.store.construct(full)), prefixes_added=added, hints=hints)
        except QueryError as error:
            shift = len(full) - len(query)
            if error.line == 1 and error.column is not None and shift:
                error = QueryError(str(error), line=1, column=max(1, error.column - shift))
            raise explain(query, error) from error

    # ---- look ------------------------------------------------------------------------------------------------------

    def show(self, name: str) -> Card:
        """The card of the thing that `name` means: an IRI, a short id, the id of a row or document, or a label."""
        self._need_data()
        return card(self.store, self.base, self.lookup.find(name), self._asking)

    def view(self, kind: str, *, event: str | None = None, limit: int = 150, served: bool = False) -> Page:
        """A page to look at: "graph", who reported what on whose word, at most `limit` nodes; "dossier", the page of an
        event; or one figure of it: "figures", "ladder", "timeline", "matrix", "relations" or "map".

        `event` may be left out where the workspace has only one. Relations are left out of the graph and the figures
        where they are out of date; the dossier needs them, and KgError says how to get them. The page of a figure has
        its drawing as `.svg` and its table as `.csv`. With `served` pages link to those of `kg serve`. UsageError for
        another kind.
        """
        from kg import views  # brings the drawings and the templates, which nothing else waits for

        kinds = ("graph", "dossier", *views.FIGURES)
        if kind not in kinds:
            raise UsageError(f"no view {kind!r}; there are: {', '.join(kinds)}")
        self._need_data()
        iri = self._event(event)
        title = labels(self.store, [iri])[iri]
        if kind == "graph":
            # Relations of documents or judgements that have changed since would be drawn as if they still held.
            related = None if self.relations_are_current is False else views.claim_relations(self.store, iri)
            links, _ = views.chain_links(self._asking, iri, title, views.other_names(self.store))
            return views.GraphPage.of(views.claim_graph(links, title=title, relations=related, limit=limit))
        if kind == "dossier":
            self._need_relations("the dossier page")
        record = views.read_record(self._asking, iri, title, related=self.relations_are_current is True)
        desk = views.Served(self.base) if served else None
        if kind == "dossier":
            figures = [self._figure(name, record) for name in views.FIGURES]
            return views.dossier_page(views.event_dossier(self._asking, self._rows, record, figures), desk)
        return views.figure_page(self._figure(kind, record), record, views.about_event(self._rows, record), desk)

    def _figure(self, kind: str, record: Record) -> Figure:
        from kg import views

        def relations() -> tuple[GraphEdge, ...] | None:
            return views.claim_relations(self.store, record.event) if record.backing is not None else None

        return views.event_figure(kind, self._asking, record, relations)

    def export(self, format_: str, output: Path | None = None) -> str | None:
        """The whole store in a format: nq, trig, ttl or jsonld as text (or into the file `output`), or csv.

        csv writes every dossier as a folder of tables below `output`, which must be given.
        """
        if format_ == "csv":
            if output is None:
                raise UsageError("csv is a folder of tables: name it with -o FOLDER")
            write_dossiers(self.store, self.base, output)
            return None
        text = write_graph(self.store, format_)
        if output is None:
            return text
        write_whole(output, text)
        return None

    def validate(self) -> tuple[Problem, ...]:
        """The SHACL shapes over everything in the store, relations as well."""
        self._need_data()
        graphs = [stored(self.store, version, about) for about, version in sorted(versions(self.store).items())]
        graphs += [stored(self.store, name, name) for name in relation_graphs(self.store, self.base)]
        judged = (IRI(one.id) for one in all_annotations(self.store, self.base))
        graphs += [stored(self.store, name, name) for name in judged]
        rows = self.store.select(with_prefixes("SELECT ?entry ?from WHERE { ?entry kg:enteredFrom ?from }")).rows
        entered = {}
        for entry, place in rows:
            if isinstance(entry, IRI):
                file, _, line = str(place).rpartition(":")
                entered[entry] = (file, int(line))
        return validate(graphs, entered)

    def _asking(self, name: str, values: Mapping[str, str]) -> Result:
        return self.ask(name, **values)

    def _event(self, name: str | None) -> IRI:
        if name is not None:
            return self.lookup.resolve("event", name)
        rows = self.store.select(
            with_prefixes("SELECT ?event ?id { ?event a sem:Event ; dcterms:identifier ?id } ORDER BY ?id")
        ).rows
        if len(rows) != 1:
            raise UsageError("which event? name one of: " + ", ".join(str(name) for _, name in rows))
        event = rows[0][0]
        assert isinstance(event, IRI)
        return event

    def _rows(self, query: str) -> Result:
        found = self.store.select(query)
        words = labels(self.store, (value for row in found.rows for value in row))
        return Result(found.columns, tuple(found.rows), query, words)

    def _terms_in_use(self) -> frozenset[IRI]:
        """Every predicate, class and concept that the store or its vocabulary knows."""
        rows = self.store.select(
            with_prefixes(
                """SELECT DISTINCT ?term WHERE {
                  { ?subject ?term ?object } UNION { ?subject a ?term } UNION { ?term a ?kind
                    VALUES ?kind { skos:Concept skos:ConceptScheme rdf:Property owl:Class owl:ObjectProperty
                      owl:DatatypeProperty owl:AnnotationProperty } } }"""
            )
        ).rows
        return frozenset(term for (term,) in rows if isinstance(term, IRI)) | asked_for(self.questions)

    def _need_relations(self, name: str) -> None:
        """Relations of documents that have changed since would be answers about something else."""
        related = self.relations_are_current
        if related is None:
            raise KgError(f"{name} asks for relations, and none were worked out yet; type 'kg relate'")
        if not related:
            raise KgError(
                f"documents or judgements have changed since relations were worked out, and {name} asks for them; type "
                "'kg relate'"
            )

    def _need_data(self) -> None:
        if not self.store.ask("ASK { ?version <http://purl.org/dc/terms/isVersionOf> ?about }"):
            raise KgError("there is nothing in this workspace yet; type 'kg demo', or 'kg add FOLDER' with a dossier")


def open_workspace(
    path: str | Path = DEFAULT_FOLDER, *, create: bool = False, to_read: bool = False, read_only: bool = False
) -> Workspace:
    """Opens the workspace in a folder, or one in memory for ":memory:".

    With `create` a missing one is made; without it KgError says how. StoreError when another process has it open.
    With `to_read` it is opened beside others who only read; with `read_only` beside anybody, as it is now (see
    OxigraphStore of both).
    """
    if str(path) == ":memory:":
        return Workspace(OxigraphStore.in_memory())
    folder = Path(path)
    settings = folder / _SETTINGS
    if not settings.exists():
        if not create:
            raise KgError(f"there is no workspace in {folder}; type 'kg demo', or 'kg add FOLDER' with a dossier")
        write_whole(settings, json.dumps({"base": vocab.DEFAULT_BASE}, indent=1) + "\n")
    try:
        base = json.loads(settings.read_text(encoding="utf-8"))["base"]
    except (ValueError, KeyError) as error:
        raise KgError(f"{settings} is damaged: it must be a JSON object with a 'base'") from error
    opened = OxigraphStore.read_only if read_only else OxigraphStore.to_read if to_read else OxigraphStore.on_disk
    return Workspace(opened(folder / "store"), base, folder)


def validate_paths(paths: Iterable[str | Path]) -> tuple[Problem, ...]:
    """Checks dossiers without storing them: the reader's problems, and SHACL over what could be read."""
    bridge = Bridge()
    problems: list[Problem] = []
    for path in paths:
        reading = read_dossier(Path(path))
        problems += reading.problems
        if reading.dossier is None:
            continue
        dossier = reading.dossier
        graphs = [bridge.document_graph(record) for record in dossier.documents]
        graphs.append(bridge.dossier_graph(dossier.record, [record.document.id for record in dossier.documents]))
        entered = {
            bridge.iri(id_): (str(Path(path) / file), line)
            for record in dossier.documents
            for id_, (file, line) in entered_from(dossier, record).items()
        }
        problems += validate(graphs, entered)
    return tuple(problems)


def software() -> str:
    """The name and version that goes on record for whatever this package enters."""
    return f"claims-kg {metadata.version('claims-kg')}"


def _read_folder(path: Path) -> Reading:
    """Reads the dossier in a folder. UsageError for a table that stands alone: it needs a mapping."""
    if path.suffix.lower() == ".csv" and path.stem.lower() not in TABLES and path.is_file():
        raise UsageError(
            f"{path.name} is a table, not the folder of a dossier: a table of events needs --mapping, which says what "
            f"its columns mean; there are {', '.join(mapping_names())}, or name a YAML file of your own"
        )
    return read_dossier(path)


def asked_for(questions: Mapping[str, Question]) -> frozenset[IRI]:
    """Every term that saved questions ask for. That nothing here has one of them is no slip."""
    names = {token.text for asked in questions.values() for token in tokens(asked.text) if token.kind == "name"}
    return frozenset(vocab.term(name) for name in names if name.partition(":")[0] in vocab.PREFIXES)


def _now() -> dt.datetime:
    """The time of the load; SOURCE_DATE_EPOCH sets it, as reproducible builds do."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch else dt.datetime.now(dt.UTC)
