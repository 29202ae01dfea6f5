"""`kg trace`: the life of a number, as a story on a terminal and as rows everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from kg.cli.app import Settings, in_workspace
from kg.cli.asking import print_rows
from kg.cli.output import format_option, output_option
from kg.cli.printing import Words, console, count, rows_of
from kg.questions import count_of
from kg.results import FORMATS
from kg.terms import IRI
from kg.workspace import Workspace

_NEAR = 2  # on either side


@click.command(short_help="Tell the life of a number.")
@click.argument("number")
@click.option("--event", metavar="EVENT", help="Only what is about this event, or about one inside it.")
@format_option(*FORMATS)
@output_option
@in_workspace
@click.pass_obj
def trace(settings: Settings, number: str, event: str | None, format_: str | None, output: Path | None) -> None:
    """Tell the life of a NUMBER: where it first appeared, on whose word, and what it counted each time.

    A terminal gets a story; a pipe, a file and --format get the rows of the saved question 'trace'. What the sources
    gave before and after is told once 'kg relate' has run.

    \b
      kg trace 1,018
      kg trace 1018 --event syria-coast-2025 --format csv
    """
    from kg.cli.related_life import RelatedLifeStory  # brings all that can be drawn, which no other command waits for
    from kg.views.life import life

    with settings.to_read() as workspace:
        found = workspace.ask("trace", number=number, event=event)
        wanted = count_of(number)
        if format_ is not None or output is not None or not sys.stdout.isatty():
            print_rows(found, format_, output, "" if found.rows else _nobody(workspace, wanted, event))
        elif not found.rows:
            sentence = _nobody(workspace, wanted, event)
            console().print(Words(f"{sentence[0].upper()}{sentence[1:]}."))
        else:
            claims = dict.fromkeys(claim for row in rows_of(found) if isinstance(claim := row["claim"], IRI))
            told = life(workspace.store, claims)
            RelatedLifeStory(workspace, told, wanted, event, console(), settings.program).tell()


def _nobody(workspace: Workspace, wanted: int, event: str | None) -> str:
    """That no document has the number, and which come nearest to it."""
    from kg.views.life import printed_numbers

    about = workspace.lookup.resolve("event", event) if event is not None else None
    known = printed_numbers(workspace.store, about)
    near = nearest(wanted, known)
    told = f"nobody gives {wanted:,}" + (f" about {event}" if event else "")
    if near:
        named = [f"{number:,} ({count(known[number], 'document')})" for number in near]
        told += f"; the nearest printed {'number is' if len(near) == 1 else 'numbers are'} {_and(named)}"
    if about is not None and (elsewhere := printed_numbers(workspace.store).get(wanted)):
        prints = "prints" if elsewhere == 1 else "print"
        told += f"; {count(elsewhere, 'document')} about other events {prints} it: ask without --event"
    return told


def nearest(wanted: int, known: Iterable[int]) -> list[int]:
    """The numbers next to the wanted one, at most two on either side, in order."""
    ordered = sorted(set(known) - {wanted})
    below = [number for number in ordered if number < wanted]
    above = [number for number in ordered if number > wanted]
    return [*below[-_NEAR:], *above[:_NEAR]]


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
