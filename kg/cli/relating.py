"""`kg relate`: how claims relate, worked out for the whole workspace or for one claim."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import vocab
from kg.cli.adding import progress
from kg.cli.app import Settings, in_workspace
from kg.cli.asking import print_rows
from kg.cli.output import format_option, output_option
from kg.cli.printing import Words, console, count, note, plain_table
from kg.errors import UsageError
from kg.results import FORMATS

if TYPE_CHECKING:
    from kg.relate import Kind, RelateReport

_NO_RELATIONS = "no other claim counts anything comparable, and nobody challenges this one"

#: What a relation tells an editor, the gravest first.
MEANINGS = {
    "contradicts": "both cannot be so",
    "conflictSet": "all of several cannot be so, though each two can",
    "failsToSumTo": "a source's parts come to more than its whole",
    "disputes": "one source doubts or denies what another affirms",
    "competes": "two sources blame different parties for one act",
    "rivals": "figures that seem at odds, though both can be so",
    "altersReportOf": "reports say otherwise than the document they had it from",
    "relaysDiffer": "reports give one source's figure of one day differently",
    "revises": "a source's later figure rules out its earlier one",
    "updates": "a source's later figure, beside its earlier one",
    "sameFigure": "one number of a source under two words",
    "corroborates": "they support each other, and origins are known to differ",
    "possiblyCorroborates": "they support each other; whether origins differ is not known",
    "repeats": "they support each other, and rest on one origin",
    "agrees": "two figures allow the same counts",
    "refines": "one figure is the more exact of the two",
    "overlaps": "two figures have some counts in common",
    "supports": "one figure implies the other",
    "sumsTo": "a source's parts add up to its whole",
    "bounds": "a part and its whole: together they limit the rest",
    "scopeOverlaps": "they count overlapping people, places or days",
    "complements": "they count people, places or days apart: they add up",
    "undetermined": "how what they count lies to each other is not known",
}
#: Kinds that are so many, and say so little, that they are counted and told only of one claim at a time.
_COUNTED = ("bounds", "scopeOverlaps", "complements", "undetermined")


@click.command(short_help="Work out how claims relate.")
@click.option("--of", "claim", metavar="CLAIM", help="All relations of this claim: its IRI, short id or row.")
@format_option(*FORMATS)
@output_option
@in_workspace
@click.pass_obj
def relate(settings: Settings, claim: str | None, format_: str | None, output: Path | None) -> None:
    """Work out how claims relate: which contradict, rival, support, revise one another, and why.

    Figures of one event are compared where they count alike (killed with killed, not with displaced), and so are its
    accusations and denials; each such group is a block. Only blocks that changed since the last time are gone through
    again. Afterwards ask for disputes, contradictions, rivals, revisions, sums and relations.

    With --of, the relations of one claim are worked out on the spot and nothing is stored. It tells more than is
    stored: also the kinds that are only counted, such as a part and its whole. --format and -o are for this.

    \b
      kg relate
      kg relate --of A29-c01
    """
    if claim is None and (format_ or output):
        raise UsageError("--format and -o are for the relations of one claim: kg relate --of CLAIM")
    with settings.open() as workspace:
        if claim is not None:
            print_rows(workspace.relations_of(claim), format_, output, _NO_RELATIONS)
            return
        with progress() as report_progress:
            report = workspace.relate(progress=report_progress)
        base = workspace.base
    tell(report, settings.program)
    for sentence in report.notes:
        note(f"note: {sentence.removeprefix(f'{base}event/')}")


def summary(report: RelateReport) -> str:
    """What was done: "13 blocks of comparable claims related, 0 unchanged, 0 removed"."""
    related = f"{count(report.related, 'block')} of comparable claims related"
    return f"{related}, {report.unchanged:,} unchanged, {report.removed:,} removed"


def tell(report: RelateReport, program: str) -> None:
    """The summary, what was found of each kind, and what to ask next; `program` is how a command begins."""
    out = console()
    if not report.related:
        gone = f"; {count(report.removed, 'block')} removed" if report.removed else ""
        held = count(report.unchanged, "block")
        out.print(Words(f"Nothing to do: all relations are up to date ({held} of comparable claims{gone})."))
    else:
        out.print(Words(f"{summary(report)}."))
    found, kept = (_by_relation(kinds) for kinds in (report.found, report.kept))
    stored = [name for name in MEANINGS if found[name] and name not in _COUNTED]
    counted = [name for name in _COUNTED if found[name]]
    if stored or counted:
        table = plain_table("relation", "pairs", "stored", "meaning")
        for name in (*stored, *counted):
            on_record = "when asked" if name in _COUNTED else f"{kept[name]:,}"
            table.add_row(Words(_label(name)), f"{found[name]:,}", on_record, Words(MEANINGS[name], "dim"))
        for column in table.columns[1:3]:
            column.justify, column.no_wrap = "right", True
        out.print()
        out.print(table)
        out.print()
    if counted:
        _say(f"When asked: counted, not stored; worked out with {program} relate --of CLAIM")
    if report.related and report.unchanged:
        _say(f"These are of the blocks related now; for all: {program} ask relation-counts")
    if found.total() or report.unchanged:
        _say(f"Next: {program} ask disputes, or {program} ask contradictions")


def _by_relation(kinds: Counter[Kind]) -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, number in kinds.items():
        found[kind.relation] += number
    return found


def _label(relation: str) -> str:
    known = vocab.scheme("relation-kinds").get(relation)
    return known.label if known else relation


def _say(text: str) -> None:
    console().print(Words(text, "dim"), soft_wrap=True)  # a command must stay in one piece
