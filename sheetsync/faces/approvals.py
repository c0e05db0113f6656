"""Approvals as the last run saw them: who gave them, whether anybody else could have, and what has changed since."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.approvals import apart
from sheetsync.core.attestation import AS_OWNER
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Approval, Rules
from sheetsync.core.truth import campaign_of, subject
from sheetsync.engine.documents import cell_name
from sheetsync.faces.flags import count, is_hearsay, spot
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import as_recorded, campaign_words, find_record, title_of
from sheetsync.faces.tables import Cell, Column, Screen, table
from sheetsync.ports import ApprovalSeen, Memory, OpenFlag

Document = Mapping[str, Any]

VERSION = 1


def approvals_document(config: Config, key: str | None = None) -> Document:
    """Every approval that says something, of all records or of one; of a campaign with those of its placements.

    Raises UsageError for a record of which nothing was ever seen.
    """
    ledger, record = wiring.past(config), None
    memory = ledger.memory()
    if key is not None:
        record = find_record(key, memory.proposed_ids, {o.record for o in memory.observations.values()})
    flags = [
        flag for flag in ledger.open_flags() if flag.kind == FlagKind.CONTRADICTION and not is_hearsay(flag.document)
    ]
    told = [
        _approval(config, seen, memory, _contradicting(seen, flags, memory))
        for seen in sorted(memory.approvals.values(), key=lambda seen: seen.given.about)
        if _is_wanted(seen, record, config.rules)
    ]
    return {"version": VERSION, "record": record, "approvals": told, "counts": approval_counts(told)}


def approval_counts(told: Sequence[Document]) -> dict[str, int]:
    """How many there are, and of how many what has to be known."""
    return {
        "approvals": len(told),
        "granted": sum(one["granted"] for one in told),
        "stale": sum(bool(one["stale"]) for one in told),
        "contradicted": sum(bool(one["contradictions"]) for one in told),
        "attested": sum(one["attested"] is True for one in told),
    }


def _is_wanted(seen: ApprovalSeen, record: str | None, rules: Rules) -> bool:
    """Blank approvals are normal and silent; what is configured no more is nobody's."""
    given = seen.given
    about = record is None or given.record in (record, campaign_of(record)) or campaign_of(given.record) == record
    return about and bool(given.state) and any(one.name == given.approval for one in rules.approvals)


def _approval(config: Config, seen: ApprovalSeen, memory: Memory, contradicting: Sequence[OpenFlag]) -> Document:
    rules, given, place = config.rules, seen.given, seen.place
    approval = next(one for one in rules.approvals if one.name == given.approval)
    says = _owners_words(given.covered, given.record, memory, rules)
    stale = [{"field": name, "approved": was, "now": now} for name, was, now in apart(given, says, rules)]
    return {
        "approval": given.approval,
        "record": given.record,
        "campaign": campaign_words(given.record, memory.proposed_ids),
        "source": approval.source,
        "title": title_of(approval.source, rules),
        # What the cell said before it was away is nobody's word now.
        "state": None if given.away else given.state,
        "granted": given.granted,
        "away": given.away or None,
        "who": _signed(approval, approval.who, given.record, memory),
        "when": _signed(approval, approval.when, given.record, memory),
        "tab": place.tab,
        "cell": cell_name(place),
        "link": None if place.tab_id is None else wiring.link(config, place),
        "since": iso(seen.since),
        "first_run": seen.first,
        "taken_down": seen.taken if given.covered else None,
        "fingerprint": given.fingerprint or None,
        "attested": seen.attestation.attested if given.granted else None,
        "why": seen.attestation.why or None,
        "covered": {name: was for name, was in given.covered.items() if was is not None},
        "not_covered": [name for name, was in given.covered.items() if was is None],
        "stale": stale,
        "contradictions": [_contradiction(flag, rules) for flag in contradicting],
    }


def _owners_words(fields: Collection[str], record: str, memory: Memory, rules: Rules) -> dict[str, str]:
    """What the owners were last seen to say, canonical; without those of whom nothing readable is known."""
    said = {}
    for name in fields:
        owner = rules.owners.get(name) if name in rules.fields else None
        if owner is not None:
            seen = memory.observations.get((owner, subject(record, rules.fields[name]), name))
            if seen is not None and seen.value is not None:
                said[name] = seen.value
    return said


