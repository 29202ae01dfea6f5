"""What `kg` offers is what `tests/golden/public_names.txt` lists, one name a line: a promise to those who import it."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import kg

GOLDEN = Path(__file__).parent / "golden" / "public_names.txt"
PROMISED = GOLDEN.read_text(encoding="utf-8").split()


def test_all_lists_the_promised_names() -> None:
    assert sorted(kg.__all__) == PROMISED, f"a public name came or went: if that is meant, change {GOLDEN.name}"


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_exists_and_is_explained(name: str) -> None:
    thing = getattr(kg, name)
    assert isinstance(thing, str) or (inspect.getdoc(thing) or "").strip(), f"kg.{name} has no docstring"
