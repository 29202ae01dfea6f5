"""A mapping: which column of a table of events means what. One YAML file a format; two come with the program.

`report` says which columns tell who reported, `event` which tell what happened, and each item of `figures` names the
columns of one count. A mapping with a mistake in it is refused as a whole: half of a mapping would read a table wrongly
and say nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import InvalidInput, UsageError
from kg.ingest.columns import IDENTIFIER, NAME, NAMES, TEXT, TEXTS, Column, SheetReader
from kg.ingest.files import MAX_YAML_BYTES, UnfitFileError, read_text
from kg.ingest.findings import Findings, Where, did_you_mean, shown
from kg.ingest.yaml_files import Items, Keys, Node, Scalar, read_yaml, row_of
from kg.names import fold, suggest

FOLDER = Path(__file__).parent / "mappings"
YAML_SUFFIXES = (".yaml", ".yml")

_TOP = (
    Column("id", IDENTIFIER, required=True),
    Column("title", NAME, required=True),
    Column("licence", TEXT),
    Column("editors", TEXTS),
    Column("dataset", NAME, required=True),
    Column("dataset_kind", NAME),
    Column("blanks", TEXTS),
    Column("not_read", NAMES),
)
_REPORT = (
    Column("id", NAME, required=True),
    Column("outlet", NAME),
    Column("outlet_kind", NAME),
    Column("published", NAME),
    Column("published_in", NAME),
    Column("cites", NAME),
)
_EVENT = (
    Column("id", NAME, required=True),
    Column("prefix", IDENTIFIER),
    Column("start", NAME),
    Column("end", NAME),
    Column("place", NAMES),
    Column("latitude", NAME),
    Column("longitude", NAME),
)
_FIGURE = (
    Column("measure", NAME, required=True, scheme="measures"),
    Column("population", NAME, required=True, scheme="populations"),
    Column("low", NAME),
    Column("best", NAME),
    Column("high", NAME),
    Column("zeros", NAME, words=("kept", "left out"), required=True),
    Column("zeros_mean", TEXT),
    Column("out_of_order", NAME, words=("leaves out the row", "leaves out the count")),
)
_SECTIONS = ("report", "event", "figures", "actor_kinds")


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """Who reported. `id` names the row; without `outlet` the data set speaks in its own voice.

    `published` holds a day alone, `published_in` a text in which one stands in brackets. `cites` holds names of further
    sources, separated by semicolons.
    """

    id: str
    outlet: str | None = None
    outlet_kind: str | None = None
    published: str | None = None
    published_in: str | None = None
    cites: str | None = None


@dataclass(frozen=True, slots=True)
class EventColumns:
    """What happened. `prefix` goes in front of the event's id where that is too plain to stand alone.

    `place` are columns from the narrowest place to the widest; `latitude` and `longitude` (WGS 84 degrees) belong to
    the narrowest one that a row names.
    """

    id: str
    prefix: str = ""
    start: str | None = None
    end: str | None = None
    place: tuple[str, ...] = ()
    latitude: str | None = None
    longitude: str | None = None


@dataclass(frozen=True, slots=True)
class FigureColumns:
    """One count: the columns of its lowest, best and highest estimate, of which one at least is there.

    `keep_zeros` says whether a count of nothing but zeros makes a claim; `zeros_mean` is noted beside those kept.
    Numbers that break low ≤ best ≤ high leave out the row, or with `spare_row` this count alone.
    """

    measure: str
    population: str
    low: str | None = None
    best: str | None = None
    high: str | None = None
    keep_zeros: bool = True
    zeros_mean: str | None = None
    spare_row: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that there are, in the order low, best, high."""
        return tuple(column for column in (self.low, self.best, self.high) if column)


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How a table of events is read.

    `id` names the dossier that comes of it, `dataset` who speaks where no outlet does. Cells that hold a word of
    `blanks` are unknown, as empty ones are. `actor_kinds` translates the table's words for kinds of sources, by folded
    word. `not_read` are columns that are left out on purpose.
    """

    id: str
    title: str
    dataset: str
    report: ReportColumns
    event: EventColumns
    figures: tuple[FigureColumns, ...]
    licence: str | None = None
    editors: tuple[str, ...] = ()
    dataset_kind: str | None = None
    blanks: frozenset[str] = frozenset()
    actor_kinds: Mapping[str, str] = field(default_factory=dict)
    not_read: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping reads, each once."""
        report, event = self.report, self.event
        named = [report.id, report.outlet, report.outlet_kind, report.published, report.published_in, report.cites]
        named += [event.id, event.start, event.end, *event.place, event.latitude, event.longitude]
        named += [column for figure in self.figures for column in figure.columns]
        return tuple(dict.fromkeys(column for column in named if column))


