"""The links of every chain of an event, read from a store."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from kg import vocab
from kg.labels import labels
from kg.lookup import with_prefixes
from kg.store import Store
from kg.terms import IRI, Literal, Term
from kg.views.network import ChainLink

_LINKS = """
SELECT ?row ?document ?url ?date ?step ?speaker ?kind ?organisation ?claim ?type ?place ?statement ?stance ?cue
  ?directness ?certainty ?asOf ?span
WHERE {{
  ?claim kg:event {event} ; a ?type .
  ?last kg:expresses ?claim ; kg:stance ?stance ; kg:inDocument ?document ; dcterms:identifier ?row .
  ?link kg:relays* ?last ; kg:step ?step ; prov:wasAttributedTo ?speaker .
  OPTIONAL {{ ?speaker a kg:UnnamedSource . BIND ("unnamed" AS ?unnamed) }}
  OPTIONAL {{ ?speaker a schema:Person . BIND ("person" AS ?person) }}
  OPTIONAL {{ ?speaker schema:affiliation ?organisation }}
  BIND (COALESCE(?unnamed, ?person, IF(?step = 1, "outlet", "organisation")) AS ?kind)
  OPTIONAL {{ ?document schema:url ?url }}
  OPTIONAL {{ ?document schema:datePublished ?date }}
  OPTIONAL {{ ?claim kg:place ?place }}
  OPTIONAL {{ ?last kg:statement ?statement }}
  OPTIONAL {{ ?last kg:cue ?cue }}
  OPTIONAL {{ ?last kg:directness ?directness }}
  OPTIONAL {{ ?last kg:certainty ?certainty }}
  OPTIONAL {{ ?last prov:generatedAtTime ?asOf }}
  OPTIONAL {{ ?last oa:hasTarget/kg:spanDigest ?span }}
}}
ORDER BY ?document ?row ?step
"""
_ALIASES = "SELECT ?speaker ?alias { ?speaker a prov:Agent ; skos:altLabel ?alias } ORDER BY ?speaker ?alias"
_CLAIM_KINDS = {
    vocab.term(f"kg:{name}Claim"): name.lower()
    for name in ("Quantity", "Event", "Responsibility", "Position", "Commitment")
}


def chain_links(store: Store, event: IRI) -> list[ChainLink]:
    """One link for every speaker of every chain about the event, by document, row and step."""
    found = store.select(with_prefixes(_LINKS.format(event=event.n3)))
    aliases: dict[IRI, list[str]] = defaultdict(list)
    for speaker, alias in store.select(with_prefixes(_ALIASES)).rows:
        if isinstance(speaker, IRI):
            aliases[speaker].append(str(alias))
    words = labels(store, [event, *(term for row in found.rows for term in row)])
    return [_link(dict(zip(found.columns, row, strict=True)), words, aliases, words[event]) for row in found.rows]


def _link(
    row: dict[str, Term | None], words: dict[IRI, str], aliases: Mapping[IRI, list[str]], event: str
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
        as_of=day("asOf"),
        span_digest=text("span"),
    )
