"""Search over names and statements, in any script.

The index is a dictionary of folded words, made once in each process and for each state of the store. A database of
full text was weighed against it: it would cut words by its own idea of letters, and take `"`, `*` and `NEAR` for
commands, while here a query is nothing but words. Folding drops case, accents, Arabic vowel signs and the tatweel, and
takes the forms of alef, and Cyrillic io and ie, for one letter.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kg.errors import Ambiguous, NotFound
from kg.lookup import with_prefixes
from kg.names import fold_accents
from kg.store import Store
from kg.terms import IRI
from kg.web.addresses import address, path_of
from kg.web.jobs import Reply
from kg.web.rendering import html
from kg.web.tables import names
from kg.workspace import Workspace

#: Hits shown of each kind before a reader asks for more, and after.
FEW, MANY = 8, 200
#: Characters of a query that are read; nobody types more.
LONGEST = 300

_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Scripts that part no words are searched letter by letter; everywhere else a word is a run of letters and digits.
_WORD = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+")
_RUN = re.compile(rf"[{_SPACELESS}]+|(?:[^\W_{_SPACELESS}]|[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670])+")
# The tatweel only stretches; alef wasla is an alef, alef maqsura a yeh, and teh marbuta a heh.
_ALIKE = str.maketrans({"\u0640": None, "\u0671": "\u0627", "\u0649": "\u064a", "\u0629": "\u0647"})

_TEXTS = {
    "event": "?node a sem:Event ; skos:prefLabel|dcterms:identifier ?text .",
    "source": "?node skos:prefLabel|skos:altLabel ?text . ?node a ?type VALUES ?type { prov:Agent kg:UnnamedSource }",
    "place": "?node a geo:Feature ; skos:prefLabel|skos:altLabel ?text .",
    "document": "?node schema:publisher ?outlet ; ?property ?text .\n"
    "VALUES ?property { dcterms:identifier dcterms:title schema:url }",
    "measure": "?node skos:inScheme kg:measures ; skos:prefLabel|skos:altLabel|skos:notation ?text .",
    "population": "?node skos:inScheme kg:populations ; skos:prefLabel|skos:altLabel|skos:notation ?text .",
    "dispute": "?node a kg:Dispute ; skos:prefLabel ?text .",
    "claim": "?said kg:expresses ?node ; ?property ?text .\n"
    "VALUES ?property { kg:statement kg:printedAs dcterms:identifier }",
    "question": "",
}
_PLURALS = {
    "event": "Events",
    "source": "Sources",
    "place": "Places",
    "document": "Documents",
    "measure": "Measures",
    "population": "Populations",
    "dispute": "Disputes",
    "claim": "Claims",
    "question": "Saved questions",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that can be found: its kind, its name, where its page is, and every text by which it is found."""

    kind: str
    label: str
    path: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A found thing: its name and, where another text matched, that text, each in pieces (text, whether it matched)."""

    path: str
    label: tuple[tuple[str, bool], ...]
    text: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Which entries have which word. `words` are sorted, so that those which begin alike stand together."""

    entries: tuple[Entry, ...]
    words: tuple[str, ...]
    having: Mapping[str, frozenset[int]] = field(repr=False)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Index:
        known = tuple(entries)
        having: dict[str, set[int]] = defaultdict(set)
        for number, entry in enumerate(known):
            for text in entry.texts:
                for word in words_of(text):
                    having[word].add(number)
        return cls(known, tuple(sorted(having)), {word: frozenset(found) for word, found in having.items()})

    def find(self, query: str) -> list[Entry]:
        """The entries that have all words of the query, or words that begin with them; best first."""
        wanted = words_of(query[:LONGEST])
        if not wanted:
            return []
        found = frozenset.intersection(*(self._beginning(word) for word in wanted))
        return [
            self.entries[number] for number in sorted(found, key=lambda number: _rank(self.entries[number], wanted))
        ]

    def _beginning(self, word: str) -> frozenset[int]:
        start = bisect_left(self.words, word)
        found: set[int] = set()
        for known in self.words[start:]:
            if not known.startswith(word):
                break
            found |= self.having[known]
        return frozenset(found)


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return _WORD.findall(fold_accents(text).translate(_ALIKE))


