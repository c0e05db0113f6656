"""What readers may learn: one word, or a word for each source; and what `validate` says where tabs disagree."""

import pytest

from sheetsync.core.graph import Visibility
from sheetsync.core.visibility import Readers
from sheetsync.faces.configuration import configuration_document, configuration_text
from tests.config.conftest import Folder

SECOND_TAB = """
  legal:
    title: Legal log
    team: Legal
    spreadsheet: 1NorthlightLandingPagesQ42026demo00000002
    tab_id: 7
    readers_see: {default: full, utm: none}
    rows_are: campaign
    key: [campaign_id]
    match: [[campaign_id]]
    columns: {campaign_id: Campaign}
"""


def with_a_second_tab(folder: Folder, readers_see: str = "{default: full, utm: none}") -> Folder:
    text = SECOND_TAB.replace("{default: full, utm: none}", readers_see)
    folder.change("sources.yaml", "\n  utm:\n    title", f"{text}\n  utm:\n    title")
    return folder


def test_one_word_is_for_every_other_source_and_a_mapping_for_each_by_name(folder: Folder) -> None:
    folder.change("sources.yaml", "readers_see: full", "readers_see: {default: none, briefs: full, official: fields}")
    sources = folder.load().rules.sources
    assert (sources["utm"].readers_see, sources["utm"].readers_see_of) == (Visibility.FIELDS, {})
    landing = Readers((sources["landing"],))
    seen = {name: landing.may_learn({name}) for name in sources}
    assert seen == {"briefs": "full", "official": "fields", "utm": "none", "landing": "full"}


def test_without_a_default_a_mapping_leaves_the_others_at_fields(folder: Folder) -> None:
    folder.change("sources.yaml", "readers_see: full", "readers_see: {briefs: full}")
    assert folder.load().rules.sources["landing"].readers_see is Visibility.FIELDS


@pytest.mark.parametrize("mapping", ["{default: full}", "\n      default: full"])
def test_a_mapping_with_a_default_alone_is_the_same_configuration_as_the_word(folder: Folder, mapping: str) -> None:
    before = folder.load()
    folder.change("sources.yaml", "readers_see: full", f"readers_see: {mapping}")
    after = folder.load()
    assert (after.fingerprint, after.rules) == (before.fingerprint, before.rules)


def test_a_word_for_a_tab_of_the_same_workbook_would_hide_nothing_and_is_refused(folder: Folder) -> None:
    with_a_second_tab(folder, "{landing: none}")
    assert folder.problems() == [
        folder.at("sources.yaml", "readers_see: {landing: none}")
        + ": sources.legal.readers_see.landing: is a tab of the same workbook: whoever opens one reads both, so take "
        "this line out"
    ]


def test_no_source_can_be_called_as_all_the_others_are(folder: Folder) -> None:
    with_a_second_tab(folder)
    folder.change("sources.yaml", "  legal:\n", "  default:\n")
    assert folder.problems() == [
        folder.at("sources.yaml", "  default:\n")
        + ": sources.default: 'default' means every other source in readers_see; choose another name"
    ]


def test_a_misspelt_source_in_readers_see_is_told_once_and_not_as_a_consequence(folder: Folder) -> None:
    folder.change("sources.yaml", "readers_see: full", "readers_see: {offical: full, utmm: none}")
    assert len(folder.problems()) == 2


def test_validate_tells_in_one_line_each_where_tabs_of_one_workbook_disagree(folder: Folder) -> None:
    with_a_second_tab(folder)
    document = configuration_document(folder.load())
    assert document["narrowed"] == [
        {
            "readers_of": ["landing", "legal"],
            "of": "utm",
            "settings": {"landing": "full", "legal": "none"},
            "counts": "none",
        }
    ]
    lines = [line for line in configuration_text(document) if "share a workbook" in line]
    assert lines == ["  readers_see of utm: landing says full, legal says none; they share a workbook, so it is none"]


def test_validate_says_nothing_where_they_agree_or_stand_alone(folder: Folder) -> None:
    assert configuration_document(folder.load())["narrowed"] == []
    with_a_second_tab(folder, "full")
    assert configuration_document(folder.load())["narrowed"] == []