def mapping_names() -> tuple[str, ...]:
    """The names of the mappings that come with the program."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def load_mapping(name: str | Path) -> TableMapping:
    """The mapping of that name, or the one in the YAML file at that path.

    UsageError when there is neither; InvalidInput, with every problem, for a file that is no mapping.
    """
    written, names = str(name), mapping_names()
    path = FOLDER / f"{written}.yaml" if written in names else Path(name)
    if not path.is_file() or path.suffix.lower() not in YAML_SUFFIXES:
        raise UsageError(
            f"{written!r} is neither a mapping that comes with the program ({', '.join(names)}) nor a YAML file"
            f"{did_you_mean(suggest(written, names, most=2))}"
        )
    findings = Findings(path.parent)
    mapping = _Reader(path.name, findings).read(path)
    if mapping is None:
        raise InvalidInput(f"{path.name} is no mapping that can be used", findings.problems)
    return mapping


class _Reader:
    """Reads one mapping file; everything that is wrong with it is an error."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file, self._findings = file, findings

    def read(self, path: Path) -> TableMapping | None:
        """The mapping; None after errors."""
        try:
            text = read_text(path, MAX_YAML_BYTES)
        except UnfitFileError as unfit:
            self._findings.unreadable(Where(self._file, unfit.line), unfit.message, unfit.hint, value=unfit.value)
            return None
        keys = read_yaml(text, self._file, self._findings)
        if keys is None:
            return None
        sections = {name: keys.nodes.pop(name, None) for name in _SECTIONS}
        top = self._values(keys, _TOP, "", also=_SECTIONS)
        report = self._section(sections["report"], _REPORT, "report", keys)
        event = self._section(sections["event"], _EVENT, "event", keys)
        figures = self._figures(sections["figures"], keys)
        kinds = self._kinds(sections["actor_kinds"], keys)
        if report is not None and report["published"] and report["published_in"]:
            self._error(
                keys.lines["report"], "report.published", "published and published_in both say the day", "keep one"
            )
        if event is not None and (event["latitude"] is None) != (event["longitude"] is None):
            self._error(
                keys.lines["event"], "event", "a position needs both latitude and longitude", "name both columns"
            )
        if self._findings.errors or report is None or event is None:
            return None
        event["prefix"] = event["prefix"] or ""
        top["blanks"] = frozenset(top["blanks"])
        return TableMapping(
            **top,
            report=ReportColumns(**report),
            event=EventColumns(**event),
            figures=tuple(figures),
            actor_kinds=kinds,
        )

    def _section(self, node: Node | None, columns: tuple[Column, ...], name: str, whole: Keys) -> dict[str, Any] | None:
        if not isinstance(node, Keys):
            words = ", ".join(column.name for column in columns)
            line = whole.lines.get(name, whole.line)
            self._error(
                line, name, f"“{name}” must hold keys and the columns that they name", f"write below it: {words}"
            )
            return None
        return self._values(node, columns, f"{name}.")

    def _figures(self, node: Node | None, whole: Keys) -> list[FigureColumns]:
        items = node.nodes if isinstance(node, Items) else []
        if not items or not all(isinstance(item, Keys) for item in items):
            line = whole.lines.get("figures", whole.line)
            self._error(
                line,
                "figures",
                "“figures” must be a list of counts",
                "write “- measure: killed” and below it population, low, best, high and zeros",
            )
        found: list[FigureColumns] = []
        for number, item in enumerate(items, start=1):
            if not isinstance(item, Keys):
                continue
            path = f"figures.{number}"
            values = self._values(item, _FIGURE, path + ".")
            keep_zeros = values.pop("zeros") != "left out"
            spare_row = values.pop("out_of_order") == "leaves out the count"
            figure = FigureColumns(**values, keep_zeros=keep_zeros, spare_row=spare_row)
            if not figure.columns:
                self._error(item.line, path, "the count has no column", "name one or more of low, best and high")
            if any((figure.measure, figure.population) == (other.measure, other.population) for other in found):
                self._error(
                    item.line, path, "a count of this measure and population stands above", "keep one of the two"
                )
            found.append(figure)
        return found

    def _kinds(self, node: Node | None, whole: Keys) -> dict[str, str]:
        if node is None:
            return {}
        found: dict[str, str] = {}
        for word, kind in node.nodes.items() if isinstance(node, Keys) else ():
            if isinstance(kind, Scalar) and kind.text:
                found[fold(word)] = kind.text.strip()
        if not isinstance(node, Keys) or len(found) < len(node.nodes):
            line = whole.lines["actor_kinds"]
            self._error(line, "actor_kinds", "a word for a word was expected", "write “International agency: wire”")
        return found

    def _values(
        self, keys: Keys, columns: tuple[Column, ...], prefix: str, also: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The values by key. A key that nobody knows is an error: it may be the misspelt name of one that matters."""
        known = tuple(column.name for column in columns)
        for name in [name for name in keys.nodes if name not in known]:
            near = suggest(name[:100], (*known, *also), most=2)
            self._error(
                keys.lines[name],
                prefix + shown(name),
                f"unknown key “{shown(name)}”{did_you_mean(near)}",
                f"what is read here: {', '.join((*known, *also))}",
            )
            del keys.nodes[name]
        values, faults = SheetReader(columns, self._findings).read(row_of(keys, self._file))
        for fault in faults:
            where = Where(self._file, fault.line)
            self._findings.error(where, fault.message, fault.hint, path=prefix + fault.path, value=fault.value)
        return values

    def _error(self, line: int, path: str, message: str, hint: str) -> None:
        self._findings.error(Where(self._file, line), message, hint, path=path)
