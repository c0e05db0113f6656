"""Columns whose header is gone, and what people say became of them. From memory: no sheet is read for it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sheetsync.core.answers import Verdict
from sheetsync.core.column_answers import ColumnAnswer, ColumnAnswers, SaidOfColumn
from sheetsync.core.fields.texts import quote
from sheetsync.core.graph import Rules, Source
from sheetsync.core.header_texts import fold_header
from sheetsync.core.mapping.doubts import Doubt
from sheetsync.core.model import Snapshot
from sheetsync.engine.asking import Desk
from sheetsync.engine.world import RUN
from sheetsync.errors import UsageError
from sheetsync.ports import Ledger, Memory

_LIST = "`sheetsync match list` says what is asked, and what was answered."


@dataclass(frozen=True)
class ColumnCounting:
    """What counts of one field's column by now, since when and by whom; `but` says why it has no effect."""

    source: str
    field: str
    said: SaidOfColumn
    by: str
    at: datetime
    but: str = ""

    @property
    def name(self) -> str:
        return f"{self.source}.{self.field}"


@dataclass(frozen=True)
class ColumnsAsked:
    """Every column that was asked about at the last look, and every answer there is by now."""

    rules: Rules
    memory: Memory
    #: the last look
    looked: datetime | None = None

    @classmethod
    def by(cls, ledger: Ledger, rules: Rules) -> "ColumnsAsked":
        """What is asked by what a ledger remembers."""
        last = ledger.last_run()
        return cls(rules, ledger.memory(), last.ended if last else None)

    @cached_property
    def answers(self) -> ColumnAnswers:
        return ColumnAnswers.of(self.memory.column_answers)

    @cached_property
    def questions(self) -> tuple[Doubt, ...]:
        """Everything that is asked and was not answered since; without what was rejected."""
        asked = []
        for doubt in self.memory.doubts:
            source = self.rules.sources.get(doubt.source)
            said = self.answers.about(doubt.source, doubt.field)
            if source is None or doubt.field not in source.columns:
                continue
            if said.accepted and self._is_new(doubt.source, doubt.field):
                continue
            candidates = tuple(text for text in doubt.candidates if not said.rejects(text))
            asked.append(doubt if candidates == doubt.candidates else replace(doubt, candidates=candidates))
        return tuple(asked)

    @cached_property
    def counting(self) -> tuple[ColumnCounting, ...]:
        """Every answer that stands, in the order in which the last word on each column was said."""
        last = {(one.source, one.field): one for one in self.memory.column_answers}
        standing = (
            ColumnCounting(*about, said, last[about].by, last[about].at, self._but(*about, said))
            for about, said in self.answers.said.items()
        )
        return tuple(sorted(standing, key=lambda it: (it.at, it.name)))

    @property
    def in_effect(self) -> tuple[ColumnCounting, ...]:
        """Answers that say where a column is read from."""
        return tuple(it for it in self.counting if it.said.accepted and not it.but)

    def doubt(self, source: str, field: str) -> Doubt | None:
        """What is asked about a column, if anything is."""
        return next((it for it in self.questions if (it.source, it.field) == (source, field)), None)

    def _is_new(self, source: str, field: str) -> bool:
        """Whether the last answer was given after the last look."""
        at = [it.at for it in self.memory.column_answers if (it.source, it.field) == (source, field)]
        return self.looked is None or (bool(at) and at[-1] >= self.looked)

    def _but(self, source: str, field: str, said: SaidOfColumn) -> str:
        rule = self.rules.sources.get(source)
        if rule is None or field not in rule.columns:
            return "no such column is configured any more"
        if not said.accepted:
            return ""
        if _names(rule, field, said.accepted):
            return "the configuration names it itself"
        if field not in self.answers.accepted_in(rule):
            return "the configuration gives it to another field"
        if self._is_new(source, field):
            return "no run has gone by it yet"
        if self.doubt(source, field):
            return "there was no such header at the last look"
        return "a header that the configuration names is there" if self._stands_as_configured(rule, field) else ""

    def _stands_as_configured(self, source: Source, field: str) -> bool:
        seen = self.memory.observations.records(source.name)
        headers = Counter(fields[field].place.column_name for _, fields in seen if field in fields)
        return bool(headers) and _names(source, field, headers.most_common(1)[0][0])


