"""Rows of messy workbooks belong together as a careful colleague says; doubts are asked, look-alikes are not joined.

Which column is which field is taken from the answer key: here it is looked at what becomes of the rows.
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sheetsync.config import load
from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.graph import Rules, SheetTab, Source
from sheetsync.core.match import Identified, Matched, Unmatched, match
from sheetsync.core.model import Entity, Place
from sheetsync.core.names import CAMPAIGN_NAME, PARTNER
from sheetsync.core.normalize import normalize
from sheetsync.core.tables import NoTable
from tests.messes import Mess, TabAnswer, load_mess, stories
from tests.season import THREE_TEAMS

NAMES = (PARTNER, CAMPAIGN_NAME)
Row = tuple[str, int]


def is_about_matching(folder: Path) -> bool:
    answers = load_mess(folder).answers
    one_table_each = all(len(tab.tables) == 1 for tab in answers.tabs if not tab.none)
    return one_table_each and len(answers.tabs) > 1 and bool(answers.campaigns or answers.near)


STORIES = [folder for folder in stories() if is_about_matching(folder)]


@pytest.fixture(scope="module", params=STORIES, ids=lambda folder: folder.name)
def mess(request: pytest.FixtureRequest) -> Mess:
    return load_mess(request.param)


@pytest.fixture(scope="module")
def whose(mess: Mess) -> dict[Row, Identified | Unmatched]:
    """Each row of each tab and what was made of it."""
    of = matched(mess)
    everything: list[Identified | Unmatched] = [*of.identified, *(it for rows in of.duplicates for it in rows)]
    everything += of.unmatched
    return {(it.record.place.tab, it.record.place.row or 0): it for it in everything}


def test_rows_of_one_campaign_are_found_together(mess: Mess, whose: dict[Row, Identified | Unmatched]) -> None:
    for rows in mess.answers.campaigns:
        found = [whose[row] for row in rows]
        assert all(isinstance(it, Identified) for it in found), found
        assert len({it.campaign for it in found if isinstance(it, Identified)}) == 1, rows


def test_what_is_doubtful_is_asked_with_what_it_may_be(mess: Mess, whose: dict[Row, Identified | Unmatched]) -> None:
    for asked, meant in mess.answers.near:
        item, candidate = whose[asked], whose[meant]
        assert isinstance(item, Unmatched)
        assert isinstance(candidate, Identified)
        assert candidate.campaign in [it.campaign for it in item.proposals], item


def test_look_alikes_are_never_joined(mess: Mess, whose: dict[Row, Identified | Unmatched]) -> None:
    for one, other in mess.answers.never:
        a, b = whose[one], whose[other]
        assert not (isinstance(a, Identified) and isinstance(b, Identified) and a.campaign == b.campaign), (one, other)


# ---------------------------------------------------------------- a company of these tabs


def matched(mess: Mess) -> Matched:
    rules = rules_of(mess)
    snapshots = []
    for source in rules.sources.values():
        place = Place(source.name, mess.workbook.id, source.title, mess.tab(source.title).id)
        snapshot = normalize(mess.tab(source.title), mess.workbook.locale, source, rules, place)
        assert not isinstance(snapshot, NoTable), snapshot
        snapshots.append(snapshot)
    return match(snapshots, rules, {}, 0)


def rules_of(mess: Mess) -> Rules:
    """The first tab of campaigns says which there are."""
    with TemporaryDirectory() as state:
        rules = load(THREE_TEAMS.config, {"SHEETSYNC_LEDGER": f"{state}/ledger.db"}).rules
    sources = {tab.title: source_of(tab, mess, rules) for tab in mess.answers.tabs if tab.tables}
    registrar = next(name for name, source in sources.items() if source.rows_are is Entity.CAMPAIGN)
    owners = dict.fromkeys(sources[registrar].columns, registrar)
    return replace(rules, sources=sources, owners=owners, handoffs=(), aliases={}, rows_due=(), approvals=())


def source_of(tab: TabAnswer, mess: Mess, rules: Rules) -> Source:
    [table] = tab.tables
    sheet = mess.tab(tab.title)
    columns = {
        field: (sheet.cell(table.block.top, column).shown,)
        for column, field in table.columns.items()
        if field is not None and field in rules.fields
    }
    key = tuple(field for field in (CAMPAIGN_ID, *NAMES) if field in columns)
    lists = [names for names in ((CAMPAIGN_ID,), NAMES) if columns.keys() >= {*names}]
    where = SheetTab(mess.workbook.id, sheet.id)
    return Source(tab.title, tab.title, "", where, table.rows_are, key, tuple(lists), columns)
