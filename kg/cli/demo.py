"""`kg demo`: the example dossier loaded, what it shows, and its page."""

from __future__ import annotations

import time

import click

from kg import vocab
from kg.cli.adding import progress, summary
from kg.cli.app import Settings, in_workspace
from kg.cli.output import put
from kg.cli.printing import Words, console, count, note
from kg.cli.related_story import RelatedStory

DOSSIER = "syria-coast-2025"
_OUTLET, _ARTICLE = "Tehran Times", "A29"
_HIGHEST = "SELECT ?claim ?number { ?claim schema:minValue ?number } ORDER BY DESC(?number) LIMIT 5"


@click.command(short_help="Load the example dossier and tell what it shows.")
@in_workspace
@click.pass_obj
def demo(settings: Settings) -> None:
    """Load the example dossier, tell what it shows, and write its page.

    The killings on Syria's coast in March 2025 in the reports of a hundred outlets: who gives which figure, on whose
    word, which figures conflict, and which changed on their way. Takes less than a minute and fetches nothing.
    """
    started = time.monotonic()
    with settings.open(create=True) as workspace:
        with progress() as report_progress:
            report = workspace.add(vocab.data_path("examples") / DOSSIER, progress=report_progress)
            workspace.relate(progress=report_progress)
        story = RelatedStory(workspace, DOSSIER, console(), settings.program)
        story.material(f"{summary(report)}.")
        story.reported()
        story.whose_word()
        story.article(_OUTLET, _ARTICLE)
        story.disputes()
        story.history()
        story.sums()
        story.relays()
        story.denied()
        story.challenges()
        story.unnamed()
        page = settings.workspace / "pages" / f"{DOSSIER}-graph.html"
        put(workspace.view("graph", event=DOSSIER).html, page)
    _tell_next(settings, str(page))
    note(f"({count(round(time.monotonic() - started), 'second')})")


def _tell_next(settings: Settings, page: str) -> None:
    """Commands that work as they are printed."""
    out = console()
    out.print()
    out.print(Words("Next, type", "bold underline"))
    for meaning, command in (
        ("A source, and what rests on it", "show SOHR"),
        ("Who else gives the figure of one row of the table", f"ask who-said claim={_ARTICLE}-c02"),
        ("What an outlet reported, for a spreadsheet", f"ask outlet-reports outlet={_OUTLET!r} -o reports.csv"),
        ("Which figures contradict one another, and why", f"ask contradictions event={DOSSIER}"),
        ("The highest numbers given, in SPARQL", f"sparql {_HIGHEST!r}"),
        ("What else can be asked", "queries"),
    ):
        out.print(Words(f"  {meaning}", "dim"), soft_wrap=True)
        out.print(Words(f"    {settings.program} {command}"), soft_wrap=True)
    out.print()
    out.print(Words("The graph, to open in a browser", "bold underline"))
    out.print(Words(f"  {page}"), soft_wrap=True)
