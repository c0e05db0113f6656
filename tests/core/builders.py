"""Builders of the core's own frozen values: cells, tabs, one small company's rules, and rows that say what you want.

Nothing is faked. A cycle here is the real one from records to decisions, without doors to the world.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sheetsync.core.contracts import compare
from sheetsync.core.decide import Decisions, decide
from sheetsync.core.fields import Field, field_type
from sheetsync.core.graph import Handoff, Mode, Rules, SheetTab, Source, Table
from sheetsync.core.lookup import spilling_lookup
from sheetsync.core.making import Past
from sheetsync.core.match import Matched, match
from sheetsync.core.model import (
    BLANK,
    Block,
    Cell,
    Claim,
    Entity,
    Format,
    Money,
    Offer,
    OfferKind,
    Parsed,
    Place,
    Problem,
    ProblemKind,
    Record,
    Snapshot,
    Tab,
    Value,
)
from sheetsync.core.normalize import normalize
from sheetsync.core.tables import NoTable
from sheetsync.core.terms import Contract, Severity
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.truth import Truths

Typed = str | float | bool | Cell | None

TODAY = date(2026, 11, 1)

# ---------------------------------------------------------------- cells and tabs


def cell(typed: Typed) -> Cell:
    """What stands in the sheet after somebody typed this."""
    if isinstance(typed, Cell):
        return typed
    if typed is None or typed == "":
        return BLANK
    if isinstance(typed, bool):
        return Cell(typed, str(typed).upper())
    return Cell(typed, typed if isinstance(typed, str) else f"{typed:g}")


def day(of: date, shown: str = "") -> Cell:
    """A real date, however it is shown."""
    serial = float((of - date(1899, 12, 30)).days)
    return Cell(serial, shown or of.isoformat(), Format.DATE, "yyyy-mm-dd")


def ours(header: str, shown: str | None = None) -> Cell:
    """The header cell of a managed column."""
    formula = spilling_lookup(header, "briefs", ((0, "Ref"),), "sheetsync", 1)
    return Cell(header, header if shown is None else shown, formula=formula)


def tab(*rows: Sequence[Typed], merges: Sequence[tuple[int, int, int, int]] = ()) -> Tab:
    """A tab from A1; merges are (top, left, bottom, right), half open."""
    cells = tuple(tuple(map(cell, row)) for row in rows)
    blocks = tuple(Block(*block) for block in merges)
    return Tab(7, "Tab", cells, len(cells) + 10, max(map(len, cells), default=0) + 3, blocks)


# ---------------------------------------------------------------- one company

_CHANNELS = {"email": ("E-Mail",), "paid_social": ("Paid Social",), "paid_search": ("SEA",)}
_SOURCES = {"newsletter": ("NL",), "facebook": ("FB",)}
_STATES = {"planned": ("Geplant",), "live": ("Live", "Online")}


def _fields() -> dict[str, Field]:
    campaign, placement = Entity.CAMPAIGN, Entity.PLACEMENT
    kinds: list[tuple[str, str, str, Entity, Mapping[str, tuple[str, ...]] | None]] = [
        ("campaign_id", "Campaign ID", "code", campaign, None),
        ("campaign_name", "Campaign", "text", campaign, None),
        ("partner", "Partner", "text", campaign, None),
        ("flight_start", "Flight start", "day", campaign, None),
        ("flight_end", "Flight end", "day", campaign, None),
        ("offer", "Offer", "offer", campaign, None),
        ("promo_code", "Promo code", "code", campaign, None),
        ("budget", "Budget", "money", campaign, None),
        ("notes", "Notes", "text", campaign, None),
        ("approved_on", "Approved on", "day", campaign, None),
        ("legal_line", "Legal line", "text", campaign, None),
        ("landing_page", "Landing page", "url", campaign, None),
        ("utm_campaign", "utm_campaign", "text", campaign, None),
        ("channel", "Channel", "choice", placement, _CHANNELS),
        ("slot", "Placement", "text", placement, None),
        ("placement_status", "Placement status", "choice", placement, _STATES),
        ("utm_source", "utm_source", "choice", placement, _SOURCES),
        ("utm_medium", "utm_medium", "text", placement, None),
        ("utm_content", "utm_content", "text", placement, None),
        ("utm_id", "utm_id", "text", placement, None),
        ("tracking_url", "Tracking URL", "url", placement, None),
    ]
    human = {"budget", "notes", "approved_on"}
    return {
        name: Field(name, label, of, field_type(kind, words), name in human) for name, label, kind, of, words in kinds
    }


def _source(name: str, title: str, columns: Mapping[str, str], **more: Any) -> Source:
    given: dict[str, Any] = {
        "location": SheetTab(f"sheet of {name}", 7),
        "rows_are": Entity.CAMPAIGN,
        "key": ("campaign_id",),
        "match": (("campaign_id",), ("partner", "campaign_name")),
        "mode": Mode.COLUMNS,
    }
    return Source(
        name=name, title=title, team=title, columns={field: (text,) for field, text in columns.items()}, **given | more
    )


BRIEFS = _source(
    "briefs",
    "Partner briefs",
    {
        "partner": "Partner",
        "campaign_id": "Campaign ID",
        "campaign_name": "Campaign",
        "flight_start": "Starts",
        "flight_end": "Ends",
        "offer": "Offer",
        "promo_code": "Promo code",
        "budget": "Budget",
        "approved_on": "Approved on",
        "notes": "Notes",
    },
    generated=("campaign_id",),
)
LANDING = _source(
    "landing",
    "Landing pages",
    {
        "campaign_id": "Kampagnen-Nr.",
        "campaign_name": "Kampagne",
        "partner": "Marke",
        "landing_page": "Zielseite",
        "flight_start": "Start",
        "flight_end": "Ende",
        "promo_code": "Gutscheincode",
        "offer": "Angebot",
        "legal_line": "Rechtstext",
    },
)
UTM = _source(
    "utm",
    "UTM builder",
    {
        "campaign_id": "Campaign ID",
        "partner": "Brand",
        "campaign_name": "Campaign",
        "channel": "Channel",
        "slot": "Placement",
        "utm_source": "Source",
        "utm_medium": "Medium",
        "flight_start": "Live from",
        "flight_end": "Live to",
        "legal_line": "Legal line",
        "placement_status": "Link status",
        "tracking_url": "Tracking URL",
    },
    rows_are=Entity.PLACEMENT,
    key=("campaign_id", "channel", "slot"),
    generated=("tracking_url",),
)
OFFICIAL = _source(
    "official",
    "Campaign register",
    {
        "campaign_id": "campaign_id",
        "campaign_name": "name",
        "partner": "partner",
        "flight_start": "starts_on",
        "flight_end": "ends_on",
        "offer": "offer",
        "promo_code": "promo_code",
        "budget": "budget",
    },
    location=Table("campaigns"),
    mode=Mode.OBSERVE,
    match=(("campaign_id",),),
)

_ON_OFFER = ("campaign_name", "partner", "flight_start", "flight_end", "offer", "promo_code")
_ON_FLIGHT = ("campaign_name", "partner", "flight_start", "flight_end")


def _equal(*names: str) -> dict[str, Contract]:
    return dict.fromkeys(names, Contract.EQUAL)


RULES = Rules(
    fields=_fields(),
    sources={source.name: source for source in (BRIEFS, LANDING, UTM, OFFICIAL)},
    owners={
        "campaign_id": "official",
        **dict.fromkeys((*_ON_OFFER, "budget"), "briefs"),
        "landing_page": "landing",
        **dict.fromkeys(("channel", "slot", "utm_source", "placement_status"), "utm"),
    },
    handoffs=(
        Handoff("briefs", "official", _equal(*_ON_OFFER, "budget")),
        Handoff("briefs", "landing", _equal(*_ON_OFFER)),
        Handoff("briefs", "utm", _equal(*_ON_FLIGHT)),
        Handoff(
            "landing",
            "utm",
            {"legal_line": Contract.EQUAL, "tracking_url": Contract.GENERATED, "utm_medium": Contract.GENERATED},
        ),
    ),
    aliases={"partner": {"Harlow & Finch": ("H&F", "Harlow Finch Ltd.")}},
    severities={"flight_end": Severity.HIGH, "tracking_url": Severity.HIGH},
    templates={
        "campaign_id": "NL-{number:04d}",
        "utm_campaign": "{flight_start:%Y%m}_{partner}_{campaign_name}",
        "utm_content": "{slot}",
        "utm_id": "{campaign_id}",
        "utm_medium": "by_channel",
        "tracking_url": "by_tracking",
    },
    tracking=TrackingRules(
        ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_id"), ("www.northlight.example",)
    ),
    media={"email": "email", "paid_social": "paid_social", "paid_search": "cpc"},
    season=date(2026, 12, 1),
)


def rules(**changes: Any) -> Rules:
    """The company's rules with some settings changed."""
    return replace(RULES, **changes)


