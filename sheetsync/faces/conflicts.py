"""Everything a person must decide or correct: the open flags, chosen and listed, and one of them in full."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.campaigns import fold_key
from sheetsync.core.graph import GENERATED, Rules
from sheetsync.core.truth import campaign_of, subject
from sheetsync.errors import UsageError
from sheetsync.faces.contracts import sentence_of
from sheetsync.faces.flags import closed_document, count, flags_table, open_document, spot
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
    #: opened then or later, or before then
    since: datetime | None = None
    before: datetime | None = None


def conflicts_document(config: Config, wanted: Wanted) -> Document:
    """The open flags that are wanted, worst first. Raises UsageError for a source or an owner there is not."""
    _check(wanted, config.rules)
    ledger = wiring.past(config)
    proposed = ledger.memory().proposed_ids
    everything = ledger.open_flags()
    chosen = [
        open_document(flag, proposed)
        for flag in everything
        if (wanted.since is None or flag.since >= wanted.since)
        and (wanted.before is None or flag.since < wanted.before)
        and _is_wanted(flag.document, wanted, proposed)
    ]
    return {"version": VERSION, "now": iso(wiring.now()), "total": len(everything), "flags": chosen}


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
    """One flag in full, by the id that stands in a sheet, with or without its brackets.

    Raises UsageError where no flag has this id, nor had it in the last 90 days.
    """
    ledger, wanted = wiring.past(config), _flag_id(name)
    memory = ledger.memory()
    known: dict[str, Document] = {it.flag.id: closed_document(it, memory.proposed_ids) for it in ledger.closed_flags()}
    known |= {flag.id: open_document(flag, memory.proposed_ids) for flag in ledger.open_flags()}
    if wanted not in known:
        near = get_close_matches(wanted, known, 1)
        hint = f"Did you mean {near[0]}?" if near else "`sheetsync conflicts` lists what is open."
        raise UsageError(f"no flag has the id {wanted!r}.", hint)
    return {"version": VERSION, "now": iso(wiring.now()), "flag": _in_full(config, known[wanted], memory)}


def _flag_id(name: str) -> str:
    bare = name.strip().strip("[]").strip()
    return "ss-" + (bare[3:] if bare[:3].casefold() == "ss-" else bare).upper()


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
    """A row per flag, worst first; the last line counts."""
    flags: Sequence[Document] = document["flags"]
    yield from flags_table(screen, flags, document["now"])
    if flags:
        yield ""
    of = f" of {document['total']}" if len(flags) < document["total"] else ""
    high = sum(flag["severity"] == "high" for flag in flags)
    yield f"{count(len(flags), 'open flag')}{of} ({high} high)" + ("; `sheetsync conflicts show ID`" if flags else "")


def conflict_text(screen: Screen, document: Document) -> Iterator[str]:
    """One flag, fact by fact."""
    flag, since = document["flag"], partial(age, now=document["now"])
    yield from heading(screen, f"{flag['record']} / {flag['label']}  [{flag['severity']} {flag['kind']} {flag['id']}]")
    facts: list[tuple[str, str | Cell]] = [("what", flag["message"])]
    facts += [("found", flag["found"] or "(blank)"), ("in", Cell(f"{flag['title']} {spot(flag)}", flag["link"]))]
    facts += [("should be", flag["expected"])] if flag["expected"] else []
    facts += [("choices", " or ".join(flag["candidates"]))] if flag["candidates"] else []
    facts += [("owner", flag["owner_title"])] if flag["owner"] or flag["others"] else []
    for other in flag["others"]:
        said = other["raw"] or "(blank)"
        facts.append(
            ("says", Cell(f"{said}  since {to_the_minute(other['since'])}\nin {other['where']}", other["link"]))
        )
    facts += [("agreed last", flag["agreed"])] if flag["agreed"] is not None else []
    facts += [("contract", flag["demands"] or flag["contract"])] if flag["contract"] else []
    facts.append(("open since", f"{to_the_minute(flag['since'])} ({since(flag['since'])})"))
    if "closed" in flag:
        facts.append(("closed", f"{to_the_minute(flag['closed'])} by run {flag['closed_by']}"))
    else:
        facts.append(("to do", flag["to_do"]))
    yield from card(screen, facts)
