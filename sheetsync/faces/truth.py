"""Who claims what: every place that says something about a record, as the last run saw it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.analytics import group_of_link
from sheetsync.core.exemptions import exemptions_of
from sheetsync.core.fields import Field
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.flags import FlagKind
from sheetsync.core.generate import BY_TRACKING
from sheetsync.core.graph import GENERATED, Table
from sheetsync.core.late import Frost, LateChange
from sheetsync.core.managed import managed_header
from sheetsync.core.model import Cell as Typed
from sheetsync.core.model import Entity, Place
from sheetsync.core.nearness import near
from sheetsync.core.publishing import column_of
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import Ruling
from sheetsync.core.terms import Contract
from sheetsync.core.tracking import same_tracking_url
from sheetsync.core.truth import campaign_of, subject
from sheetsync.core.words_in_force import words_in_force
from sheetsync.engine.documents import cell_name
from sheetsync.engine.reaching import frozen_now
from sheetsync.errors import UsageError
from sheetsync.faces.approvals import covering
from sheetsync.faces.claims import said_elsewhere, says
from sheetsync.faces.contracts import contract_sentence
from sheetsync.faces.decided import decision_text, decisions_heard, ruling_document
from sheetsync.faces.exceptions import exception_text, exceptions_document
from sheetsync.faces.flags import count
from sheetsync.faces.freezes import waits_document, waits_words
from sheetsync.faces.handing import states_of, states_table
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import find_record, title_of
from sheetsync.faces.tables import Cell, Column, Screen, heading, paragraph, table
from sheetsync.ports import Ledger, Memory, Observation, Published

Document = Mapping[str, Any]

VERSION = 3

PUBLISHED = "published by us"
_STATE_OF = {True: "agrees", False: "differs", None: "not compared"}

Disputed = Collection[tuple[str, str, str]]
"""(source, record, field) of open conflicts"""


def truth_document(config: Config, key: str, field: str | None) -> Document:
    """Every place that claims a value of one record, as last seen.

    A campaign is asked for its own fields, a placement for its own and its campaign's.
    """
    rules = config.rules
    if field is not None and field not in rules.fields:
        raise UsageError(f"no field is called {field!r}.", f"Fields: {', '.join(rules.fields)}.")
    ledger = wiring.past(config)
    memory = ledger.memory()
    disputed = {
        (str(flag.document["source"]), str(flag.document["record"]), str(flag.document["field"]))
        for flag in ledger.open_flags()
        if flag.kind == FlagKind.CONFLICT
    }
    record = find_record(key, memory.proposed_ids, {o.record for o in memory.observations.values()})
    if field is not None and rules.fields[field].of is Entity.PLACEMENT and record == campaign_of(record):
        placements = sorted(
            {o.record for o in memory.observations.values() if campaign_of(o.record) == record} - {record}
        )
        raise UsageError(f"{field} is a field of placements, not of campaigns.", f"Ask for {' or '.join(placements)}.")
    decided = Decided.by(config, ledger, memory, frozen_now(memory, rules, wiring.now()))
    fields = [_field(config, name, record, memory, disputed, decided) for name in ([field] if field else rules.fields)]
    return {
        "version": VERSION,
        "record": record,
        "fields": [told for told in fields if field or told["claims"] or told["said_elsewhere"]],
        "handoffs": [] if field else states_of(config, record, memory),
    }


@dataclass(frozen=True)
class Decided:
    """What people have decided, and what waits for them."""

    #: (owner, record, field) -> the ruling that is its word although its cell says otherwise
    words: Mapping[RecordField, Ruling]
    rulings: Sequence[Ruling]
    refused: Sequence[Document]
    #: what nobody has said yes to yet
    frost: Frost

    @classmethod
    def by(cls, config: Config, ledger: Ledger, memory: Memory, frost: Frost) -> "Decided":
        """By what the ledger holds."""
        refused = [one for heard, one in decisions_heard(config, ledger) if heard.refused]
        words = words_in_force(memory.deciding.rulings, memory.says, config.rules)
        return cls(words, ledger.all_rulings(), refused, frost)

    def waits(self, record: str, name: str, owner: str | None) -> LateChange | None:
        """The owner's change of a field within a freeze, as long as it waits for a yes."""
        late = self.frost.disputed.get((record, name))
        return late if late is not None and late.source == owner else None

    def about(self, record: str, name: str) -> list[Document]:
        """Everything that was ever decided of one field of a record, oldest first."""
        return [ruling_document(it) for it in self.rulings if it.about == record and name in it.saw_b]

    def against(self, record: str, field: Field) -> list[Document]:
        """What was typed of it and did not count."""
        those = (it for it in self.refused if it["record"] is not None and field.name in it["fields"])
        return [it for it in those if subject(it["record"], field) == record]


