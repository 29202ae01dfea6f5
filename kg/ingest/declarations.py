"""What a dossier declares for all its documents: itself, events, actors, places, measures and populations.

Errors here refuse the dossier: every document leans on these names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from kg import vocab
from kg.ingest.columns import ACTORS, CONCEPTS, DOSSIER, EVENTS, PLACES, Column, SheetReader
from kg.ingest.findings import Findings, Where, did_you_mean
from kg.ingest.folder import Folder
from kg.ingest.names import Named, Register, cycles, unnamed
from kg.ingest.tables import Row
from kg.ingest.yaml_files import Items, Keys, Node, row_of
from kg.model import Actor, Concept, DossierRecord, Event, Place, actor_id, digest, place_id
from kg.names import fold, suggest

#: A row of a table that declares names: where it stands and what it says.
Declared = tuple[Where, dict[str, Any]]


class Declarations:
    """The declarations of one dossier. The registers answer for names; `event` for events."""

    def __init__(self, folder: Folder, findings: Findings) -> None:
        self._findings = findings
        measures, populations = vocab.scheme("measures"), vocab.scheme("populations")
        self.actors = Register("actor", folder.table_name("actors"), findings, actor_id)
        self.places = Register("place", folder.table_name("places"), findings, place_id)
        self.measures = Register(
            "measure", folder.table_name("measures"), findings, str, _shipped(measures), measures.words
        )
        self.populations = Register(
            "population", folder.table_name("populations"), findings, str, _shipped(populations), populations.words
        )
        self.identifier, self.title = "", ""
        self.licence: str | None = None
        self.editors: tuple[str, ...] = ()
        self.language: str | None = None
        self.events: dict[str, Event] = {}
        self._actors: list[Actor] = []
        self._places: list[Place] = []
        self._concepts: list[Concept] = []

    @property
    def only_event(self) -> Event | None:
        """The event of a dossier that has just one."""
        return next(iter(self.events.values())) if len(self.events) == 1 else None

    def event(self, identifier: str, where: Where) -> Event | None:
        """The event with this identifier; None, after an error, if there is none."""
        event = self.events.get(identifier)
        if event is None:
            near = suggest(identifier, self.events, most=2)
            self._findings.error(
                where,
                f"no event of dossier.yaml has the id “{identifier}”{did_you_mean(near)}",
                f"use one of: {', '.join(self.events) or '(none declared)'}",
                path="event",
                value=identifier,
            )
        return event

    def record(self, used: set[str]) -> DossierRecord:
        """The record of the dossier. Of the names nobody declared it has those whose ids or words are in `used`."""
        actors = (Actor(thing.name) for thing in self.actors.made if thing.id in used)
        places = (Place(thing.name) for thing in self.places.made if thing.id in used)
        concepts = [
            Concept(scheme, thing.name)
            for scheme, register in (("measures", self.measures), ("populations", self.populations))
            for thing in register.made
            if thing.id in used
        ]
        return DossierRecord(
            identifier=self.identifier,
            title=self.title,
            licence=self.licence,
            editors=self.editors,
            language=self.language,
            events=tuple(self.events.values()),
            actors=(*self._actors, *actors),
            places=(*self._places, *places),
            concepts=(*self._concepts, *concepts),
        )

    @property
    def leaned_on(self) -> set[str]:
        """The ids and words that the declarations themselves use."""
        used = {event.place for event in self.events.values()} | {actor.affiliation for actor in self._actors}
        for place in self._places:
            used.update((place.part_of, *place.members, *place.disjoint_with))
        for concept in self._concepts:
            used.update((*concept.broader, *concept.disjoint_with))
        return {name for name in used if name is not None}

    def read(self, folder: Folder) -> None:
        """Reads everything that is declared. What cannot be read is reported, and the rest read all the same."""
        manifest = folder.yaml(folder.manifest) if folder.manifest else None
        events = self._read_manifest(manifest, folder.relative(folder.manifest)) if manifest and folder.manifest else []
        self._read_actors(self._declared(folder, "actors", ACTORS, self.actors))
        self._read_places(self._declared(folder, "places", PLACES, self.places))
        for scheme, register in (("measures", self.measures), ("populations", self.populations)):
            self._read_concepts(scheme, register, self._declared(folder, scheme, CONCEPTS, register))
        self._read_events(events)

    # dossier.yaml

    def _read_manifest(self, manifest: Keys, file: str) -> list[Row]:
        """Reads what the dossier says of itself; returns the events, which need the places to be read first."""
        given = [name for name in ("event", "events") if name in manifest.nodes]
        rows: list[Row] = []
        for name in given:
            rows += self._event_rows(manifest.nodes.pop(name), name, file, manifest.lines[name])
        values, faults = SheetReader(DOSSIER, self._findings).read(row_of(manifest, file))
        where = Where(file)
        self._findings.faults(where, faults)
        if len(given) == 2:
            self._findings.error(
                where._replace(line=manifest.lines["events"]),
                "both “event” and “events” are given",
                "keep “events” and list them all there",
            )
        if not given:
            self._findings.warning(
                where,
                "no event is declared, so no claim is about one",
                "add “event:” with id, label, place, start, end",
            )
        self.title = values["title"] or ""
        self.identifier = values["id"] or _slug(self.title)
        self.licence, self.editors, self.language = values["licence"], values["editors"], values["language"]
        return rows

    def _event_rows(self, node: Node, name: str, file: str, line: int) -> list[Row]:
        nodes = node.nodes if isinstance(node, Items) and name == "events" else [node]
        rows = [row_of(item, file) for item in nodes if isinstance(item, Keys)]
        if len(rows) < len(nodes):
            self._findings.error(
                Where(file, line), f"“{name}” must hold id, label, place, start and end", "write them as keys below it"
            )
        return rows

    def _read_events(self, rows: list[Row]) -> None:
        reader = SheetReader(EVENTS, self._findings)
        for row in rows:
            values, faults = reader.read(row)
            where = Where(row.file, row.line)
            self._findings.faults(where, faults)
            identifier, start, end = values["id"], values["start"], values["end"]
            if start and end and start > end:
                self._findings.error(
                    where._replace(line=row.line_of("start")),
                    f"the event starts ({start}) after it ends ({end})",
                    "correct one of the days",
                    path="start",
                )
            if identifier is None:
                continue
            if identifier in self.events:
                self._findings.error(
                    where, f"two events have the id “{identifier}”", "give each an id of its own", path="id"
                )
            place = self.places.find(values["place"], where, "place").id if values["place"] else None
            self.events[identifier] = Event(identifier, values["label"] or identifier, place, start, end)

    # tables

    def _declared(
        self, folder: Folder, table: str, columns: tuple[Column, ...], register: Register
    ) -> dict[str, Declared]:
        """The rows of a table that declares names, by name, after entering each name in the register."""
        reader, found = SheetReader(columns, self._findings), dict[str, Declared]()
        nameless = False
        for row in folder.rows(table):
            values, faults = reader.read(row)
            where = Where(row.file, row.line)
            self._findings.faults(where, faults)
            name = values["name"]
            if name is None:
                nameless = True
                continue
            if unnamed(name):
                self._findings.error(
                    where, "an unnamed source cannot be declared", "delete the row: it is known where it is mentioned"
                )
                continue
            if (earlier := found.get(name)) is not None:
                self._repeated(name, where, values, earlier)
                continue
            register.declare(name, values["aliases"], where)
            if any(fault.path in ("lat", "lon") for fault in faults):
                values["lat"] = values["lon"] = None  # half a position is no second error
            found[name] = (where, values)
        register.complete = folder.complete(table) and not nameless
        return found

    def _repeated(self, name: str, where: Where, values: dict[str, Any], earlier: Declared) -> None:
        first, known = earlier
        if values == known:
            self._findings.warning(
                where,
                f"“{name}” is declared twice, in the same words; first in line {first.line}",
                "delete one of the rows",
            )
        else:
            self._findings.error(
                where,
                f"two rows declare “{name}”, in different words; first in line {first.line}",
                "make one row of them",
                path="name",
                value=name,
            )

    def _read_actors(self, declared: dict[str, Declared]) -> None:
        belongs: dict[str, tuple[str, ...]] = {}
        for name, (where, values) in declared.items():
            affiliation = values["affiliation"]
            if affiliation and unnamed(affiliation):
                self._findings.error(
                    where, "an affiliation must have a name", "leave it empty", path="affiliation", value=affiliation
                )
                affiliation = None
            organisation = self.actors.find(affiliation, where, "affiliation") if affiliation else None
            belongs[name] = (organisation.name,) if organisation else ()
            self._actors.append(
                Actor(
                    name=name,
                    kind=values["kind"],
                    affiliation=organisation.id if organisation else None,
                    aliases=_others(values["aliases"], name),
                    gathers=values["gathers"],
                    gathers_basis=values["gathers_basis"],
                    party_to=values["party_to"],
                )
            )
        self._no_cycles(belongs, declared, "affiliation", "belongs to")

    def _read_places(self, declared: dict[str, Declared]) -> None:
        within: dict[str, tuple[str, ...]] = {}
        members: dict[str, tuple[str, ...]] = {}
        disjoint: dict[str, tuple[str, ...]] = {}
        for name, (where, values) in declared.items():
            container = self.places.find(values["part_of"], where, "part_of") if values["part_of"] else None
            inside = self._all(self.places, values["members"], where, "members")
            apart = self._all(self.places, values["disjoint_with"], where, "disjoint_with")
            within[name] = (container.name,) if container else ()
            members[name] = tuple(thing.name for thing in inside)
            disjoint[name] = tuple(thing.name for thing in apart)
            lat, lon = self._position(values["lat"], values["lon"], where)
            self._places.append(
                Place(
                    name=name,
                    kind=values["kind"],
                    part_of=container.id if container else None,
                    lat=lat,
                    lon=lon,
                    aliases=_others(values["aliases"], name),
                    members=tuple(thing.id for thing in inside),
                    disjoint_with=tuple(thing.id for thing in apart),
                )
            )
        self._no_cycles(within, declared, "part_of", "is part of")
        self._no_cycles(members, declared, "members", "has the member")
        self._not_disjoint_above(within, disjoint, declared)

    def _position(self, lat: float | None, lon: float | None, where: Where) -> tuple[float | None, float | None]:
        """Both degrees or none, on the globe."""
        if (lat is None) != (lon is None):
            self._findings.error(
                where, "a position needs both lat and lon", "fill in the other one, or delete both", path="lat, lon"
            )
        elif lat is not None and lon is not None and not (-90 <= lat <= 90 and -180 <= lon <= 180):
            self._findings.error(
                where,
                f"lat {lat:g}, lon {lon:g} is no position on the globe",
                "latitudes go from -90 to 90 and longitudes from -180 to 180; look whether they are exchanged",
                path="lat, lon",
            )
        else:
            return lat, lon
        return None, None

    def _read_concepts(self, scheme: str, register: Register, declared: dict[str, Declared]) -> None:
        broader: dict[str, tuple[str, ...]] = {}
        disjoint: dict[str, tuple[str, ...]] = {}
        for name, (where, values) in declared.items():
            broader[name] = tuple(t.name for t in self._all(register, values["broader"], where, "broader"))
            disjoint[name] = tuple(t.name for t in self._all(register, values["disjoint_with"], where, "disjoint_with"))
            self._concepts.append(
                Concept(
                    scheme=scheme,
                    name=name,
                    broader=broader[name],
                    disjoint_with=disjoint[name],
                    aliases=_others(values["aliases"], name),
                    definition=values["definition"],
                )
            )
        self._no_cycles(broader, declared, "broader", "is narrower than")
        self._not_disjoint_above(broader, disjoint, declared)

    def _all(self, register: Register, names: Sequence[str], where: Where, path: str) -> tuple[Named, ...]:
        """What a list of names stands for, each once, in the order given."""
        return tuple(dict.fromkeys(register.find(name, where, path) for name in names))

    # contradictions within the declarations

    def _no_cycles(
        self, edges: Mapping[str, tuple[str, ...]], declared: Mapping[str, Declared], path: str, verb: str
    ) -> None:
        for cycle in cycles(edges):
            where, _ = declared[cycle[0]]
            told = f" {verb} ".join(f"“{name}”" for name in (*cycle, cycle[0]))
            self._findings.error(where, f"a circle: {told}", f"correct {path} in one of these rows", path=path)

    def _not_disjoint_above(
        self,
        upward: Mapping[str, tuple[str, ...]],
        disjoint: Mapping[str, tuple[str, ...]],
        declared: Mapping[str, Declared],
    ) -> None:
        """Nothing is disjoint from itself or from what it lies in."""
        for name, apart in disjoint.items():
            if not apart:
                continue
            above, todo = {name}, [name]
            while todo:
                for higher in upward.get(todo.pop(), ()):
                    if higher not in above:
                        above.add(higher)
                        todo.append(higher)
            for other in apart:
                if other in above:
                    where, _ = declared[name]
                    what = "itself" if other == name else f"“{other}”, in which it lies"
                    self._findings.error(
                        where, f"“{name}” is declared disjoint from {what}", "correct the row", path="disjoint_with"
                    )


def _shipped(scheme: vocab.Scheme) -> Any:
    def word(written: str) -> str | None:
        concept = scheme.get(written)
        return concept.notation if concept else None

    return word


def _others(aliases: Sequence[str], name: str) -> tuple[str, ...]:
    """The aliases, each once, without the name itself."""
    return tuple(alias for alias in dict.fromkeys(aliases) if fold(alias) != fold(name))


def _slug(title: str) -> str:
    """An identifier made from a title; where it has no Latin letters or digits, from its digest."""
    latin = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:60].rstrip("-") or "dossier-" + digest({"title": title})[:8]
