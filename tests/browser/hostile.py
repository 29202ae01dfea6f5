"""A dossier whose every word would act if it could: Velmara's tables, with markup where names and statements stand."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.conftest import Tables, velmara

EVIL = '"></script><script>window.acted=1</script><img src=x href=x onerror="window.acted=2">'
LONG = "Hafenverwaltungsgesellschaftsvorstandsvorsitzender" * 2
ARABIC, CYRILLIC = "وزارة الصحة في فيلمارا", "Вестник Орлена"
#: A mark that turns the direction of what stands beside it. The reader takes no override (U+202E).
TURN = "\u200f(1)"
#: As much of it as the reader takes: only http and https, and no character that an address cannot have.
ADDRESS = "https://gazette.example/'onerror='window.acted=3;?href=javascript:window.acted=4#%3Cscript%3E"
GAZETTE, MINISTRY, PLACE = f"Gazette {EVIL}", f"{ARABIC} {EVIL}", f"Velmara {EVIL} {LONG}"
TITLE = f"Explosion {EVIL}"
EVENT = "velmara-2031"


def hostile() -> Tables:
    """Velmara's tables with names and statements that try to leave their place, in several scripts."""
    tables = velmara()
    said = {
        "Orlen Gazette": GAZETTE,
        "Harbour Daily": CYRILLIC,
        "Velmara Health Ministry": MINISTRY,
        "Northern Command": f"Northern Command {TURN}",
        "Velmara": PLACE,
    }
    for document in tables["documents"]:
        document["outlet"] = said[document["outlet"]]
    tables["documents"][0] |= {"url": ADDRESS, "note": f"javascript:window.acted=5 {EVIL}"}
    for row in tables["assertions"]:
        row["chain"] = [said.get(name, name) for name in row["chain"]]
        row["statement"] = f"{EVIL} {row['statement']} {TURN} {LONG}"
        row["span_start"], row["span_end"] = 0, len(row["statement"])
        row["span_digest"] = "sha256:" + hashlib.sha256(row["statement"].encode()).hexdigest()
        row["note"] = EVIL
        if len(row["chain"]) > 1:
            row["cue"] = f"said {EVIL}"
        for key in ("place", "responsible"):
            if key in row:
                row[key] = said.get(row[key], row[key])
    for row in (*tables["actors"], *tables["places"]):
        row["name"] = said.get(row["name"], row["name"])
        row["aliases"] = [*row.get("aliases", ()), f"{row['name'][:9]} {EVIL} {CYRILLIC}"]
        if "affiliation" in row:
            row["affiliation"] = said[row["affiliation"]]
    return tables


def write(folder: Path) -> Path:
    """The tables as a dossier folder, whose title, event and editor are of the same kind."""
    folder.mkdir(parents=True)
    about = {"id": "velmara", "title": f"{TITLE} {TURN}", "language": "en", "licence": "CC0-1.0"}
    event = {"id": EVENT, "label": TITLE, "place": PLACE, "start": "2031-03-14", "end": "2031-03-14"}
    declared = {**about, "editors": [f"A. Editor {EVIL}"], "event": event}
    (folder / "dossier.yaml").write_text(json.dumps(declared), encoding="utf-8")
    for table, rows in hostile().items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{table}.jsonl").write_text(lines, encoding="utf-8")
    return folder
