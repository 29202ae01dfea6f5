"""What printed words exclude: the worked table of the rules, and every count tried against an independent reading."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kg import vocab
from kg.logic.quantity import VAGUE_WORDS, Interval, granularity, interval

ONE_NUMBER = ("exactly", "bare", "about")
LOWER_ONLY = ("at least", "more than")
UPPER_ONLY = ("at most", "fewer than", "nearly")

#: Printed words, printed numbers, and the first and last count that they allow (None: no last one).
WORKED = [
    ("exactly", 503, 503, (503, 503)),
    ("exactly", 0, 0, (0, 0)),
    ("bare", 1383, 1383, (1383, 1383)),
    ("bare", 1400, 1400, (1400, 1400)),
    ("at least", 745, None, (745, None)),
    ("more than", 1018, None, (1019, None)),
    ("more than", 0, None, (1, None)),
    ("at most", None, 1018, (0, 1018)),
    ("at most", None, 0, (0, 0)),
    ("fewer than", None, 1018, (0, 1017)),
    ("fewer than", None, 1, (0, 0)),
    ("about", 1400, 1400, (1350, 1449)),
    ("about", 4000, 4000, (3500, 4499)),
    ("about", 100, 100, (50, 149)),
    ("about", 10, 10, (5, 14)),
    ("about", 1383, 1383, (1383, 1383)),
    ("about", 0, 0, (0, 0)),
    ("nearly", None, 1500, (1450, 1499)),
    ("nearly", None, 100, (50, 99)),
    ("nearly", None, 1383, (1382, 1382)),
    ("nearly", None, 1, (0, 0)),
    ("between", 2300, 2400, (2300, 2400)),
    ("between", 7, 7, (7, 7)),
    ("several", None, None, (3, None)),
    ("dozens", None, None, (24, None)),
    ("hundreds", None, None, (200, None)),
    ("thousands", None, None, (2000, None)),
    # Tables may print the convention beside the word; the end of the range is conveyed and excludes nothing.
    ("hundreds", 200, 999, (200, None)),
    ("hundreds", 300, None, (300, None)),
]


@pytest.mark.parametrize(("bound", "lower", "upper", "expected"), WORKED)
def test_worked_table(bound: str, lower: int | None, upper: int | None, expected: tuple[int, int | None]) -> None:
    assert interval(bound, lower, upper) == expected


@pytest.mark.parametrize(
    ("bound", "lower", "upper", "reason"),
    [
        ("exactly", 3, None, "takes one number"),
        ("bare", None, 3, "takes one number"),
        ("about", 3, 4, "takes one number"),
        ("exactly", None, None, "takes one number"),
        ("at least", None, 3, "takes a lower number"),
        ("at least", None, None, "takes a lower number"),
        ("more than", 3, 4, "takes a lower number"),
        ("at most", 3, None, "takes an upper number"),
        ("fewer than", 3, 4, "takes an upper number"),
        ("nearly", None, None, "takes an upper number"),
        ("fewer than", None, 0, "leaves no count"),
        ("nearly", None, 0, "leaves no count"),
        ("between", 3, None, "a lower and an upper"),
        ("between", None, 3, "a lower and an upper"),
        ("between", 4, 3, "4 is greater than upper 3"),
        ("hundreds", 1200, 999, "1,200 is greater than upper 999"),
        ("at least", -1, None, "negative"),
        ("at most", None, -1, "negative"),
        ("roughly", 3, 3, "no rule for the word 'roughly'"),
    ],
)
def test_words_and_numbers_that_do_not_fit_are_refused(
    bound: str, lower: int | None, upper: int | None, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        interval(bound, lower, upper)


def test_every_word_of_the_scheme_has_a_rule_and_every_rule_a_word() -> None:
    ruled = {bound for bound, *_ in WORKED}
    assert ruled == set(vocab.scheme("bounds").words)


@pytest.mark.parametrize(
    ("number", "expected"), [(0, 1), (1, 1), (10, 10), (1400, 100), (1383, 1), (4000, 1000), (101, 1), (1000000, 10**6)]
)
def test_granularity(number: int, expected: int) -> None:
    assert granularity(number) == expected


def test_only_an_open_interval_from_zero_excludes_nothing() -> None:
    assert interval("at least", 0, None).excludes_nothing
    assert not interval("more than", 0, None).excludes_nothing
    assert not interval("at most", None, 0).excludes_nothing
    assert not Interval(0, 10**9).excludes_nothing


# ---- against an independent reading: is this one count allowed? -------------------------------------------------


def rounding(number: int) -> int:
    """Granularity by counting the zeros at the end of the decimal digits."""
    digits = str(number)
    return 10 ** (len(digits) - len(digits.rstrip("0"))) if number else 1


def allows(count: int, bound: str, lower: int | None, upper: int | None) -> bool:
    """Whether the printed words leave this count possible, decided for the one count alone."""
    number = lower if lower is not None else upper
    if bound in VAGUE_WORDS:
        return count >= (VAGUE_WORDS[bound][0] if lower is None else lower)
    assert number is not None
    match bound:
        case "exactly" | "bare":
            return count == number
        case "at least":
            return not count < number
        case "more than":
            return count > number
        case "at most":
            return not count > number
        case "fewer than":
            return count < number
        case "about":  # it would be rounded, halves up, to the number printed
            step = rounding(number)
            return (2 * count + step) // (2 * step) * step == number
        case "nearly":  # the same, but below it; an unrounded number means the count just below
            step = rounding(number)
            return count < number and (count == number - 1 or (2 * count + step) // (2 * step) * step == number)
        case "between":
            assert upper is not None
            return number <= count <= upper
    raise AssertionError(bound)


# Mostly small counts, so that every one around them can be tried, and round ones, so that granularity matters.
counts = st.one_of(st.integers(0, 60), st.builds(lambda n, e: n * 10**e, st.integers(0, 30), st.integers(0, 3)))


@st.composite
def printed(draw: st.DrawFn) -> tuple[str, int | None, int | None]:
    bound = draw(st.sampled_from(vocab.scheme("bounds").words))
    number = draw(counts)
    if bound in ONE_NUMBER:
        return bound, number, number
    if bound in LOWER_ONLY:
        return bound, number, None
    if bound in UPPER_ONLY:
        assume(number > 0 or bound == "at most")
        return bound, None, number
    if bound in VAGUE_WORDS:
        return bound, draw(st.none() | st.just(number)), None
    return bound, number, number + draw(counts)


@given(printed())
@example(("about", 4000, 4000))
@example(("nearly", None, 7))
def test_interval_holds_exactly_the_counts_that_the_words_allow(words: tuple[str, int | None, int | None]) -> None:
    lowest, highest = interval(*words)
    edges = [number for number in (*words[1:], lowest, highest) if number is not None] or [0]
    tried = {count for edge in edges for count in range(edge - 20, edge + 21)} | set(range(0, 2 * max(edges) + 50, 7))
    for count in sorted(count for count in tried if count >= 0):
        assert (lowest <= count and (highest is None or count <= highest)) == allows(count, *words), count


@given(printed())
def test_every_interval_holds_a_count_and_none_below_zero(words: tuple[str, int | None, int | None]) -> None:
    lowest, highest = interval(*words)
    assert lowest >= 0
    assert highest is None or highest >= lowest


@given(printed())
def test_the_printed_number_is_in_or_next_to_what_it_allows(words: tuple[str, int | None, int | None]) -> None:
    lowest, highest = interval(*words)
    numbers = [number for number in words[1:] if number is not None]
    for number in numbers:
        assert number >= lowest - 1
        assert highest is None or number <= highest + 1


@given(counts, counts)
def test_a_higher_floor_and_a_lower_ceiling_exclude_more(first: int, second: int) -> None:
    low, high = sorted((first, second))
    for bound in LOWER_ONLY:
        assert interval(bound, low, None).lowest <= interval(bound, high, None).lowest
    loose, tight = interval("at most", None, high), interval("at most", None, low)
    assert loose.highest is not None and tight.highest is not None and loose.highest >= tight.highest
