"""A claim in one sentence → the columns of a row: "SOHR: at least 745 civilians killed in Baniyas by 9 March".

A source and a colon, a figure, then in any order: who, what happened to them, where, by whom, and the days. Every word
must be understood; one that is not is an error, never left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kg import vocab
from kg.check.dates import EventDays, read_dates
from kg.check.names import Names
from kg.errors import NotFound
from kg.ingest import values
from kg.ingest.findings import UnfitError
from kg.ingest.phrases import read_phrase

_SOURCE = re.compile(r"(?P<source>[^:]*):\s+(?P<rest>.*)", re.DOTALL)
_BETWEEN_PARTS = " ,.;"
_MOST_WORDS = 6  # of a figure: "between 2,300 and 2,400"; a number may be two or three words
_NONE = re.compile(r"(?:no|none|zero)\b", re.IGNORECASE)
_MORE = re.compile(r"(?:more|further|additional)\b", re.IGNORECASE)
_MULTIPLIERS = re.compile(r"(?:hundred|thousand|million|billion|dozen|k|m)\b|%|per ?cent", re.IGNORECASE)
_FILLERS = re.compile(
    r"(?:of|the|who|were|was|are|is|have|has|had|been|being|got|in total|in all|altogether)\b", re.IGNORECASE
)
_PLACED = re.compile(r"(?:in|on|at|near|across|around|inside|throughout|along) ", re.IGNORECASE)
_BY = re.compile(r"by ", re.IGNORECASE)
_FORM = "write SOURCE: FIGURE WHO [killed|injured|…] [in PLACE] [by DATE], such as: SOHR: 745 civilians by 9 March"


@dataclass
class Sentence:
    """What a sentence says: `columns` of a row of assertions (and `source`), and how some of them were `taken`."""

    columns: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)


def read_sentence(written: str, names: Names, event: EventDays) -> Sentence:
    """Reads a sentence. UnfitError says what is wrong with it, NotFound which words mean nothing here."""
    text = " ".join(values.text(written).split())
    sentence = Sentence()
    if found := _SOURCE.fullmatch(text):
        sentence.columns["source"] = values.name(found["source"])
        if not sentence.columns["source"]:
            raise UnfitError("there is nothing before the colon", "name the source, or begin with the figure")
        text = found["rest"]
    if not text:
        raise UnfitError("there is no figure", _FORM)
    reader = _Parts(sentence, names, event)
    rest = reader.figure(text)
    while rest := rest.lstrip(_BETWEEN_PARTS):
        rest = rest[reader.part(rest) :]
    return sentence


class _Parts:
    """Reads one part after the other into a sentence. Each reader says how many characters it took, 0 for none."""

    def __init__(self, sentence: Sentence, names: Names, event: EventDays) -> None:
        self._sentence, self._names, self._event = sentence, names, event
        self._readers: tuple[Callable[[str], int], ...] = (self._dates, self._place, self._party, self._counted)

    def figure(self, text: str) -> str:
        """Reads certainty and figure off the beginning, and returns what follows."""
        first, _, rest = text.partition(" ")
        if certainty := vocab.scheme("certainty").get(first):
            self._say({"certainty": certainty.notation}, first)
            text = rest
        if none := _NONE.match(text):
            self._say({"number": "0"}, none.group())
            return text[none.end() :]
        words = list(re.finditer(r"\S+", text))
        for word in reversed(words[:_MOST_WORDS]):
            phrase = text[: word.end()].strip(_BETWEEN_PARTS)
            try:
                read_phrase(phrase)
            except UnfitError:
                continue
            self._say({"number": phrase}, phrase)
            return self._behind_figure(text[word.end() :].lstrip(), phrase)
        raise _no_figure(text, [word.group() for word in words])

    def _behind_figure(self, rest: str, phrase: str) -> str:
        if unit := _MULTIPLIERS.match(rest):
            raise UnfitError(f"“{phrase} {unit.group()}” is no count in digits", "write all digits, such as 1,500")
        if more := _MORE.match(rest):
            self._say({"increment": "true"}, more.group())
            return rest[more.end() :]
        return rest

    def part(self, text: str) -> int:
        """Reads the part that the text begins with. NotFound for words that mean nothing here."""
        if length := self._known(text):
            return length
        if filler := _FILLERS.match(text):
            return filler.end()
        raise self._not_known(text)

    def _known(self, text: str) -> int:
        return next((length for reader in self._readers if (length := reader(text))), 0)

    def _dates(self, text: str) -> int:
        found = read_dates(text, self._event)
        if found is None:
            return 0
        self._say(found.columns, text[: found.length])
        if found.taken:
            column = "as_of" if "as_of" in found.columns else "window"
            self._sentence.taken[column] = f"“{text[: found.length]}”; the year is that of the event"
        return found.length

    def _place(self, text: str) -> int:
        opening = _PLACED.match(text)
        for start in (opening.end(), 0) if opening else (0,):
            if found := self._names.longest("place", text[start:]):
                self._say({"place": found[0]}, found[0])
                return start + found[1]
        return 0

    def _party(self, text: str) -> int:
        opening = _BY.match(text)
        found = self._names.longest("source", text[opening.end() :]) if opening else None
        if opening is None or found is None:
            return 0
        self._say({"responsible": found[0]}, found[0])
        return opening.end() + found[1]

    def _counted(self, text: str) -> int:
        """A measure or a population, whichever has the longer name; a word for both is the population."""
        measure, population = (self._names.longest(kind, text) for kind in ("measure", "population"))
        if measure and (population is None or population[1] < measure[1]):
            self._say({"measure": measure[0]}, measure[0])
            return measure[1]
        if population is None:
            return 0
        self._say({"population": population[0]}, population[0])
        return population[1]

    def _say(self, columns: dict[str, str], words: str) -> None:
        for column in columns:
            if column in self._sentence.columns:
                raise UnfitError(
                    f"“{words}” says the {_WORDS.get(column, column)} a second time", "keep one of the two"
                )
        self._sentence.columns.update(columns)

    def _not_known(self, text: str) -> NotFound:
        """The error for the words up to the next part that is understood."""
        words = list(re.finditer(r"\S+", text))
        scratch = _Parts(Sentence(), self._names, self._event)
        end = next((w.start() for w in words[1:] if scratch._begins(text[w.start() :])), len(text))
        unknown = text[:end].strip(_BETWEEN_PARTS)
        kinds: Sequence[str] = ("measure", "population")
        for opening, kind in ((_PLACED, "place"), (_BY, "source")):
            if found := opening.match(f"{unknown} "):
                unknown, kinds = unknown[found.end() :].removeprefix("the ") or unknown, (kind,)
        return NotFound(" or ".join(kinds), unknown, self._names.near(kinds, unknown))

    def _begins(self, text: str) -> bool:
        try:
            return bool(_PLACED.match(text) or _BY.match(text) or self._known(text))
        except UnfitError:
            return True


_WORDS = {
    "number": "figure",
    "window_start": "first day",
    "window_end": "last day",
    "as_of": "day on which it was given",
    "responsible": "responsible party",
}


def _no_figure(text: str, words: Sequence[str]) -> UnfitError:
    """The error for a text that begins with no figure: what is wrong with its first number, if it has one."""
    for number, word in enumerate(words[:_MOST_WORDS]):
        if any(character.isdigit() for character in word):
            written = word.strip(_BETWEEN_PARTS)
            try:
                values.count(written)
            except UnfitError as unfit:
                return UnfitError(f"“{written}” cannot be read as a figure: {unfit.message}", unfit.hint)
            before = " ".join(words[:number])
            bounds = ", ".join(word for word in vocab.scheme("bounds").words if word != "bare")
            return UnfitError(
                f"“{before}” is no word for how a figure is bounded",
                f"put the figure behind the source and a colon, with one of: {bounds}",
            )
    return UnfitError(f"“{text}” begins with no figure", _FORM)
