"""Decisions as documents, and a line for each: the same in a run, in `runs`, in `history` and in `truth`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sheetsync.config import Config
from sheetsync.core.conflicts import decision_words
from sheetsync.core.graph import Rules
from sheetsync.core.rulings import Ruling
from sheetsync.engine.resolving import in_words
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import as_recorded
from sheetsync.faces.tables import Screen, paragraph
from sheetsync.ports import Filed, Heard, Ledger

Document = Mapping[str, Any]

COMMAND_LINE = "command line"
_SIGNS = {"taken": "=", "refused": "!", "waits": "?"}
_COLOURS = {"taken": "green", "refused": "yellow"}


class About(NamedTuple):
    """What a decision is about."""

    source: str
    record: str
    fields: tuple[str, ...]


def ruling_document(one: Ruling) -> Document:
    """One decision that was taken, and how it ended; `end` is null while it is in force."""
    return {
        "id": one.matter,
        "verdict": one.verdict.value,
        "holds": dict(one.holds),
        "until": one.until.isoformat() if one.until is not None else None,
        "by": one.by,
        "attested": one.attested,
        "how": one.how,
        "why": one.why or None,
        "at": iso(one.at),
        "run": one.run,
        "source": one.source,
        "record": one.record,
        "owner": one.giver if one.owned else None,
        "end": one.end.value if one.end is not None else None,
        "ended": iso(one.ended) if one.ended is not None else None,
        "words": decision_words(one),
    }


def filed_document(one: Filed) -> Document:
    """A decision that waits for the next run."""
    typed = one.typed
    return {
        "number": one.number,
        "decision": in_words(typed),
        "custom": typed.custom or None,
        "until": typed.until or None,
        "by": typed.by,
        "why": typed.why or None,
        "saw": typed.saw,
        "at": iso(one.at),
    }


def heard_document(one: Heard, rules: Rules) -> Document:
    """A decision that was heard by a run; `refused` is null where it counted."""
    return {
        "id": one.matter,
        "run": one.run,
        "at": iso(one.at),
        "where": _where(one, rules),
        "typed": dict(one.typed),
        "refused": one.refused or None,
    }


def decisions_heard(config: Config, ledger: Ledger, run: str | None = None) -> Iterator[tuple[Heard, Document]]:
    """What runs, or one run, made of decisions, oldest first; documents as in a run's own."""
    about, taken = _abouts(ledger), {it.id: it for it in ledger.all_rulings()}
    for one in ledger.heard(run=run):
        ruling, known = taken.get((one.matter, one.run)), about.get(one.matter)
        if ruling is not None:
            known = known or About(ruling.source, ruling.record, (*ruling.saw_b,))
        yield (
            one,
            {
                "id": one.matter,
                "record": known.record if known is not None else None,
                "fields": list(known.fields) if known is not None else [],
                "decision": one.typed.get("decision", ""),
                "by": one.typed.get("by"),
                "attested": ruling is not None and ruling.attested,
                "where": _where(one, config.rules),
                "outcome": "refused" if one.refused else "taken",
                "told": one.refused or (decision_words(ruling) if ruling is not None else ""),
            },
        )


def _abouts(ledger: Ledger) -> Mapping[str, About]:
    """What each id is about, as far as it is remembered."""
    proposed = ledger.memory().proposed_ids
    flags = [*(it.flag for it in ledger.closed_flags()), *ledger.open_flags()]
    found = {
        it.id: About(
            str(it.document["source"]),
            as_recorded(str(it.document["record"]), proposed),
            (str(it.document["field"]),),
        )
        for it in flags
    }
    for one in ledger.deciding().conflicts:
        found[one.id] = About(one.dispute.b.source, one.dispute.record, one.dispute.fields)
    return found


def _where(one: Heard, rules: Rules) -> str:
    titles = [source.title for source in rules.tabs_of(one.where)]
    return ", ".join(titles) or "decisions tab" if one.where else COMMAND_LINE


def decisions_text(screen: Screen, decisions: Sequence[Document], dry_run: bool = False) -> Iterator[str]:
    """One line each: about what, what was decided and by whom, or why it does not count."""
    for one in decisions:
        about = " / ".join(filter(None, (one["record"], ", ".join(one["fields"])))) or one["id"]
        outcome = f"would be {one['outcome']}" if dry_run and one["outcome"] != "waits" else one["outcome"]
        text = f"{_SIGNS[one['outcome']]} {about}: {decision_text(one)}  [{outcome} {one['id']}, {one['where']}]"
        yield from paragraph(screen, text, hanging=6, style=_COLOURS.get(one["outcome"], ""))


def decision_text(one: Document) -> str:
    """What was decided and by whom; and why, where it does not count."""
    if one["outcome"] in ("taken", "ended"):
        return str(one["told"])
    return f"{one['decision']}" + (f" by {one['by']}" if one["by"] else "") + f": {one['told']}"


def decision_fact(ruling: Document) -> tuple[str, str]:
    """One decision in full, and how it ended."""
    ended = f"; {ruling['end']} ({to_the_minute(ruling['ended'])})" if ruling["end"] else ""
    return "decision", f"{ruling['words']} ({ruling['how']}){ended}"
