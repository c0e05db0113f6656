"""A company whose handoffs say how fields hang together: briefs, a media plan, two e-mail tabs, a legal log.

Rows say what you want, by source and record; the rest of a cycle's pure part is the real one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sheetsync.core.contracts import compare
from sheetsync.core.decide import Decisions, decide
from sheetsync.core.fields import Field, field_type
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Approval, Handoff, RowsDue, Rules, SheetTab, Source
from sheetsync.core.making import Past
from sheetsync.core.match import match
from sheetsync.core.model import Claim, Entity, Parsed, Place, Problem, Record, Snapshot
from sheetsync.core.terms import After, Before, Contract, OneOf, Severity, SumAtMost, Terms, Within
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.truth import Truths

TODAY = date(2026, 11, 1)
#: nothing was ever agreed
NOTHING_YET = Past(TODAY)
CAMPAIGN, PLACEMENT = Entity.CAMPAIGN, Entity.PLACEMENT

_STATES = dict.fromkeys(("planned", "live", "done", "cancelled"), ())
_KINDS: Mapping[str, tuple[str, str, Entity, Mapping[str, tuple[str, ...]] | None]] = {
    "campaign_id": ("Campaign ID", "code", CAMPAIGN, None),
    "campaign_status": ("Campaign status", "choice", CAMPAIGN, _STATES),
    "flight_start": ("Flight start", "day", CAMPAIGN, None),
    "flight_end": ("Flight end", "day", CAMPAIGN, None),
    "page_live": ("Page live", "moment", CAMPAIGN, None),
    "promo_code": ("Promo code", "code", CAMPAIGN, None),
    "budget": ("Budget", "money", CAMPAIGN, None),
    "legal_decision": ("Legal decision", "choice", CAMPAIGN, {"approved": (), "rejected": ()}),
    "channel": ("Channel", "choice", PLACEMENT, {"email": (), "social": ()}),
    "slot": ("Slot", "text", PLACEMENT, None),
    "placement_start": ("Placement start", "day", PLACEMENT, None),
    "placement_end": ("Placement end", "day", PLACEMENT, None),
    "placement_budget": ("Placement budget", "money", PLACEMENT, None),
    "placement_status": ("Placement status", "choice", PLACEMENT, _STATES),
    "asset_due": ("Asset due", "day", PLACEMENT, None),
    "send_time": ("Send time", "moment", PLACEMENT, None),
}
FIELDS = {
    name: Field(name, label, of, field_type(kind, words), human_only=name == "placement_budget")
    for name, (label, kind, of, words) in _KINDS.items()
}


def _source(name: str, title: str, rows_are: Entity, *fields: str) -> Source:
    key = ("campaign_id",) if rows_are is CAMPAIGN else ("campaign_id", "channel", "slot")
    columns = {one: (FIELDS[one].label,) for one in (*key, *fields)}
    return Source(name, title, title, SheetTab(f"sheet of {name}", 7), rows_are, key, (("campaign_id",),), columns)


_ON_CAMPAIGN = ("campaign_status", "flight_start", "flight_end", "page_live", "promo_code", "budget")
_ON_PLACEMENT = ("placement_start", "placement_end", "placement_budget", "placement_status", "asset_due", "send_time")
SOURCES = (
    _source("briefs", "Partner briefs", CAMPAIGN, *_ON_CAMPAIGN),
    _source("media", "Media plan", PLACEMENT, *_ON_PLACEMENT, "flight_start"),
    _source("november", "E-mails, November", PLACEMENT, "send_time"),
    _source("december", "E-mails, December", PLACEMENT, "send_time"),
    _source("legal", "Legal log", CAMPAIGN, "promo_code", "flight_start", "legal_decision"),
)
LIVE = {"campaign_status": ("planned", "live")}
TERMS: Mapping[str, Terms] = {
    "flight_start": Contract.EQUAL,
    "placement_start": Within("flight_start", "flight_end"),
    "placement_end": Within("flight_start", "flight_end"),
    "placement_budget": SumAtMost("budget"),
    "placement_status": OneOf(("cancelled", "done"), {"campaign_status": ("cancelled",)}),
    "asset_due": Before("flight_start"),
    "send_time": After("page_live"),
}
RULES = Rules(
    fields=FIELDS,
    sources={source.name: source for source in SOURCES},
    owners={
        **dict.fromkeys(("campaign_id", *_ON_CAMPAIGN), "briefs"),
        **dict.fromkeys(("channel", "slot", *_ON_PLACEMENT), "media"),
    },
    handoffs=(
        Handoff("briefs", "media", TERMS),
        Handoff("briefs", "legal", {"promo_code": Contract.EQUAL}),
    ),
    aliases={},
    severities={"placement_end": Severity.HIGH, "promo_code": Severity.HIGH},
    templates={"campaign_id": "NL-{number:04d}"},
    tracking=TrackingRules(("utm_source", "utm_medium", "utm_campaign"), ("www.northlight.example",)),
    media={},
    approvals=(Approval("legal", "legal", "legal_decision", ("approved",), ("promo_code", "flight_start", "budget")),),
)


def agreed(**terms: Terms) -> Rules:
    """The company where only these contracts hold for the media plan."""
    return replace(RULES, handoffs=(Handoff("briefs", "media", terms),))


def due(giver: str, *receivers: str, **which: tuple[str, ...]) -> Rules:
    """The company without contracts, in which these rows are due."""
    return replace(RULES, handoffs=(), rows_due=(RowsDue(giver, receivers, which),))


# ---------------------------------------------------------------- rows


def row(source: str, number: int, /, **said: Parsed) -> Record:
    """A row of a source that says exactly this; its other cells are blank."""
    columns = RULES.sources[source].columns
    claims = {
        name: _claim(Place(source, f"sheet of {source}", source, 7, number, column, header[0]), name, said.get(name))
        for column, (name, header) in enumerate(columns.items())
    }
    key = RULES.sources[source].key
    return Record(source, claims[key[0]].place, claims, tuple(claims[name].raw for name in key))


def _claim(place: Place, name: str, parsed: Parsed) -> Claim:
    raw = "?!" if isinstance(parsed, Problem) else "" if parsed is None else FIELDS[name].type.format(parsed)
    return Claim(name, parsed, raw, place)


def brief(number: int = 1, campaign: str = "NL-1", /, **said: Parsed) -> Record:
    return row("briefs", number, campaign_id=campaign, **said)


def placement(number: int = 1, slot: str = "hero", campaign: str = "NL-1", /, **said: Parsed) -> Record:
    return row("media", number, campaign_id=campaign, channel="email", slot=slot, **said)


# ---------------------------------------------------------------- what is said of them


@dataclass(frozen=True)
class World:
    """Rows, and how they are looked at."""

    records: tuple[Record, ...]
    rules: Rules = RULES
    past: Past = NOTHING_YET
    unread: Mapping[str, str] = field(default_factory=dict)
    proposed: Mapping[str, str] = field(default_factory=dict)

    @property
    def decided(self) -> Decisions:
        read = [
            Snapshot(name, _tab(name), tuple(one for one in self.records if one.source == name))
            for name in self.rules.sources
            if name not in self.unread
        ]
        truths = Truths(self.rules, match(read, self.rules, self.proposed, 0), self.unread)
        return decide(compare(truths), truths, self.past)

    def flags(self, *kinds: FlagKind) -> list[Flag]:
        return [flag for flag in self.decided.flags if not kinds or flag.kind in kinds]


def _tab(source: str) -> Place:
    return Place(source, f"sheet of {source}", source, 7)


def about(flags: list[Flag]) -> list[tuple[str, str, str, str | None]]:
    """Of each flag its record, field, kind and owner, in order."""
    return sorted((flag.record, flag.field, str(flag.kind), flag.owner) for flag in flags)
