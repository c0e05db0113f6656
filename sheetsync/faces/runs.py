"""The runs there were: the last ones in a table, one of them in full."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.errors import UsageError
from sheetsync.faces.decided import decisions_heard, decisions_text
from sheetsync.faces.flags import closed_document, count, flags_table, open_document
from sheetsync.faces.history import event_document, events_table
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.tables import Cell, Column, Screen, card, heading, paragraph, table
from sheetsync.ports import ClosedFlag, JournalEntry, RunRecord

Document = Mapping[str, Any]

VERSION = 1

#: the word for the newest run
LAST = "last"


def run_facts(run: RunRecord) -> Document:
    """One run in short."""
    return {
        "id": run.id,
        "started": iso(run.started),
        "ended": iso(run.ended),
        "seconds": round((run.ended - run.started).total_seconds(), 3),
        "exit_code": run.exit_code,
        "counts": dict(run.counts),
        "unfit": dict(run.unfit),
        "troubles": dict(run.troubles),
        "written": [dict(one) for one in run.written],
    }


def runs_document(config: Config, limit: int) -> Document:
    """The runs that ended last, newest last."""
    return {"version": VERSION, "runs": [run_facts(run) for run in wiring.past(config).runs(limit)]}


def run_document(config: Config, name: str) -> Document:
    """One run in full, by its id, the beginning of it, or `last`.

    Raises UsageError where none, or more than one, is called so.
    """
    ledger = wiring.past(config)
    run = _named(ledger.runs(1) if name == LAST else ledger.runs(2, name), name)
    memory = ledger.memory()
    closed: Sequence[ClosedFlag] = ledger.closed_flags()
    # A flag that is closed by now was opened all the same.
    opened = [flag for flag in (*ledger.open_flags(), *(it.flag for it in closed)) if flag.first == run.id]
    return {
        "version": VERSION,
        "now": iso(wiring.now()),
        "run": run_facts(run),
        "batches": [_batch(config, entry, run) for entry in ledger.batches(run.id)],
        "decisions": [one for _, one in decisions_heard(config, ledger, run.id)],
        "events": [event_document(config, event) for event in ledger.history(run=run.id)],
        "opened": [open_document(flag, memory.proposed_ids) for flag in opened],
        "closed": [closed_document(it, memory.proposed_ids) for it in closed if it.by == run.id],
    }


def _named(found: Sequence[RunRecord], name: str) -> RunRecord:
    exact = [run for run in found if run.id == name]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise UsageError(f"no run is called {name!r}.", "`sheetsync runs` lists the last ones.")
    raise UsageError(
        f"more than one run begins with {name!r}.", f"Type more of it: {' or '.join(r.id for r in found)}."
    )


def _batch(config: Config, entry: JournalEntry, run: RunRecord) -> Document:
    """One batch of a run: which workbook, which generation, how far it came."""
    titles = {it["spreadsheet"]: it["title"] for it in run.written}
    rules = config.rules
    sources = rules.titles_of(entry.spreadsheet) if entry.spreadsheet in rules.workbooks else ()
    return {
        "spreadsheet": entry.spreadsheet,
        "title": titles.get(entry.spreadsheet) or ", ".join(sources) or entry.spreadsheet,
        "generation": entry.generation,
        "state": entry.state,
    }


# ---------------------------------------------------------------- for people


def runs_text(screen: Screen, document: Document) -> Iterator[str]:
    """A row per run, newest last; requests are reads and writes."""
    columns = (
        *(Column("Run", whole=True), Column("Began", whole=True), Column("Took", whole=True, right=True)),
        *(Column(name, whole=True, right=True) for name in ("Exit", "Flags", "Requests", "Books")),
    )
    yield from table(screen, columns, map(_row, document["runs"]))
    yield count(len(document["runs"]), "run")


def _row(run: Document) -> list[str | Cell]:
    counts = run["counts"]
    flags, reads, writes, written = (counts.get(name, "-") for name in ("flags", "reads", "writes", "written"))
    figures = (str(flags), f"{reads}+{writes}", str(written))
    code = Cell(str(run["exit_code"]), style="red" if run["exit_code"] else "")
    return [run["id"], to_the_minute(run["started"]), f"{run['seconds']:.1f} s", code, *figures]


def run_text(screen: Screen, document: Document) -> Iterator[str]:
    """One run: its figures, what it could not do, what it wrote, saw, opened and closed."""
    run = document["run"]
    yield from card(screen, _facts(run))
    for source, why in run["troubles"].items():
        yield from paragraph(screen, f"{source}: {why}", style="red")
    if document["decisions"]:
        yield ""
        yield from heading(screen, f"Heard {count(len(document['decisions']), 'decision')}")
        yield from decisions_text(screen, document["decisions"])
    yield from _batches(screen, document)
    lists = (
        ("Saw", document["events"], events_table(screen, document["events"])),
        ("Opened", document["opened"], flags_table(screen, document["opened"], document["now"])),
        ("Closed", document["closed"], flags_table(screen, document["closed"], document["now"])),
    )
    for title, items, lines in lists:
        if items:
            yield ""
            yield from heading(screen, f"{title} {len(items)}")
            yield from lines
    yield ""
    written, saw, opened, closed = (len(document[name]) for name in ("batches", "events", "opened", "closed"))
    yield f"{count(written, 'write')}, {count(saw, 'change')}, {count(opened, 'flag')} opened, {closed} closed"


def _facts(run: Document) -> list[tuple[str, str]]:
    figures = ", ".join(f"{number} {name}" for name, number in run["counts"].items() if number)
    return [
        ("run", run["id"]),
        ("began", run["started"]),
        ("took", f"{run['seconds']:.1f} s, exit code {run['exit_code']}"),
        ("counted", figures or "nothing"),
    ]


def _batches(screen: Screen, document: Document) -> Iterator[str]:
    if not document["batches"]:
        return
    yield ""
    yield from heading(screen, f"Wrote {len(document['batches'])}")
    columns = (
        Column("Workbook"),
        Column("Generation", whole=True, right=True),
        Column("State", whole=True),
        Column("What"),
    )
    done = {(it["spreadsheet"], it["generation"]): "; ".join(it["changes"]) for it in document["run"]["written"]}
    yield from table(
        screen,
        columns,
        (
            [it["title"], str(it["generation"]), it["state"], done.get((it["spreadsheet"], it["generation"]), "")]
            for it in document["batches"]
        ),
    )
