"""Placements that are ready to deploy, from what was last observed, verified and published; never from Google.

A row leaves only if all of it may: one with a value we withhold, or with grave trouble, is left out and counted.
"""

import csv
import os
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Rules, claimed_by
from sheetsync.core.model import Entity
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import Ruling
from sheetsync.core.terms import Severity
from sheetsync.core.truth import campaign_of
from sheetsync.core.where_decided import DECISIONS
from sheetsync.core.words_in_force import words_in_force
from sheetsync.errors import SheetsyncError, UsageError
from sheetsync.faces.flags import count, is_hearsay
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import as_recorded
from sheetsync.ports import Memory, OpenFlag, RunRecord, WithheldValue

Document = Mapping[str, Any]

VERSION = 1

_CHANNEL = "channel"
#: what spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"), full-width look-alikes included
FORMULA_BEGINS = "=+-@\t\r\n＝＋－＠"
#: the ledger tells rows apart by number where several share a key, or where nobody knows their campaign
_SHARED_KEY = re.compile(r"(.*) \(row \d+ of \d+\)", re.DOTALL)
_UNMATCHED = re.compile(r"unmatched .* \(\d+\)", re.DOTALL)


def export_document(config: Config, channel: str | None) -> Document:
    """Deploy-ready rows as of the last run, one per placement, and how many were left out and why.

    Raises UsageError for a channel in which no placement is, SheetsyncError where there was no run yet.
    """
    ledger = wiring.past(config)
    last, memory = ledger.last_run(), ledger.memory()
    if last is None:
        raise SheetsyncError(
            f"There was no run yet: the ledger {config.ledger} is empty.", "Start with `sheetsync reconcile`."
        )
    known = _Known(config.rules, memory, ledger.open_flags(), ledger.withheld())
    everything = [known.row(record) for record in known.placements]
    rows = [row for row in everything if channel is None or row.values.get(_CHANNEL) == channel]
    if channel is not None and not rows:
        channels = sorted({row.values[_CHANNEL] for row in everything if _CHANNEL in row.values})
        raise UsageError(f"no placement is in the channel {channel!r}.", f"Channels: {', '.join(channels)}.")
    left_out, handed = [row for row in rows if row.reasons], _handoffs(memory)
    return {
        "version": VERSION,
        "as_of": {"run": last.id, "ended": iso(last.ended), "exit_code": last.exit_code},
        "channel": channel,
        "fields": list(known.fields),
        "rows": [
            {
                "record": row.record,
                "values": dict(row.values),
                "handoffs": [it for about in (row.record, campaign_of(row.record)) for it in handed.get(about, ())],
            }
            for row in rows
            if not row.reasons
        ],
        "left_out": [{"record": row.record, "reasons": list(row.reasons)} for row in left_out],
        "left_out_by_reason": dict(Counter(reason for row in left_out for reason in row.reasons).most_common()),
        "as_last_read": _as_last_read(last, memory),
    }


def _handoffs(memory: Memory) -> Mapping[str, list[Document]]:
    """Record -> how far each of its handoffs is."""
    found: defaultdict[str, list[Document]] = defaultdict(list)
    for it in sorted(memory.handed.values(), key=lambda it: it.about):
        found[it.record].append({"handoff": it.handoff, "record": it.record, "state": it.state, "since": iso(it.since)})
    return found


def _as_last_read(run: RunRecord, memory: Memory) -> Document:
    """Sources the run could not take as they are: what they say may be older than the run."""
    held = {one.held.source: one.held.what for one in memory.held if one.held.guard.stops_reading}
    written_only = {one.held.source for one in memory.held if not one.held.guard.stops_reading}
    written_only.add(DECISIONS)
    return {name: why for name, why in {**run.troubles, **held}.items() if name in held or name not in written_only}


