"""What the environment says wins over the files, and never breaks a rule they keep."""

from pathlib import Path

import pytest

from tests.config.conftest import Folder


def test_paths_in_a_file_are_relative_to_the_folder_and_those_of_the_environment_to_the_shell(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    config = folder.load()
    assert config.ledger == folder.path / "state/ledger.db"
    assert config.records_url == f"sqlite:///{folder.path}/state/records.db"
    config = folder.load({"SHEETSYNC_LEDGER": "a.db", "SHEETSYNC_RECORDS": "/srv/b.db"})
    assert config.ledger == tmp_path / "a.db"
    assert config.records_url == "sqlite:////srv/b.db"


def test_an_empty_variable_is_none_at_all(folder: Folder) -> None:
    names = ("SHEETSYNC_LEDGER", "SHEETSYNC_RECORDS", "SHEETS_EMULATOR_HOST", "SHEETSYNC_CREDENTIALS")
    assert folder.load(dict.fromkeys(names, "")) == folder.load()


def test_credentials_are_a_path_and_may_be_missing(folder: Folder) -> None:
    assert folder.load().google.credentials is None
    assert folder.load({"SHEETSYNC_CREDENTIALS": "/etc/key.json"}).google.credentials == Path("/etc/key.json")
    folder.change("sheetsync.yaml", "credentials_env: SHEETSYNC_CREDENTIALS", "credentials_env: OTHER")
    assert folder.load({"SHEETSYNC_CREDENTIALS": "/etc/key.json"}).google.credentials is None
    folder.change("sheetsync.yaml", "credentials_env: OTHER", "credentials_file: key.json")
    assert folder.load({"OTHER": "/etc/key.json"}).google.credentials == folder.path / "key.json"


@pytest.mark.parametrize(
    ("said", "endpoint"),
    [
        ("127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("localhost:8765", "http://localhost:8765"),
        ("http://127.0.0.1:8765/", "http://127.0.0.1:8765"),
        ("[::1]:8765", "http://[::1]:8765"),
        ("HTTP://LOCALHOST:80", "http://localhost:80"),
    ],
)
def test_an_emulator_on_this_machine_wins_over_the_file(folder: Folder, said: str, endpoint: str) -> None:
    folder.change("sheetsync.yaml", "# endpoint: http://127.0.0.1:8765", "endpoint: http://127.0.0.1:1111")
    assert folder.load().google.endpoint == "http://127.0.0.1:1111"
    assert folder.load({"SHEETS_EMULATOR_HOST": said}).google.endpoint == endpoint


@pytest.mark.parametrize(
    "said",
    [
        "sheets.googleapis.com",
        "https://127.0.0.1:8765",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com/",
        "http://user:hunter2@127.0.0.1",
        "http://127.0.0.1/v4",
        "http://127.0.0.1:port",
        "ftp://127.0.0.1",
        "http://[::1",
        "0.0.0.0:80",
        ":8765",
        "http://",
    ],
)
def test_an_emulator_elsewhere_is_refused_without_repeating_it(folder: Folder, said: str) -> None:
    problems = folder.problems({"SHEETS_EMULATOR_HOST": said})
    assert problems == [
        "environment: SHEETS_EMULATOR_HOST: must be on this machine, as in http://127.0.0.1:8765; "
        "credentials are sent there"
    ]


def test_another_database_is_named_by_a_variable(folder: Folder) -> None:
    folder.change("sheetsync.yaml", "path: state/records.db", "url_env: RECORDS_URL")
    url = "postgresql+psycopg://ops:hunter2@db.internal/ops"
    config = folder.load({"RECORDS_URL": url})
    assert config.records_url == url
    assert "hunter2" not in repr(config)
    assert folder.load({"RECORDS_URL": url, "SHEETSYNC_RECORDS": "/srv/b.db"}).records_url == "sqlite:////srv/b.db"
    assert folder.problems({"RECORDS_URL": "hunter2"}) == [
        folder.at("sheetsync.yaml", "  url_env: RECORDS_URL\n")
        + ": records.url_env: the variable it names holds no database URL (scheme://...)"
    ]


@pytest.mark.parametrize("variable", ["SHEETSYNC_LEDGER", "SHEETSYNC_RECORDS"])
def test_a_url_is_no_path(folder: Folder, variable: str) -> None:
    assert folder.problems({variable: "postgresql://ops:hunter2@db/ops"}) == [
        f"environment: {variable}: is a URL where a path is needed; databases are named by records.url_env"
    ]


def test_a_path_with_signs_of_a_url_stays_a_path(folder: Folder) -> None:
    url = folder.load({"SHEETSYNC_RECORDS": "/srv/50%41 done/b.db"}).records_url
    assert url == "sqlite:////srv/50%2541%20done/b.db"


def test_application_default_credentials_stand_in_for_a_key_file_and_not_beside_one(folder: Folder) -> None:
    assert not folder.load().google.application_default
    folder.change("sheetsync.yaml", "credentials_env: SHEETSYNC_CREDENTIALS", "credentials: application_default")
    google = folder.load({"SHEETSYNC_CREDENTIALS": "/etc/key.json"}).google
    assert (google.application_default, google.credentials) == (True, None)
    folder.change(
        "sheetsync.yaml", "credentials: application_default", "credentials: application_default\n  credentials_file: k"
    )
    line = folder.at("sheetsync.yaml", "  credentials_file: k")
    assert folder.problems() == [f"{line}: google.credentials_file: stands beside credentials; keep one of them"]


def test_a_setting_is_named_with_its_place(folder: Folder) -> None:
    config = folder.load()
    at = folder.at("sources.yaml", "spreadsheet: 1Northlight", after="briefs:")
    assert config.place("sources", "briefs", "spreadsheet") == f"`sources.briefs.spreadsheet` ({folder.path}/{at})"
    assert config.place("google", "credentials") == "`google.credentials`"


def test_half_typed_values_settle_at_google_and_not_in_a_sandbox_unless_the_file_says_so(folder: Folder) -> None:
    sandbox = {"SHEETS_EMULATOR_HOST": "127.0.0.1:8765"}
    assert (folder.load().google.settle_seconds, folder.load(sandbox).google.settle_seconds) == (10, 0)
    folder.change("sheetsync.yaml", "retry_budget_seconds: 60", "settle_seconds: 3")
    assert (folder.load().google.settle_seconds, folder.load(sandbox).google.settle_seconds) == (3, 3)
