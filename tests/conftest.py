"""What many tests share: the demo in a store, and a small dossier about an invented town."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from kg import vocab
from kg.store.oxigraph import OxigraphStore
from kg.workspace import Workspace

# Some runners give their workers a terminal's width; what is printed here is printed without one.
os.environ.pop("COLUMNS", None)
os.environ.pop("LINES", None)

# How long one example takes says more about the machine than about the code.
# In CI the same examples are tried every time; elsewhere always others.
settings.register_profile("kg", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("kg")

DEMO = vocab.data_path("examples") / "syria-coast-2025"
SEED = vocab.data_path("examples") / "seed-article"

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def demo() -> Iterator[Workspace]:
    """The demo dossier in memory, to be read only."""
    with Workspace(OxigraphStore.in_memory()) as workspace:
        workspace.add(DEMO)
        yield workspace


@pytest.fixture(scope="session")
def related() -> Iterator[Workspace]:
    """The demo dossier in memory with its relations worked out, to be read only."""
    with Workspace(OxigraphStore.in_memory()) as workspace:
        workspace.add(DEMO)
        workspace.relate()
        yield workspace


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """An empty workspace in memory."""
    with Workspace(OxigraphStore.in_memory()) as empty:
        yield empty


def velmara() -> Tables:
    """Two documents, four rows: a ministry's figure relayed twice, one denial."""
    row = {"measure": "killed", "population": "people", "place": "Velmara", "kind": "quantity", "stance": "affirms"}
    days = {"window_start": "2031-03-14", "window_end": "2031-03-14"}
    ministry = "Velmara Health Ministry"
    return {
        "documents": [
            {"id": "D1", "outlet": "Orlen Gazette", "url": "https://gazette.example/1", "published": "2031-03-14"},
            {"id": "D2", "outlet": "Harbour Daily", "published": "2031-03-15", "language": "en"},
        ],
        "assertions": [
            row
            | days
            | {
                "id": "D1-1",
                "doc": "D1",
                "chain": ["Orlen Gazette", ministry],
                "cue": "said",
                "lower": 17,
                "upper": 17,
                "qualifier": "bare",
                "statement": "17 people were killed in Velmara.",
            },
            row
            | days
            | {
                "id": "D1-2",
                "doc": "D1",
                "chain": ["Orlen Gazette", "Blue Lantern Relief"],
                "lower": 24,
                "upper": 29,
                "qualifier": "between",
                "statement": "24 to 29 people were killed in Velmara.",
            },
            row
            | days
            | {
                "id": "D2-1",
                "doc": "D2",
                "chain": ["Harbour Daily", ministry, "Ada Lind"],
                "lower": 17,
                "upper": 17,
                "qualifier": "bare",
                "statement": "17 people were killed.",
            },
            {
                "id": "D2-2",
                "doc": "D2",
                "chain": ["Harbour Daily", "witnesses (unnamed)"],
                "kind": "denial",
                "stance": "denies",
                "responsible": "Northern Command",
                "act": "ordered",
                "statement": "Nobody ordered it.",
            },
        ],
        "actors": [
            {"name": "Orlen Gazette", "kind": "newspaper"},
            {"name": "Harbour Daily", "kind": "newspaper"},
            {"name": ministry, "kind": "government", "aliases": ["Ministry of Health", "وزارة الصحة"]},
            {"name": "Ada Lind", "kind": "person", "affiliation": ministry},
            {"name": "Blue Lantern Relief", "kind": "NGO", "gathers": "own", "aliases": ["BLR"]},
            {"name": "Northern Command", "kind": "armed force", "party_to": True},
        ],
        "places": [
            {"name": "Velmara", "kind": "town", "part_of": "Orlen", "lat": 12.5, "lon": -3.25},
            {"name": "Orlen"},
        ],
    }


@pytest.fixture
def dossier(tmp_path: Path) -> Callable[..., Path]:
    """Writes tables (default: Velmara's) as a dossier folder and returns it."""

    def write(tables: Tables | None = None, name: str = "velmara") -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "dossier.yaml").write_text(
            "id: velmara\ntitle: Explosion at Velmara\nlanguage: en\nlicence: CC0-1.0\neditors: [A. Editor]\n"
            "event: {id: velmara-2031, label: Explosion at Velmara, place: Velmara,\n"
            "        start: 2031-03-14, end: 2031-03-14}\n",
            encoding="utf-8",
        )
        for table, rows in (tables or velmara()).items():
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / f"{table}.jsonl").write_text(lines, encoding="utf-8")
        return folder

    return write
