"""How a claim stands: who says it, on whose word, and how many of these words are independent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import vocab
from kg.card import Card
from kg.errors import KgError
from kg.terms import IRI, Term
from kg.web.addresses import address
from kg.web.chains import Chain, of_claim
from kg.web.rendering import count
from kg.web.tables import Cell, Table, cell, dicts, names, table
from kg.workspace import Workspace

_NOT_COUNTED = (
    "Counts of origins are worked out for figures, events and accusations that somebody affirms. This claim is none of "
    "them, or nobody here affirms it."
)
# The relations of a claim as the card tells them: each with an id, by which it has a page.
_RELATIONS = "Relations to other claims"


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the four counts. `lower` and `upper` differ where no more than an interval is known."""

    lower: int
    upper: int
    noun: str
    note: str

    @property
    def shown(self) -> str:
        return f"{self.lower:,}" if self.lower == self.upper else f"{self.lower:,} to {self.upper:,}"


@dataclass(frozen=True, slots=True)
class Voices:
    """Everybody who takes one stance to the claim: the ends of the chains, each with its number of documents.

    `words` is the stance as the page says it.
    """

    words: str
    origins: tuple[tuple[Cell, int], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the top of a claim's page says.

    `measures` is empty, and `why_not` says why, where nothing was counted. `verdict` and `meaning` are those of
    kg:verdicts. `cut` are the sources or documents without which nothing stands.
    """

    answer: str
    measures: tuple[Measure, ...]
    verdict: str | None
    meaning: str | None
    cut: tuple[Cell, ...]
    why_not: str | None
    voices: tuple[Voices, ...]
    chains: tuple[Chain, ...]
    relations: Table | None
    questions: Mapping[str, str]


def standing(workspace: Workspace, card: Card, most: int) -> Standing:
    """How the claim of the card stands. `most` is the number of its relations told at most."""
    claim = card.iri
    chains, _ = of_claim(workspace, claim)
    measures, verdict, cut, why_not = _independence(workspace, claim)
    concept = vocab.scheme("verdicts").of_iri(verdict) if isinstance(verdict, IRI) else None
    relations = next((result for heading, result in card.sections if heading == _RELATIONS), None)
    shown = table(workspace, relations, most=most) if relations is not None else None
    asked = {
        name: address(f"/question/{name}", {"claim": claim.value})
        for name in ("who-said", "chain", "independence", "relations")
    }
    return Standing(
        answer=_answer(chains),
        measures=measures,
        verdict=concept.label if concept else None,
        meaning=concept.definition if concept else None,
        cut=cut,
        why_not=why_not,
        voices=tuple(_voices(chains)),
        chains=chains,
        relations=shown,
        questions=asked,
    )


def _answer(chains: Iterable[Chain]) -> str:
    """One sentence: how often it is printed, and on how many words. Stances other than affirming are told apart."""
    affirmed = [chain for chain in chains if chain.stance is None]
    others = Counter(chain.stance for chain in chains if chain.stance is not None)
    if affirmed:
        documents = len({chain.document.href for chain in affirmed})
        said = f"This very claim stands in {count(documents, 'document')}"
    else:
        said = "Nobody here affirms it"
    against = [f"{count(number, 'chain')} where the source {stance} it" for stance, number in sorted(others.items())]
    return (
        said
        + ("; beside that " if against and affirmed else "; there is " if against else "")
        + ", ".join(against)
        + "."
    )


def _voices(chains: Iterable[Chain]) -> Iterable[Voices]:
    by_stance: dict[str, dict[Cell, set[str | None]]] = {}
    for chain in chains:
        documents = by_stance.setdefault(chain.stance or "", {}).setdefault(chain.origin, set())
        documents.add(chain.document.href)
    for stance in sorted(by_stance):
        origins = sorted(by_stance[stance].items(), key=lambda pair: (-len(pair[1]), pair[0].text))
        yield Voices(stance or "on the word of", tuple((origin, len(documents)) for origin, documents in origins))


def _independence(
    workspace: Workspace, claim: IRI
) -> tuple[tuple[Measure, ...], Term | None, tuple[Cell, ...], str | None]:
    try:
        result = workspace.ask("independence", claim=claim.value)
    except KgError as error:
        return (), None, (), f"How many of them are independent is not told: {error}."
    rows = list(dicts(result))
    if not rows:
        return (), None, (), _NOT_COUNTED
    notes = workspace.questions["independence"].column_notes

    def number(name: str) -> int:
        return int(str(rows[0][name]))

    measures = (
        *(
            Measure(
                number(f"{noun}s"),
                number(f"{noun}s"),
                noun if number(f"{noun}s") == 1 else f"{noun}s",
                notes[f"{noun}s"],
            )
            for noun in ("document", "outlet", "origin")
        ),
        Measure(
            number("origins_lower"),
            number("origins_upper"),
            "independent origin" + ("" if number("origins_upper") == 1 else "s"),
            "origins that are known to differ; where that is not known, from the fewest to the most there can be",
        ),
    )
    words = {**names(workspace, (row["cut"] for row in rows)), **result.labels}
    cut = tuple(cell(row["cut"], words, workspace.base) for row in rows if row["cut"] is not None)
    return measures, rows[0]["verdict"], cut, None
