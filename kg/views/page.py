"""From a dossier or a figure to its page: one offline HTML file with one selection for everything on it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from kg import terms
from kg.files import write_whole
from kg.labels import day
from kg.terms import IRI
from kg.views.arcs import relation_palette
from kg.views.dossier import About, Dossier, Told, claims_told
from kg.views.figure import Figure, looks, palette, pick, symbol
from kg.views.graph import ROW_QUERY
from kg.views.offline import Page, data_block, environment, framed, policy, script, template
from kg.views.record import Record, Report

_SCRIPTS = ("words.js", "save.js", "choose.js")
_AT_ONCE = 15
_ORIGINS = 7


@dataclass(frozen=True, slots=True)
class Served:
    """That a page comes from a server, whose pages it may link to. `base` is what the IRIs of its things begin with."""

    base: str

    def path(self, node: IRI) -> str | None:
        """The path of the page of a thing; None for what lies outside the workspace."""
        if not node.value.startswith(self.base):
            return None
        return "/" + quote(node.value[len(self.base) :], safe="/:@!$&'()*+,;=~-._%")

    @staticmethod
    def editor(query: str) -> str:
        """The address of the SPARQL editor with a query in it."""
        return "/query#query=" + quote(query, safe="")


@dataclass(frozen=True, slots=True)
class DossierPage(Page):
    """The page of an event: its head, its figures, its sections and all its claims."""

    def _repr_html_(self) -> str:
        return framed(self.html, "Dossier of an event")


@dataclass(frozen=True, slots=True)
class FigurePage(Page):
    """The page of a single figure. `svg` is its wide drawing alone, `csv` its table."""

    figure: Figure

    @property
    def svg(self) -> str:
        """The wide drawing on light paper, as a file of its own."""
        start, bracket, rest = str(self.figure.wide).partition(">")
        paper = '<rect width="100%" height="100%" fill="#ffffff" />'
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{start}{bracket}{paper}{rest}\n'

    @property
    def csv(self) -> str:
        """The table as RFC 4180 has it, without a byte order mark, as all tables that this package writes."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(self.figure.columns)
        writer.writerows(row.cells for row in self.figure.rows)
        return out.getvalue()

    def write(self, path: str | Path) -> None:
        """Writes the page, or for a file name ending in .svg or .csv the drawing or the table. KgError when the file
        cannot be written."""
        forms = {".svg": lambda: self.svg, ".csv": lambda: self.csv}
        write_whole(Path(path), forms.get(Path(path).suffix.lower(), lambda: self.html)())

    def _repr_html_(self) -> str:
        return framed(self.html, self.figure.title)


def dossier_page(dossier: Dossier, served: Served | None = None) -> DossierPage:
    """The page of an event. The same dossier gives the same text, byte for byte."""
    told = dossier.claims
    html = _render(
        "dossier.html",
        dossier.record,
        dossier.about,
        dossier.figures,
        told,
        served,
        dossier=dossier,
        columns=_columns(dossier.figures),
        origins=_origins(dossier.record),
        citation=citation(dossier),
    )
    return DossierPage(html)


def figure_page(figure: Figure, record: Record, about: About, served: Served | None = None) -> FigurePage:
    """The page of one figure, with the words of the reports that it shows."""
    shown = set(chain.from_iterable(row.reports for row in figure.rows))
    html = _render("single.html", record, about, [figure], claims_told(record, shown), served)
    return FigurePage(html, figure)


def citation(dossier: Dossier) -> str:
    """How to cite the page, in plain text."""
    made, about = dossier.making, dossier.about
    sources = "; ".join(
        f"{', '.join(source.editors) or 'no editor named'}: {source.title} ({source.id}, {source.licence})"
        for source in made.dossiers
    )
    known = f", as known on {day(about.newest)}" if about.newest else ""
    worked = f"; relations worked out on {day(made.ended.date())}" if made.ended else ""
    rules = f", rules {', '.join(made.rules)}" if made.rules else ""
    return (
        f"“{about.title}”{known}. From {sources or 'a dossier without a name'}. "
        f"{', '.join(made.software) or 'claims-kg'}{rules}{worked}; inputs {made.digest}."
    )


