"""Breaks the rules of kg/logic on purpose, one small change at a time, and shows which changes no test notices.

Every change ("mutant") is written into a temporary copy of the checkout and the tests of the rules run against it, the
quick ones first, until one fails. A mutant that all tests pass has survived: either a test is missing, or the changed
words do nothing. Exits 1 where fewer than `--least` per cent are noticed.

Whole modules are changed, not only functions: much of what the rules say stands in tables and sets of words that are
read once, when the module is imported.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
import scipy.optimize
from mutants import mutants

CHECKOUT = Path(__file__).resolve().parents[1]
RULES = Path("kg/logic")
TESTS = ("tests/test_quantity.py", "tests/logic")
NEEDED = ("kg", "tests", "ontology", "queries", "examples", "pyproject.toml")

#: Imported once before the first mutant, so that a mutant costs a fork and not a start of Python: libraries, and what
#: the rules themselves rest on.
LIBRARIES = (np, scipy.optimize, hypothesis, pytest)
BELOW = ("kg.vocab", "kg.model")

#: How many of the tests that noticed mutants before are tried first on the next.
LATELY = 20

#: Beyond this much memory (bytes) a mutant counts as noticed; some grow for ever.
MOST_MEMORY = 4 * 2**30


class Quick:
    """Runs the quickest tests first and gives each a limit of time; keeps what failed.

    `seconds` is how long each test took without a mutant, `noticed` the tests that failed lately, the last one last.
    """

    def __init__(self, seconds: dict[str, float], noticed: Sequence[str] = ()) -> None:
        self.seconds = seconds
        self.noticed = noticed
        self.failed: str | None = None

    def pytest_sessionstart(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 20)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.seconds.get(item.nodeid, 0))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        # In seconds of work, whatever else the machine does. Nobody catches the signal, so that it ends the process.
        signal.setitimer(signal.ITIMER_PROF, 2 + 10 * self.seconds.get(item.nodeid, 60))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.seconds[report.nodeid] = report.duration
        if report.failed:
            self.failed = report.nodeid


def run_tests(examples: int, skipped: Sequence[str], plugin: Quick) -> int:
    """Runs the tests of the rules in the folder that is current, in this process; the exit code of pytest.

    Properties are tried on at most `examples` examples, always the same, and failing ones are not made smaller.
    """
    real = hypothesis.settings
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    real.register_profile(
        "mutants",
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    real.load_profile("mutants")

    class Fewer(real):  # type: ignore[valid-type, misc]
        """What a test asks for, with fewer examples."""

        def __init__(self, *arguments: Any, **chosen: Any) -> None:
            chosen["max_examples"] = min(chosen.get("max_examples", examples), examples)
            super().__init__(*arguments, **chosen)

    hypothesis.settings = Fewer  # type: ignore[misc]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    arguments = ["-x", "-q", "--noconftest", "--assert=plain", "-p", "no:cacheprovider"]
    # What noticed the mutants before is tried alone: collecting all tests takes longer than most of them run.
    # A change may rename a case, so that it is not found; that says nothing yet.
    if plugin.noticed:
        code = pytest.main([*arguments, *plugin.noticed], plugins=[plugin])
        if code in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED):
            return int(code)
    return int(pytest.main([*arguments, *TESTS, *(f"--ignore={file}" for file in skipped)], plugins=[plugin]))


def outcome(options: argparse.Namespace, seconds: dict[str, float], noticed: Sequence[str]) -> str:
    """What the tests make of the copy as it now is: "survived", "timeout", or what noticed the mutant."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        with contextlib.suppress(BaseException):
            sys.dont_write_bytecode = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            plugin = Quick(seconds, noticed)
            code = run_tests(options.examples, options.skip, plugin)
            os.write(writer, (plugin.failed or "import").encode())
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        killer = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        return "timeout"
    return "survived" if status == 0 else killer or "crash"


def baseline(options: argparse.Namespace) -> dict[str, float]:
    """How long each test takes while nothing is broken. Leaves compiled modules behind in the copy."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        sys.dont_write_bytecode = False
        plugin, shown = Quick({}), io.StringIO()
        with contextlib.redirect_stdout(shown):
            code = run_tests(options.examples, options.skip, plugin)
        if code:
            print(shown.getvalue(), file=sys.stderr)
        with os.fdopen(writer, "w", encoding="utf-8") as pipe:
            pipe.writelines(f"{duration} {name}\n" for name, duration in plugin.seconds.items())
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        measured = [line.rstrip("\n").split(" ", 1) for line in pipe]
    _, status = os.waitpid(child, 0)
    if status != 0:
        sys.exit("the tests fail without any mutant; mend them first")
    return {name: float(duration) for duration, name in measured}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="names in kg/logic, such as table; all where none is given")
    parser.add_argument("--examples", type=int, default=60, help="examples of each property (default: %(default)s)")
    parser.add_argument("--least", type=float, default=90, help="per cent to be noticed (default: %(default)s)")
    parser.add_argument("--skip", action="append", default=[], metavar="FILE", help="leave out a file of tests")
    parser.add_argument("--verbose", action="store_true", help="show for every mutant what noticed it")
    options = parser.parse_args(arguments)
    names = options.modules or sorted(path.stem for path in (CHECKOUT / RULES).glob("[!_]*.py"))

    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for name in NEEDED:
            whole = CHECKOUT / name
            shutil.copytree(whole, Path(folder, name)) if whole.is_dir() else shutil.copy(whole, folder)
        # The package as a whole takes long to import, and the rules need nothing of it but what lies below them.
        Path(folder, "kg", "__init__.py").write_text("", encoding="utf-8")
        os.chdir(folder)
        sys.path.insert(0, folder)
        for name in BELOW:
            importlib.import_module(name)
        assert not any(name.startswith("kg.logic") for name in sys.modules), "a mutant would not be seen"
        seconds = baseline(options)
        print(f"{len(seconds)} tests pass in {sum(seconds.values()):.0f} s without a mutant", flush=True)
        counted = {name: _try_module(RULES / f"{name}.py", options, seconds) for name in names}
        os.chdir(CHECKOUT)
    return _summary(counted, options.least, time.monotonic() - began)


def _try_module(path: Path, options: argparse.Namespace, seconds: dict[str, float]) -> Counter[str]:
    counts: Counter[str] = Counter()
    original = path.read_text("utf-8")
    noticed: dict[str, None] = {}
    for mutant in mutants(path, original):
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()
        path.write_text(mutant.text, encoding="utf-8")
        found = outcome(options, seconds, list(noticed)[-LATELY:])
        if found in ("survived", "timeout"):
            counts[found] += 1
        else:
            counts["killed"] += 1
            if "::" in found:
                noticed.pop(found, None)
                noticed[found] = None
        if options.verbose or found == "survived":
            print(f"{path}:{mutant.line}: {found}\n{mutant.diff(original)}", flush=True)
    path.write_text(original, encoding="utf-8")
    return counts


def _summary(counted: dict[str, Counter[str]], least: float, seconds: float) -> int:
    print(f"\n{'module':12} mutants  killed  timeout  survived  noticed")
    total: Counter[str] = sum(counted.values(), Counter())
    noticed = 0.0
    for name, counts in [*counted.items(), ("all", total)]:
        noticed = 100 * (1 - counts["survived"] / max(counts.total(), 1))
        print(
            f"{name:12} {counts.total():7} {counts['killed']:7} {counts['timeout']:8} {counts['survived']:9} "
            f"{noticed:7.1f}%"
        )
    print(f"{seconds / 60:.1f} minutes")
    return 0 if noticed >= least else 1


if __name__ == "__main__":
    sys.exit(main())