def _signed(approval: Approval, name: str, record: str, memory: Memory) -> str | None:
    """What stands in the approving row now, in people's own words."""
    seen = memory.observations.get((approval.source, record, name)) if name else None
    return seen.raw.strip() or None if seen is not None else None


def _contradicting(seen: ApprovalSeen, flags: Sequence[OpenFlag], memory: Memory) -> list[OpenFlag]:
    found = []
    for flag in flags:
        record = as_recorded(str(flag.document["record"]), memory.proposed_ids)
        is_of = flag.document["contract"] == f"approvals.{seen.given.approval}"
        if is_of and seen.given.record in (record, campaign_of(record)):
            found.append(flag)
    return found


def _contradiction(flag: OpenFlag, rules: Rules) -> Document:
    told = flag.document
    return {
        "flag": flag.id,
        "source": told["source"],
        "title": title_of(str(told["source"]), rules),
        "tab": told["tab"],
        "cell": told["cell"],
        "row": told["row"],
        "says": told["found"],
        "link": told["link"],
    }


def covering(config: Config, record: str, field: str, memory: Memory) -> list[Document]:
    """What `truth` says of a field: each approval that covers it, and whether it still means what its owner says."""
    rules = config.rules
    found: list[Document] = []
    for seen in sorted(memory.approvals.values(), key=lambda seen: seen.given.about):
        given = seen.given
        covers = any(one.name == given.approval and field in one.covers for one in rules.approvals)
        if not covers or not given.granted or given.record not in (record, campaign_of(record)):
            continue
        says = _owners_words((field,), given.record, memory, rules)
        stale = any(name == field for name, _, _ in apart(given, says, rules))
        approved = given.covered.get(field)
        found.append(
            {
                "approval": given.approval,
                "record": given.record,
                "approved": approved,
                "stale": stale,
                "attested": seen.attestation.attested,
                "since": iso(seen.since),
            }
        )
    return found


# ---------------------------------------------------------------- for people

_COLUMNS = (Column("Approval"), Column("Says"), Column("What has to be known"))


def approvals_text(screen: Screen, document: Document) -> Iterator[str]:
    """A row per approval, those that need somebody first; the last line counts."""
    told = sorted(document["approvals"], key=lambda one: not (one["stale"] or one["contradictions"]))
    yield from table(screen, _COLUMNS, map(_row, told))
    if told:
        yield ""
    counts = document["counts"]
    words = [f"{counts[name]} {name}" for name in ("granted", "stale", "contradicted", "attested")]
    yield f"{count(counts['approvals'], 'approval')} ({', '.join(words)})"


def _row(one: Document) -> list[str | Cell]:
    colour = "red" if one["stale"] or one["contradictions"] else "green" if one["granted"] else ""
    return [
        Cell(f"{one['approval']}\n{one['record']}", one["link"]),
        Cell(_says(one), style=colour),
        "\n".join(_known(one)) or ".",
    ]


def _says(one: Document) -> str:
    signed = ", ".join(said for said in (one["who"], one["when"]) if said)
    where = f"{one['tab']}!{one['cell']}" if one["link"] else f"{one['tab']} / {one['cell']}"
    return "\n".join(filter(None, (one["state"] or f"not known: {one['away']}", signed, where)))


def _known(one: Document) -> Iterator[str]:
    for it in one["stale"]:
        yield f"stale, {it['field']}: approved {it['approved']}, now {it['now']}"
    for it in one["contradictions"]:
        of = "" if it["title"] == it["tab"] else f"{it['title']} "
        yield f"contradicted in {of}{spot(it)}: {it['says']}  [{it['flag']}]"
    if one["not_covered"]:
        yield f"not covered, because not known or in dispute then: {', '.join(one['not_covered'])}"
    if one["attested"] is not None:
        yield attested_words(one)
    yield f"since {to_the_minute(one['since'])}"


def attested_words(one: Document) -> str:
    """Whether anybody else could have given it."""
    if one["attested"]:
        return f"attested; {AS_OWNER}" if one["why"] == AS_OWNER else "attested"
    return f"not attested: {one['why']}"
