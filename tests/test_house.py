"""Habits of this code base that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
MODULES = sorted((CHECKOUT / "kg").rglob("*.py"))
MOST_LINES = 500
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "misc", "common", "shared", "stuff"}

#: Hosts of package registries: the lock files carry hashes, and everybody installs from where they trust. Written in
#: pieces so that this file does not name them itself.
REGISTRIES = re.compile(
    r"\b(?:" + "|".join((r"py" r"pi\.", r"python" r"hosted\.", r"registry\.np" r"mjs", r"deb\.deb" r"ian\.")) + r")",
    re.IGNORECASE,
)
#: Files whose fault is the point; they may hold an invented path.
BAD_ON_PURPOSE = ("ontology/examples/invalid/", "tests/malformed/")
#: Paths that exist on one machine only. An address such as https://example.org/home/page is not one.
MACHINE_PATHS = re.compile(r"(?<![\w.:/*~-])/(?:home|Users|root|work|mnt|opt)/[\w.]")


@cache
def tracked_files() -> dict[str, str]:
    """The text of every file that is in the repository or about to be, by its path from the top."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout, so nothing says which files belong to the project")
    texts: dict[str, str] = {}
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = CHECKOUT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            texts[name] = content.decode(errors="replace")
    return texts


def places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {match.group()}"
        for name, text in tracked_files().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := pattern.search(line))
    ]


def test_there_are_modules_to_look_at() -> None:
    assert {path.stem for path in MODULES} >= {"model", "vocab", "errors", "terms"}


def test_no_module_is_too_long() -> None:
    lengths = {path.relative_to(CHECKOUT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_module_is_named_after_what_it_is_about() -> None:
    parts = {part for path in MODULES for part in path.relative_to(CHECKOUT).with_suffix("").parts}
    assert parts & SAYS_NOTHING == set()


def test_no_file_names_a_package_registry() -> None:
    assert places(REGISTRIES) == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    assert [place for place in places(MACHINE_PATHS) if not place.startswith(BAD_ON_PURPOSE)] == []


def test_the_lock_files_carry_a_hash_for_every_version_and_no_address() -> None:
    for path in sorted((CHECKOUT / "requirements").glob("*.txt")):
        blocks = re.split(r"\n(?=[a-z0-9])", path.read_text("utf-8"), flags=re.IGNORECASE)
        pinned = [block for block in blocks if "==" in block]
        assert pinned, path.name
        assert [block.split()[0] for block in pinned if "--hash=sha256:" not in block] == []
        assert [line for block in blocks for line in block.splitlines() if "://" in line] == []


def test_users_and_tests_run_the_same_versions() -> None:
    run, build, test = (pinned_in(CHECKOUT / "requirements" / name) for name in ("run.txt", "build.txt", "test.txt"))
    assert {name for name in run if run[name] != test.get(name)} == set()
    assert {name for name in build if build[name] != test.get(name)} == set()


def pinned_in(path: Path) -> dict[str, set[str]]:
    """The versions of each package; several where they depend on Python's version or the system."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def test_every_extra_that_an_error_names_can_be_installed() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {extra for path in MODULES for extra in extras_named_in(path)}
    assert named, "no module raises MissingExtra; has it been renamed?"
    assert named - set(project["optional-dependencies"]) == set()


def extras_named_in(path: Path) -> set[str]:
    """The second argument of every `MissingExtra(feature, extra)` in the module."""
    return {
        extra.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "MissingExtra"
        for extra in [*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg == "extra")]
        if isinstance(extra, ast.Constant) and isinstance(extra.value, str)
    }


def test_every_decision_is_in_the_index() -> None:
    folder = CHECKOUT / "docs" / "why"
    index = (folder / "README.md").read_text("utf-8")
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in index} == set()
    assert [page for page in pages if not re.match(r"20\d\d-\d\d-\d\d-[a-z0-9-]+\.md$", page)] == []
