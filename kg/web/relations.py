"""What a relation between claims is called: the rows that say them, what they are to each other, and the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg import vocab
from kg.card import Card
from kg.results import Result
from kg.terms import IRI
from kg.web.tables import asked, dicts, names
from kg.workspace import Workspace

# What the first claim does to the second, where the label of the kind alone makes no sentence.
_VERBS: Mapping[str, str] = {
    "agrees": "agrees with",
    "competes": "competes with",
    "conflictSet": "cannot all be so",
    "relaysDiffer": "is relayed otherwise in",
    "rivals": "only seems to contradict",
    "sameFigure": "gives the same figure as",
}
_SAYING = "Who says so"
_CLAIMS = """SELECT ?relation ?grade ?side ?claim WHERE {{
  {node} kg:relation ?relation ; kg:grade ?grade .
  VALUES (?role ?side) {{
    (kg:subject "first") (kg:object "second") (kg:member "member") (kg:part "part") (kg:whole "whole")
  }}
  {node} ?role ?claim
}} ORDER BY ?side ?claim"""
# Letters of one claim's words in a title.
_MOST = 60


def relation_title(workspace: Workspace, card: Card) -> tuple[str, str]:
    """A short title ("A34-5 agrees with A33-3: nearly 1,000 people killed; about 1,000 people killed"), and the grade.

    Rows stand for claims; where several rows make a claim, the one of the oldest document stands for them.
    """
    rows = list(dicts(asked(workspace, _CLAIMS, node=card.iri.n3)))
    if not rows:
        return card.title, ""
    claims: dict[str, list[IRI]] = {}
    for row in rows:
        if isinstance(row["claim"], IRI):
            claims.setdefault(str(row["side"]), []).append(row["claim"])
    relation, grade = rows[0]["relation"], rows[0]["grade"]
    kind = vocab.scheme("relation-kinds").of_iri(relation) if isinstance(relation, IRI) else None
    verb = _VERBS.get(kind.notation, kind.label) if kind else "relates to"
    said = {side: _rows_of(card.sections, side) for side in claims}
    words = names(workspace, (claim for found in claims.values() for claim in found))
    figures = [_short(words.get(claim, "")) for side in _ORDER for claim in claims.get(side, ())]
    told = "; ".join(dict.fromkeys(figure for figure in figures if figure))
    title = _sentence(verb, said)
    known = vocab.scheme("grades").of_iri(grade) if isinstance(grade, IRI) else None
    return (f"{title}: {told}" if title and told else title or card.title), known.label if known else ""


_ORDER = ("first", "second", "member", "part", "whole")


def _sentence(verb: str, said: Mapping[str, Sequence[str]]) -> str:
    """The rows with the verb between them; "" where it is not known which rows say a side."""
    if not all(said.values()):
        return ""
    if "member" in said:
        return f"{_and(said['member'])} {verb}"
    if "whole" in said:
        return f"{_and(said['part'])} {verb.replace('fails', 'fail').replace('sums', 'sum')} {said['whole'][0]}"
    return f"{said['first'][0]} {verb} {said['second'][0]}"


def _rows_of(sections: Iterable[tuple[str, Result]], side: str) -> list[str]:
    """The rows of one side, the oldest document first."""
    saying = next((result for heading, result in sections if heading == _SAYING), None)
    rows = dicts(saying) if saying is not None else ()
    return list(dict.fromkeys(str(row["row"]) for row in rows if str(row["of"]) == side))


def _and(rows: Sequence[str]) -> str:
    return rows[0] if len(rows) == 1 else f"{', '.join(rows[:-1])} and {rows[-1]}"


def _short(words: str) -> str:
    """The figure of a claim without its place and days, or the beginning of a statement."""
    figure = words.partition(", ")[0]
    return figure if len(figure) <= _MOST else figure[:_MOST].rpartition(" ")[0] + " …"
