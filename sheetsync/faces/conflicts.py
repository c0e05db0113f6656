"""Everything a person must decide or correct: open flags and the life of conflicts, listed, and one of them in full."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.campaigns import fold_key
from sheetsync.core.conflicts import OPEN_STATES, State
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import GENERATED, Rules
from sheetsync.core.timelines import Timelines
from sheetsync.core.truth import campaign_of, subject
from sheetsync.engine.reaching import frozen_now
from sheetsync.engine.resolving import Case, Docket, fold_id
from sheetsync.errors import UsageError
from sheetsync.faces.cases import Fact, case_document, case_facts, cases_table, decision_facts, is_late, labels
from sheetsync.faces.contracts import sentence_of
from sheetsync.faces.decided import decision_fact, ruling_document
from sheetsync.faces.flags import closed_document, count, flags_table, open_document, spot
from sheetsync.faces.freezes import waits_document
from sheetsync.faces.launches import timelines, window_document
from sheetsync.faces.moments import age, iso, to_the_minute
from sheetsync.faces.records import as_recorded, place_name, title_of
from sheetsync.faces.remedies import what_to_do
from sheetsync.faces.tables import Cell, Screen, card, heading
from sheetsync.ports import Memory, Observation

Document = Mapping[str, Any]

VERSION = 1


@dataclass(frozen=True)
class Wanted:
    """Which flags; what is empty does not choose."""

    kinds: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    #: source whose word counts, "generated", or "nobody"
    owner: str = ""
    source: str = ""
    #: an id, or the partner and name of a campaign without one
    campaign: str = ""
    #: how far a conflict is; with any of these only conflicts are wanted
    states: tuple[str, ...] = ()
    #: opened then or later, or before then
    since: datetime | None = None
    before: datetime | None = None


def conflicts_document(config: Config, wanted: Wanted) -> Document:
    """The open flags that are wanted, worst first, and the conflicts: those not closed, or those in `wanted.states`.

    Raises UsageError for a source or an owner there is not.
    """
    _check(wanted, config.rules)
    docket = Docket.by(wiring.past(config), config.rules)
    proposed, told = docket.memory.proposed_ids, timelines(wiring.past(config), docket.memory)
    cases = [it for it in docket.conflicts if _is_case_wanted(it, wanted, proposed)]
    those = {it.dispute.id for it in cases}
    chosen = [
        _with_window(config, open_document(flag, proposed), told, proposed)
        for flag in docket.flags
        if _is_in_time(flag.since, wanted)
        and _is_wanted(flag.document, wanted, proposed)
        and (not wanted.states or flag.id in those)
    ]
    return {
        "version": VERSION,
        "now": iso(wiring.now()),
        "total": len(docket.flags),
        "flags": chosen,
        "states": list(wanted.states),
        "conflicts": [case_document(config, docket, it) for it in cases],
    }


def _is_in_time(since: datetime, wanted: Wanted) -> bool:
    return (wanted.since is None or since >= wanted.since) and (wanted.before is None or since < wanted.before)


def _is_case_wanted(case: Case, wanted: Wanted, proposed: Mapping[str, str]) -> bool:
    dispute = case.dispute
    told = {
        "kind": dispute.kind,
        "severity": dispute.severity,
        "owner": dispute.a.source if dispute.owned else None,
        "source": dispute.b.source,
        "record": dispute.record,
    }
    in_state = case.state in wanted.states if wanted.states else case.state is not State.CLOSED
    return in_state and _is_in_time(case.since, wanted) and _is_wanted(told, wanted, proposed)


def _with_window(config: Config, flag: Document, told: Timelines, proposed: Mapping[str, str]) -> Document:
    """A flag with where its first sight falls against the launch window of its campaign."""
    record = as_recorded(flag["record"], proposed)
    return {**flag, "window": window_document(config, told, record, datetime.fromisoformat(flag["since"]))}


def _check(wanted: Wanted, rules: Rules) -> None:
    owners = (*rules.sources, GENERATED, "nobody")
    for option, word, known in (("--source", wanted.source, (*rules.sources,)), ("--owner", wanted.owner, owners)):
        if word and word not in known:
            raise UsageError(f"{option} {word!r} is no source.", f"Known are: {', '.join(known)}.")


def _is_wanted(flag: Document, wanted: Wanted, proposed: Mapping[str, str]) -> bool:
    chosen = (
        not wanted.kinds or flag["kind"] in wanted.kinds,
        not wanted.severities or flag["severity"] in wanted.severities,
        not wanted.owner or (flag["owner"] or "nobody") == wanted.owner,
        not wanted.source or flag["source"] == wanted.source,
        not wanted.campaign or _campaign(flag["record"], proposed) == _campaign(wanted.campaign, proposed),
    )
    return all(chosen)


def _campaign(record: str, proposed: Mapping[str, str]) -> str:
    return fold_key(campaign_of(as_recorded(record, proposed)))


def conflict_document(config: Config, name: str) -> Document:
    """One flag in full, or one conflict, by the id that stands in a sheet, with or without its brackets.

    `flag` is null for a conflict of whose flag nothing is known any more, and for an episode that is over, `conflict`
    where nothing can be decided. Raises UsageError where no flag has this id, nor had it in the last 90 days, nor any
    conflict.
    """
    ledger, wanted = wiring.past(config), fold_id(name)
    docket = Docket.by(ledger, config.rules)
    memory, case = docket.memory, docket.find(name)
    known: dict[str, Document] = {it.flag.id: closed_document(it, memory.proposed_ids) for it in ledger.closed_flags()}
    known |= {flag.id: open_document(flag, memory.proposed_ids) for flag in docket.flags}
    # An episode that is over has had its flag; the one that is open now is another's.
    flag = known.get(wanted if case is None else case.dispute.id if docket.find(case.dispute.id) == case else "")
    if flag is None and case is None:
        near = get_close_matches(wanted, [*known, *(it.id for it in docket.conflicts)], 1)
        hint = f"Did you mean {near[0]}?" if near else "`sheetsync conflicts` lists what is open."
        raise UsageError(f"no flag has the id {wanted!r}.", hint)
    told = timelines(ledger, memory)
    waits = None if case is None else _waits_for(case, config, memory)
    windowed = None if flag is None else _with_window(config, flag, told, memory.proposed_ids)
    return {
        "version": VERSION,
        "now": iso(wiring.now()),
        "flag": None if windowed is None else _in_full(config, windowed, memory),
        "conflict": None if case is None else {**case_document(config, docket, case), "waits_for": waits},
        "decisions": [ruling_document(it) for it in docket.rulings if it.matter == (case.id if case else wanted)],
    }


def _waits_for(case: Case, config: Config, memory: Memory) -> Document | None:
    """Whose yes a change within a freeze waits for; null for any other, and once somebody has said it."""
    if case.dispute.kind is not FlagKind.LATE:
        return None
    frost = frozen_now(memory, config.rules, wiring.now())
    late = frost.disputed.get((case.dispute.about, case.dispute.field))
    return None if late is None else waits_document(late)


def _in_full(config: Config, flag: Document, memory: Memory) -> Document:
    """A flag with what the other side says, what was last agreed, what the contract demands, and what to do."""
    rules = config.rules
    record = as_recorded(flag["record"], memory.proposed_ids)
    others = [_other_side(config, it) for it in _others(flag, record, memory, rules)]
    there = others[0]["where"] if flag["owner"] and others else None
    return {
        **flag,
        "title": title_of(flag["source"], rules),
        "label": rules.fields[flag["field"]].label if flag["field"] in rules.fields else flag["field"],
        "owner_title": title_of(flag["owner"], rules),
        "others": others,
        "agreed": memory.baselines.get((flag["source"], record, flag["field"])),
        "demands": sentence_of(rules, flag["contract"]) or None if flag["contract"] else None,
        "to_do": what_to_do(flag, f"{title_of(flag['source'], rules)} {spot(flag)}", there, rules),
    }


def _others(flag: Document, record: str, memory: Memory, rules: Rules) -> Iterator[Observation]:
    """What the flag is held against: the owner's cell; where nobody owns the field, every other claim of it."""
    field = rules.fields.get(flag["field"])
    if field is None:
        return
    about = subject(record, field)
    owner, own = flag["owner"], (flag["source"], flag["row"])
    for seen in memory.observations.values():
        if seen.field != field.name or subject(seen.record, field) != about or owner not in (None, seen.source):
            continue
        if (seen.source, None if seen.place.row is None else seen.place.row + 1) != own:
            yield seen