def _field(config: Config, name: str, record: str, memory: Memory, disputed: Disputed, decided: Decided) -> Document:
    field = config.rules.fields[name]
    about = subject(record, field)
    claims = [o for o in memory.observations.values() if o.field == name and subject(o.record, field) == about]
    shown = [p for p in memory.published.values() if p.field == name and subject(p.record, field) == about]
    owner, value = _owned(config, name, about, claims, memory)
    ruling = decided.words.get((owner or "", about, name))
    value = value if ruling is None else ruling.holds[name]
    late = decided.waits(about, name, owner)
    if late is not None:
        counts = late.counts[name]
        value = None if counts is None else field.type.format(counts)
    return {
        "field": name,
        "label": field.label,
        "owner": owner,
        "value": value,
        "waits_for": None if late is None else _waits(late, name),
        "decided": ruling and ruling_document(ruling),
        "decisions": decided.about(about, name),
        "refused": decided.against(about, field),
        "group": _group(config, name, value),
        "claims": [
            *(
                _claim(config, claim, owner, value, disputed) | _unaccepted(claim, owner, late, name)
                for claim in claims
            ),
            # What is generated is no claim on it: it is the value.
            *(_published(config, one, owner, value, memory) for one in shown if owner in config.rules.sources),
        ],
        "approvals": covering(config, about, name, memory),
        "said_elsewhere": said_elsewhere(config, about, name, memory),
    }


def _waits(late: LateChange, name: str) -> Document:
    """What the owner's cell wants to be and is not yet; what its group has changed waits with it."""
    said = next((one.claim.raw for one in late.moved if one.claim.field == name), None)
    return {"says": said, "changed": said is not None, "seen": str(late.seen), **waits_document(late)}


def _group(config: Config, name: str, value: str | None) -> str | None:
    """Where GA4 puts a link."""
    is_link = value is not None and config.rules.fields[name].type.kind == "url"
    return group_of_link(value, config.rules) if is_link and value is not None else None


def _owned(
    config: Config, name: str, record: str, claims: list[Observation], memory: Memory
) -> tuple[str | None, str | None]:
    """Whose word counts, and what it is."""
    owner = config.rules.owners.get(name)
    if owner is None and name in config.rules.templates:
        made = (it.value for it in memory.published.values() if (it.record, it.field) == (record, name))
        return GENERATED, next(made, None)
    return owner, next((claim.value for claim in claims if claim.source == owner), None)


def _claim(
    config: Config, observation: Observation, owner: str | None, value: str | None, disputed: Disputed
) -> dict[str, Any]:
    agrees = _agrees(config, observation, value)
    return {
        "source": observation.source,
        "title": title_of(observation.source, config.rules),
        "role": _role(config, observation, owner),
        "contract": _contract(config, observation),
        "contract_id": _contract_id(config, observation),
        "exceptions": _exceptions(config, observation),
        "state": _state(config, observation, owner, agrees, disputed),
        **_where(config, observation.place),
        "raw": observation.raw,
        "value": observation.value,
        "agrees": agrees,
        "since": iso(observation.since),
    }


def _unaccepted(observation: Observation, owner: str | None, late: LateChange | None, name: str) -> dict[str, str]:
    """The owner's cell neither agrees nor differs while what it says waits for a yes."""
    moved = late is not None and any(one.claim.field == name for one in late.moved)
    return {"state": "waits"} if moved and observation.source == owner else {}


