"""Hypothesis strategies for everything a dossier may hold, within what the readers let through.

Texts are wilder than the readers allow (control characters, direction marks): the bridge must not depend on them.
"""

from __future__ import annotations

import datetime as dt
import unicodedata

from hypothesis import assume
from hypothesis import strategies as st

from kg import vocab
from kg.logic.quantity import VAGUE_WORDS
from kg.model import (
    Actor,
    Claim,
    Concept,
    Document,
    DocumentRecord,
    DossierRecord,
    Event,
    Figure,
    Place,
    Report,
    Saying,
    Span,
    Speaker,
    UnnamedSource,
    Window,
    actor_id,
    place_id,
)
from kg.terms import is_iri

_characters = st.characters(exclude_categories=["Cs"])
_letters = st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="→")

#: Any text, composed (NFC); characters that are hard to serialise come up often.
texts = st.text(
    st.sampled_from('"\\\n\r\t\x00\x1f\x7f\x85\u2028\u200f\ufeff→{}<>#@^é漢ع👧') | _characters, min_size=1, max_size=12
).map(lambda text: unicodedata.normalize("NFC", text))

#: Names: not blank, single spaces, without the arrow that shows chains.
names = (
    st.text(st.sampled_from("ab.'\"\\ é漢ع-") | _letters, min_size=1, max_size=8)
    .map(lambda text: " ".join(unicodedata.normalize("NFC", text).split()))
    .filter(bool)
)
identifiers = st.from_regex(r"[A-Za-z0-9é][A-Za-z0-9_.-]{0,5}", fullmatch=True)
days = st.dates(dt.date(1000, 1, 1), dt.date(2999, 12, 31))
languages = st.sampled_from(["en", "ar", "de", "pt-br", "zh-hant"])
digests = st.text("0123456789abcdef", min_size=64, max_size=64).map("sha256:".__add__)
urls = st.builds(
    "https://{}.example/{}".format,
    st.from_regex(r"[a-z]{1,4}", fullmatch=True),
    st.text("abC09-._~!$&'()*+,;=:@/?éق", max_size=8) | st.sampled_from(["a%20b", "x#y", "?q=%D9%85"]),
).filter(is_iri)
counts = st.integers(0, 40) | st.integers(0, 10**7)


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | values


def words(scheme: str) -> st.SearchStrategy[str]:
    return st.sampled_from(vocab.scheme(scheme).words)


def some(values: st.SearchStrategy, most: int = 3) -> st.SearchStrategy[tuple]:
    """A tuple of different values."""
    return st.lists(values, max_size=most, unique=True).map(tuple)


actor_ids = names.map(actor_id)
place_ids = names.map(place_id)


def new_words(scheme: str) -> st.SearchStrategy[str]:
    """Names for concepts that the shipped scheme does not have."""
    return names.filter(lambda name: vocab.scheme(scheme).get(name) is None)


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """Every combination of word and printed numbers that excludes something or is left to be refused elsewhere."""
    bound, low, high = draw(words("bounds")), draw(counts), draw(counts)
    increment = draw(st.booleans())
    if bound in ("exactly", "bare", "about"):
        return Figure(low, low, bound, increment)
    if bound in ("at least", "more than"):
        return Figure(low, None, bound, increment)
    if bound in ("at most", "fewer than", "nearly"):
        return Figure(None, low + 1, bound, increment)
    if bound == "between":
        return Figure(min(low, high), max(low, high), bound, increment)
    assert bound in VAGUE_WORDS
    lower, upper = draw(st.sampled_from([(None, None), (low, None), (min(low, high), max(low, high))]))
    return Figure(lower, upper, bound, increment)


windows = st.builds(Window, maybe(days), maybe(days), words("window-fits"))


@st.composite
def claims(draw: st.DrawFn, parties: st.SearchStrategy[str] = actor_ids) -> Claim:
    kind = draw(st.sampled_from(["quantity", "event", "responsibility", "position", "commitment"]))
    text = None if kind == "quantity" else draw(maybe(texts))
    return Claim(
        kind=kind,
        event=draw(maybe(identifiers.map("event/{}".format))),
        place=draw(maybe(place_ids)),
        window=draw(windows),
        measure=draw(maybe(words("measures"))),
        population=draw(maybe(words("populations"))),
        figure=draw(figures()) if kind == "quantity" else None,
        responsible=draw(some(parties)),
        act=draw(maybe(words("acts"))),
        text=text,
        language=draw(maybe(languages)) if text is not None else None,
    )


spans = st.builds(
    lambda start, length, digest: Span(start, start + length, digest),
    st.integers(0, 10**6),
    st.integers(1, 500),
    maybe(digests),
)


