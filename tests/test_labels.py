"""Words for figures and days, as prose prints them."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.labels import claim_label, days, figure_words


@pytest.mark.parametrize(
    ("bound", "lower", "upper", "words"),
    [
        ("bare", 1383, 1383, "1,383"),
        ("more than", 1018, None, "more than 1,018"),
        ("at least", 745, None, "at least 745"),
        ("between", 2300, 2400, "2,300–2,400"),
        ("nearly", None, 1500, "nearly 1,500"),
        ("hundreds", 200, 999, "hundreds of"),
        ("several", 3, None, "several"),
        ("bare", 0, 0, "0"),
    ],
)
def test_a_figure_keeps_its_printed_number(bound: str, lower: int | None, upper: int | None, words: str) -> None:
    assert figure_words(bound, lower, upper) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((2025, 3, 6), (2025, 3, 9), "6–9 March 2025"),
        ((2025, 3, 8), (2025, 3, 8), "8 March 2025"),
        ((2025, 3, 6), (2025, 4, 2), "6 March – 2 April 2025"),
        ((2024, 12, 30), (2025, 1, 2), "30 December 2024 – 2 January 2025"),
        (None, (2025, 3, 9), "until 9 March 2025"),
        ((2025, 3, 6), None, "from 6 March 2025"),
        (None, None, None),
    ],
)
def test_days_say_what_is_stated_and_no_more(
    start: tuple[int, int, int] | None, end: tuple[int, int, int] | None, words: str | None
) -> None:
    assert days(dt.date(*start) if start else None, dt.date(*end) if end else None) == words


def test_a_measure_that_is_its_own_population_is_said_once() -> None:
    label = claim_label(figure="298", population="suspects", measure="suspects", place=None, window=None)
    assert label == "298 suspects"