def _published(config: Config, one: Published, owner: str | None, value: str | None, memory: Memory) -> Document:
    """What stands in a column of ours; it is found by its row."""
    row = next(iter(memory.observations.record(one.source, one.record).values()), None)
    place = row.place if row is not None else Place(one.source, "", "", None)
    kind = config.rules.fields[one.field].type
    agrees = None if value is None else kind.agrees(kind.read(value), kind.read(one.value))
    return {
        "source": one.source,
        "title": title_of(one.source, config.rules),
        "role": PUBLISHED,
        "contract": None,
        "contract_id": None,
        "exceptions": [],
        "state": _STATE_OF[agrees],
        **_where(config, place),
        "cell": managed_header(column_of(one.field, owner or "")),
        "raw": one.value,
        "value": one.value,
        "agrees": agrees,
        "since": iso(one.since),
    }


def _where(config: Config, place: Place) -> dict[str, Any]:
    return {
        "spreadsheet": place.spreadsheet,
        "tab": place.tab,
        "cell": cell_name(place),
        "row": None if place.row is None else place.row + 1,
        "link": None if place.tab_id is None else wiring.link(config, place),
    }


def _role(config: Config, observation: Observation, owner: str | None) -> str:
    """What a place is to a field: whose word counts, who repeats it, or where nobody owns it who is held against whom.

    How many say the same is never asked.
    """
    source, name, rules = observation.source, observation.field, config.rules
    if source == owner:
        return "owner"
    if any(approval.claims.get(source) == name for approval in rules.approvals):
        return "repeats an approval"
    if owner is None and any(name in it.contracts and it.giver == source for it in rules.handoffs):
        return "other side"
    rule = rules.sources.get(source)
    return "system of record" if rule is not None and isinstance(rule.location, Table) else "copy"


def _state(config: Config, observation: Observation, owner: str | None, agrees: bool | None, disputed: Disputed) -> str:
    if observation.value is None:
        kind = config.rules.fields[observation.field].type
        said = kind.parse(Typed(observation.raw, observation.raw), Dialect())
        return "blank" if said is None else "unreadable"
    if (observation.source, observation.record, observation.field) in disputed:
        return "conflict"
    if observation.source == owner:
        return "differs" if agrees is False else "agrees"
    handoff = config.rules.handoff_into(observation.source, observation.field)
    terms = handoff.contracts[observation.field] if handoff is not None else None
    return _STATE_OF[agrees] if terms in (Contract.EQUAL, Contract.GENERATED) else "not compared"


def _contract_id(config: Config, observation: Observation) -> str | None:
    handoff = config.rules.handoff_into(observation.source, observation.field)
    return None if handoff is None else handoff.contract_id(observation.field)


def _contract(config: Config, observation: Observation) -> str | None:
    """What a handoff demands of this claim, in a sentence."""
    handoff = config.rules.handoff_into(observation.source, observation.field)
    if handoff is None:
        return None
    return contract_sentence(config.rules, handoff.giver, handoff.receiver, observation.field)


def _exceptions(config: Config, observation: Observation) -> list[Document]:
    """What the handoff does not demand of this record, and what it did not until an exception ended."""
    handoff = config.rules.handoff_into(observation.source, observation.field)
    if handoff is None:
        return []
    contract = handoff.contract_id(observation.field)
    return exceptions_document(config, exemptions_of(config.rules, contract, observation.record))


def _agrees(config: Config, observation: Observation, value: str | None) -> bool | None:
    """Whether a claim means what counts, or nearly so where that is tolerated; None where either is not known."""
    if value is None or observation.value is None:
        return None
    if config.rules.templates.get(observation.field) == BY_TRACKING:
        return same_tracking_url(value, observation.value)
    kind = config.rules.fields[observation.field].type
    counts, said = kind.read(value), kind.read(observation.value)
    handoff = config.rules.handoff_into(observation.source, observation.field)
    is_equal = handoff is not None and handoff.contracts[observation.field] is Contract.EQUAL
    tolerance = handoff.fine_print(observation.field).tolerance if handoff is not None and is_equal else None
    return kind.agrees(counts, said) or near(counts, said, tolerance)


# ---------------------------------------------------------------- for people