def _other_side(config: Config, seen: Observation) -> Document:
    return {
        "source": seen.source,
        "raw": seen.raw,
        "value": seen.value,
        "since": iso(seen.since),
        "where": f"{title_of(seen.source, config.rules)} {place_name(seen.place)}",
        "link": wiring.link(config, seen.place) if seen.place.tab_id is not None else None,
    }


# ---------------------------------------------------------------- for people


def conflicts_text(screen: Screen, document: Document) -> Iterator[str]:
    """A row per flag, worst first, then the conflicts somebody has decided; the last line counts.

    Where states were chosen it is conflicts only.
    """
    if document["states"]:
        yield from _conflicts_only(screen, document["conflicts"])
        return
    flags: Sequence[Document] = document["flags"]
    yield from flags_table(screen, flags, document["now"])
    if flags:
        yield ""
    # Those that are open stand among the flags.
    decided = [it for it in document["conflicts"] if it["state"] not in OPEN_STATES or it["waiting"] or it["refused"]]
    if decided:
        yield from heading(screen, "With a decision")
        yield from cases_table(screen, decided)
        yield ""
    of = f" of {document['total']}" if len(flags) < document["total"] else ""
    high = sum(flag["severity"] == "high" for flag in flags)
    yield f"{count(len(flags), 'open flag')}{of} ({high} high)" + ("; `sheetsync conflicts show ID`" if flags else "")


