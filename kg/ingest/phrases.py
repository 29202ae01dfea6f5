"""Figure phrases of the short form: "at least 745", "2,300–2,400", "hundreds" → word and printed numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

from kg import vocab
from kg.ingest import values
from kg.ingest.findings import UnfitError
from kg.logic.quantity import VAGUE_WORDS

_BOTH = frozenset({"bare", "exactly", "about"})
_UPPER = frozenset({"at most", "fewer than", "nearly"})
_BETWEEN = re.compile(r"between (?P<from>\S.*?) and (?P<to>\d.*)", re.IGNORECASE)
_DASH = re.compile(r"(?P<from>\d[^-–—]*?) ?[-–—] ?(?P<to>\d[^-–—]*)")
_WORD = re.compile(r"(?P<word>[^\d]*?) ?(?P<number>\d.*)")

_FORMS = "write it like 745, at least 745, more than 4,000, between 2,300 and 2,400, 2,300–2,400, about 6,000 or dozens"


class FigurePhrase(NamedTuple):
    """A notation of the scheme `bounds`, and the printed numbers where `kg.logic.quantity` wants them."""

    bound: str
    lower: int | None
    upper: int | None


def read_phrase(phrase: str) -> FigurePhrase:
    """What a figure phrase says. Raises UnfitError for anything that is not one of the forms."""
    written = " ".join(values.text(phrase).split())
    bounds = vocab.scheme("bounds")
    if (word := bounds.get(written)) and word.notation in VAGUE_WORDS:
        return FigurePhrase(word.notation, None, None)
    if pair := _BETWEEN.fullmatch(written) or _DASH.fullmatch(written):
        return FigurePhrase("between", values.count(pair["from"]), values.count(pair["to"]))
    if single := _WORD.fullmatch(written):
        word = bounds.get(single["word"]) if single["word"] else bounds.get("bare")
        if word and word.notation not in VAGUE_WORDS and word.notation != "between":
            number = values.count(single["number"])
            bound = word.notation
            return FigurePhrase(
                bound,
                None if bound in _UPPER else number,
                number if bound in _UPPER or bound in _BOTH else None,
            )
    raise UnfitError("not a figure", _FORMS)
