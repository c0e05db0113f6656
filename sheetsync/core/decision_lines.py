"""What our columns in a decisions tab say, line by line: each matter as the workbook's readers may hear it.

The texts stand in our own tab of the same workbook, one line per id, as those beside people's rows do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sheetsync.core.decisions_tab import DECISIONS_TAB_ID, DECISIONS_TITLE, DecisionsTab
from sheetsync.core.flags import Status
from sheetsync.core.graph import Rules, Visibility
from sheetsync.core.lookup import SEPARATOR, scoped_key
from sheetsync.core.managed import HEAD, UNSAID, Asked, Desired, Line, Link, fold_address, in_our_tab, is_addressable_by
from sheetsync.core.matters import ABOUT, CLOSED, MACHINE, STATE, Matter
from sheetsync.core.model import Place, Workbook
from sheetsync.core.visibility import Readers
from sheetsync.core.where_decided import DECISIONS, DecidedAbout

UNKNOWN: Final = "nothing is known of this id"

#: longer texts are nothing to decide by; their cells are a click away
_TEXT_LENGTH = 1_000


def nothing_beside(workbook: Workbook) -> Desired:
    """What stands by our hand in a workbook without a source that is written for: nothing yet."""
    return Desired(workbook.id, workbook.title, (), HEAD, (), ())


def with_decisions(should: Desired, workbook: Workbook, matters: Sequence[Matter], link: Link) -> Desired:
    """The same with the lines of these matters: of all that are open, and of each whose id stands in the tab."""
    texts, here = {matter.id: matter.shows for matter in matters}, DecisionsTab.of(workbook)
    can_add = here is None or not here.unfit
    asked = tuple(one.id for one in matters if one.open and can_add and is_addressable_by((one.id,)))
    ids = _apart(asked, () if here is None else here.known_by, texts)
    where = _where(workbook, link)
    lines = [_line(one, texts.get(one, {STATE: UNKNOWN}), where) for one in ids]
    told = () if here is None else tuple(filter(None, (here.unfit, *here.problems)))
    return _with(should, [*(_notice(one, where) for one in told), *lines], Asked(asked, "; ".join(told)))


def as_they_stand(should: Desired, workbook: Workbook) -> Desired:
    """The same with the lines that stand there already, as they are: in a run that is about something else."""
    begins = DECISIONS + SEPARATOR
    return _with(should, [line for line in in_our_tab(workbook) if line.key.startswith(begins)], Asked())


def for_readers(matters: Sequence[Matter], spreadsheet: str, rules: Rules) -> list[Matter]:
    """The matters that one workbook's tab is about, each in the words that its readers may hear.

    In the ops workbook all of them; in a team's those about its sources.
    """
    places, here = rules.decisions, rules.tabs_of(spreadsheet)
    if places is None:
        return []
    readers = Readers(here)
    teams = {source.name for source in here} & {*places.teams}
    concerned = (one for one in matters if spreadsheet == places.spreadsheet or one.sources & teams)
    return [_in_their_words(one, readers, spreadsheet) for one in concerned if one.about in places.about]


def _in_their_words(matter: Matter, readers: Readers, spreadsheet: str) -> Matter:
    shows = dict(_heard(matter, readers))
    sees_all = readers.may_learn(matter.sources) is Visibility.FULL
    refused = [text for book, text in matter.refused.items() if sees_all or book == spreadsheet]
    return replace(matter, shows={**shows, STATE: _state(matter, shows.get(STATE, ""), refused)})


def _heard(matter: Matter, readers: Readers) -> Iterator[tuple[str, str]]:
    for name, text in matter.shows.items():
        match readers.may_learn(matter.speaks.get(name, matter.sources)):
            case Visibility.FULL:
                yield name, text
            case Visibility.FIELDS:
                yield name, matter.discreet.get(name, "")
            case Visibility.NONE:
                yield name, {ABOUT: UNSAID, STATE: matter.bare}.get(name, "")


def _state(matter: Matter, how_far: str, refused: Sequence[str]) -> str:
    """How far it is, and what was typed that does not count: first while it is open, and alone of a conflict."""
    # People may type what we say of those that are closed.
    parts = [_unlike(text) for text in dict.fromkeys(refused)]
    here = how_far if how_far.startswith(CLOSED) else _unlike(how_far)
    if not matter.open:
        return "; ".join(filter(None, (here, *parts)))
    is_all = parts and matter.about is not DecidedAbout.CLAIM
    return "; ".join(parts if is_all else filter(None, (*parts, here)))


def _unlike(text: str) -> str:
    return text.replace(CLOSED, "closed")


def _with(should: Desired, lines: Sequence[Line], asked: Asked) -> Desired:
    return replace(
        should,
        sources=(*should.sources, DECISIONS),
        head=(*should.head, *MACHINE),
        lines=(*should.lines, *lines),
        asked=asked,
    )


def _apart(asked: Sequence[str], standing: Sequence[str], known: Mapping[str, object]) -> list[str]:
    """Every id that gets a line. A lookup may take two that differ in case only for one: then the one we gave out."""
    by_lookup: dict[str, str] = {}
    for one in sorted({*asked, *standing}, key=lambda one: (one not in known, one)):
        by_lookup.setdefault(fold_address(one), one)
    return sorted(by_lookup.values())


def _line(id_: str, shows: Mapping[str, str], link: str) -> Line:
    return Line(
        scoped_key(DECISIONS, (id_,)), id_, link, "", "", {name: _bounded(shows.get(name, "")) for name in MACHINE}
    )


def _notice(why: str, link: str) -> Line:
    """What keeps the tab from being whole; it stands in our own, because there is no line to say it in."""
    return Line("", DECISIONS_TITLE, link, Status.CHECK, f"the decisions tab: {why}")


def _bounded(text: str) -> str:
    return text if len(text) <= _TEXT_LENGTH else text[: _TEXT_LENGTH - 1] + "…"


def _where(workbook: Workbook, link: Link) -> str:
    """The tab, without a row: lines move when people sort."""
    tab = workbook.tab(DECISIONS_TAB_ID)
    return link(Place(DECISIONS, workbook.id, DECISIONS_TITLE if tab is None else tab.title, DECISIONS_TAB_ID))
