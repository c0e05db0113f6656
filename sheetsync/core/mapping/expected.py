"""What a field's column holds: the profile must agree with the header, or the header is not believed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sheetsync.core.mapping.profile import Profile, Trait


class Fit(IntEnum):
    """How a column's values agree with a field, from worst to best."""

    NO = 0
    #: nothing stands there that could say
    EMPTY = 1
    #: nothing speaks for it and nothing against it
    MAYBE = 2
    YES = 3


@dataclass(frozen=True, slots=True)
class _Values:
    """What speaks for a field (`yes`), what must not be wholly absent (`needs`), and what contradicts (`never`)."""

    yes: frozenset[Trait] = frozenset()
    needs: frozenset[Trait] = frozenset()
    never: frozenset[Trait] = frozenset()


#: what one half of the different values are, the column is
_HALF: Final = 0.5
#: a contradiction is more than a handful of cells in the wrong column
_MOST: Final = 0.6
#: less than this is a handful of cells
_FEW: Final = 0.2

_PLAIN: Final = frozenset({Trait.DAY, Trait.URL, Trait.CHECKBOX, Trait.MONEY})


def _values(yes: Iterable[Trait] = (), needs: Iterable[Trait] = (), never: Iterable[Trait] = ()) -> _Values:
    return _Values(frozenset(yes), frozenset(needs), frozenset(never))


_DAYS = _values(
    yes=(Trait.DAY,),
    needs=(Trait.TIME,),
    never=(Trait.NUMBER, Trait.MONEY, Trait.CHECKBOX, Trait.URL, Trait.STATUS, Trait.PERCENT),
)
_AMOUNTS = _values(
    yes=(Trait.MONEY,), needs=(Trait.MONEY, Trait.NUMBER), never=(Trait.PERCENT, Trait.DAY, Trait.URL, Trait.CHECKBOX)
)
_CODES = _values(
    yes=(Trait.CODE, Trait.NUMBER), never=(Trait.URL, Trait.PROSE, Trait.DAY, Trait.CHECKBOX, Trait.PERCENT)
)
_URLS = _values(yes=(Trait.URL,), needs=(Trait.URL,))
_WORDS = _values(yes=(Trait.WORDS,), never=(*_PLAIN, Trait.NUMBER, Trait.PERCENT))
_CHOICE = (*_PLAIN, Trait.NUMBER, Trait.PERCENT)
_TAGS = _values(yes=(Trait.WORDS, Trait.CODE), never=(Trait.URL, Trait.DAY, Trait.CHECKBOX, Trait.PROSE))
_STATUSES = _values(yes=(Trait.STATUS,), never=_CHOICE)
_ANYTHING = _values(yes=Trait)

_EXPECTED: Final = {
    "campaign_id": _CODES,
    "campaign_name": _WORDS,
    "partner": _values(yes=(Trait.WORDS,), never=(*_WORDS.never, Trait.STATUS)),
    "campaign_status": _STATUSES,
    "placement_status": _STATUSES,
    "page_status": _STATUSES,
    "flight_start": _DAYS,
    "flight_end": _DAYS,
    "asset_due": _DAYS,
    "send_time": _values(yes=(Trait.CLOCK, Trait.DAY), needs=_DAYS.needs, never=_DAYS.never),
    "offer": _values(yes=(Trait.OFFER, Trait.PERCENT), never=(Trait.DAY, Trait.URL, Trait.CHECKBOX, Trait.STATUS)),
    "price": _AMOUNTS,
    "budget": _AMOUNTS,
    "placement_budget": _AMOUNTS,
    "promo_code": _CODES,
    "legal_line": _values(yes=(Trait.WORDS, Trait.PROSE), never=(Trait.DAY, Trait.CHECKBOX, Trait.MONEY)),
    "landing_page": _URLS,
    "tracking_url": _URLS,
    "brand_approval": _ANYTHING,
    "legal_approval": _ANYTHING,
    "notes": _ANYTHING,
    "kpi": _ANYTHING,
    "owner_person": _values(yes=(Trait.PERSON,), never=(*_CHOICE, Trait.STATUS, Trait.PROSE)),
    "channel": _values(yes=(Trait.CHANNEL,), never=(*_CHOICE, Trait.STATUS)),
    "platform": _values(yes=(Trait.PLATFORM,), never=(*_CHOICE, Trait.STATUS)),
    "slot": _values(yes=(Trait.WORDS, Trait.CODE), never=(*_PLAIN, Trait.STATUS)),
    "subject": _WORDS,
    "creative": _values(yes=(Trait.WORDS, Trait.CODE), never=(Trait.DAY, Trait.CHECKBOX)),
    "utm_source": _values(yes=(Trait.SOURCE,), never=(*_CHOICE, Trait.PROSE)),
    "utm_medium": _values(yes=(Trait.MEDIUM,), never=(*_CHOICE, Trait.PROSE)),
    "utm_campaign": _TAGS,
    "utm_content": _TAGS,
    "utm_id": _CODES,
    "region": _values(yes=(Trait.WORDS, Trait.CODE), never=(*_CHOICE,)),
    "audience": _values(yes=(Trait.WORDS, Trait.CODE), never=_PLAIN),
}

#: of two vocabularies that share words, the one whose words they plainly are
_RATHER: Final = {
    "utm_source": (Trait.SOURCE, Trait.MEDIUM),
    "utm_medium": (Trait.MEDIUM, Trait.SOURCE),
    "channel": (Trait.CHANNEL, Trait.PLATFORM),
    "platform": (Trait.PLATFORM, Trait.CHANNEL),
}


def fit(name: str, values: Profile) -> Fit:
    """How a column's values agree with a field; a field nobody here knows (a team's own) may hold anything."""
    expected = _EXPECTED.get(name, _ANYTHING)
    if not values.told:
        return Fit.EMPTY
    if name in _RATHER:
        own, other = (values.share(trait) for trait in _RATHER[name])
        if other >= _MOST and own < other / 2:
            return Fit.NO
    if any(values.share(trait) >= _HALF for trait in expected.yes):
        return Fit.YES
    if expected.needs and all(values.share(trait) < _FEW for trait in expected.needs):
        return Fit.NO
    return Fit.NO if any(values.share(trait) >= _MOST for trait in expected.never) else Fit.MAYBE


def speaks_for(name: str, values: Profile) -> Trait | None:
    """What most of a column's values are that speaks for the field; None for fields that may hold any words."""
    telling = [
        trait
        for trait in Trait
        if trait in _EXPECTED.get(name, _ANYTHING).yes and trait not in (Trait.WORDS, Trait.PROSE)
    ]
    best = max(telling, key=values.share, default=None)
    return best if best is not None and len(telling) < len(Trait) // 2 and values.share(best) > 0 else None


def kind(values: Profile) -> Trait | None:
    """What most values of a column are, whatever stands above it; the most telling first."""
    telling = (
        Trait.URL,
        Trait.CHECKBOX,
        Trait.DAY,
        Trait.STATUS,
        Trait.PERCENT,
        Trait.CHANNEL,
        Trait.PLATFORM,
        Trait.NUMBER,
        Trait.MONEY,
        Trait.CODE,
        Trait.PERSON,
        Trait.WORDS,
    )
    return next((trait for trait in telling if values.share(trait) >= _MOST), None)
