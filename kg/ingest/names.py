"""Names as people write them → the things they stand for.

A name is looked up without regard to case, composed or decomposed characters, spacing and invisible direction marks.
It stands for one thing of its kind, whether it is that thing's own name or an alias. What nothing was declared for is
made, with a warning: an outlet that somebody forgot to list is still an outlet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from kg.ingest.findings import Findings, Where, did_you_mean
from kg.model import UNNAMED_MARK
from kg.names import fold, suggest

# Comparing every slip with every name of a large dossier would take hours; the suggestions stop before that.
_COMPARISONS = 60_000


class Named(NamedTuple):
    """A thing with a name: the name it is kept under, and its id."""

    name: str
    id: str


def unnamed(name: str) -> str | None:
    """The name in its one spelling, "eyewitnesses (unnamed)", if it has the mark of an unnamed source; else None."""
    head, mark = name[: -len(UNNAMED_MARK)], name[-len(UNNAMED_MARK) :]
    return f"{head.rstrip()} {UNNAMED_MARK}".lstrip() if mark.casefold() == UNNAMED_MARK else None


class Lookalikes:
    """Finds names near to a misspelt one, as long as that stays cheap."""

    def __init__(self) -> None:
        self._left = _COMPARISONS

    def near(self, word: str, candidates: Mapping[str, str]) -> tuple[str, ...]:
        """Up to two values of `candidates` (name as written → name it is kept under) whose keys resemble `word`."""
        self._left -= len(candidates)
        if self._left < 0:
            return ()
        return tuple(dict.fromkeys(candidates[match] for match in suggest(word, candidates, most=2)))


class Register:
    """The things of one kind that a dossier declares, by name and alias.

    `kind` names the kind in messages and `table` where it is declared. `identify` gives the id of a name. `shipped`
    answers for words that need no declaration, with the word they are kept under.
    """

    def __init__(
        self,
        kind: str,
        table: str,
        findings: Findings,
        identify: Callable[[str], str],
        shipped: Callable[[str], str | None] = lambda word: None,
        shipped_names: Sequence[str] = (),
    ) -> None:
        self.kind, self.table = kind, table
        #: False when the table could not be read in full; then nothing is said about names that are missing from it.
        self.complete = True
        #: Names that were used and not declared, in the order of their first use.
        self.made: list[Named] = []
        self._findings, self._identify, self._shipped = findings, identify, shipped
        self._by_key: dict[str, Named] = {}
        self._declared_in: dict[str, tuple[Where, str]] = {}
        self._found: dict[str, Named] = {}
        self._candidates = {name: name for name in shipped_names}
        self._lookalikes = Lookalikes()

    def declare(self, name: str, aliases: Iterable[str], where: Where) -> Named:
        """Enters a thing. A name or alias that already stands for another one is an error of the dossier."""
        thing = Named(name, self._identify(name))
        for written in (name, *aliases):
            self._claim(written, thing, where)
        return thing

    def find(self, written: str, where: Where, path: str) -> Named:
        """The thing that a name stands for; one that nothing was declared for is made, with a warning."""
        thing = self._found.get(written) or self.peek(written)
        if thing is None:
            thing = Named(written, self._identify(written))
            self._by_key[fold(written)] = thing
            self.made.append(thing)
            if self.complete:
                near = self._lookalikes.near(written, self._candidates)
                self._findings.warning(
                    where,
                    f"no {self.kind} is named “{written}”{did_you_mean(near)}",
                    f"correct the name, or add a row to {self.table}; until then nothing but the name is known",
                    path=path,
                    value=written,
                )
        self._found[written] = thing
        return thing

    def peek(self, written: str) -> Named | None:
        """The thing that a name stands for, if it was declared, shipped or made before."""
        thing = self._by_key.get(fold(written))
        if thing is None and (word := self._shipped(written)) is not None:
            thing = Named(word, self._identify(word))
        return thing

    def _claim(self, written: str, thing: Named, where: Where) -> None:
        key = fold(written)
        holder = self._by_key.get(key)
        if holder is None:
            if (word := self._shipped(written)) is not None:
                self._findings.error(
                    where,
                    f"“{written}” is already a word for the {self.kind} “{word}” that comes with the program",
                    "delete it here, or choose another word",
                    value=written,
                )
                return
            self._by_key[key] = thing
            self._declared_in[key] = (where, written)
            self._candidates[written] = thing.name
        elif holder.name != thing.name:
            first, _ = self._declared_in[key]
            self._findings.error(
                where,
                f"“{written}” stands for two {self.kind}s: “{holder.name}” ({first.file}:{first.line}) "
                f"and “{thing.name}”",
                "one name can stand for one only: delete it from one of the rows, or make it longer",
                value=written,
            )


def cycles(edges: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """The cycles among `edges`, one for each way back that a search from the first name on comes upon.

    Each is told once, as the names along it; the last one leads back to the first.
    """
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        path: list[str] = [start]
        on_path = {start: 0}
        todo = [iter(edges.get(start, ()))]
        while todo:
            following = next(todo[-1], None)
            if following is None:
                todo.pop()
                leaving = path.pop()
                del on_path[leaving]
                done.add(leaving)
            elif following in on_path:
                found.append(tuple(path[on_path[following] :]))
            elif following not in done:
                on_path[following] = len(path)
                path.append(following)
                todo.append(iter(edges.get(following, ())))
    return found
