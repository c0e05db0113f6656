"""Files that cannot be read, or not as meant: told with the line and the way out, never as a traceback."""

from pathlib import Path

import pytest

from sheetsync.config import load
from sheetsync.errors import ConfigError
from tests.config.conftest import Folder


def test_a_folder_that_is_missing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such folder\. Try `sheetsync demo`") as error:
        load(tmp_path / "nowhere", {})
    assert error.value.exit_code == 2


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    (tmp_path / ".hidden.yaml").write_text("version: 1", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"holds no \*\.yaml file\. Try `sheetsync demo`.*copy the folder config/"):
        load(tmp_path, {})


def test_a_file_in_place_of_the_folder_says_so(folder: Folder) -> None:
    with pytest.raises(ConfigError, match=r"sheetsync\.yaml: is a file; the configuration is the folder"):
        load(folder.path / "sheetsync.yaml", {})


def test_an_unreadable_file_is_told_and_nothing_it_may_hold_is_missed(folder: Folder) -> None:
    (folder.path / "sources.yaml").unlink()
    (folder.path / "sources.yaml").mkdir()  # as unreadable as a file without permissions, even to root
    assert folder.problems() == ["sources.yaml:1: cannot be read (Is a directory); check its permissions"]


def test_a_file_in_another_encoding_is_told_with_its_line(folder: Folder) -> None:
    text = (folder.path / "handoffs.yaml").read_text(encoding="utf-8")
    place = folder.at("handoffs.yaml", "Café Zürich")
    (folder.path / "handoffs.yaml").write_bytes(text.encode("latin-1"))
    assert folder.problems() == [f"{place}: not UTF-8; save the file in that encoding"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(folder: Folder) -> None:
    file = folder.path / "handoffs.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert folder.problems() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  offer: high", "\toffer: high", "63: a tab; YAML indents with spaces"),
        ("  offer: high", "  offer: high: very", "63: a ':' where none may stand; check the indentation, or put the "),
        ("  offer: high", "  offer: 'high", "63: a quote that is never closed"),
        ("  offer: high", "  offer: [high", "63: a bracket that is never closed, or a comma"),
        ("  offer: high", "  offer: @high", "63: a text that starts with a special character; put it in quotes"),
        ("  offer: high", "  offer: *high", "63: aliases (*name) are not used here; write it out, or put the text in"),
        ("  offer: high", " offer: high\n   price: low", "64: "),
        ("  offer: high", "---\n  offer: high", "63: a second document ('---'); each file is one"),
        ("  offer: high", "  offer: \x01high", "63: a control character, which YAML does not allow"),
        ("  offer: high", "  ? [offer]\n  : high", "63: a key that is no plain name"),
    ],
)
def test_bad_syntax_is_one_line_and_brings_no_others(folder: Folder, old: str, new: str, said: str) -> None:
    folder.change("handoffs.yaml", old, new)
    problems = folder.problems()
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"handoffs.yaml:{said}")


def test_bad_syntax_in_one_file_does_not_hide_mistakes_in_the_others(folder: Folder) -> None:
    folder.change("handoffs.yaml", "  offer: high", "\toffer: high")
    folder.change("sources.yaml", "mode: sidecar", "mode: sidcar")
    folder.change("tracking.yaml", '"{slot}"', '"{slott}"')
    assert [problem.partition(" ")[0] for problem in folder.problems()] == [
        *(
            f"{folder.at('handoffs.yaml', 'offer: high', 'severities:')}:",
            f"{folder.at('sources.yaml', 'mode: sidcar')}:",
            f"{folder.at('tracking.yaml', 'utm_content:')}:",
        ),
    ]


def test_a_section_in_two_files_names_both(folder: Folder) -> None:
    folder.append("tracking.yaml", "\nowners:\n  offer: utm\n")
    assert folder.problems() == [
        f"{folder.at('tracking.yaml', 'owners:')}: owners: "
        f"stands in {folder.at('handoffs.yaml', 'owners:')} too; keep one of them"
    ]


def test_a_key_twice_is_told_at_every_depth(folder: Folder) -> None:
    folder.append("handoffs.yaml", "\nseverities:\n  offer: low\n")
    folder.change("tracking.yaml", "email: {medium: email}", "email: {medium: email, medium: mail}")
    first = folder.at("handoffs.yaml", "severities:").partition(":")[2]
    twice = folder.at("tracking.yaml", "email: {medium: email, medium")
    assert folder.problems() == [
        folder.at("handoffs.yaml", "severities:", "tracking_url: high")
        + f": severities: stands on line {first} already; keep one",
        f"{twice}: medium: stands on line {twice.partition(':')[2]} already; keep one",
    ]


def test_something_else_than_sections_is_told(folder: Folder) -> None:
    folder.write("more.yaml", "- a\n- b\n")
    assert folder.problems() == ["more.yaml:1: not sections (name: ...) but something else"]


def test_an_empty_file_is_no_mistake(folder: Folder) -> None:
    folder.write("more.yaml", "# nothing yet\n")
    assert folder.problems() == []


def test_a_missing_section_is_told_where_the_version_stands(folder: Folder) -> None:
    (folder.path / "sources.yaml").unlink()
    (folder.path / "handoffs.yaml").unlink()
    assert folder.problems()[0] == folder.at("sheetsync.yaml", "version: 1") + ": sources: is missing"


def test_a_file_nested_beyond_reason_is_told(folder: Folder) -> None:
    folder.write("more.yaml", "fields: " + "[" * 500 + "]" * 500)
    assert folder.problems() == ["more.yaml:1: is nested deeper than any configuration"]


def test_an_anchor_that_holds_itself_is_told(folder: Folder) -> None:
    folder.write("more.yaml", "fields: &all\n  all: *all\n")
    assert folder.problems() == [
        "more.yaml:2: fields.all: aliases (*name) are not used here; write it out, or put the text in quotes"
    ]
