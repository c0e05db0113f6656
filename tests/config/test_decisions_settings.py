"""Where people decide, as a setting: as meant and mistaken."""

import pytest

from sheetsync.core.where_decided import DecidedAbout, WhereDecided
from sheetsync.faces.configuration import configuration_document, configuration_text
from tests.config.conftest import Folder

OPS = "1NorthlightCampaignOps00000004"
FILE = "sheetsync.yaml"
_SECTION = f"\ndecisions:\n  spreadsheet: {OPS}\n  teams: [briefs, utm]\n  about: [conflict, claim]\n"


@pytest.fixture
def decided(folder: Folder) -> Folder:
    """The example with an ops workbook."""
    folder.append(FILE, _SECTION)
    return folder


def test_the_settings_are_told_to_the_core(decided: Folder) -> None:
    rules = decided.load().rules
    about = frozenset({DecidedAbout.CONFLICT, DecidedAbout.CLAIM})
    assert rules.decisions == WhereDecided(OPS, ("briefs", "utm"), about)
    assert rules.workbooks == (*rules.spreadsheets, OPS)
    assert [book for book in rules.workbooks if rules.decided_in(book)] == [
        rules.sources["briefs"].location.spreadsheet,  # type: ignore[union-attr]
        rules.sources["utm"].location.spreadsheet,  # type: ignore[union-attr]
        OPS,
    ]
    assert rules.told_as(OPS) == ("decisions",)


def test_without_the_section_nobody_decides_in_a_sheet(folder: Folder) -> None:
    rules = folder.load().rules
    assert rules.decisions is None
    assert rules.workbooks == rules.spreadsheets


def test_the_address_in_the_browser_names_the_workbook_and_no_tab(decided: Folder) -> None:
    decided.change(FILE, f"spreadsheet: {OPS}", f"spreadsheet: https://docs.google.com/spreadsheets/d/{OPS}/edit#gid=7")
    rules = decided.load().rules
    assert rules.decisions is not None
    assert rules.decisions.spreadsheet == OPS


def test_all_but_differences_is_decided_about_where_nothing_is_said(decided: Folder) -> None:
    decided.change(FILE, "  about: [conflict, claim]\n", "")
    rules = decided.load().rules
    assert rules.decisions is not None
    assert rules.decisions.about == {*DecidedAbout} - {DecidedAbout.DIFFERENCE}


def test_validate_says_where_people_decide(decided: Folder) -> None:
    text = "\n".join(configuration_text(configuration_document(decided.load())))
    assert f"people decide about claim, conflict in the ops workbook {OPS}, and with briefs, utm" in text


MISTAKES = {
    "no workbook": (
        f"spreadsheet: {OPS}", "spreadsheet: our ops sheet",
        "decisions.spreadsheet: is neither an id nor the address of a Google spreadsheet as the browser shows it",
    ),
    "a team nobody knows": (
        "teams: [briefs,", "teams: [brief,",
        "decisions.teams[0]: no source is named 'brief'; did you mean 'briefs'?",
    ),
    "a team twice": ("teams: [briefs, utm]", "teams: [utm, utm]", "decisions.teams[1]: names 'utm' twice"),
    "a table": (
        "teams: [briefs,", "teams: [official,",
        "decisions.teams[0]: 'official' is a table: it has no workbook for a tab",
    ),
    "about nothing": (
        "about: [conflict, claim]", "about: []",
        "decisions.about: names nothing; leave the section out, or name conflict",
    ),
    "about something else": (
        "about: [conflict,", "about: [conflicts,",
        "decisions.about[0]: must be conflict, difference, late or claim; did you mean 'conflict'?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line_that_names_file_line_and_setting(decided: Folder, name: str) -> None:
    old, new, said = MISTAKES[name]
    line = decided.change(FILE, old, new)
    [problem] = decided.problems()
    assert problem == f"{FILE}:{line}: {said}"


def test_nothing_is_written_where_a_source_is_only_observed(decided: Folder) -> None:
    line = decided.change("sources.yaml", "    tab_id: 77\n    mode: columns\n", "    tab_id: 77\n    mode: observe\n")
    assert line
    [problem] = decided.problems()
    assert "decisions.teams[1]: 'utm' is in mode observe, so nothing is written into its workbook" in problem


def test_an_ops_workbook_of_observed_sources_alone_is_none(decided: Folder) -> None:
    location = decided.load().rules.sources["utm"].location
    decided.change(FILE, f"spreadsheet: {OPS}", f"spreadsheet: {location.spreadsheet}")  # type: ignore[union-attr]
    decided.change(FILE, "  teams: [briefs, utm]\n", "")
    decided.load()
    decided.change("sources.yaml", "    tab_id: 77\n    mode: columns\n", "    tab_id: 77\n    mode: observe\n")
    [problem] = decided.problems()
    assert "decisions.spreadsheet: holds 'utm', which is in mode observe, so nothing is written there" in problem


def test_no_source_may_be_called_as_the_tab_s_own_lines(decided: Folder) -> None:
    for file in ("sources.yaml", "handoffs.yaml", "tracking.yaml"):
        path = decided.path / file
        path.write_text(path.read_text().replace("landing:", "decisions:").replace("landing,", "decisions,"))
    assert any("sources.decisions: is the name of the decisions tab's own lines" in one for one in decided.problems())
