"""`kg demo`: the example dossier loaded, what it shows, and its pages."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import click

from kg import vocab
from kg.cli.adding import progress, summary
from kg.cli.app import Settings, in_workspace
from kg.cli.output import put
from kg.cli.printing import Words, console, count, note
from kg.cli.support_story import SupportStory

DOSSIER, _MEASURE = "syria-coast-2025", "killed"
_OUTLET, _ARTICLE = "Tehran Times", "A29"
#: A row whose figure has many documents and origins behind it.
_MANY = "A99-1"
_NEW = "SOHR: 1,500 civilians by 14 March"
_HIGHEST = "SELECT ?claim ?number { ?claim schema:minValue ?number } ORDER BY DESC(?number) LIMIT 5"


@click.command(short_help="Load the example dossier and tell what it shows.")
@in_workspace
@click.pass_obj
def demo(settings: Settings) -> None:
    """Load the example dossier, tell what it shows, and write its pages.

    The killings on Syria's coast in March 2025 in the reports of a hundred outlets: who gives which figure, on whose
    word, how many of these words are independent, which figures conflict, and which changed on their way. Takes less
    than a minute and fetches nothing.
    """
    started = time.monotonic()
    with settings.open(create=True) as workspace:
        with progress() as report_progress:
            report = workspace.add(vocab.data_path("examples") / DOSSIER, progress=report_progress)
            workspace.relate(progress=report_progress)
        story = SupportStory(workspace, DOSSIER, console(), settings.program)
        story.material(f"{summary(report)}.")
        story.reported()
        story.whose_word()
        story.article(_OUTLET, _ARTICLE)
        story.one_voice()
        story.single_points()
        story.profile(_MEASURE)
        story.disputes()
        story.history()
        story.sums()
        story.retold(_MEASURE)
        story.lost()
        story.denied()
        story.challenges()
        story.unnamed()
        pages = {kind: settings.workspace / "pages" / f"{DOSSIER}-{kind}.html" for kind in ("dossier", "graph")}
        for kind, page in pages.items():
            put(workspace.view(kind, event=DOSSIER).html, page)
    _tell_next(settings, pages)
    note(f"({count(round(time.monotonic() - started), 'second')})")


def _tell_next(settings: Settings, pages: Mapping[str, Path]) -> None:
    """Commands that work as they are printed."""
    out = console()
    out.print()
    out.print(Words("Next, type", "bold underline"))
    for meaning, command in (
        ("A source, and what rests on it", "show SOHR"),
        ("Who else gives the figure of one row of the table", f"ask who-said claim={_ARTICLE}-c02"),
        ("What an outlet reported, for a spreadsheet", f"ask outlet-reports outlet={_OUTLET!r} -o reports.csv"),
        ("Which figures contradict one another, and why", f"ask contradictions event={DOSSIER}"),
        (
            "How many documents, and how many independent origins, stand behind one figure",
            f"ask independence claim={_MANY}",
        ),
        ("The life of a number", "trace 1,018"),
        ("A new claim, placed against all this without storing it", f"check {_NEW!r}"),
        ("How to judge a source yourself: who is one with whom, who gathers evidence", "annotate --help"),
        ("The highest numbers given, in SPARQL", f"sparql {_HIGHEST!r}"),
        ("What else can be asked", "queries"),
        ("A page for everything, questions as forms and a SPARQL editor, in your browser", "serve"),
    ):
        out.print(Words(f"  {meaning}", "dim"), soft_wrap=True)
        out.print(Words(f"    {settings.program} {command}"), soft_wrap=True)
    out.print()
    out.print(Words("To open in a browser: all of it on one page, and the graph", "bold underline"))
    for page in pages.values():
        out.print(Words(f"  {page}"), soft_wrap=True)
