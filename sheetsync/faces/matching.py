"""Rows whose campaign and columns whose field a person must tell, and what was said: as documents and as text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.answers import Answer, Verdict
from sheetsync.core.column_answers import ColumnAnswer
from sheetsync.core.model import Place
from sheetsync.core.resemblance import Proposal
from sheetsync.engine.asking import Asked, Counting, Question, accept, forget, reject
from sheetsync.engine.asking_columns import (
    ColumnsAsked,
    accept_column,
    column_named,
    forget_column,
    reject_column,
)
from sheetsync.engine.documents import doubt_document
from sheetsync.faces import columns
from sheetsync.faces.flags import count
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import place_name, title_of
from sheetsync.faces.tables import Cell, Screen, card, heading, paragraph

Document = Mapping[str, Any]

VERSION = 1

#: more rows than these are counted, not listed
_LISTED = 3
_WHY = {"near_miss": "nearly an id", "orphan": "no campaign", "ambiguous": "several campaigns"}


def list_document(config: Config) -> Document:
    """What is asked, and what was answered, by what was last seen."""
    ledger = wiring.past(config)
    asked, of_columns = Asked.by(ledger, config.rules), ColumnsAsked.by(ledger, config.rules)
    return {
        "version": VERSION,
        "columns": [doubt_document(it, config.rules.sources) for it in of_columns.questions],
        "questions": [_question(config, asked, it) for it in asked.questions],
        "column_answers": [columns.counting_document(config, it) for it in of_columns.counting],
        "answers": [_answer(config, asked, it) for it in asked.counting],
    }


def accept_document(config: Config, about: str, candidate: str, by: str) -> Document:
    """Say which campaign a row belongs to, or under which header a field stands."""
    desk, rules, who = wiring.desk(config), config.rules, by or wiring.user()
    if column := column_named(rules, about):
        return _said_of_columns(config, [accept_column(desk, rules, *column, candidate, who)])
    return _said(config, accept(desk, rules, about, candidate, who))


def reject_document(config: Config, about: str, candidate: str | None, by: str) -> Document:
    """Say which campaign a row, or which column a field does not belong to, or that it is none of those proposed."""
    desk, rules, who = wiring.desk(config), config.rules, by or wiring.user()
    if column := column_named(rules, about):
        return _said_of_columns(config, reject_column(desk, rules, *column, candidate, who))
    return _said(config, reject(desk, rules, about, candidate, who))


def forget_document(config: Config, about: str, by: str) -> Document:
    """Take back what was said about a row or a column."""
    desk, rules, who = wiring.desk(config), config.rules, by or wiring.user()
    if column := column_named(rules, about):
        return _said_of_columns(config, [forget_column(desk, rules, *column, who)])
    return _said(config, forget(desk, rules, about, who))


def _said_of_columns(config: Config, said: Sequence[ColumnAnswer]) -> Document:
    return {"version": VERSION, "said": [], "columns": [columns.said_document(one, config) for one in said]}


def answer_document(one: Answer, config: Config) -> Document:
    """One thing a person said about a row."""
    return {
        "row": f"{one.source}:{one.words}",
        "source": one.source,
        "title": title_of(one.source, config.rules),
        "verdict": str(one.verdict),
        "campaign": one.campaign,
        "by": one.by,
        "at": iso(one.at),
    }


def _said(config: Config, said: Sequence[Answer]) -> Document:
    return {"version": VERSION, "said": [answer_document(one, config) for one in said]}


def _question(config: Config, asked: Asked, it: Question) -> Document:
    rules = config.rules
    first = it.items[0]
    rejected = {(one.source, one.row): one.said.rejected for one in asked.counting}
    return {
        "row": it.name,
        "source": it.source,
        "title": title_of(it.source, rules),
        "words": it.words,
        "why": first.why,
        "flags": asked.flag_ids(it),
        "places": [_place(config, item.record.place) for item in it.items],
        "candidates": [_candidate(config, asked, one) for one in _proposals(it)],
        "rejected": sorted(rejected.get((it.source, it.row), ())),
        "gone": first.gone or None,
    }


def _proposals(question: Question) -> list[Proposal]:
    """Each campaign once, with what is alike in the first row it is proposed for."""
    found: dict[str, Proposal] = {}
    for item in question.items:
        for one in item.proposals:
            found.setdefault(one.campaign, one)
    return list(found.values())


def _candidate(config: Config, asked: Asked, one: Proposal) -> Document:
    place = one.place
    return {
        "campaign": one.campaign,
        "name": asked.matched.names.get(one.campaign),
        "alike": one.alike,
        "where": f"{title_of(place.source, config.rules)} {place_name(place)}" if place is not None else None,
        "link": wiring.link(config, place) if place is not None and place.tab_id is not None else None,
    }


def _place(config: Config, place: Place) -> Document:
    row = None if place.row is None else place.row + 1
    link = wiring.link(config, place) if place.tab_id is not None else None
    return {"tab": place.tab, "cell": place_name(place), "row": row, "link": link}


def _answer(config: Config, asked: Asked, it: Counting) -> Document:
    return {
        "row": it.name,
        "source": it.source,
        "title": title_of(it.source, config.rules),
        "accepted": it.said.accepted or None,
        "name": asked.matched.names.get(it.said.accepted),
        "rejected": sorted(it.said.rejected),
        "by": it.by,
        "at": iso(it.at),
        "but": it.but or None,
    }


# ---------------------------------------------------------------- for people


def list_text(screen: Screen, document: Document) -> Iterator[str]:
    """Question by question, then what was answered; the last line counts and says what to type."""
    yield from columns.questions_text(screen, document["columns"])
    for question in document["questions"]:
        ids = " ".join(question["flags"])
        yield from heading(screen, f"{question['row']}  [{_WHY[question['why']]}{ids and ' ' + ids}]")
        yield from card(screen, _facts(question))
        yield ""
    yield from columns.answers_text(screen, document["column_answers"])
    for answer in document["answers"]:
        yield from paragraph(screen, _told(answer), hanging=2)
    if document["answers"] or document["column_answers"]:
        yield ""
    asked, said = len(document["questions"]), len(document["answers"]) + len(document["column_answers"])
    lost = f"{count(len(document['columns']), 'column')} and " if document["columns"] else ""
    yield f"{lost}{count(asked, 'row')} asked about, {count(said, 'answer')}" + _next(document["questions"])


def _facts(question: Document) -> Iterator[tuple[str, str | Cell]]:
    places = question["places"]
    for place in places[:_LISTED]:
        yield "in", Cell(f"{question['title']} {place['cell']}", place["link"])
    if len(places) > _LISTED:
        yield "", f"and {len(places) - _LISTED} more"
    for one in question["candidates"]:
        name = f" {one['name']}" if one["name"] else ""
        where = f"\nin {one['where']}" if one["where"] else ""
        yield "may be", Cell(f"{one['campaign']}{name}: {one['alike']}{where}", one["link"])
    if not question["candidates"]:
        yield "may be", "nothing like it is known"
    if question["rejected"]:
        yield "is not", ", ".join(question["rejected"])
    if question["gone"]:
        yield "was", f"accepted as {question['gone']}, which is no campaign any more"


def _told(answer: Document) -> str:
    name = f" ({answer['name']})" if answer["name"] else ""
    said = [f"is {answer['accepted']}{name}"] if answer["accepted"] else []
    said += [f"is not {' nor '.join(answer['rejected'])}"] if answer["rejected"] else []
    but = f"; but {answer['but']}" if answer["but"] else ""
    return f"{answer['row']} {' and '.join(said)}, says {answer['by']}, {to_the_minute(answer['at'])}{but}"


def _next(questions: Sequence[Document]) -> str:
    return "; `sheetsync match accept ROW CAMPAIGN`" if questions else ""


def said_text(screen: Screen, document: Document) -> Iterator[str]:
    """What was said, and when it takes effect."""
    yield from columns.said_text(screen, document.get("columns", ()))
    for one in document["said"]:
        yield from paragraph(screen, f"{one['row']} {_WORDS[Verdict(one['verdict'])].format(**one)}", hanging=2)
    yield "The next `sheetsync reconcile` goes by it, a daemon's next cycle too."


_WORDS = {
    Verdict.ACCEPTED: "belongs to {campaign} from now on.",
    Verdict.REJECTED: "is not {campaign}; that is not proposed for it again.",
    Verdict.FORGOTTEN: "has no answer any more ({campaign} was one).",
}
