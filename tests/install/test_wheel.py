"""The wheel holds what it needs, and the demo runs from it, far from any checkout."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from kg.web import assets

from .conftest import CHECKOUT, Environment

#: Top folder of the checkout → where kg.vocab.data_path looks for it in an installation.
CARRIED = {"ontology": "kg/_data/ontology", "queries": "kg/_data/queries", "examples": "kg/_data/examples"}
LEFT_OUT = {"__pycache__", ".DS_Store"}
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
INFO = f"claims_kg-{PROJECT['version']}.dist-info"


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", CARRIED)
def test_every_file_of_a_top_folder_is_in_the_wheel(folder: str, names: set[str]) -> None:
    files = [path for path in (CHECKOUT / folder).rglob("*") if path.is_file() and not LEFT_OUT & set(path.parts)]
    expected = {f"{CARRIED[folder]}/{path.relative_to(CHECKOUT / folder).as_posix()}" for path in files}
    assert expected
    assert expected - names == set()


def test_every_file_of_the_package_is_in_the_wheel(names: set[str]) -> None:
    files = [path for path in (CHECKOUT / "kg").rglob("*") if path.is_file() and not LEFT_OUT & set(path.parts)]
    expected = {path.relative_to(CHECKOUT).as_posix() for path in files}
    assert {"kg/py.typed", "kg/__init__.py"} <= expected
    assert any(name.startswith("kg/views/templates/") for name in expected)
    assert expected - names == set()


def test_scripts_of_others_are_packed_as_they_were_set_up_with_their_licences(wheel: Path, names: set[str]) -> None:
    """What the set-up fetched is in no repository, so that only the rule for artifacts brings it into the wheel."""
    if not (assets.VENDOR / assets.MANIFEST).is_file():
        assert not any(name.startswith("kg/web/vendor/") for name in names)  # built all the same
        return
    with zipfile.ZipFile(wheel) as archive:
        packed = {name: archive.read(f"kg/web/vendor/{name}") for name in (*assets.EDITOR, assets.LICENCES)}
        manifest = json.loads(archive.read(f"kg/web/vendor/{assets.MANIFEST}"))
    assert {name: hashlib.sha256(body).hexdigest() for name, body in packed.items()} == manifest["sha256"]
    licences = packed[assets.LICENCES].decode()
    headings = {line.rpartition(" ")[0] for line in re.findall(r"^(.+), licence ", licences, re.MULTILINE)}
    assert headings == set(manifest["bundled"])
    assert licences.count("WITHOUT WARRANT") >= len(headings)
    assert {name for name in names if name.startswith("kg/web/vendor/")} == {
        f"kg/web/vendor/{name}" for name in (*packed, assets.MANIFEST)
    }


def test_nothing_but_the_package_is_installed(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names} == {"kg", INFO}


def test_the_licences_travel_with_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = message_from_bytes(archive.read(f"{INFO}/METADATA"))
        assert archive.read(f"{INFO}/licenses/LICENSE") == (CHECKOUT / "LICENSE").read_bytes()
        assert archive.read(f"{INFO}/licenses/NOTICE") == (CHECKOUT / "NOTICE").read_bytes()
    assert metadata["License-Expression"] == "Apache-2.0"
    assert set(metadata.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])


@pytest.mark.index
def test_the_demo_runs_from_the_wheel_and_names_the_pages_it_wrote(installed: Environment, tmp_path: Path) -> None:
    where = installed.run("python", "-c", "import kg; print(kg.__file__)", cwd=tmp_path)
    assert where.stdout.startswith(str(installed.folder)), where.stdout + where.stderr

    demo = installed.run("kg", "demo", cwd=tmp_path)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    said = demo.stdout + demo.stderr
    pages = [page for page in tmp_path.rglob("*.html") if page.stat().st_size > 10_000]
    assert pages, f"no page was written:\n{said}"
    unbroken = re.sub(r"\s+", "", said)  # a narrow terminal wraps long paths
    assert [page.name for page in pages if page.name not in unbroken] == []
    for page in pages:
        assert page.read_text("utf-8").lstrip().lower().startswith("<!doctype html>"), page.name


@pytest.mark.index
def test_the_installed_command_answers_a_saved_question(installed: Environment, tmp_path: Path) -> None:
    listed = installed.run("kg", "queries", cwd=tmp_path)
    assert listed.returncode == 0, listed.stdout + listed.stderr
    assert [path.stem for path in (CHECKOUT / "queries").glob("*.rq") if path.stem not in listed.stdout] == []