def _render(
    name: str,
    record: Record,
    about: About,
    figures: Sequence[Figure],
    told: Sequence[Told],
    served: Served | None,
    **more: Any,
) -> str:
    style = template("figures.css") + palette() + relation_palette()
    own_script = script(*_SCRIPTS)
    found = _environment(record, served)
    return found.get_template(name).render(
        about=about,
        record=record,
        figures=figures,
        told=told,
        at_once=_AT_ONCE,
        served=served,
        policy=policy(style, own_script, images="data: blob:"),
        style=Markup(style),
        script=Markup(own_script),
        data=Markup(data_block({"query": ROW_QUERY})),
        **more,
    )


def _environment(record: Record, served: Served | None) -> Environment:
    found = environment()
    found.filters["count"] = count
    found.filters["day"] = lambda date: day(date) if date else "undated"
    found.filters["spaced"] = lambda numbers: " ".join(map(str, numbers))
    found.globals |= {
        "pick": pick,
        "path": served.path if served else _no_path,
        "editor": served.editor if served else None,
        "row_term": lambda report: terms.text(report.row).n3,
        "picks": _picks,
        "row_pick": _row_pick,
        "standing": standing,
        "unique": lambda asked: list(dict.fromkeys(asked)),
    }
    return found


def _no_path(_: IRI) -> None:
    return None


def _picks(report: Report) -> str:
    """Everything by which a report can be chosen."""
    sources = (pick("source", voice.iri) for voice in report.voices)
    every = [pick("claim", report.claim), pick("document", report.document), _row_pick(report)]
    return " ".join(dict.fromkeys([*every, *sources]))


def _row_pick(report: Report) -> str:
    return f"row={quote(report.row, safe='')}"


def standing(told: Told) -> str:
    """What stands behind a claim, in the words of the four counts."""
    if told.backing is None:
        return ""
    found = told.backing
    return (
        f"{count(found.documents, 'document')}, {count(found.outlets, 'outlet')}, {count(found.origins, 'origin')}, "
        f"{found.independent} independent: {found.verdict}"
    )


def _columns(figures: Sequence[Figure]) -> tuple[list[Figure], list[Figure]]:
    """The figures in two columns of about the same height, each going to the one that is shorter so far."""
    columns: tuple[list[Figure], list[Figure]] = [], []
    heights = [0.0, 0.0]
    for figure in figures:
        shorter = heights.index(min(heights))
        columns[shorter].append(figure)
        heights[shorter] += _height(figure) + 220  # heading, legend and what stands below
    return columns


def _height(figure: Figure) -> float:
    _, _, rest = str(figure.wide).partition('viewBox="')
    return float(rest.partition('"')[0].split()[3]) if rest else 0.0


def _origins(record: Record) -> list[tuple[str, str, Markup, int, int]]:
    """The origins on whose word most documents give a figure, as the ladder counts them: what picks them, name, look,
    documents, outlets."""
    documents: dict[IRI, set[IRI]] = {}
    outlets: dict[IRI, set[IRI]] = {}
    labels = {}
    for report in record.reports:
        origin = report.origin
        if origin.kind != "unnamed" and record.claims[report.claim].kind == "quantity":
            documents.setdefault(origin.iri, set()).add(report.document)
            outlets.setdefault(origin.iri, set()).add(report.outlet.iri)
            labels[origin.iri] = origin.label
    most = Counter({origin: len(found) for origin, found in documents.items()})
    ranked = sorted(most, key=lambda origin: (-most[origin], origin.value))[:_ORIGINS]
    look = looks(record)
    return [
        (
            pick("source", origin),
            labels[origin],
            symbol(look[origin], hollow=origin not in record.collected),  # known only from those who quote it
            most[origin],
            len(outlets[origin]),
        )
        for origin in ranked
    ]


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 document", "1,018 documents"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
