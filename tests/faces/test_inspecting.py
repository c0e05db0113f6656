"""What `sheetsync inspect` says of one tab beside its columns: rows struck through, what a source is addressed by."""

from collections.abc import Sequence

from sheetsync.config.headers import shipped_header_words
from sheetsync.core.inspection import Names, inspect, propose
from sheetsync.core.model import Tab
from sheetsync.faces.inspecting import remarks_of, tab_document, tab_text
from sheetsync.faces.tables import Screen
from tests.core.builders import Typed, tab
from tests.core.test_messes_values import FIELDS
from tests.messes import MESSES, load_mess


def told(of: Tab) -> tuple[str, Sequence[str], str]:
    """What is said of a tab with one table: its text, its source's key, and what stands above its source."""
    seen = inspect(of, shipped_header_words(), "en_US")
    [one] = seen.tables
    proposal = propose(of, one, Names("s", "S", "Team", "book"), FIELDS.keys(), words=seen.words)
    text = " ".join(" ".join(tab_text(Screen(80), tab_document(seen, [(one, proposal)]))).split())
    return text, proposal.source.key if proposal.source else (), " ".join(remarks_of(seen, one, proposal).above)


def test_rows_struck_through_are_counted_and_the_setting_that_maps_them_is_named() -> None:
    [of] = load_mess(MESSES / "struck-through-as-cancelled").workbook.tabs
    text, _, above = told(of)
    for said in (text, above):
        assert "rows are struck through" in said
        assert "`struck_means`" in said
    plain, _, above = told(tab(["Campaign ID", "Brand"], ["NL-0001", "Finch"], ["NL-0002", "Wren"]))
    assert "struck" not in plain + above


def test_a_table_is_said_to_be_addressed_by_what_its_source_is() -> None:
    rows: list[list[Typed]] = [["NL-0001", "Finch"], ["NL-0001", "Finch"], ["NL-0002", "Finch"]]
    text, key, _ = told(tab(["Campaign ID", "Brand"], *rows))
    assert key == ("campaign_id",)
    assert "addressed by campaign_id" in text