def read_as_told(rules: Rules, memory: Memory, fresh: Mapping[str, Snapshot]) -> list[ColumnCounting]:
    """Columns that were just read from where a person said they stand, in configured order."""
    asked = ColumnsAsked(rules, memory)
    return [
        it
        for it in asked.counting
        if it.source in fresh
        and it.said.accepted
        and (header := fresh[it.source].headers.get(it.field)) is not None
        and not _names(rules.sources[it.source], it.field, header)
    ]


def column_named(rules: Rules, name: str) -> tuple[str, str] | None:
    """(source, field) of "landing.offer"; None for what names no field of a source. Raises `UsageError` for a field
    that the source has no column for.
    """
    source, _, field = name.strip().partition(".")
    if source not in rules.sources or field not in rules.fields:
        return None
    if field not in rules.sources[source].columns:
        mapped = ", ".join(rules.sources[source].columns)
        raise UsageError(f"{source} has no column for {field!r}.", f"Its fields are: {mapped}.")
    return source, field


def accept_column(desk: Desk, rules: Rules, source: str, field: str, header: str, by: str) -> ColumnAnswer:
    """A person says under which header a field stands now. Raises `UsageError` for one that is another's, or no news.

    That there is such a header nobody knows before the next look.
    """
    header = _one_line(header)
    with desk.leases.hold(RUN):
        rule = rules.sources[source]
        asked = ColumnsAsked.by(desk.ledger, rules)
        others = {**asked.answers.accepted_in(rule)}
        others.pop(field, None)
        taken = {fold_header(text): name for name, texts in rule.columns.items() for text in texts}
        taken |= {fold_header(text): name for name, text in others.items()}
        other = taken.get(fold_header(header))
        if other == field:
            raise UsageError(
                f"{quote(header)} is a header of {field} already, by the configuration of {source}.",
                "Nothing needs to be said.",
            )
        if other is not None:
            raise UsageError(
                f"{quote(header)} is the column of {other} in {source}.",
                f"Name another header, or correct `sources.{source}.columns`.",
            )
        return _say(desk, source, field, header, Verdict.ACCEPTED, by)


def reject_column(
    desk: Desk, rules: Rules, source: str, field: str, header: str | None, by: str
) -> tuple[ColumnAnswer, ...]:
    """A person says under which header a field does not stand, or under none that is proposed.

    What is rejected is not proposed again. Raises `UsageError` where nothing is proposed and none is named.
    """
    with desk.leases.hold(RUN):
        doubt = ColumnsAsked.by(desk.ledger, rules).doubt(source, field)
        headers = (_one_line(header),) if header is not None else doubt.candidates if doubt is not None else ()
        if not headers:
            raise UsageError(f"no column is proposed for {source}.{field}.", f"Name its header. {_LIST}")
        return tuple(_say(desk, source, field, text, Verdict.REJECTED, by) for text in headers)


def forget_column(desk: Desk, rules: Rules, source: str, field: str, by: str) -> ColumnAnswer:
    """All that was said about a field's column is taken back. Raises `UsageError` where nothing was."""
    with desk.leases.hold(RUN):
        said = ColumnsAsked.by(desk.ledger, rules).answers.about(source, field)
        headers = [text for text in (said.accepted, *said.rejected) if text]
        if not headers:
            raise UsageError(
                f"nothing was said about the column of {source}.{field}.",
                "`sheetsync match list` ends with what was.",
            )
        return _say(desk, source, field, headers[0], Verdict.FORGOTTEN, by)


def _say(desk: Desk, source: str, field: str, header: str, verdict: Verdict, by: str) -> ColumnAnswer:
    said = ColumnAnswer(source, field, header, verdict, by, desk.clock.now())
    desk.ledger.answer_columns([said])
    return said


def _one_line(header: str) -> str:
    text = " ".join(header.split())
    if not fold_header(text):
        raise UsageError(f"{quote(header)} is no header: it holds nothing to tell it by.", _LIST)
    return text


def _names(source: Source, field: str, header: str) -> bool:
    """Whether the configuration itself says that a field stands under a header."""
    return fold_header(header) in map(fold_header, source.columns.get(field, ()))
