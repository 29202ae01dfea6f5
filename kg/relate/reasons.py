"""Why two claims relate as they do: one sentence for people, with the assumptions it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.annotations import Annotation
from kg.labels import day, days, figure_words, labels
from kg.logic.blocks import Relation
from kg.logic.figures import Given, Scope, conveyed, printed
from kg.logic.independence import Independence
from kg.logic.pairs import SAME_DAY
from kg.logic.quantity import VAGUE_WORDS, Interval
from kg.logic.retelling import Lost
from kg.logic.scope import SAME_STRETCH, Rel
from kg.logic.stances import ONE_ACT, Opposition
from kg.logic.sums import Sum
from kg.logic.table import Label
from kg.model import Window
from kg.relate.blocks import Block
from kg.relate.reading import Withdrawal
from kg.store import Store
from kg.terms import IRI

#: Dimensions as words for people.
DIMENSIONS = {
    "event": "event",
    "measure": "measure",
    "population": "population",
    "place": "place",
    "window": "days",
    "party": "responsible party",
}
_NAMED = 3
_CHALLENGES = {"denies": "denies", "questions": "doubts", "finds_no_evidence": "finds no evidence for"}


class Reasons:
    """Sentences over the names of things: `names` maps ids (of actors, places, populations, …) to labels."""

    def __init__(self, names: Mapping[str, str], reach: float) -> None:
        self._names = names
        self._reach = reach

    def name(self, id_: str) -> str:
        return self._names.get(id_, id_)

    def relation(self, relation: Relation, changed: Sequence[str] = ()) -> str:
        """The reason for a relation of two figures; `changed` says in what relays differ."""
        a, b = relation.subjects[0], relation.objects[0]
        verdict = relation.verdict
        what = self._content(relation, a, b, changed)
        if verdict.grade == "hedged" and verdict.label is Label.CONTRADICTS:
            what += f" ({self._hedge(a, b)})"
        return _sentence(what) + assuming(verdict.assumptions, verdict.scope)

    def altered(self, relation: Relation, changed: Sequence[str], *, turned: bool) -> str:
        """The reason why reports of the subject altered what the document that they had it from gives: the object.

        `turned` for the other way round.
        """
        a, b = relation.subjects[0], relation.objects[0]
        scope = relation.verdict.scope
        if turned:
            a, b, scope = b, a, scope.inverse
        if "figure" in changed:
            told = f"reports give the word of {self.name(a.origin)} as {words(a)}"
            what = f"{told}; a document by those they had it from has {words(b)}{_different(changed)}"
        else:
            told = f"reports give {self._number_of(a)} as {self._retold(a, changed)}"
            what = (
                f"{told}; a document by those they had it from has {self._retold(b, changed)}{_what_differs(changed)}"
            )
        return _sentence(what) + assuming(relation.verdict.assumptions, scope)

    def _content(self, relation: Relation, a: Given, b: Given, changed: Sequence[str]) -> str:
        label, rule = relation.verdict.label, relation.verdict.rule
        first, second = self._given(relation.subjects), self._given(relation.objects)
        scope = self._scope(relation)
        if label is Label.RELAYS_DIFFER:
            of_day = f" of {day(a.as_of)}" if a.as_of and a.as_of == b.as_of else ""
            if "figure" not in changed:
                told = f"reports give {self._number_of(a)}{of_day} as {self._retold(a, changed)}"
                return f"{told} and as {self._retold(b, changed)}{_what_differs(changed)}"
            told = f"reports give the word of {self.name(a.origin)}{of_day}"
            return f"{told} as {words(a)} and as {words(b)}{_different(changed)}"
        if label is Label.SAME_FIGURE:
            return f"one number of {self.name(a.origin)} under two words: {words(a)}, {words(b)}"
        if label in (Label.REVISES, Label.UPDATES):
            hold = "both cannot hold at face value" if label is Label.REVISES else "both can hold"
            return f"{self.name(a.origin)} gave {words(b)} {_as_of(b)}, then {words(a)} {_as_of(a)}{scope}; {hold}"
        if label is Label.CONTRADICTS and rule == 8:
            return f"{first} for a part{scope} is more than {second} allows for the whole"
        if label is Label.CONTRADICTS:
            same = "" if relation.verdict.assumptions else " are for the same scope and"
            return f"{first} and {second}{same} have no number in common"
        if label is Label.RIVALS and rule == 6:
            return f"{first} and {second} exclude each other at face value{scope}, but {self._excuse(relation, a, b)}"
        if label is Label.RIVALS:
            ranges = " and ".join(_range(conveyed(g.figure, self._reach)) for g in (a, b))
            return f"both can hold, but {first} and {second} suggest ranges that do not meet ({ranges}){scope}"
        if label is Label.AGREES:
            return f"{first} and {second} allow the same counts for the same scope"
        if label is Label.REFINES:
            return f"{first} lies inside what {second} allows for the same scope"
        if label is Label.OVERLAPS:
            return f"{first} and {second} allow some counts in common for the same scope"
        if label is Label.SUPPORTS:
            return f"{first} implies {second}{scope}"
        return f"together {first} and {second} bound the remainder{scope}"

    def _number_of(self, given: Given) -> str:
        """The number without its word, and whose it is: "the Relief Office's 745"."""
        name = self.name(given.origin)
        number = "–".join(f"{one:,}" for one in sorted(printed(given.figure)))
        whose = f"{name}'" if name.endswith("s") else f"{name}'s"
        return f"{whose} {number} more" if given.figure.increment else f"{whose} {number}"

    def _retold(self, given: Given, changed: Sequence[str]) -> str:
        """What a report makes of a number, as far as another makes something else of it: "civilians", "at least 745
        civilians", "745 (by anyone)"."""
        scope = given.scope
        of = self.name(scope.population) if "population" in changed and scope.population else ""
        number = words(given) if "bound" in changed or not of else ""
        more = []
        if "place" in changed and scope.place:
            more.append(self.name(scope.place))
        if "window" in changed:
            more.append(span_words(scope.window) or "days unstated")
        if "responsible party" in changed:
            more.append("by " + (" and ".join(sorted(map(self.name, scope.parties))) or "anyone"))
        if "certainty" in changed:
            more.append(given.certainty or "stated")
        told = " ".join(filter(None, [number, of]))
        return f"{told} ({', '.join(more)})" if more else told

    def _given(self, givens: Sequence[Given]) -> str:
        """The figure with those who gave it, at most three of them by name."""
        origins = sorted({self.name(given.origin) for given in givens})
        more = f" and {len(origins) - _NAMED} more" if len(origins) > _NAMED else ""
        return f"{words(givens[0])} ({', '.join(origins[:_NAMED])}{more})"

    def _scope(self, relation: Relation) -> str:
        if relation.verdict.scope not in (Rel.SUB, Rel.SUP):
            return ""
        inside = [DIMENSIONS[name] for name in narrower(relation)]
        side = "the first" if relation.verdict.scope is Rel.SUB else "the second"
        return f" ({side} is narrower: {', '.join(inside)})" if inside else f" ({side} is narrower)"

    def _excuse(self, relation: Relation, a: Given, b: Given) -> str:
        if "possible" in (a.certainty, b.certainty):
            return "one is only said to be possible"
        if a.origin == b.origin and relation.verdict.scope is Rel.EQ:
            return "they are of one origin"
        if relation.verdict.scope is not Rel.EQ and "bare" in (a.figure.bound, b.figure.bound):
            return "a number without a word may be an incomplete tally"
        return "the gap is within the rounding"

    def _hedge(self, a: Given, b: Given) -> str:
        if "coded" in (a.certainty, b.certainty):
            return "somebody coded them from reports; the printed words are not at hand"
        said = sorted({g.certainty for g in (a, b) if g.certainty in ("likely", "alleged")})
        if said:
            return " and ".join(f"one is only {word}" for word in said)
        if VAGUE_WORDS.keys() & {a.figure.bound, b.figure.bound}:
            return "what a vague word excludes is a convention"
        return (
            "one is rounded"
            if {"about", "nearly"} & {a.figure.bound, b.figure.bound}
            else "a number stands without a word"
        )

    def corroboration(self, relation: Relation, status: str, found: Independence, *, settled: bool) -> str:
        """Why two claims that support each other corroborate or only repeat one another; `status` says which.

        `settled` is False where reports give the word behind one of them in ways that exclude each other.
        """
        figures = " and ".join(words(side[0]) for side in (relation.subjects, relation.objects))
        origins = self._some(sorted(found.origins))
        if status == "repeats":
            what = f"{figures} rest on one origin: {origins}" if found.origins else f"{figures} rest on no origin"
        elif status == "corroborates":
            what = f"{figures} support each other, and origins behind them are known to differ: {origins}"
        elif not settled:
            what = f"{figures} support each other, but reports do not agree on what one of the origins said: {origins}"
        elif found.chains == 1:
            through = self._names.get(found.single_points[0], "one document")
            what = f"{figures} support each other, but all that their origins ({origins}) said came through {through}"
        else:
            what = f"{figures} support each other; that their origins differ is not shown: {origins}"
        return _sentence(what) + assuming(relation.verdict.assumptions, relation.verdict.scope)

    def lost(self, found: Lost) -> str:
        """Why a statement in an outlet's own voice may have lost its source."""
        first = found.earlier[0]
        said = f"{self.name(found.said.chain[0])} says this in its own voice"
        before = f"until then it had only been attributed, first to {self.name(first.origin)}"
        return _sentence(f"{said}; {before}{f' on {day(first.day)}' if first.day else ''}")

    def withdrawn(self, found: Withdrawal) -> str:
        rested = len({voice.document for voice in found.rested})
        pages = f"{rested:,} document" + ("s" if rested != 1 else "")
        return f"{self.name(found.origin)} took this back; {pages} had it on that word before."

    def judged(self, verdict: Annotation) -> str:
        """What a person made of a relation: "Rejected by A. Noor on 3 May 2031: …"."""
        word = "Accepted" if verdict.judgement == "accept" else "Rejected"
        return f"{word} by {verdict.by} on {day(verdict.created.date())}: {verdict.reason}"

    def _some(self, ids: Sequence[str]) -> str:
        """The names, at most three of them."""
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        return f"{', '.join(map(self.name, ids[:_NAMED]))}{more}"

    def opposition(self, found: Opposition) -> str:
        a, b = found.subjects[0], found.objects[0]
        if found.rule in ("denial", "doubt"):
            wider = " for a part of it" if found.scope is Rel.SUP else ""
            flat = "" if found.kind == "contradicts" or found.rule == "doubt" else ", though not both of them flatly"
            what = (
                f"{self.name(a.origin)} {_CHALLENGES[a.stance]} what is affirmed by {self.name(b.origin)}{wider}{flat}"
            )
        else:
            one, other = (" and ".join(self.name(p) for p in sorted(side.scope.parties)) for side in (a, b))
            sole = "; one of them is blamed alone" if found.rule == "sole-culprit" else ""
            what = f"{self.name(a.origin)} blames {one}, {self.name(b.origin)} blames {other}{sole}"
        return _sentence(what) + assuming(found.assumptions, found.scope)

    def sum(self, found: Sum) -> str:
        total = " + ".join(words(part) for part in found.parts)
        says = f"{self.name(found.whole.origin)}, {_as_of(found.whole)}: " if found.whole.as_of else ""
        result = f"= {words(found.whole)}" if found.closes else f"= {found.total:,}, more than {words(found.whole)}"
        return f"{says}{total} {result}." + assuming([found.assumption] if found.assumption else [])

    def dispute(self, scope: Scope, populations: Iterable[str]) -> str:
        """What a dispute is about: "killed, Velmara, 6–8 March 2031 (civilians, women)"."""
        of = sorted(set(map(self.name, populations)))
        more = f" and {len(of) - _NAMED} more" if len(of) > _NAMED else ""
        told = self._count(scope)
        return f"{told} ({', '.join(of[:_NAMED])}{more})" if of else told

    def _count(self, scope: Scope) -> str:
        parts = [self.name(id_) for id_ in (scope.measure, scope.place) if id_]
        return ", ".join([*parts, *([span] if (span := span_words(scope.window)) else [])]) or "no stated scope"

    def joint(self, members: Sequence[Sequence[Given]]) -> str:
        given = "; ".join(f"{words(own[0])} ({self._where(own[0])})" for own in members)
        return f"Any two of these can hold, all of them together cannot: {given}."

    def _where(self, given: Given) -> str:
        scope = given.scope
        parts = [self.name(id_) for id_ in (scope.population, scope.place) if id_]
        return ", ".join([*parts, *([span] if (span := span_words(scope.window)) else [])])


