"""The links of every chain of an event, from the saved question that tells them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from kg import vocab
from kg.lookup import with_prefixes
from kg.store import Store
from kg.terms import IRI, Literal, Term
from kg.views.asking import Ask, Asked, ask_event
from kg.views.network import ChainLink

_ALIASES = "SELECT ?speaker ?alias { ?speaker a prov:Agent ; skos:altLabel ?alias } ORDER BY ?speaker ?alias"
_CLAIM_KINDS = {
    vocab.term(f"kg:{name}Claim"): name.lower()
    for name in ("Quantity", "Event", "Responsibility", "Position", "Commitment")
}


def chain_links(
    ask: Ask, event: IRI, title: str, aliases: Mapping[IRI, Sequence[str]] | None = None
) -> tuple[list[ChainLink], Asked]:
    """One link for every speaker of every chain about the event, by document, row and step, and what was asked."""
    found, asked = ask_event(ask, "event-chains", event)
    rows = (dict(zip(found.columns, row, strict=True)) for row in found.rows)
    return [_link(row, found.labels, aliases or {}, title) for row in rows], asked


def other_names(store: Store) -> dict[IRI, list[str]]:
    """By which other names each source can be found, in any script."""
    aliases: dict[IRI, list[str]] = defaultdict(list)
    for speaker, alias in store.select(with_prefixes(_ALIASES)).rows:
        if isinstance(speaker, IRI):
            aliases[speaker].append(str(alias))
    return aliases


def _link(
    row: dict[str, Term | None], words: Mapping[IRI, str], aliases: Mapping[IRI, Sequence[str]], event: str
) -> ChainLink:
    def text(name: str) -> str | None:
        value = row[name]
        return None if value is None else str(value)

    def iri(name: str) -> IRI | None:
        value = row[name]
        return value if isinstance(value, IRI) else None

    def label(node: IRI | None) -> str | None:
        return None if node is None else words.get(node, node.value)

    def day(name: str) -> dt.date | None:
        value = text(name)
        return dt.date.fromisoformat(value[:10]) if value else None

    def word(name: str, scheme: str) -> str | None:
        concept = vocab.scheme(scheme).of_iri(node) if (node := iri(name)) else None
        return concept.notation if concept else None

    document, speaker, claim, type_ = iri("document"), iri("speaker"), iri("claim"), iri("type")
    if document is None or speaker is None or claim is None or type_ is None:
        raise ValueError(f"a link of a chain without document, speaker or claim: {row}")
    statement = row["statement"]
    return ChainLink(
        row=str(row["row"]),
        document=document,
        document_label=words.get(document, document.value),
        url=text("url"),
        date=day("date"),
        step=int(str(row["step"])),
        speaker=speaker,
        speaker_label=words.get(speaker, speaker.value),
        speaker_kind=str(row["kind"]),
        speaker_aliases=tuple(aliases.get(speaker, ())),
        organisation=iri("organisation"),
        organisation_label=label(iri("organisation")),
        claim=claim,
        claim_label=words.get(claim, claim.value),
        claim_kind=_CLAIM_KINDS[type_],
        event=event,
        place=iri("place"),
        place_label=label(iri("place")),
        statement=text("statement"),
        statement_language=statement.language if isinstance(statement, Literal) else None,
        stance=word("stance", "stances"),
        cue=text("cue"),
        directness=word("directness", "directness"),
        certainty=word("certainty", "certainty"),
        as_of=day("as_of"),
        span_digest=text("span"),
    )