@st.composite
def sayings(draw: st.DrawFn) -> Saying:
    statement = draw(maybe(texts))
    return Saying(
        stance=draw(words("stances")),
        cue=draw(maybe(texts)),
        directness=draw(maybe(words("directness"))),
        certainty=draw(maybe(words("certainty"))),
        as_of=draw(maybe(days)),
        as_of_basis=draw(maybe(words("as-of-bases"))),
        statement=statement,
        language=draw(maybe(languages)) if statement is not None else None,
        printed=draw(maybe(texts)),
        span=draw(maybe(spans)),
        note=draw(maybe(texts)),
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    url = draw(maybe(urls))
    return Document(
        key=url or draw(texts),
        identifier=draw(identifiers),
        outlet=draw(actor_ids),
        outlet_country=draw(maybe(texts)),
        outlet_kind=draw(maybe(texts)),
        url=url,
        published=draw(maybe(days)),
        date_basis=draw(maybe(words("date-bases"))),
        language=draw(maybe(languages)),
        genre=draw(maybe(st.sampled_from(["article", "report", "analysis", "statement", "interview"]))),
        text_digest=draw(maybe(digests)),
        note=draw(maybe(texts)),
    )


def unnamed_sources(document: Document) -> st.SearchStrategy[UnnamedSource]:
    mark = "{} (unnamed)".format
    ways = (
        st.tuples(st.lists(names, min_size=1, max_size=3), names.map(mark)).map(lambda way: (*way[0], way[1]))
        | st.tuples(st.just("party"), names.map(mark))
        | st.tuples(st.just("cites"), names.map(mark))
    )
    return ways.map(lambda way: UnnamedSource(document.id, way))


@st.composite
def document_records(draw: st.DrawFn) -> DocumentRecord:
    """A document with its rows; no two rows have the same content."""
    document = draw(documents())
    unnamed = tuple(draw(st.lists(unnamed_sources(document), max_size=3, unique_by=lambda source: source.id)))
    sources = actor_ids | st.sampled_from([source.id for source in unnamed]) if unnamed else actor_ids
    document = Document(**{**fields_of(document), "cites": draw(some(sources))})
    speakers = st.builds(Speaker, sources, maybe(texts))
    reports = st.builds(
        Report,
        document=st.just(document.id),
        chain=st.lists(speakers, min_size=1, max_size=4).map(tuple),
        claim=claims(sources),
        saying=sayings(),
        identifier=texts,
    )
    rows = draw(st.lists(reports, max_size=4, unique_by=lambda report: report.digest))
    return DocumentRecord(document, tuple(rows), unnamed)


def fields_of(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in type(record).__slots__}  # type: ignore[attr-defined]


events = st.builds(
    Event, identifier=identifiers, label=texts, place=maybe(place_ids), start=maybe(days), end=maybe(days)
)
actors = st.builds(
    Actor,
    name=names,
    kind=maybe(st.sampled_from(["person", "monitor", "wire", "newspaper", "armed force"])),
    affiliation=maybe(actor_ids),
    aliases=some(texts),
    gathers=maybe(words("gathering")),
    gathers_basis=maybe(texts),
    party_to=maybe(st.booleans()),
)


@st.composite
def places(draw: st.DrawFn) -> Place:
    where = draw(maybe(st.tuples(st.floats(-90, 90), st.floats(-180, 180))))
    return Place(
        name=draw(names),
        kind=draw(maybe(texts)),
        part_of=draw(maybe(place_ids)),
        lat=where[0] if where else None,
        lon=where[1] if where else None,
        aliases=draw(some(texts)),
        members=draw(some(place_ids)),
        disjoint_with=draw(some(place_ids)),
    )


@st.composite
def concepts(draw: st.DrawFn) -> tuple[Concept, ...]:
    """Concepts that a dossier adds, related to shipped ones and to each other."""
    found = []
    for scheme in ("measures", "populations"):
        own = draw(some(new_words(scheme)))
        others = words(scheme) | st.sampled_from(own) if own else words(scheme)
        found += [
            Concept(scheme, name, draw(some(others)), draw(some(others)), draw(some(texts)), draw(maybe(texts)))
            for name in own
        ]
    assume(len({concept.id for concept in found}) == len(found))
    return tuple(found)


def _unique(values: st.SearchStrategy) -> st.SearchStrategy[tuple]:
    return st.lists(values, max_size=4, unique_by=lambda value: value.id).map(tuple)


@st.composite
def dossier_records(draw: st.DrawFn) -> DossierRecord:
    happened = draw(_unique(events).filter(bool))
    return DossierRecord(
        identifier=draw(identifiers),
        title=draw(texts),
        licence=draw(maybe(texts)),
        editors=draw(some(texts)),
        language=draw(maybe(languages)),
        events=happened,
        actors=draw(_unique(actors)),
        places=draw(_unique(places())),
        concepts=draw(concepts()),
    )
