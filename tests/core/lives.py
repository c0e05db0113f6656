"""One campaign's rows through several cycles: what is said of them, and what is agreed from then on.

Nothing is faked but the doors: comparing, deciding, and forgetting what was agreed under other terms are the real ones.
"""

from dataclasses import dataclass, field, replace

from sheetsync.core.agreements import agreed_under, restated, still_agreed
from sheetsync.core.contracts import compare
from sheetsync.core.decide import Decisions, decide
from sheetsync.core.fields import Field, field_type
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Approval, Handoff, Rules, SheetTab, Source
from sheetsync.core.making import Past
from sheetsync.core.match import match
from sheetsync.core.model import Claim, Entity, Parsed, Place, Problem, ProblemKind, Record, Snapshot
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.terms import Contract, Terms
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.truth import Truths
from tests.core.agreement import FIELDS, TODAY

CAMPAIGN, PLACEMENT = Entity.CAMPAIGN, Entity.PLACEMENT
UNREADABLE = Problem(ProblemKind.UNREADABLE, "'#REF!' is an error of the sheet")
TERMS = ("promo_code", "flight_start", "flight_end")


def _source(name: str, rows_are: Entity, *fields: str, generated: tuple[str, ...] = ()) -> Source:
    key = ("campaign_id",) if rows_are is CAMPAIGN else ("campaign_id", "channel", "slot")
    columns = {one: (one,) for one in (*key, *fields)}
    where = SheetTab(f"sheet of {name}", 7)
    return Source(name, name, name, where, rows_are, key, (("campaign_id",),), columns, generated=generated)


SOURCES = (
    _source("register", CAMPAIGN),
    _source("briefs", CAMPAIGN, *TERMS),
    _source("pages", CAMPAIGN, *TERMS),
    _source("legal", CAMPAIGN, *TERMS, "legal_decision"),
    _source("mails", PLACEMENT, *TERMS, generated=("file_name",)),
)
EQUAL: dict[str, Terms] = dict.fromkeys(TERMS, Contract.EQUAL)
RULES = Rules(
    fields={**FIELDS, "file_name": Field("file_name", "File", PLACEMENT, field_type("text", None))},
    sources={source.name: source for source in SOURCES},
    owners={
        "campaign_id": "register",
        **dict.fromkeys(TERMS, "briefs"),
        **dict.fromkeys(("channel", "slot"), "mails"),
        "legal_decision": "legal",
    },
    handoffs=tuple(Handoff("briefs", copy, EQUAL) for copy in ("pages", "legal", "mails")),
    aliases={},
    severities={},
    templates={"campaign_id": "NL-{number:04d}", "file_name": "{promo_code}_{slot}"},
    tracking=TrackingRules(("utm_source", "utm_medium", "utm_campaign"), ("www.northlight.example",)),
    media={},
)
#: the same company, whose terms change together
GROUPED = replace(RULES, groups={"terms": TERMS})
#: the same, where Legal approves the terms
APPROVING = replace(RULES, approvals=(Approval("legal", "legal", "legal_decision", ("approved",), TERMS),))

Row = dict[str, Parsed]


def row(source: str, number: int, said: Row, rules: Rules = RULES) -> Record:
    columns = RULES.sources[source].columns
    claims = {name: _claim(rules.fields[name], source, number, at, said.get(name)) for at, name in enumerate(columns)}
    key = RULES.sources[source].key
    return Record(source, claims[key[0]].place, claims, tuple(claims[name].raw for name in key))


def _claim(field: Field, source: str, number: int, column: int, parsed: Parsed) -> Claim:
    raw = "?!" if isinstance(parsed, Problem) else "" if parsed is None else field.type.format(parsed)
    place = Place(source, f"sheet of {source}", source, 7, number, column, field.name)
    return Claim(field.name, parsed, raw, place)


@dataclass
class Life:
    """Rows as they stand now, by source; and our memory."""

    rules: Rules = RULES
    rows: dict[str, list[Row]] = field(default_factory=dict)
    baselines: dict[RecordField, str] = field(default_factory=dict)
    under: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    decided: Decisions = field(init=False)

    @classmethod
    def begun(cls, rules: Rules = RULES, **terms: Parsed) -> "Life":
        """Every row says the same, and one cycle has seen it."""
        life = cls(rules, {source.name: [{"campaign_id": "NL-1", **terms}] for source in SOURCES})
        life.rows["mails"][0] |= {"channel": "email", "slot": "hero"}
        life.cycle()
        return life

    def say(self, **said: Parsed) -> "Life":
        """`pages__promo_code="B"`: a cell is typed in; all of them between two cycles."""
        for name, value in said.items():
            source, _, of = name.partition("__")
            self.rows[source][0][of] = value
        return self

    def cycle(self) -> list[str]:
        """What is said of who moved and of rows, in a few words each; what is agreed is remembered."""
        read = [
            Snapshot(
                name,
                Place(name, f"sheet of {name}", name, 7),
                tuple(row(name, number, said, self.rules) for number, said in enumerate(self.rows.get(name, ()), 1)),
            )
            for name in self.rules.sources
            if name not in self.unread
        ]
        standing = still_agreed(RecordFields(self.baselines.items()), self.under, self.rules)
        unread = dict.fromkeys(self.unread, "no answer")
        truths = Truths(self.rules, match(read, self.rules, {}, 0), unread)
        self.decided = decide(compare(truths), truths, Past(TODAY, standing))
        moot = restated(self.under, self.rules).keys() & self.under.keys()
        kept = {about: it for about, it in self.baselines.items() if (about[0], about[2]) not in moot}
        self.baselines = kept | dict(self.decided.agreed)
        self.under = dict(agreed_under(self.rules))
        return sorted(map(in_words, self.decided.flags))

    def agreed(self, source: str = "pages", name: str = "promo_code", record: str = "NL-1") -> str | None:
        return self.baselines.get((source, record, name))

    @property
    def withheld(self) -> list[str]:
        return [held.reason for held in self.decided.withheld]

    @property
    def made(self) -> list[str]:
        return [made.value for made in self.decided.generated]

    @property
    def flag(self) -> Flag:
        """The one flag there is."""
        [flag] = self.decided.flags
        return flag


def in_words(flag: Flag) -> str:
    """Where, what, and who moved: "pages.promo_code: the owner moved"."""
    cell = f"{flag.place.source}.{flag.field}"
    if flag.kind is FlagKind.CONFLICT and flag.group:
        return f"{cell}: conflict of {flag.group}"
    if flag.kind not in (FlagKind.DIFFERENCE, FlagKind.CONFLICT):
        return f"{cell}: {flag.kind}"
    if "both moved" in flag.message:
        return f"{cell}: both moved"
    if "nobody owns" in flag.message:
        return f"{cell}: nobody owns it"
    if "agreed was" in flag.message:
        return f"{cell}: the copy moved"
    return f"{cell}: the owner moved" if "changed it" in flag.message else f"{cell}: differs"
