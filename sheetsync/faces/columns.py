"""Columns whose header is gone, and headers people named for them: as documents and as text."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sheetsync.config import Config
from sheetsync.core.answers import Verdict
from sheetsync.core.column_answers import ColumnAnswer
from sheetsync.engine.asking_columns import ColumnCounting
from sheetsync.engine.documents import config_line
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import title_of
from sheetsync.faces.tables import Screen, card, heading, paragraph

Document = Mapping[str, Any]


def counting_document(config: Config, it: ColumnCounting) -> Document:
    """One answer that stands, with the line that makes it part of the configuration."""
    where, line = config.place("sources", it.source, "columns", it.field), config_line(it.field, it.said.accepted)
    return {
        "column": it.name,
        "source": it.source,
        "title": title_of(it.source, config.rules),
        "field": it.field,
        "accepted": it.said.accepted or None,
        "rejected": list(it.said.rejected),
        "by": it.by,
        "at": iso(it.at),
        "but": it.but or None,
        "setting": where if it.said.accepted and not it.but else None,
        "line": line if it.said.accepted and not it.but else None,
    }


def said_document(one: ColumnAnswer, config: Config) -> Document:
    """One thing a person said about a column."""
    return {
        "column": f"{one.source}.{one.field}",
        "source": one.source,
        "title": title_of(one.source, config.rules),
        "field": one.field,
        "header": one.header,
        "verdict": str(one.verdict),
        "by": one.by,
        "at": iso(one.at),
    }


# ---------------------------------------------------------------- for people


def questions_text(screen: Screen, questions: Sequence[Document]) -> Iterator[str]:
    """Column by column: what it was, what it may be and why, what to type."""
    for one in questions:
        yield from heading(screen, f"{one['column']}  [{'key column' if one['is_key'] else 'column'} gone]")
        yield from card(screen, _facts(one))
        yield ""


def _facts(one: Document) -> Iterator[tuple[str, str]]:
    yield "in", one["title"]
    yield "was", f"{one['header']!r}"
    for candidate in one["candidates"]:
        yield "may be", f"{candidate['header']!r}\nsay yes: {candidate['command']}"
    for line in one["evidence"] if one["candidates"] else ():
        yield "why", line
    if not one["candidates"]:
        yield "may be", f"{one['what']}; {one['remedy']}"
    rest = "the source stays as last read" if one["is_key"] else "it counts as last read"
    yield "until then", rest


def answer_text(answer: Document) -> str:
    """What was said about one column, and what to change in the configuration, on one line."""
    said = [f"stands under {answer['accepted']!r}"] if answer["accepted"] else []
    if answer["rejected"]:
        said.append(f"is not {' nor '.join(map(repr, answer['rejected']))}")
    but = f"; but {answer['but']}" if answer["but"] else ""
    told = f"{answer['column']} {' and '.join(said)}, says {answer['by']}, {to_the_minute(answer['at'])}{but}"
    return f"{told}. {advice(answer)}" if answer["line"] else told


def advice(answer: Document) -> str:
    """What to change in time."""
    return f"In time, write it into {answer['setting']}: {answer['line']}"


def doubts_text(screen: Screen, doubts: Sequence[Document], held: Collection[str]) -> Iterator[str]:
    """Columns that are asked about in sources which no guard holds; of the others the guard's line says it."""
    for one in doubts:
        if one["source"] not in held:
            text = f"? {one['source']}: the column {one['header']!r} is gone, it counts as last read; {one['what']}"
            yield from paragraph(screen, text, style="yellow")
            remedy = f"{one['remedy']}; if it is gone for good: `sheetsync reconcile --accept mapping:{one['source']}`"
            yield from paragraph(screen, f"{remedy[0].upper()}{remedy[1:]}.", indent=6)


def told_text(screen: Screen, told: Sequence[Document]) -> Iterator[str]:
    """Columns that are read from where a person said they stand, and what to change in time."""
    for one in told:
        text = f"- {one['column']} is read from the column {one['header']!r}, says {one['by']}. "
        yield from paragraph(screen, f"{text}In time, write it into `{one['setting']}`: {one['line']}", hanging=2)


def answers_text(screen: Screen, answers: Sequence[Document]) -> Iterator[str]:
    """What was said, one line each."""
    for answer in answers:
        yield from paragraph(screen, answer_text(answer), hanging=2)


def said_text(screen: Screen, said: Sequence[Document]) -> Iterator[str]:
    """What was just said."""
    for one in said:
        yield from paragraph(screen, f"{one['column']} {_WORDS[Verdict(one['verdict'])].format(**one)}", hanging=2)


_WORDS = {
    Verdict.ACCEPTED: "is read from the column {header!r} from now on, wherever that stands.",
    Verdict.REJECTED: "is not the column {header!r}; that is not proposed for it again.",
    Verdict.FORGOTTEN: "has no answer any more ({header!r} was one).",
}
