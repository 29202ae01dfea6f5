"""What is wrong is said, with file and line, and nothing else is; and it refuses what it should and no more.

Each folder of `malformed/` is one case: a dossier of invented places (or a single file) and `expected.txt`. Its first
line names the documents that are refused, or "everything"; each further line must occur in a problem, and each error
must be accounted for by a line.
"""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from kg.errors import NotFound
from kg.ingest import Reading, read_dossier

CASES = Path(__file__).parent / "malformed"


def dossier(folder: Path, **files: str | bytes) -> Path:
    """A sound little dossier in `folder`, with the given files instead of, or beside, its own."""
    own: dict[str, str | bytes] = {
        "dossier.yaml": "title: Fighting in Velmara\nevent:\n  id: velmara\n  label: Fighting in Velmara\n",
        "documents.jsonl": '{"id": "D1", "outlet": "Courier"}\n',
        "assertions.jsonl": '{"doc": "D1", "chain": ["Courier"], "kind": "event", "statement": "Smoke was seen."}\n',
        "actors.jsonl": '{"name": "Courier"}\n',
    }
    for name, content in (own | {name.replace("__", "."): content for name, content in files.items()}).items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def messages(reading: Reading) -> list[str]:
    return [str(problem) for problem in reading.errors]


def test_the_sound_dossier_of_these_tests_is_sound(tmp_path: Path) -> None:
    reading = read_dossier(dossier(tmp_path))
    assert reading.problems == ()
    assert reading.refused == {}
    assert reading.dossier is not None


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_a_malformed_dossier_is_refused_with_reasons(case: str) -> None:
    folder = CASES / case
    refused, *expected = (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
    (given,) = (entry for entry in folder.iterdir() if entry.name != "expected.txt")
    reading = read_dossier(given)
    told = [str(problem) for problem in reading.problems]
    missing = [line for line in expected if not any(line in problem for problem in told)]
    assert not missing, "\n".join(["never said:", *missing, "", "said:", *told])
    unexpected = [problem for problem in messages(reading) if not any(line in problem for line in expected)]
    assert not unexpected, "\n".join(["not expected:", *unexpected])
    assert reading.errors
    if refused == "refused: everything":
        assert reading.dossier is None
    else:
        assert reading.dossier is not None
        assert refused == "refused: " + ", ".join(sorted(reading.refused))
        kept = {record.document.identifier for record in reading.dossier.documents}
        assert not kept & set(reading.refused)


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_every_problem_says_where_and_what_to_do(case: str) -> None:
    (given,) = (entry for entry in (CASES / case).iterdir() if entry.name != "expected.txt")
    for problem in read_dossier(given).problems:
        assert problem.file
        assert problem.hint
        assert problem.line is None or problem.line >= 1
        assert str(problem).replace("\n", "").isprintable()


def test_only_the_faulty_document_is_refused_and_its_errors_are_named() -> None:
    reading = read_dossier(CASES / "lower-above-upper" / "dossier")
    assert reading.dossier is not None
    assert [record.document.identifier for record in reading.dossier.documents] == ["D2"]
    (problem,) = reading.refused["D1"]
    assert (problem.line, problem.path) == (1, "qualifier")


def test_with_the_dossier_every_document_is_refused() -> None:
    reading = read_dossier(CASES / "cycle-in-part-of" / "dossier")
    assert reading.dossier is None
    assert reading.refused == {"D1": (), "D2": ()}


def test_a_name_from_a_refused_document_alone_is_not_kept(tmp_path: Path) -> None:
    rows = [
        {"doc": "D1", "chain": ["Courier"], "kind": "event", "statement": "Smoke was seen."},
        {"doc": "D2", "chain": ["Courier", "Tipyng Error"], "kind": "quantity", "place": "Nowhere"},
    ]
    reading = read_dossier(
        dossier(
            tmp_path,
            documents__jsonl='{"id": "D1", "outlet": "Courier"}\n{"id": "D2", "outlet": "Courier"}\n',
            assertions__jsonl="".join(json.dumps(row) + "\n" for row in rows),
        )
    )
    assert reading.dossier is not None
    assert set(reading.refused) == {"D2"}
    assert [actor.name for actor in reading.dossier.record.actors] == ["Courier"]
    assert reading.dossier.record.places == ()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "velmara").mkdir()
    with pytest.raises(NotFound, match="did you mean 'velmara'"):
        read_dossier(tmp_path / "velmarra")


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_field_of_more_than_a_megabyte(tmp_path: Path, suffix: str) -> None:
    long = "x" * 1_100_000
    if suffix == "jsonl":
        first = json.dumps({"doc": "D1", "chain": ["Courier"], "kind": "event", "statement": long})
        table = f"{first}\n" + first.replace(long, "Smoke was seen.").replace("chain", "chian") + "\n"
    else:
        table = f"doc,chain,kind,statement\nD1,Courier,event,{long}\nD1,,event,Smoke was seen.\n"
    dossier(tmp_path, **{f"assertions__{suffix}": table})
    if suffix == "csv":
        (tmp_path / "assertions.jsonl").unlink()
    told = messages(read_dossier(tmp_path))
    line = 1 if suffix == "jsonl" else 2
    assert any(f"assertions.{suffix}:{line}: error: " in text and "100,000" in text for text in told), told
    assert any(f"assertions.{suffix}:{line + 1}: error: chain is missing" in text for text in told), told
    assert max(map(len, told)) < 1_000


