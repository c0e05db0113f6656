"""Who is told what: settings as meant and mistaken; and that no address ever stands in a message."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from sheetsync.core.graph import Visibility
from sheetsync.core.notices import NOBODY, Channel, Digest, Notify, QuietHours
from tests.config.conftest import Folder

_FILE = "notify.yaml"
_TEXT = """\
notify:
  channels:
    ops: {url_env: NOTIFY_OPS, for: everything, sees: full}
    web: {url_env: NOTIFY_WEB, for: [landing, utm]}
  quiet_hours: {from: "19:00", to: "07:00", time_zone: Europe/Zurich, let_through: high}
  digest: {at: "08:30"}
"""
_URL = "slack://hunter2/hunter2/hunter2"


@pytest.fixture
def told(folder: Folder) -> Folder:
    folder.write(_FILE, _TEXT)
    return folder


def test_the_settings_are_told_to_the_core(told: Folder) -> None:
    zurich = ZoneInfo("Europe/Zurich")
    assert told.load().notify == Notify(
        (
            Channel("ops", "NOTIFY_OPS", (), Visibility.FULL),
            Channel("web", "NOTIFY_WEB", ("landing", "utm"), Visibility.FIELDS),
        ),
        QuietHours(time(19), time(7), zurich, True),
        Digest(time(8, 30), zurich),
    )


def test_nobody_is_told_anything_unless_said(folder: Folder) -> None:
    assert folder.load().notify == NOBODY


def test_a_url_comes_from_the_environment_and_is_shown_by_no_repr(told: Folder) -> None:
    config = told.load({"NOTIFY_OPS": _URL})
    assert config.notify_urls == {"ops": _URL}
    assert "hunter2" not in repr(config)


def test_who_is_told_changes_no_plan(told: Folder) -> None:
    before = told.load().fingerprint
    told.change(_FILE, "for: everything, sees: full", "for: [briefs]")
    assert told.load().fingerprint == before


MISTAKES = {
    "a url in place of its variable": (
        "NOTIFY_OPS", f'"{_URL}"',
        "notify.channels.ops.url_env: is no variable's name; the URL itself has no place here, it is a secret",
    ),
    "a url under a name of its own": (
        "url_env: NOTIFY_OPS,", f'url_env: NOTIFY_OPS, url: "{_URL}",',
        "notify.channels.ops.url: no setting of that name; there is url_env, for, sees",
    ),
    "a source there is not": (
        "[landing, utm]", "[landing, utn]",
        "notify.channels.web.for[1]: no source is named 'utn'; did you mean 'utm'?",
    ),
    "a source twice": ("[landing, utm]", "[utm, utm]", "notify.channels.web.for[1]: stands there twice"),
    "nobody": (
        "[landing, utm]", "[]",
        "notify.channels.web.for: a list where everything or a list of sources is needed",
    ),
    "one source without brackets": (
        "[landing, utm]", "landing",
        "notify.channels.web.for: text where everything or a list of sources is needed",
    ),
    "a word of its own for what a source's readers see": (
        "[landing, utm]}", "[landing, utm], sees: full}",
        "notify.channels.web.sees: is for channels that hear everything; this one hears what its sources' readers may "
        "see",
    ),
    "a time that is none": ('"19:00"', '"7 pm"', 'notify.quiet_hours.from: is no time of day; write "19:00"'),
    "a time without quotes and minutes": (
        '"08:30"', "8", "notify.digest.at: a number where text is needed; put it in quotes",
    ),
    "always quiet": (
        '"07:00"', '"19:00"', "notify.quiet_hours.to: is when they begin; nobody would ever be told",
    ),
    "a zone that is none": (
        "Europe/Zurich", "Europe/Zürich",
        "notify.quiet_hours.time_zone: is no time zone; did you mean 'Europe/Zurich'?",
    ),
    "a name nobody could type": (
        "    ops: {", '    "o p s": {', "notify.channels.o p s: is no name for a channel: letters, digits, - _ and . "
        "only, at most 40",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line_that_names_file_line_and_setting(told: Folder, name: str) -> None:
    old, new, said = MISTAKES[name]
    line = told.change(_FILE, old, new)
    [problem] = told.problems({"NOTIFY_OPS": _URL})
    assert problem == f"{_FILE}:{line}: {said}"
    assert "hunter2" not in problem
