"""What cells said through time, replayed from the append-only history and from what they say now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Protocol

from sheetsync.core.graph import Rules
from sheetsync.core.late import WINDOW, Launch, Seen, launch
from sheetsync.core.model import Value
from sheetsync.core.record_fields import RecordField
from sheetsync.core.truth import campaign_of


class Change(Protocol):
    """One observed change (`ports.Event`)."""

    @property
    def run(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def source(self) -> str: ...
    @property
    def record(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def old(self) -> str | None: ...
    @property
    def new(self) -> str | None: ...
    @property
    def about(self) -> RecordField: ...


class Word(Protocol):
    """What a cell says now (`ports.Observation`)."""

    @property
    def value(self) -> str | None: ...


@dataclass(frozen=True)
class Timelines:
    """Every cell that was ever seen; canonical texts, None where it says nothing."""

    #: oldest first
    changes: Sequence[Change]
    now: Mapping[RecordField, Word]

    def of(self, about: RecordField) -> Sequence[Change]:
        """What became of one cell, oldest first."""
        return self._by_cell.get(about, ())

    def cells(self, source: str, field: str) -> Iterable[RecordField]:
        """Every cell of one field of a source that ever changed."""
        return self._by_field.get((source, field), ())

    def after(self, about: RecordField, at: datetime) -> str | None:
        """What a cell said when everything seen until then, that moment included, was seen."""
        return next((it.old for it in self.of(about) if it.at > at), self.says(about))

    def before(self, about: RecordField, at: datetime) -> str | None:
        """What it said just before a moment."""
        return next((it.old for it in self.of(about) if it.at >= at), self.says(about))

    def says(self, about: RecordField) -> str | None:
        word = self.now.get(about)
        return None if word is None else word.value

    @cached_property
    def _by_cell(self) -> Mapping[RecordField, Sequence[Change]]:
        found: defaultdict[RecordField, list[Change]] = defaultdict(list)
        for it in self.changes:
            found[it.about].append(it)
        return found

    @cached_property
    def _by_field(self) -> Mapping[tuple[str, str], Sequence[RecordField]]:
        found: defaultdict[tuple[str, str], list[RecordField]] = defaultdict(list)
        for source, record, field in self._by_cell:
            found[source, field].append((source, record, field))
        return found


def launch_at(record: str, at: datetime, told: Timelines, rules: Rules) -> Launch | None:
    """The launch window of a record's campaign as its owner said it before a moment; as then, where it was silent.

    So a change that moves the launch is seen against the launch it moves.
    """
    ends = (_end(campaign_of(record), name, at, told, rules) for name in WINDOW)
    return launch(*ends)


def seen_at(record: str, at: datetime, told: Timelines, rules: Rules) -> Seen | None:
    """How far from its campaign's launch something about a record was seen; None where no launch was known."""
    of = launch_at(record, at, told, rules)
    return None if of is None else Seen(of, at)


def _end(campaign: str, name: str, at: datetime, told: Timelines, rules: Rules) -> Value | None:
    owner, field = rules.owners.get(name), rules.fields.get(name)
    if owner is None or field is None:
        return None
    about = (owner, campaign, name)
    text = told.before(about, at) or told.after(about, at)
    try:
        return None if text is None else field.type.read(text)
    except ValueError:  # the field was of another kind then
        return None
