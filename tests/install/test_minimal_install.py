"""Without extras everything else works, and what needs one says how to get it. What is slow to import waits."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import CHECKOUT, Environment

#: Each takes between a fifth and half a second; `kg --help` and `kg ask` need none of them.
SLOW = ("IPython", "networkx", "owlrl", "pandas", "pyshacl", "pyvis", "rdflib")

#: Extra → a use of it, the way a user would write it.
USES = {
    "notebook": "from kg import Result; Result(('a',), ()).to_pandas()",
}


@pytest.mark.parametrize("statement", ["import kg", "import kg.cli"])
def test_importing_loads_nothing_slow(statement: str) -> None:
    program = f"{statement}; import sys; print(*sorted(set({SLOW!r}) & set(sys.modules)))"
    process = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    assert process.stdout.split() == []


def test_help_loads_nothing_slow() -> None:
    program = (
        "import sys; from kg.cli import main\n"
        "try: main(['--help'], prog_name='kg')\n"
        f"finally: print(*sorted(set({SLOW!r}) & set(sys.modules)), file=sys.stderr)"
    )
    process = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert "Usage: kg" in process.stdout, process.stderr
    assert process.stderr.split() == []


def test_every_extra_that_the_code_asks_for_is_tried_here() -> None:
    named = {
        node.args[1].value
        for path in (CHECKOUT / "kg").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "MissingExtra"
        if len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
    }
    assert named == set(USES)


@pytest.mark.index
@pytest.mark.parametrize("extra", USES)
def test_a_missing_extra_says_the_command_that_installs_it(extra: str, installed: Environment, tmp_path: Path) -> None:
    process = installed.run("python", "-c", USES[extra], cwd=tmp_path)
    last = process.stderr.strip().splitlines()[-1]
    assert "MissingExtra" in last, process.stderr
    assert f"pip install 'claims-kg[{extra}]'" in last


@pytest.mark.index
def test_every_module_can_be_imported_without_extras(installed: Environment, tmp_path: Path) -> None:
    program = (
        "import importlib, pkgutil, kg\n"
        "names = [m.name for m in pkgutil.walk_packages(kg.__path__, 'kg.') if not m.name.endswith('__main__')]\n"
        "for name in names: importlib.import_module(name)\n"
        "print(len(names))"
    )
    process = installed.run("python", "-c", program, cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert int(process.stdout) > 5
