"""`kg annotate`: what people judge of sources and relations, each with a reason and a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from kg.annotations import Annotation, all_annotations, claims_touched
from kg.cli.app import Settings, in_workspace
from kg.cli.asking import print_rows
from kg.cli.output import format_option, output_option
from kg.cli.printing import Words, console, count, short_id
from kg.labels import day, labels
from kg.results import FORMATS
from kg.terms import IRI
from kg.workspace import Workspace

_NONE = "nobody has judged anything in this workspace yet; 'kg annotate --help' says what can be judged"

#: What each judgement says, in a sentence.
_SENTENCES = {
    "merge": "{targets} are counted as one source",
    "separate": "{targets} are counted as two sources",
    "gathers own": "{targets} gathers evidence of its own",
    "gathers relays": "{targets} passes on what others gathered",
    "gathers unknown": "{targets} may or may not gather evidence of its own",
    "party": "{targets} is a party to {event}",
    "no party": "{targets} is no party to {event}",
    "accept": "{targets} is accepted",
    "reject": "{targets} is rejected",
    "undo": "{targets} is undone",
}
#: What it has a bearing on, beside what the claims imply.
_COUNTS = {
    "identity": "the origins, the independent origins and the verdict",
    "gathering": "the independent origins and the verdict",
    "party": "the independent origins and the verdict",
}


def _judging(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that writes a judgement down."""
    because = click.option(
        "--because", required=True, metavar="REASON", help="Why; kept, and shown with what the judgement changes."
    )
    by = click.option(
        "--by",
        required=True,
        metavar="NAME",
        envvar="KG_REVIEWER",
        show_envvar=True,
        help="Who judges. May be left out where the environment variable KG_REVIEWER holds the name.",
    )
    return because(by(in_workspace(click.pass_obj(command))))


@click.group(short_help="Judge sources and relations, with a reason and a name.")
@in_workspace
def annotate() -> None:
    """Judge what the counts take for granted: which sources are one, who gathers evidence, who is a party, whether a
    relation holds.

    A judgement outranks what is worked out and survives 'kg relate', which brings counts and relations up to date with
    it. It is kept with its reason and the name of who judged. Nothing is deleted: of two judgements on one matter the
    later holds, and each can be undone.

    \b
      kg annotate merge "Aid Desk" "Relief Office" --because "one office, renamed" --by "A. Reviewer"
      kg annotate gathers BLR own --because "has field staff of its own" --by "A. Reviewer"
      kg annotate list
      kg annotate undo annotation/9f3c12ab --because "two offices after all" --by "A. Reviewer"
    """


@annotate.command(short_help="Count two or more sources as one.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE SOURCE...")
@_judging
def merge(settings: Settings, sources: tuple[str, ...], because: str, by: str) -> None:
    """Count two or more sources as one, in every count.

    A person who speaks for an organisation is counted as that organisation already.
    """
    _judge(settings, "merge", sources, because, by)


@annotate.command(short_help="Count two sources as two.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE SOURCE")
@_judging
def separate(settings: Settings, sources: tuple[str, ...], because: str, by: str) -> None:
    """Count two sources as two: they are known to differ.

    It takes the place of an earlier merge of the same two, as a later merge takes its place.
    """
    _judge(settings, "separate", sources, because, by)


@annotate.command(short_help="Say whether a source gathers evidence of its own.")
@click.argument("source")
@click.argument("gathers", type=click.Choice(("own", "relays", "unknown")))
@_judging
def gathers(settings: Settings, source: str, gathers: str, because: str, by: str) -> None:
    """Say whether a source gathers evidence of its own, passes on what others gathered, or that it is not known.

    It outranks what dossiers say in the column "gathers".
    """
    _judge(settings, f"gathers {gathers}", (source,), because, by)


@annotate.command(short_help="Say whether a source is a party to an event.")
@click.argument("source")
@click.argument("answer", metavar="yes|no", type=click.Choice(("yes", "no")))
@click.option("--event", help="The event. Default: every event.")
@_judging
def party(settings: Settings, source: str, answer: str, event: str | None, because: str, by: str) -> None:
    """Say whether a source is a party to an event, so that its word about itself confirms nothing.

    What is said of one event outranks what is said of every event.
    """
    _judge(settings, "party" if answer == "yes" else "no party", (source,), because, by, event)


@annotate.command(short_help="Accept a relation.")
@click.argument("relation")
@_judging
def accept(settings: Settings, relation: str, because: str, by: str) -> None:
    """Accept a relation that was worked out: a person looked at it, and it holds.

    RELATION is an id as the card of a claim lists them: 'kg show CLAIM'.
    """
    _judge(settings, "accept", (relation,), because, by)


@annotate.command(short_help="Reject a relation.")
@click.argument("relation")
@_judging
def reject(settings: Settings, relation: str, because: str, by: str) -> None:
    """Reject a relation that was worked out: it is kept, marked, and left out of disputes and answers.

    RELATION is an id as the card of a claim lists them: 'kg show CLAIM'.
    """
    _judge(settings, "reject", (relation,), because, by)


