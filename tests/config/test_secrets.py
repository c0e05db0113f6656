"""A key in the wrong place is refused, told once, and shown nowhere."""

import json

import pytest

from tests.config.conftest import Folder

# in two pieces, so that nobody's scanner takes this file for a leak
PEM = "-----BEGIN PRIVATE" + " KEY-----\nMIIEvQIBADANhunter2\n-----END PRIVATE" + " KEY-----\n"
KEY_FILE = {"type": "service_account", "private_key_id": "hunter2", "private_key": PEM, "client_email": "a@b.example"}
REFUSAL = "holds a key itself; keep it in a file of its own and give the path of that file"


@pytest.mark.parametrize(
    ("new", "where"),
    [
        (f"credentials_file: {json.dumps(PEM)}", "google.credentials_file"),
        (f"credentials_env: {json.dumps(PEM)}", "google.credentials_env"),
        (f"credentials_file: {json.dumps(json.dumps(KEY_FILE))}", "google.credentials_file"),
        (f"credentials: {json.dumps(KEY_FILE)}", "google.credentials.private_key_id"),
        (f"credentials_file: {json.dumps(KEY_FILE)}", "google.credentials_file.private_key_id"),
        (json.dumps(KEY_FILE)[1:-1].replace(', "', '\n  "'), "google.private_key_id"),
    ],
)
def test_a_pasted_key_is_one_line_that_does_not_show_it(folder: Folder, new: str, where: str) -> None:
    folder.change("sheetsync.yaml", "credentials_env: SHEETSYNC_CREDENTIALS", new)
    problems = folder.problems()
    assert [problem.partition(" ")[2] for problem in problems] == [f"{where}: {REFUSAL}"]
    assert "hunter2" not in "".join(problems)


def test_a_key_pasted_where_it_breaks_the_file_is_not_shown(folder: Folder) -> None:
    folder.change("sheetsync.yaml", "credentials_env: SHEETSYNC_CREDENTIALS", f"credentials_file: {PEM}")
    problems = folder.problems()
    assert problems
    assert "hunter2" not in "".join(problems)


@pytest.mark.parametrize("value", [PEM, json.dumps(KEY_FILE)])
def test_a_key_in_the_environment_is_told_and_not_shown(folder: Folder, value: str) -> None:
    assert folder.problems({"SHEETSYNC_CREDENTIALS": value}) == [f"environment: SHEETSYNC_CREDENTIALS: {REFUSAL}"]


def test_the_path_of_a_key_is_welcome_whatever_the_file_is_called(folder: Folder) -> None:
    folder.change("sheetsync.yaml", "credentials_env: SHEETSYNC_CREDENTIALS", "credentials_file: keys/private_key.json")
    assert folder.load().google.credentials == folder.path / "keys/private_key.json"


@pytest.mark.parametrize(
    "new",
    [
        "credentials_env: hunter2/x",
        "credentials_env: postgresql://ops:hunter2@db/ops",
        "endpoint: http://ops:hunter2@127.0.0.1",
        "timeout_seconds: hunter2",
    ],
)
def test_no_value_is_repeated_where_credentials_may_stand(folder: Folder, new: str) -> None:
    setting = new.partition(":")[0]
    text = (folder.path / "sheetsync.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.strip().startswith(f"{setting}:")]
    lines.insert(lines.index("google:") + 1, f"  {new}")
    folder.write("sheetsync.yaml", "\n".join(lines))
    problems = folder.problems()
    assert len(problems) == 1, problems
    assert "hunter2" not in problems[0]


def test_a_database_url_in_place_of_its_variable_is_not_repeated(folder: Folder) -> None:
    folder.change("sheetsync.yaml", "path: state/records.db", "url_env: postgresql://ops:hunter2@db/ops")
    problems = folder.problems()
    assert len(problems) == 1, problems
    assert "hunter2" not in problems[0]
