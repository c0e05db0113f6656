"""Three teams and the workbook in which people decide, on a real sandbox over HTTP."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sheetsync import wiring
from sheetsync.core.decisions_tab import DECISIONS_TAB_ID
from sheetsync.core.matters import ID, PEOPLE
from sheetsync.sandbox import running
from tests.engine.people import BRIEFS, Hand
from tests.season import STORY, THREE_TEAMS, TOP, Season

OPS = "1NorthlightCampaignOpsQ42026demo0000000004"
DECIDING = TOP / "fixtures" / "decisions"


@contextmanager
def deciding(place: Path) -> Iterator[Season]:
    """The story in a folder of its own, freshly loaded."""
    shutil.copytree(THREE_TEAMS.config, place / "config", ignore=shutil.ignore_patterns("state"))
    shutil.copy(DECIDING / "decisions.yaml", place / "config")
    with running(accounts=place / "accounts", stories=[STORY, DECIDING]) as sandbox:
        loaded = Season(place, sandbox)
        wiring.load_records(loaded.config, "campaigns", STORY / "records.csv")
        yield loaded


def decisions(season: Season, book: str = OPS) -> Hand:
    """A person's hand in the decisions tab."""
    return Hand(season.sandbox, book, DECISIONS_TAB_ID)


def decision_lines(season: Season, book: str = OPS) -> list[Mapping[str, str]]:
    """The tab's lines as people see them, by the headers above them; blanks are left out."""
    head, *rows = decisions(season, book).grid
    return [{name: text for name, text in zip(head, row, strict=False) if text and name} for row in rows if any(row)]


def ids(season: Season, book: str = OPS) -> Sequence[str]:
    return [line[ID] for line in decision_lines(season, book) if ID in line]


def people_cells(season: Season, book: str = OPS) -> list[list[str]]:
    """What stands under people's headers, row by row."""
    head, *rows = decisions(season, book).grid
    columns = [column for column, name in enumerate(head) if name in PEOPLE]
    return [[row[column] if column < len(row) else "" for column in columns] for row in rows]


__all__ = ["BRIEFS", "DECIDING", "OPS", "deciding", "decision_lines", "decisions", "ids", "people_cells"]
