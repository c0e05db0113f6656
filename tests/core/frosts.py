"""A campaign's rows through several looks on its way to launch, under freezes. Nothing is faked but the doors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sheetsync.core.contracts import compare
from sheetsync.core.decide import Decisions, conflicts_over, decide
from sheetsync.core.flags import Generated
from sheetsync.core.freeze import Accepted, Before, Look, freezes
from sheetsync.core.graph import Freeze, Rules
from sheetsync.core.late import Frost, Frozen
from sheetsync.core.making import Past
from sheetsync.core.match import match
from sheetsync.core.model import Parsed, Problem, Record, Snapshot
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.truth import Truths
from tests.core.builders import RULES, everything, snapshots

FIRST, LAST = date(2026, 11, 27), date(2026, 11, 30)
LAUNCH = datetime(2026, 11, 27, tzinfo=UTC)
OVER = datetime(2026, 12, 1, tzinfo=UTC)
NAMED = ("promo_code", "campaign_name")


def frozen_rules(*fields: str, grouped: bool = False, hours: int = 48, until_end: bool = True) -> Rules:
    """The company whose register follows the briefs, whose builder publishes them, and which freezes these fields."""
    official = replace(RULES.sources["official"], writes=True, version="v")
    utm = replace(RULES.sources["utm"], publish=("promo_code", "campaign_name"))
    rule = Freeze(timedelta(hours=hours), fields or NAMED, ("Ana", "Ben"), until_end=until_end)
    groups = {"terms": ("campaign_name", "promo_code")} if grouped else {}
    sources = {**RULES.sources, "official": official, "utm": utm}
    return replace(RULES, sources=sources, groups=groups, freezes=(rule,))


@dataclass(frozen=True)
class Said:
    value: str | None
    since: datetime


@dataclass
class Way:
    """The memory of the looks so far."""

    rules: Rules
    frozen: Mapping[RecordField, Frozen] = field(default_factory=dict)
    seen: dict[RecordField, Said] = field(default_factory=dict)
    baselines: dict[RecordField, str] = field(default_factory=dict)
    published: dict[RecordField, str] = field(default_factory=dict)
    runs: int = 0
    frost: Frost = field(default_factory=Frost)

    def look(self, now: datetime, accepted: Mapping[Accepted, str] | None = None, /, **briefs: Parsed) -> Decisions:
        """One cycle in which the brief says this and every other row what it always said."""
        said = {"flight_start": FIRST, "flight_end": LAST} | briefs
        rows = everything(**{f"briefs__{name}": one for name, one in said.items()})
        return self.read(now, snapshots(*rows), accepted)

    def read(
        self, now: datetime, read: Sequence[Snapshot], accepted: Mapping[Accepted, str] | None = None
    ) -> Decisions:
        self.runs += 1
        truths = Truths(self.rules, match(read, self.rules, {}, 0), {})
        past = Past(now.date(), RecordFields(self.baselines.items()), self.published)
        disputed = conflicts_over(compare(truths), truths, past)
        look = Look(now, f"run {self.runs}", accepted or {})
        self.frost = freezes(truths, Before(self.frozen, self.seen), look, frozenset(disputed))
        truths = replace(truths, frost=self.frost)
        decided = decide(compare(truths), truths, past)
        self._remember(now, [record for snapshot in read for record in snapshot.records], decided)
        return decided

    def _remember(self, now: datetime, records: Sequence[Record], decided: Decisions) -> None:
        self.frozen = self.frost.rows
        keys = {item.place.source: item for item in records}
        for source, record in keys.items():
            for name, claim in record.claims.items():
                understood = claim.parsed is not None and not isinstance(claim.parsed, Problem)
                value = self.rules.fields[name].type.format(claim.parsed) if understood else None  # type: ignore[arg-type]
                about = (source, key_of(record), name)
                was = self.seen.get(about)
                self.seen[about] = was if was is not None and was.value == value else Said(value, now)
        self.baselines |= decided.agreed
        self.published |= {
            (it.place.source, it.record, it.field): it.value for it in decided.generated if not it.column
        }

    @property
    def late(self) -> set[str]:
        """The fields that wait for a yes."""
        return {one.claim.field for change in self.frost.late for one in change.moved}


def key_of(record: Record) -> str:
    return "NL-1001 / email / hero-banner" if record.source == "utm" else "NL-1001"


def shown(decided: Decisions, column: str) -> str | None:
    """What a column of ours shows beside the builder's row."""
    found = [it for it in decided.generated if it.place.source == "utm" and (it.column or it.field) == column]
    return found[0].value if found else None


def puts(decided: Decisions, name: str) -> list[str]:
    """What the register's line is made to say."""
    return [it.put.now for it in decided.follows if not it.why and it.put.field == name]


def generated(decided: Decisions) -> list[Generated]:
    return [it for it in decided.generated if it.place.source == "utm"]
