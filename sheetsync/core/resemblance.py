"""Which campaigns a row may mean that names none: proposals, each with what is alike. Never a match.

A partner's campaigns are looked at for a row of that partner, written so or as an alias. Another partner's only where
the row's own partner has no campaign at all, and nearly is the other one by name, under the very same campaign name.
What takes place more than 60 days apart is another edition and is not proposed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sheetsync.core.fields.names import Spelling
from sheetsync.core.model import Place, Record
from sheetsync.core.names import CAMPAIGN_NAME, PARTNER, alike, brands_alike, is_short_for, spelling, words
from sheetsync.core.windows import EDITIONS_APART, Window, gap, window_of

#: more than so many are no help to whoever is asked
PROPOSED = 3


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a campaign, or of what a row means: names as people wrote them, and when."""

    partner: str
    name: str
    window: Window | None
    #: the row that says so
    place: Place

    @classmethod
    def of(cls, record: Record) -> "Profile":
        partner, name = (str(record.value(field) or "") for field in (PARTNER, CAMPAIGN_NAME))
        return cls(partner, name, window_of(record), record.place)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A campaign a row may mean, and what is alike: "same partner, name 92 % alike, days overlap"."""

    campaign: str
    alike: str
    #: the row that lists it; None where none does
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How a campaign is like a partner and name, before anybody looked at the days."""

    campaign: str
    score: int
    what: str
    #: the partner is another one by its letters, so the days have to touch as well
    needs_days: bool = False


class Resemblance:
    """Every campaign there is, ready to be compared with rows; each pair of names is looked up once."""

    def __init__(self, profiles: Iterable[tuple[str, Profile]]) -> None:
        self._of = dict(sorted(profiles))
        self._by_partner: defaultdict[str, list[tuple[str, Spelling, str]]] = defaultdict(list)
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        for campaign, it in self._of.items():
            self._by_name[spelling(CAMPAIGN_NAME, it.name).core].append(campaign)
            partner = spelling(PARTNER, it.partner)
            self._by_partner[partner.core].append((campaign, partner, words(it.name)))
        self._looked_up: dict[tuple[str, str], tuple[_Likeness, ...]] = {}

    def propose(self, record: Record, rejected: Collection[str] = ()) -> tuple[Proposal, ...]:
        """At most three campaigns a row may mean, best first; none of those that a person has ruled out."""
        row = Profile.of(record)
        names = row.partner, row.name
        if names not in self._looked_up:
            self._looked_up[names] = tuple(self._named_like(row))
        likely = [
            (-it.score, EDITIONS_APART if apart is None else apart, it.campaign, it.what)
            for it in self._looked_up[names]
            if it.campaign not in rejected
            and ((apart := gap(row.window, self._of[it.campaign].window)) is not None or not it.needs_days)
            and (apart or 0) <= EDITIONS_APART
        ]
        return tuple(self._proposal(campaign, [what], row) for _, _, campaign, what in sorted(likely)[:PROPOSED])

    def explain(self, record: Record, campaigns: Iterable[str], what: str) -> tuple[Proposal, ...]:
        """Campaigns a row may mean for another reason (`what`), in their order, with what else is alike or is not."""
        row = Profile.of(record)
        return tuple(self._proposal(it, [what, *self._names_told(it, row)], row) for it in campaigns)

    def _named_like(self, row: Profile) -> Iterator[_Likeness]:
        same_name = self._by_name.get(spelling(CAMPAIGN_NAME, row.name).core, []) if row.name else []
        if not row.partner:
            yield from (_Likeness(it, 100, "same name") for it in same_name)
            return
        own = spelling(PARTNER, row.partner)
        of_partner = [it for it in self._by_partner.get(own.core, []) if own.may_be(it[1])]
        if of_partner:
            scores = alike(words(row.name), [name for *_, name in of_partner]) if row.name else {}
            for at, score in scores.items():
                campaign = of_partner[at][0]
                same = campaign in same_name
                told = "same name" if same else f"name {score} % alike"
                yield _Likeness(campaign, 100 if same else score, f"same partner, {told}")
            return
        for campaign in same_name:
            other = self._of[campaign].partner
            if score := brands_alike(row.partner, other):
                yield _Likeness(campaign, score, f"partner {score} % alike, same name", needs_days=True)
            elif is_short_for(row.partner, other) or is_short_for(other, row.partner):
                yield _Likeness(campaign, 0, "partner may be short for the other, same name", needs_days=True)

    def _is_of(self, campaign: str, row: Profile) -> bool:
        return spelling(PARTNER, row.partner).may_be(spelling(PARTNER, self._of[campaign].partner))

    def _names_told(self, campaign: str, row: Profile) -> Iterator[str]:
        known = self._of.get(campaign)
        if known is None:
            return
        if row.partner and known.partner:
            yield "same partner" if self._is_of(campaign, row) else "another partner"
        if row.name and known.name:
            same = spelling(CAMPAIGN_NAME, row.name) == spelling(CAMPAIGN_NAME, known.name)
            score = alike(words(row.name), [words(known.name)]).get(0)
            yield "same name" if same else f"name {score} % alike" if score else "another name"

    def _proposal(self, campaign: str, what: list[str], row: Profile) -> Proposal:
        known = self._of.get(campaign)
        if known is None:
            return Proposal(campaign, ", ".join(what))
        apart = gap(row.window, known.window)
        days = [] if apart is None else ["days overlap"] if not apart else [f"{apart} day{'s' * (apart != 1)} apart"]
        return Proposal(campaign, ", ".join([*what, *days]), known.place)