def test_a_zip_archive_where_a_table_was_expected(tmp_path: Path) -> None:
    dossier(tmp_path)
    (tmp_path / "documents.jsonl").unlink()
    with zipfile.ZipFile(tmp_path / "documents.csv", "w") as archive:
        archive.writestr("documents.csv", "id,outlet\nD1,Courier\n")
    reading = read_dossier(tmp_path)
    (told,) = messages(reading)
    assert "documents.csv: error: this is a zip archive" in told
    assert "save the sheet as CSV" in told


@pytest.mark.parametrize("depth", [50, 2_000, 200_000])
def test_nesting_bombs_in_json(tmp_path: Path, depth: int) -> None:
    bomb = '{"name": ' + "[" * depth + "]" * depth + "}\n"
    (told,) = messages(read_dossier(dossier(tmp_path, actors__jsonl='{"name": "Courier"}\n' + bomb)))
    assert "actors.jsonl:2: error:" in told
    assert "nested too deep" in told or "a text was expected, not a list" in told


@pytest.mark.parametrize("depth", [50, 200_000])
def test_nesting_bombs_in_yaml(tmp_path: Path, depth: int) -> None:
    reading = read_dossier(dossier(tmp_path, dossier__yaml="title: " + "[" * depth + "]" * depth + "\n"))
    (told,) = messages(reading)
    assert "dossier.yaml:1: error: nested too deep" in told


def test_a_yaml_file_that_nobody_typed(tmp_path: Path) -> None:
    reading = read_dossier(dossier(tmp_path, dossier__yaml="title: x\n" + "#" * (4 << 20)))
    (told,) = messages(reading)
    assert "dossier.yaml: error: 4,194,313 bytes; the most that is read is 4,194,304" in told


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    dossier(tmp_path)
    os.mkfifo(tmp_path / "places.csv")  # opening it would wait for ever
    (tmp_path / "measures.csv").symlink_to("nowhere.csv")
    told = "\n".join(messages(read_dossier(tmp_path)))
    assert "places.csv: error: not a regular file" in told
    assert "measures.csv: error: cannot be opened: No such file" in told


def test_a_broken_table_does_not_bring_on_follow_up_errors(tmp_path: Path) -> None:
    reading = read_dossier(dossier(tmp_path, actors__jsonl="{", documents__jsonl='{"id": "D1"'))
    assert len(reading.problems) == 2, [str(problem) for problem in reading.problems]


def test_a_message_cannot_steer_the_terminal(tmp_path: Path) -> None:
    reading = read_dossier(dossier(tmp_path, actors__jsonl='{"name": "Courier", "\\u001b[2Jkind": "x"}\n'))
    (problem,) = reading.problems
    assert "\x1b" not in str(problem)
    assert "\\x1b[2Jkind" in str(problem)


def test_ten_thousand_slips_do_not_take_minutes(tmp_path: Path) -> None:
    reading = read_dossier(
        dossier(
            tmp_path,
            actors__jsonl="".join(json.dumps({"name": f"Actor number {i}"}) + "\n" for i in range(3_000)),
            assertions__jsonl="".join(
                json.dumps({"doc": f"X{i}", "chain": [f"Acto nmber {i}"], "kind": "quantit"}) + "\n"
                for i in range(3_000)
            ),
        )
    )
    assert len(reading.errors) == 2 * 3_000
    suggested = sum("did you mean “Actor number" in problem.message for problem in reading.problems)
    assert 0 < suggested < 100
