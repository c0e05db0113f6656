"""What the rows of a table are, and which fields address one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

from sheetsync.core.campaigns import fold_key
from sheetsync.core.model import Cell, Entity, Tab
from sheetsync.core.tables import Table

#: a campaign has one of these per place it runs in
_OF_A_PLACEMENT: Final = frozenset(
    {
        *("slot", "subject", "send_time", "placement_status", "placement_budget"),
        *("utm_source", "utm_medium", "utm_content"),
    }
)
#: these may as well be told once per campaign
_PERHAPS_OF_A_PLACEMENT: Final = (
    "channel",
    "creative",
    "platform",
    "audience",
    "tracking_url",
    "utm_id",
    "asset_due",
)
#: what is agreed once per campaign
_OF_A_CAMPAIGN: Final = frozenset(
    {
        *("campaign_status", "flight_start", "flight_end", "offer", "price", "promo_code", "legal_line", "budget"),
        *("landing_page", "page_status", "brand_approval", "legal_approval"),
    }
)
_NAMES_A_CAMPAIGN: Final = (
    ("campaign_id",),
    ("partner", "campaign_name"),
    ("campaign_name",),
    ("utm_campaign",),
    ("partner",),
)
_TELLS_PLACEMENTS: Final = (
    "channel",
    "slot",
    "subject",
    "creative",
    "send_time",
    "platform",
    "utm_content",
    "utm_source",
    "audience",
)
#: an id that addresses nearly every row is the key, and what it lacks is told row by row
_NEARLY: Final = 0.8

_IN_KEYS: Final = frozenset(
    (*(name for names in _NAMES_A_CAMPAIGN for name in names), *_TELLS_PLACEMENTS, *_PERHAPS_OF_A_PLACEMENT)
)

Texts = Mapping[str, Sequence[str]]
"""Field -> what each data row says, folded; a merged cell says it in every row it covers."""


def texts_of(tab: Tab, table: Table, columns: Mapping[str, int]) -> Texts:
    """What the mapped columns say in the table's data rows."""
    spanned = {
        (row, column): tab.cell(block.top, block.left)
        for block in tab.merges
        for row in range(block.top, block.bottom)
        for column in range(block.left, block.right)
    }

    def said(row: int, column: int) -> str:
        cell: Cell = spanned.get((row, column)) or tab.cell(row, column)
        return fold_key(cell.shown)

    rows = table.data_rows
    return {name: [said(row, column) for row in rows] for name, column in columns.items() if name in _IN_KEYS}


def rows_are(fields: frozenset[str], texts: Texts) -> Entity:
    """Placements where the table speaks of slots or sends, or has several rows a campaign, told by channel or such."""
    if fields & _OF_A_PLACEMENT:
        return Entity.PLACEMENT
    perhaps = [name for name in _PERHAPS_OF_A_PLACEMENT if name in fields]
    if not perhaps:
        return Entity.CAMPAIGN
    if not fields & _OF_A_CAMPAIGN and {"channel", "creative", "platform"} & set(perhaps):
        return Entity.PLACEMENT
    name = next((names for names in _NAMES_A_CAMPAIGN if set(names) <= texts.keys()), None)
    if name is None:
        return Entity.PLACEMENT if "channel" in perhaps else Entity.CAMPAIGN
    told = [name for name in perhaps if name in texts]
    return Entity.PLACEMENT if _repeats(name, texts) and _are_told_apart(name, told, texts) else Entity.CAMPAIGN


def _repeats(names: Sequence[str], texts: Texts) -> bool:
    rows = [row for row in zip(*(texts[name] for name in names), strict=True) if any(row)]
    return len(set(rows)) < len(rows)


def _are_told_apart(names: Sequence[str], told: Sequence[str], texts: Texts) -> bool:
    """Does each row name its campaign, and say of where it runs what no other row of that campaign says?"""
    named = list(zip(*(texts[name] for name in names), strict=True))
    where = list(zip(*(texts[name] for name in told), strict=True))
    rows = list(zip(named, where, strict=True))
    return all(map(all, named)) and all(map(any, where)) and len(set(rows)) == len(rows)


def _addresses(names: Sequence[str], texts: Texts) -> float:
    """Which share of the rows these fields address: filled, and not said by another row."""
    rows = list(zip(*(texts[name] for name in names), strict=True))
    times = Counter(row for row in rows if all(row))
    return sum(count == 1 for count in times.values()) / len(rows) if rows else 0.0


def key_of(entity: Entity, texts: Texts, merged: frozenset[str]) -> tuple[str, ...]:
    """The fields that address a row: unique, filled and free of merged cells; empty where none are."""
    candidates = [names for names in _candidates(entity) if all(name in texts and name not in merged for name in names)]
    scores = {names: _addresses(names, texts) for names in candidates}
    nearly = [names for names in candidates if scores[names] >= _NEARLY]
    by_id = [names for names in nearly if "campaign_id" in names]
    # Only an id may lack or repeat a row or two: names that do so are no key.
    for names in (*by_id, *nearly):
        if scores[names] == 1:
            return names
    return next(iter(by_id), ())


def _candidates(entity: Entity) -> Sequence[tuple[str, ...]]:
    """A placement's key is its campaign's and what tells it from the campaign's other placements."""
    if entity is Entity.CAMPAIGN:
        return _NAMES_A_CAMPAIGN
    beside = [("channel", "slot"), *((name,) for name in _TELLS_PLACEMENTS), *combinations(_TELLS_PLACEMENTS, 2)]
    placements = [(*name, *told) for told in beside for name in _NAMES_A_CAMPAIGN]
    return [*placements, ("tracking_url",), ("utm_id",), ("subject",), ("slot", "send_time"), ("campaign_id",)]
