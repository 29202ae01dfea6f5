"""What a number's life is told from: who gave it, when, on whose word, and what it counted each time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import vocab
from kg.labels import days, figure_words, labels
from kg.lookup import with_prefixes
from kg.store import Store
from kg.terms import IRI, Literal, Term

_GIVEN = """
SELECT ?last ?claim ?document ?identifier ?outlet ?date ?origin ?stance ?certainty ?statement ?printed WHERE {{
  VALUES ?claim {{ {claims} }}
  ?last kg:expresses ?claim ; kg:inDocument ?document ; prov:wasAttributedTo ?source ; kg:stance ?stance ;
    dcterms:identifier ?row .
  ?document dcterms:identifier ?identifier ; schema:publisher ?outlet .
  OPTIONAL {{ ?document schema:datePublished ?date }}
  OPTIONAL {{ ?source a schema:Person ; schema:affiliation ?organisation }}
  BIND (COALESCE(?organisation, ?source) AS ?origin)
  OPTIONAL {{ ?last kg:certainty ?certainty }}
  OPTIONAL {{ ?last kg:statement ?statement }}
  OPTIONAL {{ ?last kg:printedAs ?printed }}
}}
ORDER BY (!BOUND(?date)) ?date ?document ?row
"""
_LINKS = """
SELECT ?last ?speaker WHERE {{
  VALUES ?claim {{ {claims} }}
  ?last kg:expresses ?claim .
  ?link kg:relays* ?last ; kg:step ?step ; prov:wasAttributedTo ?source .
  OPTIONAL {{ ?source a schema:Person ; schema:affiliation ?organisation }}
  BIND (COALESCE(?organisation, ?source) AS ?speaker)
}}
ORDER BY ?last ?step
"""
_FORMS = """
SELECT ?claim ?event ?bound ?measure ?population ?place ?first ?final ?fit ?lower ?upper ?new ?party WHERE {{
  VALUES ?claim {{ {claims} }}
  ?claim kg:bound ?bound ; kg:measure ?measure .
  OPTIONAL {{ ?claim kg:event ?event }}
  OPTIONAL {{ ?claim kg:population ?population }}
  OPTIONAL {{ ?claim kg:place ?place }}
  OPTIONAL {{ ?claim kg:windowStart ?first }}
  OPTIONAL {{ ?claim kg:windowEnd ?final }}
  OPTIONAL {{ ?claim kg:windowFit ?fit }}
  OPTIONAL {{ ?claim schema:minValue ?lower }}
  OPTIONAL {{ ?claim schema:maxValue ?upper }}
  OPTIONAL {{ ?claim kg:increment ?new }}
  OPTIONAL {{ ?claim kg:responsible ?party }}
}}
ORDER BY ?claim ?party
"""
_TOLD_OTHERWISE = """
SELECT DISTINCT ?origin ?other WHERE {{
  VALUES ?claim {{ {claims} }}
  {{ ?relation kg:subject ?claim ; kg:object ?other }} UNION {{ ?relation kg:object ?claim ; kg:subject ?other }}
  VALUES ?kind {{ kg:relaysDifferRelation kg:altersReportOfRelation }}
  ?relation kg:relation ?kind ; kg:subjectOrigin ?origin ; kg:grade ?grade .
  FILTER (?grade != kg:conditional)
  FILTER NOT EXISTS {{ ?relation kg:judgement kg:relationRejected }}
}}
ORDER BY ?origin ?other
"""
_NUMBERS = """
SELECT ?number (COUNT(DISTINCT ?document) AS ?documents) WHERE {{
  {about}
  ?claim schema:minValue|schema:maxValue ?number .
  ?last kg:expresses ?claim ; kg:inDocument ?document .
}}
GROUP BY ?number
"""

_AFFIRMS, _RETRACTS = "affirms", "retracts"


@dataclass(frozen=True, slots=True)
class Giving:
    """One chain of one document that ends in the number. `via` are the sources between the outlet and the origin.

    Persons who speak for an organisation are told as the organisation. `stance` and `certainty` are labels of their
    schemes; `statement` is in the words of the dossier, `printed` the figure as it stood.
    """

    claim: IRI
    document: IRI
    identifier: str
    outlet: IRI
    date: dt.date | None
    origin: IRI
    via: tuple[IRI, ...]
    stance: str
    certainty: str
    statement: str | None
    printed: str | None


@dataclass(frozen=True)
class Life:
    """Every giving of a number, by day of publication, the undated last.

    `forms` say of each claim, in words, what it counts, by these names: event, printed as, measure, population, place,
    days counted, responsible party; None is unstated. `names` has words for every node.
    """

    givings: tuple[Giving, ...]
    forms: Mapping[IRI, Mapping[str, str | None]]
    names: Mapping[IRI, str]

    @property
    def given(self) -> list[Giving]:
        """Those who give the number; the others take it back, deny or doubt it."""
        return [giving for giving in self.givings if giving.stance == _AFFIRMS]

    @property
    def taken_back(self) -> list[Giving]:
        """Those in which an origin takes back what it gave."""
        return [giving for giving in self.givings if giving.stance == _RETRACTS]

    @property
    def doubting(self) -> list[Giving]:
        """Those who deny the number or question it."""
        return [giving for giving in self.givings if giving.stance not in (_AFFIRMS, _RETRACTS)]

    def given_after(self, retraction: Giving) -> list[Giving]:
        """Later documents that give the claim on the word of the origin that had taken it back."""
        day = retraction.date or dt.date.max
        what = retraction.claim, retraction.origin
        return [one for one in self.given if (one.claim, one.origin) == what and one.date and one.date > day]


def life(store: Store, claims: Iterable[IRI]) -> Life:
    """The life of the number that these claims print."""
    values = " ".join(claim.n3 for claim in claims)
    given, links, forms = (_rows(store, query.format(claims=values)) for query in (_GIVEN, _LINKS, _FORMS))
    names = labels(store, (term for row in (*given, *links, *forms) for term in row.values()))
    speakers: dict[Term | None, list[Term | None]] = defaultdict(list)
    for row in links:
        speakers[row["last"]].append(row["speaker"])
    of_claim: dict[IRI, list[Mapping[str, Term | None]]] = defaultdict(list)
    for row in forms:
        of_claim[_iri(row["claim"])].append(row)
    return Life(
        tuple(_giving(row, speakers[row["last"]]) for row in given),
        {claim: _form(rows, names) for claim, rows in of_claim.items()},
        names,
    )


def told_otherwise(store: Store, claims: Iterable[IRI]) -> list[tuple[IRI, IRI]]:
    """(origin, claim): other figures that reports give on the word of the same origin for the same day.

    As far as relations were worked out; what holds only under an assumption is left out, and what a reviewer
    rejected.
    """
    values = " ".join(claim.n3 for claim in claims)
    rows = _rows(store, _TOLD_OTHERWISE.format(claims=values))
    return [(_iri(row["origin"]), _iri(row["other"])) for row in rows]


def printed_numbers(store: Store, event: IRI | None = None) -> Mapping[int, int]:
    """Every printed number, and in how many documents it stands; of one event and those inside it, or of all."""
    about = f"?claim kg:event/sem:subEventOf* {event.n3} ." if event is not None else ""
    rows = _rows(store, _NUMBERS.format(about=about))
    return {int(str(row["number"])): int(str(row["documents"])) for row in rows}


def _giving(row: Mapping[str, Term | None], speakers: Iterable[Term | None]) -> Giving:
    outlet, origin = _iri(row["outlet"]), _iri(row["origin"])
    between = (speaker for speaker in speakers if isinstance(speaker, IRI) and speaker not in (outlet, origin))
    return Giving(
        claim=_iri(row["claim"]),
        document=_iri(row["document"]),
        identifier=str(row["identifier"]),
        outlet=outlet,
        date=_day(row["date"]),
        origin=origin,
        via=tuple(dict.fromkeys(between)),
        stance=_word("stances", row["stance"]) or _AFFIRMS,
        certainty=_word("certainty", row["certainty"]) or "stated",
        statement=_text(row["statement"]),
        printed=_text(row["printed"]),
    )


def _form(rows: Iterable[Mapping[str, Term | None]], names: Mapping[IRI, str]) -> dict[str, str | None]:
    """The parts of a claim in words; its rows differ in the responsible party only."""
    row, *_ = rows = list(rows)
    lower, upper = (int(str(row[end])) if row[end] is not None else None for end in ("lower", "upper"))
    bound = _word("bounds", row["bound"]) or "bare"
    window = days(_day(row["first"]), _day(row["final"]))
    parties = [name for each in rows if (name := _name(each["party"], names))]
    return {
        "event": _name(row["event"], names),
        "printed as": figure_words(bound, lower, upper) + (" more" if row["new"] is not None else ""),
        "measure": _name(row["measure"], names),
        "population": _name(row["population"], names),
        "place": _name(row["place"], names),
        "days counted": f"some days within {window}" if window and row["fit"] is not None else window,
        "responsible party": " and ".join(parties) or None,
    }


def _rows(store: Store, query: str) -> list[Mapping[str, Term | None]]:
    found = store.select(with_prefixes(query))
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def _iri(term: Term | None) -> IRI:
    assert isinstance(term, IRI)
    return term


def _name(term: Term | None, names: Mapping[IRI, str]) -> str | None:
    return names.get(term, term.value) if isinstance(term, IRI) else None


def _word(scheme: str, term: Term | None) -> str | None:
    concept = vocab.scheme(scheme).of_iri(term) if isinstance(term, IRI) else None
    return concept.label if concept else None


def _text(term: Term | None) -> str | None:
    return None if term is None else str(term)


def _day(term: Term | None) -> dt.date | None:
    return dt.date.fromisoformat(term.value[:10]) if isinstance(term, Literal) else None
