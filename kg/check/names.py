"""The names that a sentence may use: which words at the beginning of a text are one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.lookup import with_prefixes
from kg.names import fold_accents, suggest
from kg.store import Store
from kg.terms import Literal

_LABELS = "skos:prefLabel|skos:altLabel"
_NAMES = {
    "measure": f"?node skos:inScheme kg:measures ; {_LABELS}|skos:notation ?name",
    "population": f"?node skos:inScheme kg:populations ; {_LABELS}|skos:notation ?name",
    "place": f"?node a geo:Feature ; {_LABELS} ?name",
    "source": f"?node a prov:Agent ; {_LABELS} ?name",
}
_WORD = re.compile(r"\S+")
_AROUND = " ,.;"
#: Words between one who reports and the one whose word it is: "A, citing B".
_ON_WHOSE_WORD = re.compile(r"(?:^|,? )(?:citing|quoting|according to) ", re.IGNORECASE)


class Names:
    """Every name that measures, populations, places and sources go by."""

    def __init__(self, store: Store) -> None:
        self._known = {kind: tuple(_read(store, pattern)) for kind, pattern in _NAMES.items()}
        self._folded = {
            kind: {folded: len(folded.split()) for folded in map(fold_accents, known)}
            for kind, known in self._known.items()
        }
        self._longest = {kind: max(known.values(), default=0) for kind, known in self._folded.items()}

    def longest(self, kind: str, text: str) -> tuple[str, int] | None:
        """The longest name of that kind that a text begins with, as looked up, and the length of the words.

        "The" in front does not count, and one of many is told by the word for the many: a civilian is of civilians.
        """
        words = list(_WORD.finditer(text))
        skipped = 1 if words and words[0].group().casefold() == "the" else 0
        for number in range(min(self._longest[kind] + skipped, len(words)), 0, -1):
            for first in {0, skipped}:
                written = " ".join(word.group() for word in words[first:number]).strip(_AROUND)
                for name in (written, f"{written}s") if kind == "population" else (written,):
                    if name and fold_accents(name) in self._folded[kind]:
                        return name, words[number - 1].end()
        return None

    def near(self, kinds: Iterable[str], written: str) -> tuple[str, ...]:
        """Names of these kinds that resemble what is written, best first."""
        return suggest(written, (name for kind in kinds for name in self._known[kind]))


def speakers_in(written: str) -> list[str]:
    """The names in "A, citing B", from the one who reports to the one whose word it is; one name where it says none."""
    parts = _ON_WHOSE_WORD.split(written)
    return [name for part in parts if (name := part.strip(_AROUND))] if len(parts) > 1 else [written]


def _read(store: Store, pattern: str) -> Iterable[str]:
    for (name,) in store.select(with_prefixes(f"SELECT DISTINCT ?name WHERE {{ {pattern} }} ORDER BY ?name")).rows:
        if isinstance(name, Literal):
            yield name.value
