"""What is held, what is open, what was closed, and the last run: the first thing to look at in the morning."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.conflicts import State
from sheetsync.core.flags import FlagKind
from sheetsync.engine.asking_columns import ColumnsAsked
from sheetsync.engine.documents import doubt_document, held_document, told_column_document
from sheetsync.faces.columns import doubts_text, told_text
from sheetsync.faces.flags import closed_document, count, flags_table, is_hearsay, open_document, unfit_text
from sheetsync.faces.handing import counted, counts_line
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.notifying import notices_counted, notices_text
from sheetsync.faces.runs import run_facts
from sheetsync.faces.tables import Cell, Column, Row, Screen, heading, paragraph, table
from sheetsync.ports import Memory

Document = Mapping[str, Any]

VERSION = 2

_MEANWHILE = {"reading": "taken as last read", "writing": "nothing is written"}
_SEVERITIES = ("high", "medium", "low")


def status_document(config: Config) -> Document:
    """What holds, what is open (worst first), what the last run closed, and the last run itself."""
    ledger = wiring.past(config)
    last, memory = ledger.last_run(), ledger.memory()
    proposed = memory.proposed_ids
    closed = ledger.closed_flags(last.id) if last else ()
    columns = ColumnsAsked.by(ledger, config.rules)
    flags = [open_document(flag, proposed) for flag in ledger.open_flags()]
    return {
        "version": VERSION,
        "now": iso(wiring.now()),
        "run": last and run_facts(last),
        "held": [held_document(one, config.rules.sources, partial(wiring.link, config)) for one in ledger.held()],
        "doubts": [doubt_document(it, config.rules.sources) for it in columns.questions],
        "told_columns": [told_column_document(it, config.rules.sources) for it in columns.in_effect],
        "flags": flags,
        "approvals": _approvals(flags),
        "conflicts": _conflicts(memory),
        "closed": [closed_document(one, proposed) for one in closed],
        "handoffs": counted(memory),
        "notices": notices_counted(config),
    }


def status_text(screen: Screen, status: Document, by: str | None = None) -> Iterator[str]:
    """What stops us first, then what is open, worst first, then what is open no more; the last line counts."""
    yield from _held(screen, status)
    yield from _columns(screen, status)
    yield from _apart(screen, status["run"], {held["source"] for held in status["held"]})
    for title, flags in _groups(status["flags"], by):
        if title:
            yield from heading(screen, title)
        yield from flags_table(screen, flags, status["now"], headless=bool(title))
        yield ""
    if status["closed"]:
        yield from heading(screen, "Open no more since the run before")
        yield from flags_table(screen, status["closed"], status["now"])
        yield ""
    if any(status["conflicts"].values()):
        yield _conflicts_line(status["conflicts"])
    yield from notices_text(screen, status["notices"])
    if any(status["handoffs"].values()):
        yield counts_line(status["handoffs"])
    if run := status["run"]:
        yield f"last run {run['id']} ended {to_the_minute(run['ended'])} with exit code {run['exit_code']}"
    yield count_line(status)


def count_line(status: Document) -> str:
    """The last line: what holds, what is open, what was closed."""
    held = len({held["source"] for held in status["held"]})
    parts = [f"{count(held, 'source')} held"] if held else []
    parts.append(_counted(status["flags"]))
    stale, against = status["approvals"]["stale"], status["approvals"]["contradictions"]
    parts += [count(stale, "stale approval")] if stale else []
    parts += [count(against, "contradiction")] if against else []
    parts += [f"{len(status['closed'])} closed since the run before"] if status["closed"] else []
    return "; ".join(parts)


def _conflicts(memory: Memory) -> dict[str, int]:
    """How many conflicts there are in each state that is no end, and decisions that wait for the next run."""
    states = Counter(str(it.state) for it in memory.deciding.conflicts)
    counted = {str(state): states[state] for state in State if state is not State.CLOSED}
    return {**counted, "waiting": len(memory.deciding.filed)}


def _conflicts_line(counts: Mapping[str, int]) -> str:
    there = (f"{number} {state}" for state, number in counts.items() if number and state != "waiting")
    waiting = [f"{count(counts['waiting'], 'decision')} for the next run"] if counts["waiting"] else []
    return f"conflicts: {', '.join([*there, *waiting])}"


def _approvals(flags: Sequence[Document]) -> dict[str, int]:
    """Approvals that are stale, each once however many of its fields are, and cells that contradict one."""
    stale = {(flag["record"], _approval(flag)) for flag in flags if flag["kind"] == FlagKind.STALE_APPROVAL}
    against = sum(flag["kind"] == FlagKind.CONTRADICTION and not is_hearsay(flag) for flag in flags)
    return {"stale": len(stale), "contradictions": against}


def _approval(flag: Document) -> str:
    return str(flag["contract"]).rpartition(".")[0]


def _held(screen: Screen, status: Document) -> Iterator[str]:
    """Every guard that holds; a source with several needs a yes to each in one run."""
    columns = (Column("Held", whole=True), Column("Guard", whole=True), Column("What it saw, and what to do"))
    rows: Iterator[Row] = (
        [
            Cell(held["source"], held["link"], "red"),
            held["guard"],
            f"{held['what']}: {_MEANWHILE[held['stops']]}.\n{held['remedy']}\n"
            f"held since {to_the_minute(held['since'])}",
        ]
        for held in status["held"]
    )
    yield from table(screen, columns, rows)
    accepts: dict[str, list[str]] = {}
    for held in status["held"]:
        accepts.setdefault(held["source"], []).append(held["accept"])
    for source, names in accepts.items():
        if len(names) > 1 and all(names):
            options = " ".join(f"--accept {name}" for name in names)
            yield from paragraph(screen, f"all of {source} at once: sheetsync reconcile {options}", indent=2)
    if status["held"]:
        yield ""


def _columns(screen: Screen, status: Document) -> Iterator[str]:
    """Columns that are asked about, and those that are read from where somebody said they stand."""
    held = {held["source"] for held in status["held"] if held["guard"] in ("header", "mapping")}
    lines = [*doubts_text(screen, status["doubts"], held), *told_text(screen, status["told_columns"])]
    yield from lines
    if lines:
        yield ""


def _apart(screen: Screen, run: Document | None, held: Collection[str]) -> Iterator[str]:
    """Sources that were not reached, guards aside, and those whose rows have nothing of ours beside them."""
    troubles = [f"{source}: {why}" for source, why in (run["troubles"] if run else {}).items() if source not in held]
    unfit = [unfit_text(source, why) for source, why in (run["unfit"] if run else {}).items()]
    for told in troubles:
        yield from paragraph(screen, told, style="red")
    for told in unfit:
        yield from paragraph(screen, told)
    if troubles or unfit:
        yield ""


def _groups(flags: Sequence[Document], by: str | None) -> list[tuple[str, list[Document]]]:
    """Flags by campaign or by source, the group with the gravest first; within a group they stay worst first."""
    if by is None:
        return [("", list(flags))]
    groups: dict[str, list[Document]] = {}
    for flag in flags:
        groups.setdefault(flag[by], []).append(flag)
    ranked = sorted(groups.items(), key=lambda group: (*(-number for number in _by_severity(group[1])), group[0]))
    return [(f"{name}: {_counted(its)}", its) for name, its in ranked]


def _by_severity(flags: Sequence[Document]) -> list[int]:
    return [sum(flag["severity"] == severity for flag in flags) for severity in _SEVERITIES]


def _counted(flags: Sequence[Document]) -> str:
    return f"{count(len(flags), 'open flag')} ({_by_severity(flags)[0]} high)"