def _conflicts_only(screen: Screen, cases: Sequence[Document]) -> Iterator[str]:
    yield from cases_table(screen, cases)
    if cases:
        yield ""
    yield count(len(cases), "conflict") + ("; `sheetsync conflicts show ID`" if cases else "")


def conflict_text(screen: Screen, document: Document) -> Iterator[str]:
    """One flag, fact by fact; where people may decide, how far they are and what each choice means."""
    flag, case = document["flag"], document["conflict"]
    told, about = (flag, flag["label"]) if flag is not None else (case, labels(case))
    yield from heading(screen, f"{told['record']} / {about}  [{told['severity']} {told['kind']} {told['id']}]")
    # A conflict tells both sides itself.
    both = case is not None and case["conflict"]
    facts = [] if flag is None else list(_flag_facts(flag, both, both and is_late(case)))
    facts += [] if flag is None else list(_times(flag, document["now"]))
    facts += case_facts(case) if both else ()
    facts += [("to do", flag["to_do"])] if flag is not None and "closed" not in flag else []
    facts += decision_facts(case) if case is not None else map(decision_fact, document["decisions"])
    yield from card(screen, facts)


def _flag_facts(flag: Document, both: bool, late: bool) -> Iterator[Fact]:
    """`both`: where its conflict tells the sides; `late`: and the one cell it is about."""
    yield "what", flag["message"]
    if not late:
        yield "found", flag["found"] or "(blank)"
        yield "in", Cell(f"{flag['title']} {spot(flag)}", flag["link"])
    if flag["expected"]:
        yield "should be", flag["expected"]
    if flag["candidates"] and not both:
        yield "choices", " or ".join(flag["candidates"])
    if flag["owner"] or flag["others"]:
        yield "owner", flag["owner_title"]
    for other in () if both else flag["others"]:
        said = other["raw"] or "(blank)"
        yield "says", Cell(f"{said}  since {to_the_minute(other['since'])}\nin {other['where']}", other["link"])
    if flag["agreed"] is not None and not both:
        yield "agreed last", flag["agreed"]
    if flag["contract"]:
        yield "contract", flag["demands"] or flag["contract"]


def _times(flag: Document, now: str) -> Iterator[Fact]:
    yield "open since", f"{to_the_minute(flag['since'])} ({age(flag['since'], now)})"
    if "closed" in flag:
        yield "closed", f"{to_the_minute(flag['closed'])} by run {flag['closed_by']}"
