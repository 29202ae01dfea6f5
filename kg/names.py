"""How names are compared: the same name in another spelling of the same characters is the same name."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

# Marks that say which way text runs: they are invisible, and copied along by accident.
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def fold(name: str) -> str:
    """The name as it is looked up: NFC, no direction marks, white space as one blank, case folded."""
    return " ".join(unicodedata.normalize("NFC", name).translate(_DIRECTION_MARKS).split()).casefold()


def fold_accents(name: str) -> str:
    """Folded further: accents and other combining marks dropped."""
    decomposed = unicodedata.normalize("NFKD", fold(name))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def suggest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Up to `most` of the known names that `name` may be a slip for or a part of, best first."""
    by_folded = {fold_accents(candidate): candidate for candidate in known}
    wanted = fold_accents(name)
    near = difflib.get_close_matches(wanted, by_folded, n=most, cutoff=0.6)
    whole_words = sorted(candidate for candidate in by_folded if f" {wanted} " in f" {candidate} ")
    return tuple(by_folded[found] for found in dict.fromkeys([*near, *whole_words]))[:most]
