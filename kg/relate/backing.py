"""What stands behind the claims of a block, and behind every "at least n" of its events: one function counts it all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from kg import vocab
from kg.logic.attribution import Backing, together
from kg.logic.figures import Given
from kg.logic.independence import Independence, backed, corroboration_of, independence_of
from kg.logic.retelling import Lost, Said, lost_attributions, unsettled
from kg.logic.stances import Stated
from kg.logic.support import Floor, profiles, supporters
from kg.relate.blocks import Block
from kg.relate.reading import Voice

#: The population that all persons belong to.
EVERYONE = vocab.term("population:people").value


@dataclass(frozen=True, slots=True)
class Support:
    """A claim, how many claims entail it (itself included), and what stands behind all of them."""

    claim: str
    supporters: int
    independence: Independence


@dataclass(frozen=True, slots=True)
class FloorSupport:
    """ "At least n" of an event, how many claims entail it, and what stands behind all of them."""

    floor: Floor
    supporters: int
    independence: Independence


class Backings:
    """What stands behind every affirmed claim of a block, worked out when it is asked for."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._of_claim: dict[str, Backing] = {}
        self._counted: dict[frozenset[str], Independence] = {}

    @cached_property
    def _voices(self) -> Mapping[str, Sequence[Voice]]:
        """The voices of every affirmed claim. Accusations and events stand with the stances, figures with figures.

        Who calls possible what others state does not stand behind it.
        """
        stated: dict[str, list[Voice]] = defaultdict(list)
        possible: dict[str, list[Voice]] = defaultdict(list)
        figures = self._block.figures.items()
        others = (
            (one, voices)
            for one, voices in self._block.stances.items()
            if one.stance == "affirms" and one.kind != "quantity"
        )
        for one, voices in chain[tuple[Given | Stated, tuple[Voice, ...]]](figures, others):
            (possible if one.certainty == "possible" else stated)[one.claim] += voices
        return dict(sorted((possible | stated).items()))

    @cached_property
    def supporters(self) -> Mapping[str, frozenset[str]]:
        """For each claim those that entail it, itself included. Only figures entail one another."""
        entailing = supporters(list(self._block.figures), self._block.orders)
        return {claim: entailing.get(claim, frozenset([claim])) for claim in self._voices}

    def of(self, claim: str) -> Backing:
        if claim not in self._of_claim:
            chains = {voice.way for voice in self._voices[claim]}
            self._of_claim[claim] = backed(chains, self._block.sources)
        return self._of_claim[claim]

    def behind(self, claim: str) -> Backing:
        """The chains of all claims that entail it."""
        return together(self.of(one) for one in self.supporters[claim])

    def support(self, claim: str) -> Support:
        """What stands behind one claim."""
        entailing = self.supporters[claim]
        if entailing not in self._counted:
            self._counted[entailing] = independence_of(self.behind(claim), self._block.sources)
        return Support(claim, len(entailing), self._counted[entailing])

    def supports(self) -> Iterator[Support]:
        return (self.support(claim) for claim in self._voices)

    def floors(self) -> Iterator[FloorSupport]:
        """The support profile of every event of the block, the highest floor of each first."""
        for floor, number, behind in self.profile():
            yield FloorSupport(floor, number, independence_of(behind, self._block.sources))

    def profile(self) -> Iterator[tuple[Floor, int, Backing]]:
        """Every floor with the number of claims that entail it, and the chains of all of them."""
        block = self._block
        for floors in profiles(list(block.figures), block.orders, block.happenings, EVERYONE):
            behind, claims = Backing(), set[str]()
            for floor in floors:
                behind = together([behind, *map(self.of, floor.claims)])
                claims.update(floor.claims)
                yield floor, len(claims), behind

    def lost(self) -> tuple[Lost, ...]:
        """Where an outlet says in its own voice what had only been attributed until then."""
        said = [
            Said(claim, voice.document, voice.published, voice.outlet, voice.chain, voice.assertion, voice.chain[-1])
            for claim, voices in self._voices.items()
            for voice in voices
        ]
        sources = self._block.sources
        return lost_attributions(said, self.supporters, [one for one in sources.known if sources.gathers_own(one)])

    def settled(self, claim: str) -> bool:
        """Whether an origin gave the claim of which no report of the same day has it otherwise, for the same scope."""
        return any((given.claim, given.origin) not in self._unsettled for given in self._givens[claim])

    @cached_property
    def _givens(self) -> Mapping[str, Sequence[Given]]:
        found: dict[str, list[Given]] = defaultdict(list)
        for given in self._block.figures:
            found[given.claim].append(given)
        return found

    @cached_property
    def _unsettled(self) -> Collection[tuple[str, str]]:
        return unsettled(self._block.figures)

    def corroboration(self, a: str, b: str) -> tuple[str, Independence]:
        """What two claims that support each other are, by their origins."""
        return corroboration_of(self.of(a), self.of(b), self._block.sources)