_LYING = {
    Rel.EQ: "the scopes are the same",
    Rel.SUB: "the first lies inside the second",
    Rel.SUP: "the second lies inside the first",
    Rel.OVL: "each reaches beyond the other",
}


def assuming(assumptions: Sequence[str], scope: Rel | None = None) -> str:
    """What a conditional relation rests on: how the scopes are taken to lie where that is left open, or plain
    assumptions."""
    plain = [one for one in assumptions if scope is None or one in (SAME_DAY, ONE_ACT, SAME_STRETCH)]
    left_open = [one for one in assumptions if one not in plain]
    if left_open and scope is not None:
        plain = [f"{_LYING[scope]} ({'; '.join(left_open)})", *plain]
    return f" Holds if {'; and if '.join(plain)}." if plain else ""


def words(given: Given) -> str:
    """The figure in words: "at least 745"."""
    figure = figure_words(given.figure.bound, given.figure.lower, given.figure.upper).removesuffix(" of")
    return f"{figure} more" if given.figure.increment else figure


def span_words(window: Window) -> str | None:
    """The days of a window in words, None where they are unstated."""
    told = days(window.start, window.end)
    return f"some days within {told}" if told and window.fit == "within" else told


def narrower(relation: Relation) -> list[str]:
    """The dimensions in which the narrower side of a relation is narrower, as far as it is certain."""
    inside = relation.verdict.scope
    return [name for name, found in relation.verdict.dimensions.items() if found.bits == inside.bit]


def _sentence(what: str) -> str:
    return what[0].upper() + what[1:] + "."


def _different(changed: Sequence[str]) -> str:
    return f" (different: {', '.join(changed)})" if changed else ""


def _what_differs(changed: Sequence[str]) -> str:
    return f"; what differs: {', '.join(changed)}" if changed else ""


def _as_of(given: Given) -> str:
    return f"on {day(given.as_of)}" if given.as_of else "on an unknown day"


def _range(interval: Interval) -> str:
    if interval.highest is None:
        return f"{interval.lowest:,} or more"
    return (
        f"{interval.lowest:,}–{interval.highest:,}" if interval.lowest != interval.highest else f"{interval.lowest:,}"
    )


def names(store: Store, blocks: Iterable[Block]) -> Mapping[str, str]:
    """Labels of the origins, measures, places, populations and parties that sentences name."""
    used: set[str | None] = set()
    for block in blocks:
        used |= set(block.sources.known) | {withdrawal.origin for withdrawal in block.withdrawals}
        for scope in block.all_scopes:
            used |= {scope.measure, scope.place, scope.population, *scope.parties}
    found = labels(store, [IRI(id_) for id_ in used if id_ is not None])
    return {iri.value: label for iri, label in found.items()}