def source(of: str, **changes: Any) -> Rules:
    """The company's rules with one source changed."""
    return rules(sources={**RULES.sources, of: replace(RULES.sources[of], **changes)})


# ---------------------------------------------------------------- rows that say what you want

UNREADABLE = Problem(ProblemKind.UNREADABLE, "'#REF!' is an error of the sheet")
AMBIGUOUS = Problem(ProblemKind.AMBIGUOUS, "'x' can be read as more than one", ("a", "b"))

CAMPAIGN: Mapping[str, Value] = {
    "campaign_id": "NL-1001",
    "partner": "Harlow & Finch",
    "campaign_name": "Cyber Week",
    "flight_start": date(2026, 11, 16),
    "flight_end": date(2026, 11, 30),
    "offer": Offer(OfferKind.PERCENT_OFF, Decimal(20)),
    "promo_code": "FINCH20",
    "budget": Money(Decimal(8000), "USD"),
    "landing_page": "https://www.northlight.example/cyber?lang=en",
    "channel": "email",
    "slot": "Hero banner",
    "utm_source": "newsletter",
}
PLACEMENT = "NL-1001 / email / hero-banner"
TRACKING_URL = (
    "https://www.northlight.example/cyber?lang=en&utm_source=newsletter&utm_medium=email"
    "&utm_campaign=202611_harlow-and-finch_cyber-week&utm_content=hero-banner&utm_id=nl-1001"
)