def search_page(workspace: Workspace, query: str, kind: str | None) -> Reply:
    """What matches, grouped by kind; one kind with more hits where `kind` says which. Any text is a fit query."""
    query = query.strip()
    found: dict[str, list[Entry]] = {}
    for entry in index_of(workspace).find(query):
        found.setdefault(entry.kind, []).append(entry)
    shown = {kind: found[kind]} if kind in found else found
    most = MANY if kind in found else FEW
    wanted = words_of(query[:LONGEST])
    groups = [
        {
            "kind": one,
            "title": _PLURALS[one],
            "total": len(entries),
            "hits": [_hit(entry, wanted) for entry in entries[:most]],
            "more": address("/search", {"q": query, "kind": one}) if len(entries) > most and kind is None else None,
        }
        for one, entries in shown.items()
    ]
    return html(
        "search.html",
        title=f"Search: {query[:LONGEST]}" if query else "Search",
        searched=query[:LONGEST],
        groups=groups,
        total=sum(map(len, found.values())),
        exact=_exact(workspace, query),
        everything=address("/search", {"q": query}) if kind in found else None,
    )


def index_of(workspace: Workspace) -> Index:
    """The index of a store as it is now. Graphs are named after their content, so their names tell its state."""
    return _index(_Key(workspace, workspace.base, tuple(name.value for name in workspace.store.graph_names())))


@dataclass(frozen=True, slots=True)
class _Key:
    workspace: Workspace = field(compare=False)
    base: str
    graphs: tuple[str, ...]


@lru_cache(maxsize=2)
def _index(key: _Key) -> Index:
    return Index.of(_entries(key.workspace))


def _entries(workspace: Workspace) -> Iterator[Entry]:
    texts = {kind: _texts(workspace.store, pattern) for kind, pattern in _TEXTS.items() if pattern}
    labels = names(workspace, (node for known in texts.values() for node in known))
    for kind, known in texts.items():
        for node, found in known.items():
            label = labels.get(node, node.value)
            if (path := path_of(node.value, workspace.base)) is not None:
                yield Entry(kind, label, path, tuple(dict.fromkeys([label, *found])))
    for name, question in workspace.questions.items():
        yield Entry("question", question.title, f"/question/{name}", (question.title, question.question, name))


def _texts(store: Store, pattern: str) -> dict[IRI, list[str]]:
    found: dict[IRI, set[str]] = defaultdict(set)
    for node, text in store.select(with_prefixes(f"SELECT ?node ?text {{ {pattern} }}")).rows:
        if isinstance(node, IRI):
            found[node].add(str(text))
    return {node: sorted(found[node]) for node in sorted(found)}


def _rank(entry: Entry, wanted: Sequence[str]) -> tuple[bool, bool, int, int, int, str]:
    """Smaller is better: the very name, all words in one text, whole words rather than beginnings, short texts."""
    order = tuple(_TEXTS).index(entry.kind)
    whole, place = min(
        (
            (sum(word not in known for word in wanted), place)
            for place, text in enumerate(entry.texts)
            for known in [words_of(text)]
        ),
        default=(len(wanted), 0),
    )
    is_name = any(words_of(text) == list(wanted) for text in entry.texts)
    return (not is_name, whole > 0, order, min(place, 1), len(entry.label), entry.label)


def _hit(entry: Entry, wanted: Sequence[str]) -> Hit:
    label = _marked(entry.label, wanted)
    matched = max(
        entry.texts, key=lambda text: (sum(any(k.startswith(w) for k in words_of(text)) for w in wanted), -len(text))
    )
    best = _count(entry.label, wanted) >= _count(matched, wanted)
    return Hit(entry.path, label, () if best else _marked(matched, wanted))


def _count(text: str, wanted: Sequence[str]) -> int:
    known = words_of(text)
    return sum(any(word.startswith(one) for word in known) for one in wanted)


def _marked(text: str, wanted: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """The text in pieces; those that matched are marked."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for run in _RUN.finditer(text):
        if any(word.startswith(one) for word in words_of(run.group()) for one in wanted):
            pieces += [(text[end : run.start()], False), (run.group(), True)]
            end = run.end()
    return tuple(piece for piece in [*pieces, (text[end:], False)] if piece[0])


def _exact(workspace: Workspace, query: str) -> tuple[str, str] | None:
    """The page of the one thing that the query is an id of: A29, A29-c01, 9f3c12ab; (words, path)."""
    if not query or len(query) > LONGEST or not any(character.isdigit() for character in query):
        return None
    try:
        found = workspace.lookup.find(query)
    except (NotFound, Ambiguous):
        return None
    path = path_of(found.iri.value, workspace.base)
    words = names(workspace, [found.iri]).get(found.iri)
    return (f"{found.kind}: {words or found.iri.value}", path) if path else None