@annotate.command(short_help="Undo a judgement.")
@click.argument("annotation")
@_judging
def undo(settings: Settings, annotation: str, because: str, by: str) -> None:
    """Undo a judgement, or what undid one: ANNOTATION is an id as 'kg annotate list' shows it, or
    "last" for the latest judgement in force.

    Both stay on record. A judgement that the undone one had taken the place of holds again.
    """
    _judge(settings, "undo", (annotation,), because, by)


@annotate.command("list", short_help="List all judgements.")
@format_option(*FORMATS)
@output_option
@in_workspace
@click.pass_obj
def list_(settings: Settings, format_: str | None, output: Path | None) -> None:
    """List all judgements by time, with who judged and why: those in force, superseded and undone."""
    with settings.to_read() as workspace:
        result = workspace.annotations()
    print_rows(result, format_, output, _NONE)


# ---- telling -------------------------------------------------------------------------------------------------------


def _judge(
    settings: Settings, judgement: str, names: tuple[str, ...], because: str, by: str, event: str | None = None
) -> None:
    """Writes the judgement down, and says what holds now and what it bears on."""
    with settings.open() as workspace:
        before = {one.id: one for one in all_annotations(workspace.store, workspace.base)}
        made = workspace.annotate(judgement, *names, because=because, by=by, event=event)
        after = {one.id: one for one in all_annotations(workspace.store, workspace.base)}
        words = _words(workspace, after.values())
        bearing = "" if made.id in before else _bearing(workspace, made, after)
    out = console()
    sentence = _sentence(made, words)
    if made.judgement == "undo":
        sentence = f"{_told(after[made.targets[0]], words)} is undone"
    if made.id in before:
        out.print(Words(f"Nothing to do: {sentence} already, by {_signed(made)}"), soft_wrap=True)
        return
    out.print(Words(f"{sentence}."), soft_wrap=True)
    out.print(Words(f"{made.short}, by {_signed(made)}", "dim"), soft_wrap=True)
    for one in after.values():
        if one.id in before and one.state != before[one.id].state and one.id not in made.targets:
            change = {"superseded": "is superseded", "in force": "holds again", "undone": "is undone"}[one.state]
            out.print(Words(f"{_told(one, words)} {change}."), soft_wrap=True)
        elif one.state == "in force" and _stands_beside(one, made):
            out.print(Words(f"{_told(one, words)} stands too: one event outranks every event."), soft_wrap=True)
    out.print(Words(bearing), soft_wrap=True)
    out.print(
        Words(f"Next: {settings.program} relate, which brings counts and relations up to date", "dim"), soft_wrap=True
    )


def _stands_beside(one: Annotation, made: Annotation) -> bool:
    """Whether one of the two is about one event and the other, on the same source, about every event."""
    return one.matter[:2] == made.matter[:2] and one.event != made.event and None in (one.event, made.event)


def _bearing(workspace: Workspace, made: Annotation, known: Mapping[str, Annotation]) -> str:
    """Which counts a judgement touches, and of how many claims."""
    judged = made
    while judged.judgement == "undo":
        judged = known[judged.targets[0]]
    number = claims_touched(workspace.store, workspace.base, made)
    claims = count(number, "claim")
    counts = _COUNTS.get(judged.matter[0])
    if counts is None:
        return f"This touches what is told of {claims}: their relations, and the disputes and answers that list them."
    through = "it" if len(judged.targets) == 1 else "them"
    if not number:
        return f"No claim has come through {through} yet, so no count changes now."
    return f"This touches {counts} of {claims} that came through {through}, and of claims that follow from those."


def _words(workspace: Workspace, annotations: Iterable[Annotation]) -> Mapping[IRI, str]:
    """Words for all that was judged: names of sources and events, ids of relations and annotations."""
    known = list(annotations)
    nodes = [IRI(node) for one in known for node in (*one.targets, *([one.event] if one.event else ()))]
    words = {node: f"relation/{short_id(node)}" for node in nodes if "/relation/" in node.value}
    return words | labels(workspace.store, nodes) | {IRI(one.id): one.short for one in known}


def _sentence(annotation: Annotation, words: Mapping[IRI, str]) -> str:
    *others, last = (words.get(IRI(target), target) for target in annotation.targets)
    targets = f"{', '.join(others)} and {last}" if others else last
    event = "any event" if annotation.judgement == "no party" else "every event"
    if annotation.event is not None:
        event = words.get(IRI(annotation.event), annotation.event)
    return _SENTENCES[annotation.judgement].format(targets=targets, event=event)


def _signed(annotation: Annotation) -> str:
    return f"{annotation.by}, {day(annotation.created.date())}: {annotation.reason}"


def _told(annotation: Annotation, words: Mapping[IRI, str]) -> str:
    return f"{annotation.short} ({_sentence(annotation, words)}, by {annotation.by})"