@dataclass(frozen=True, slots=True)
class _Row:
    record: str
    #: field -> canonical text, of those that are said
    values: Mapping[str, str]
    #: why it stays at home; empty for a row that is ready
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    """What the ledger says of placements, put together per record."""

    rules: Rules
    memory: Memory
    open_flags: Sequence[OpenFlag]
    withheld: Sequence[WithheldValue]

    def row(self, record: str) -> _Row:
        """One placement: what its campaign's owners say, what it says itself, what is published for it."""
        values = {name: said for name in self.fields if (said := self._said(record, name)) is not None}
        return _Row(record, values, tuple(dict.fromkeys(self._reasons(record))))

    @cached_property
    def placements(self) -> Sequence[str]:
        """Every placement by its record's name, in order; several rows that share a key are one."""
        return sorted({_key(record) for records in self._records_of.values() for record in records})

    @cached_property
    def fields(self) -> Sequence[str]:
        """The columns: what somebody owns of a campaign, then a placement's own, then what is published for it."""
        claimed = {name for source in self.rules.sources.values() for name in claimed_by(source, self.rules.fields)}
        typed = [name for name in self.rules.fields if name in claimed and name not in self._made]
        of_campaigns = [it for it in typed if it in self.rules.owners and self._of(it) is Entity.CAMPAIGN]
        of_placements = [it for it in typed if it not in self.rules.templates and self._of(it) is Entity.PLACEMENT]
        return [*of_campaigns, *of_placements, *self._made]

    def _of(self, name: str) -> Entity:
        return self.rules.fields[name].of

    @cached_property
    def _made(self) -> Sequence[str]:
        """Fields of placements that are filled in by us somewhere."""
        filled = {name for source in self.rules.sources.values() for name in source.generated}
        return [name for name in self.rules.fields if name in filled and self._of(name) is Entity.PLACEMENT]

    @cached_property
    def _records_of(self) -> Mapping[str, set[str]]:
        """Source with a row per placement -> the records seen there."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for source, record, _ in self.memory.observations:
            if source in self.rules.sources and self.rules.sources[source].rows_are is Entity.PLACEMENT:
                found[source].add(record)
        return found

    # ------------------------------------------------------------ values

    def _said(self, record: str, name: str) -> str | None:
        """The text that counts; None where nobody says anything, or not one thing."""
        return next(iter(said), None) if len(said := self._all_said(record, name)) == 1 else None

    def _all_said(self, record: str, name: str) -> set[str]:
        if name in self._made:
            return self._published.get((record, name), set())
        owner = self.rules.owners.get(name)
        about = campaign_of(record) if self._of(name) is Entity.CAMPAIGN else record
        sources = self.rules.sources if owner is None else (owner,)
        # The owner of a campaign's field may itself have a row per placement.
        said = (self._says((source, it, name)) for source in sources for it in {about, record})
        return {it for it in said if it is not None}

    def _says(self, about: RecordField) -> str | None:
        """What a place says; of an owner what was decided, where its cell does not say so yet."""
        ruling = self._decided.get(about)
        return self.memory.says(about) if ruling is None else ruling.holds[about[2]]

    @cached_property
    def _decided(self) -> Mapping[RecordField, Ruling]:
        return words_in_force(self.memory.deciding.rulings, self.memory.says, self.rules)

    # ------------------------------------------------------------ reasons

    def _reasons(self, record: str) -> Iterator[str]:
        """Why a row is not ready, in words that can be counted."""
        if _UNMATCHED.fullmatch(record):
            yield "the campaign is not known"
            return
        if record in self._shared:
            yield "several rows have the same key"
        yield from self._withheld_of.get(record, ())
        yield from (it for about in (record, campaign_of(record)) for it in self._grave.get(about, ()))
        for name in self.fields:
            said = self._all_said(record, name)
            if len(said) > 1:
                yield f"{name} is not the same everywhere"
            elif not said and name in self._made and self._is_filled(record, name) and record not in self._withheld_of:
                yield f"{name} is not published"

    @cached_property
    def _shared(self) -> frozenset[str]:
        """Records that several rows of one source are about."""
        return frozenset(_key(it) for records in self._records_of.values() for it in records if _key(it) != it)

    @cached_property
    def _published(self) -> Mapping[tuple[str, str], set[str]]:
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for it in self.memory.published.values():
            found[it.record, it.field].add(it.value)
        return found

    def _is_filled(self, record: str, name: str) -> bool:
        return any(
            name in self.rules.sources[source].generated and record in its for source, its in self._records_of.items()
        )

    @cached_property
    def _withheld_of(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for it in self.withheld:
            if it.field in self._made:
                found[it.record].append(f"{it.field} withheld: {it.reason}")
        return found

    @cached_property
    def _grave(self) -> Mapping[str, list[str]]:
        """Record -> its open flags of severity high; what is undecided is grave in any severity."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for flag in self.open_flags:
            grave = flag.document["severity"] == Severity.HIGH and not is_hearsay(flag.document)
            if grave or flag.kind == FlagKind.CONFLICT:
                record = as_recorded(str(flag.document["record"]), self.memory.proposed_ids)
                found[record].append(f"open flag: {flag.kind} of {flag.document['field']}")
        return found


def _key(record: str) -> str:
    """The record a row is about, whatever number it goes by."""
    shared = _SHARED_KEY.fullmatch(record)
    return shared[1] if shared else record


# ---------------------------------------------------------------- as a file


def export_csv(document: Document) -> str:
    """RFC 4180: a header line, CRLF, quotes where needed; no cell that a spreadsheet would take for a formula."""
    out = StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(map(defused, ["record", *document["fields"]]))
    for row in document["rows"]:
        lines.writerow(map(defused, [row["record"], *(row["values"].get(name, "") for name in document["fields"])]))
    return out.getvalue()


def defused(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would run it, blanks before the sign included."""
    begins = text[:1] + text.lstrip()[:1]
    return f"'{text}" if any(char in FORMULA_BEGINS for char in begins) else text


def export_summary(document: Document) -> Iterator[str]:
    """What was exported as of when, and what was left out and why: beside the rows, not among them."""
    as_of = document["as_of"]
    yield f"as of run {as_of['run']}, ended {to_the_minute(as_of['ended'])}, exit code {as_of['exit_code']}"
    for source, why in document["as_last_read"].items():
        yield f"{source} is taken as last read: {why}"
    for reason, number in document["left_out_by_reason"].items():
        yield f"left out {number}: {reason}"
    yield f"{count(len(document['rows']), 'row')}, {len(document['left_out'])} left out"


def write_file(path: Path, content: bytes) -> None:
    """Put a file in place whole, or leave what is there. Raises UsageError where it cannot be written."""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        with suppress(OSError):
            Path(temporary).unlink()
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name another file with --out.") from error
