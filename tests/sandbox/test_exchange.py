"""A team's own files: what comes in, what goes back, and that the two agree."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings

from sheetsync.sandbox.exchange.losses import Losses
from sheetsync.sandbox.exchange.xlsx_in import read_xlsx
from sheetsync.sandbox.exchange.xlsx_out import write_xlsx
from sheetsync.sandbox.model import Workbook
from tests.sandbox.workbooks import without_ids, workbooks

TODAY = date(2026, 11, 20)


def blank(locale: str = "") -> Workbook:
    """An empty workbook that an import fills."""
    return Workbook("y", "Plan", locale, "", "person@x")


def read(path: Path, locale: str = "") -> tuple[Workbook, list[str]]:
    """The workbook of a file, and what did not come along."""
    book, losses = blank(locale), Losses()
    read_xlsx(path, book, TODAY, losses)
    return book, losses.lines()


@given(workbooks())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_goes_out_as_xlsx_comes_back_as_it_was(book: Workbook) -> None:
    with TemporaryDirectory() as folder:
        path, losses = Path(folder) / "plan.xlsx", Losses()
        write_xlsx(book, path, TODAY, losses)
        again, left_out = read(path)
    assert without_ids(again) == without_ids(book)
    assert (losses.lines(), left_out) == ([], [])