_SAID = {
    "agrees": "=",
    "differs": "~",
    "conflict": "!",
    "blank": " ",
    "unreadable": "?",
    "not compared": ".",
    "waits": "w",
}
_COLOURS = {"agrees": "green", "differs": "red", "conflict": "red", "unreadable": "yellow", "waits": "yellow"}
_COLUMNS = (Column("", whole=True), Column("Source"), Column("Says"), Column("Where"), Column("Since", whole=True))


def truth_text(screen: Screen, truth: Document) -> Iterator[str]:
    """Field by field every place that claims it, the one whose word counts first.

    `=` agrees, `~` differs, `!` is in conflict, `w` waits for a yes, `?` is not understood, `.` is not compared.
    Then, where no one field was asked for, how far the record's handoffs are.
    """
    for field in truth["fields"]:
        owner = f"owner {field['owner']}" if field["owner"] else "nobody owns it"
        value = field["value"] if field["value"] is not None else "(not known)"
        yield from heading(screen, f"{truth['record']} / {field['field']}: {value}  [{owner}]")
        if field["waits_for"] is not None:
            yield from paragraph(screen, _waiting(field), indent=2)
        yield from _decided(screen, field)
        if field["group"]:
            yield from paragraph(screen, f"GA4 puts it into {field['group']}", indent=2)
        claims = sorted(field["claims"], key=lambda claim: (claim["role"] != "owner", claim["source"]))
        yield from table(screen, _COLUMNS, map(_row, claims))
        for contract in dict.fromkeys(claim["contract"] for claim in claims if claim["contract"]):
            yield from paragraph(screen, contract, indent=2)
        for exception in dict.fromkeys(exception_text(one) for claim in claims for one in claim["exceptions"]):
            yield from paragraph(screen, exception, indent=2)
        for approval in field["approvals"]:
            yield from paragraph(screen, _approved(approval), indent=2)
        for claim in field["said_elsewhere"]:
            yield from paragraph(screen, says(claim), indent=2)
        yield ""
    if truth["handoffs"]:
        yield from heading(screen, f"{truth['record']}: handoffs")
        yield from states_table(screen, truth["handoffs"])
        yield ""
    total = sum(len(field["claims"]) for field in truth["fields"])
    yield f"{count(len(truth['fields']), 'field')}, {count(total, 'claim')}"


def _waiting(field: Document) -> str:
    waits = field["waits_for"]
    wants = (
        f"{waits['says'] or 'to be blank'}" if waits["changed"] else f"{field['label']}, which its group has changed,"
    )
    return f"{wants} {waits_words(waits)}: changed {waits['seen']}; until then what counted before counts"


def _decided(screen: Screen, field: Document) -> Iterator[str]:
    """That the word was decided while the owner's cell says otherwise; and everything that was ever decided of it."""
    if (ruling := field["decided"]) is not None:
        said = f"the word that counts was decided, the owner's cell says otherwise: {ruling['words']}"
        yield from paragraph(screen, said, indent=2)
    for one in field["decisions"]:
        if one != ruling:
            ended = f"; {one['end']} ({to_the_minute(one['ended'])})" if one["end"] else ""
            yield from paragraph(screen, f"decided {to_the_minute(one['at'])}: {one['words']}{ended}", indent=2)
    for one in field["refused"]:
        yield from paragraph(screen, f"did not count: {decision_text(one)}", indent=2)


def _row(claim: Document) -> list[str | Cell]:
    return [
        Cell(_SAID[claim["state"]], style=_COLOURS.get(claim["state"], "")),
        f"{claim['source']}\n({claim['role']}, {claim['state']})",
        claim["raw"] or "(blank)",
        Cell(
            f"{claim['tab']}!{claim['cell']}" if claim["link"] else f"{claim['tab']} / {claim['cell']}", claim["link"]
        ),
        to_the_minute(claim["since"]),
    ]


def _approved(approval: Document) -> str:
    said = f"approval {approval['approval']} since {to_the_minute(approval['since'])}"
    if approval["approved"] is None:
        return f"{said} does not cover it: it was not known, or in dispute, then"
    if approval["stale"]:
        return f"{said} is stale: it was given for {approval['approved']}"
    return f"{said} covers it" + (", attested" if approval["attested"] else "")