def place(source: str, row: int | None = None, column: int | None = None, column_name: str = "") -> Place:
    of = RULES.sources[source]
    sheet = of.location.spreadsheet if isinstance(of.location, SheetTab) else of.location.name
    return Place(source, sheet, of.title, 7 if isinstance(of.location, SheetTab) else None, row, column, column_name)


def record(source: str, row: int, **said: Parsed) -> Record:
    """A row of a source that says exactly this; the source's other fields are blank."""
    claims = {
        name: _claim(source, row, column, name, said.get(name))
        for column, name in enumerate(RULES.sources[source].columns)
    }
    key = RULES.sources[source].key
    return Record(source, claims[key[0]].place, claims, tuple(claims[name].raw for name in key))


def _claim(source: str, row: int, column: int, name: str, parsed: Parsed) -> Claim:
    raw = "?!" if isinstance(parsed, Problem) else "" if parsed is None else RULES.fields[name].type.format(parsed)
    return Claim(name, parsed, raw, place(source, row, column, RULES.sources[source].columns[name][0]))


def row(source: str, number: int = 1, **said: Parsed) -> Record:
    """A row of a source that says what the one campaign is, but for what is given."""
    known = {name: CAMPAIGN.get(name) for name in RULES.sources[source].columns}
    return record(source, number, **known | said)


def snapshots(*records: Record) -> list[Snapshot]:
    """Every source as read: those without a row are empty."""
    return [
        Snapshot(name, place(name), tuple(record for record in records if record.source == name))
        for name in RULES.sources
    ]


def everything(**said: Parsed) -> list[Record]:
    """The one campaign in all sources; `briefs__offer=...` is what one source says of one field."""
    wanted: dict[str, dict[str, Parsed]] = {name: {} for name in RULES.sources}
    for name, parsed in said.items():
        source, _, field = name.partition("__")
        wanted[source][field] = parsed
    return [row(source, 1, **own) for source, own in wanted.items()]


# ---------------------------------------------------------------- the pure part of a cycle


def matched(
    read: Sequence[Snapshot],
    by: Rules = RULES,
    proposed: Mapping[str, str] | None = None,
    highest: int = 0,
) -> Matched:
    return match(read, by, proposed or {}, highest)


def decided(
    read: Sequence[Snapshot],
    by: Rules = RULES,
    past: Past | None = None,
    unread: Mapping[str, str] | None = None,
    proposed: Mapping[str, str] | None = None,
) -> Decisions:
    truths = Truths(by, matched(read, by, proposed), unread or {})
    return decide(compare(truths), truths, past or Past(TODAY))


def understood(of: Tab, source: str = "briefs", locale: str = "en_US", by: Rules = RULES) -> Snapshot:
    """A tab that holds a table, read as a source."""
    snapshot = normalize(of, locale, by.sources[source], by, place(source))
    assert not isinstance(snapshot, NoTable), snapshot.reason
    return snapshot
