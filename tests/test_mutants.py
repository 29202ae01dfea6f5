"""The changes by which `make mutate` breaks a module: each kind, none twice, and nothing that is only for readers."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutants", CHECKOUT / "tools" / "mutants.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("x = a < b", {"x = (a <= b)", "x = (a >= b)"}),
        ("x = a == b", {"x = (a != b)"}),
        ("x = a and b", {"x = (a or b)", "x = a", "x = b"}),
        ("x = a & b", {"x = (a | b)", "x = a", "x = b"}),
        ("x = a + 1", {"x = (a - 1)", "x = a + 2", "x = a + 0"}),
        ("x = not a", {"x = a"}),
        ("x = 'word'", {"x = 'word?'"}),
        ("x = f(a, b)", {"x = f(b, a)"}),
        ("x = f(a, key=b)", {"x = f(a)"}),
        ("x = max(a, b)", {"x = min(a, b)"}),
        ("x = y.lowest", {"x = y.highest"}),
        ("x = Rel.SUB, Rel.SUP", {"x = Rel.SUP, Rel.SUP", "x = Rel.SUB, Rel.SUB"}),
        (
            "x = 1 if a else 0",
            {f"x = {n} if a else 0" for n in (2, 0)}
            | {f"x = 1 if a else {n}" for n in (1, -1)}
            | {"x = 1 if (not a) else 0"},
        ),
        ("x = [a for a in b if a]", {"x = [a for a in b if (not a)]", "x = [a for a in b if True]"}),
        ("x = (a, b), (c, d)", {"x = *(), (c, d)", "x = (a, b), *()", "x = (c, d), (a, b)"}),
        ("if a:\n    b += c", {"if (not a):\n    b += c", "if a:\n    pass"}),
        (
            "def f(a: 'A') -> 'B':\n    '''Says.'''\n    return a",
            {"def f(a: 'A') -> 'B':\n    '''Says.'''\n    return None"},
        ),
        (
            "if a < b:\n    raise E('words')",
            {f"if (a {sign} b):\n    raise E('words')" for sign in ("<=", ">=")} | {"if a < b:\n    pass"},
        ),
        ("(a, b), (c, d) = e", set()),
        ("x: 'A' = b", set()),
    ],
)
def test_how_a_line_can_be_broken(mutants: ModuleType, source: str, changed: set[str]) -> None:
    found = [mutant.text for mutant in mutants.mutants(Path("some.py"), source)]
    assert set(found) == changed
    assert len(found) == len(changed)


def test_a_change_stays_where_it_was_found_though_letters_take_several_bytes(mutants: ModuleType) -> None:
    source = "# ρ × 4\nx = 'ρ', a < b  # “over 745”\n"
    found = {mutant.line: mutant for mutant in mutants.mutants(Path("some.py"), source)}
    assert list(found) == [2]
    assert found[2].text == "# ρ × 4\nx = 'ρ', (a >= b)  # “over 745”\n"
    assert found[2].diff(source) == "    -x = 'ρ', a < b  # “over 745”\n    +x = 'ρ', (a >= b)  # “over 745”"


def test_every_change_of_the_rules_is_a_module_again(mutants: ModuleType) -> None:
    path = CHECKOUT / "kg" / "logic" / "quantity.py"
    found = list(mutants.mutants(path, path.read_text("utf-8")))
    assert len(found) > 100
    for mutant in found:
        compile(mutant.text, str(path), "exec")
