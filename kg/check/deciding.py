"""What a claim and others leave unstated, how many relations rest on it, and what would follow if it were stated."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kg.check.claim import Event, Understood
from kg.check.relations import Relatives, kinds
from kg.labels import day
from kg.logic.figures import Given
from kg.logic.pairs import SAME_DAY
from kg.model import Window
from kg.relate.on_demand import SEVERITY
from kg.vocab import scheme

_TOGETHER = "all of these together"
_SURE = "without assumptions"
_ONE_DAY = dt.timedelta(days=1)
_WORDS = {
    "start": "the first day that it counts",
    "end": "the last day that it counts",
    "as_of": "the day on which the source gave it",
    "population": "the population",
    "place": "the place",
    "event": "the event",
}
_STATED = frozenset({SAME_DAY, "the days are not fully stated"})


@dataclass(frozen=True)
class Gap:
    """Something that is unstated in the claim itself (`here`), or in others, or open in another way.

    The relations to `claims` other claims rest on it. `supposed` is what the event suggests for it, and `changes` how
    many relations of a kind there are now and would be then.
    """

    what: str
    here: bool
    claims: int
    supposed: str = ""
    changes: tuple[tuple[str, int, int], ...] = ()


def gaps(understood: Understood, event: Event, found: Relatives) -> tuple[Gap, ...]:
    """What is open, that on which most relations rest first; what this claim leaves open before the others."""
    here, there, otherwise = (defaultdict[str, set[str]](set) for _ in range(3))
    for one in found.told:
        of_scope = {words for words in one.assumptions if words in _STATED or words.endswith(" is unstated")}
        for names, side in (
            (one.open_here, here),
            (one.open_there - one.open_here, there),
            (set(one.assumptions) - of_scope, otherwise),
        ):
            for name in names:
                side[name].add(one.other)
    told = []
    completed = _completed(understood, event)
    now = kinds(found, understood.given) if completed else {}
    for part in dict.fromkeys([*here, *completed]):
        if part not in completed:
            told.append(Gap(_WORDS[part], True, len(here[part])))
            continue
        words, supposed = completed[part]
        then = kinds(found, supposed)
        # What no assumption names may still decide: a tally that is complete is no floor any more.
        rests = here[part] or {other for other, _ in now.keys() ^ then.keys()}
        if rests:
            told.append(Gap(_WORDS[part], True, len(rests), words, _changes(now, then)))
    told += _all_together(understood, completed, now, found)
    told += [Gap(f"{_WORDS[part]}, in other claims", False, len(claims)) for part, claims in there.items()]
    told += [Gap(words, False, len(claims)) for words, claims in otherwise.items()]
    return tuple(sorted(told, key=lambda gap: (not gap.here, gap.what == _TOGETHER, -gap.claims, gap.what)))


def _all_together(
    understood: Understood,
    completed: Mapping[str, tuple[str, Given]],
    now: Mapping[tuple[str, str], str],
    found: Relatives,
) -> Iterator[Gap]:
    """What would follow if all were stated at once, where several things are unstated: one alone may settle nothing."""
    if len(completed) > 1:
        whole = understood.given
        for _, supposed in completed.values():
            whole = _joined(whole, supposed)
        rests = len({one.other for one in found.told if one.open_here})
        changes = _changes(now, kinds(found, whole))
        if rests or changes:
            yield Gap(_TOGETHER, True, rests, "all of the above", changes)


def _joined(so_far: Given, supposed: Given) -> Given:
    """What two suppositions about a claim come to together."""
    scope, more = so_far.scope, supposed.scope
    window = Window(scope.window.start or more.window.start, scope.window.end or more.window.end, scope.window.fit)
    joined = replace(
        scope, place=scope.place or more.place, population=scope.population or more.population, window=window
    )
    return replace(so_far, scope=joined, as_of=so_far.as_of or supposed.as_of)


def _completed(understood: Understood, event: Event) -> dict[str, tuple[str, Given]]:
    """What the event suggests for each part that the claim leaves unstated: in words, and the claim with it."""
    given, scope = understood.given, understood.given.scope
    window = scope.window
    found: dict[str, tuple[str, Given]] = {}

    def suppose(part: str, words: str, **changed: object) -> None:
        with_it = replace(given, scope=replace(scope, **changed))  # type: ignore[arg-type]
        found[part] = words, with_it

    if window.start is None and event.days.start and (window.end is None or event.days.start <= window.end):
        first = event.days.start
        suppose("start", f"from {day(first)}, when the event began", window=replace(window, start=first))
    if window.end is None and event.days.end and (window.start is None or window.start <= event.days.end):
        last = event.days.end
        suppose("end", f"until {day(last)}, when the event ended", window=replace(window, end=last))
    if scope.place is None and event.place is not None:
        suppose("place", f"{event.place_name}, the place of the event", place=event.place.value)
    if scope.population is None and (people := scheme("populations").get("people")):
        suppose("population", "people, whoever they are", population=people.iri.value)
    if given.as_of is None and given.running and window.end is not None:
        words = f"after {day(window.end)}, as a complete count"
        found["as_of"] = words, replace(given, as_of=window.end + _ONE_DAY)
    return found


def _changes(
    now: Mapping[tuple[str, str], str], then: Mapping[tuple[str, str], str]
) -> tuple[tuple[str, int, int], ...]:
    """How many relations there are of each kind and would be, where that differs; the gravest kinds first. Those that
    rest on no assumption are counted once more, as those without."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for side, found in enumerate((now, then)):
        for (_, kind), grade in found.items():
            counts[kind][side] += 1
            counts[_SURE][side] += grade != "conditional"
    order = {kind: rank for rank, kind in enumerate((_SURE, *SEVERITY))}
    return tuple(
        (kind, before, after)
        for kind, (before, after) in sorted(counts.items(), key=lambda item: order[item[0]])
        if before != after
    )
