"""Through whose hands a claim came: outlet → quoted source → origin, as pages draw it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg import vocab
from kg.results import Result
from kg.terms import IRI, Literal, Term
from kg.web.tables import Cell, asked, cell, dicts, names
from kg.workspace import Workspace

# `{about}` binds ?last, the end of each chain that is wanted.
_LINKS = """SELECT ?row ?document ?date ?step ?speaker ?claim ?stance ?statement ?printed ?cue ?directness ?certainty
WHERE {{
  {about}
  ?last kg:expresses ?claim ; kg:inDocument ?document ; kg:stance ?stance ; dcterms:identifier ?row .
  ?link kg:relays* ?last ; kg:step ?step ; prov:wasAttributedTo ?speaker .
  OPTIONAL {{ ?last kg:statement ?statement }}
  OPTIONAL {{ ?last kg:printedAs ?printed }}
  OPTIONAL {{ ?last kg:cue ?cue }}
  OPTIONAL {{ ?last kg:directness ?directness }}
  OPTIONAL {{ ?last kg:certainty ?certainty }}
  OPTIONAL {{ ?document schema:datePublished ?date }}
}} ORDER BY (!BOUND(?date)) ?date ?document ?row ?last ?step"""


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain of one document: the speakers from the outlet to the origin, and what the last one says.

    `stance` is None where the origin affirms the claim. `how` holds the cue and what else is known of the last link.
    """

    row: str
    document: Cell
    date: str | None
    speakers: tuple[Cell, ...]
    claim: Cell
    stance: str | None
    statement: str | None
    language: str | None
    printed: str | None
    how: str

    @property
    def origin(self) -> Cell:
        return self.speakers[-1]


def of_claim(workspace: Workspace, claim: IRI) -> tuple[tuple[Chain, ...], str]:
    """Every chain that ends in the claim, the oldest document first, and the query that told them."""
    return _chains(workspace, f"?last kg:expresses {claim.n3} .")


def of_document(workspace: Workspace, document: IRI) -> tuple[tuple[Chain, ...], str]:
    """Every chain of the document in the order of its rows, and the query that told them."""
    found, query = _chains(workspace, f"?last kg:inDocument {document.n3} ; kg:expresses ?any .")
    return tuple(sorted(found, key=lambda chain: _counting(chain.row))), query


def _chains(workspace: Workspace, about: str) -> tuple[tuple[Chain, ...], str]:
    found = asked(workspace, _LINKS, about=about)
    return tuple(_read(workspace, found)), found.query


def _read(workspace: Workspace, found: Result) -> Iterator[Chain]:
    words = names(workspace, (value for row in found.rows for value in row))
    links = list(dicts(found))
    for number, link in enumerate(links):
        following = links[number + 1] if number + 1 < len(links) else None
        if following is not None and str(following["step"]) != "1":
            continue  # not the last link of its chain yet
        first = number - int(str(link["step"])) + 1
        stance = _notation(link["stance"], "stances")
        told = [
            _text(link["cue"]),
            _notation(link["directness"], "directness"),
            _notation(link["certainty"], "certainty"),
        ]
        statement = link["statement"]

        def shown(value: Term | None) -> Cell:
            return cell(value, words, workspace.base)

        yield Chain(
            row=str(link["row"]),
            document=shown(link["document"]),
            date=_text(link["date"]),
            speakers=tuple(shown(one["speaker"]) for one in links[first : number + 1]),
            claim=shown(link["claim"]),
            stance=None if stance == "affirms" else stance,
            statement=_text(statement),
            language=statement.language if isinstance(statement, Literal) else None,
            printed=_text(link["printed"]),
            how=", ".join(word for word in told if word and word != "stated"),
        )


def _counting(row: str) -> list[tuple[int, str]]:
    """Orders rows as people count: A15-2 before A15-10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", row)]


def _text(value: Term | None) -> str | None:
    return None if value is None else str(value)


def _notation(value: Term | None, scheme: str) -> str | None:
    concept = vocab.scheme(scheme).of_iri(value) if isinstance(value, IRI) else None
    return concept.label if concept else _text(value)
