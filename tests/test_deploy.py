"""What stands under `config/deploy` works, as far as a machine without systemd, cron and containers can tell."""

import configparser
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from sheetsync.config import load
from sheetsync.config.settings import CREDENTIALS_VARIABLE, LEDGER_VARIABLE
from sheetsync.faces.healthz import healthz
from tests.e2e.command import COMMAND, environment, sheetsync
from tests.season import TOP, season

DEPLOY = TOP / "config" / "deploy"
README = (TOP / "README.md").read_text()
INSTALLED = "/opt/sheetsync/.venv/bin/sheetsync"


def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((DEPLOY / "sheetsync.service").read_text())
    return parser


def instructions() -> list[tuple[str, str]]:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines) if word and word[0] != "#"]


def of(kind: str) -> list[str]:
    return [rest for word, rest in instructions() if word == kind]


@pytest.mark.parametrize("name", ["sheetsync.service", "crontab.example", "Containerfile"])
def test_each_file_is_explained_in_the_readme(name: str) -> None:
    assert f"config/deploy/{name}" in README


# ---------------------------------------------------------------- systemd


def test_the_unit_starts_a_command_line_that_we_accept() -> None:
    service = unit()["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == INSTALLED
    assert sheetsync(*arguments, "--help").returncode == 0
    assert sheetsync(*arguments, "--no-such-option", "--help").returncode == 2, "or the line above would say nothing"


def test_the_unit_reloads_stops_and_restarts_as_the_daemon_does() -> None:
    parser = unit()
    service = parser["Service"]
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert float(service["TimeoutStopSec"]) > 5
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("on-failure", "2")
    assert parser["Install"]["WantedBy"] == "multi-user.target"


def test_the_unit_keeps_the_ledger_where_it_may_write() -> None:
    text = (DEPLOY / "sheetsync.service").read_text()
    settings = dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.MULTILINE))
    assert set(settings) == {CREDENTIALS_VARIABLE, LEDGER_VARIABLE}
    service = unit()["Service"]
    assert settings[LEDGER_VARIABLE].startswith(f"/var/lib/{service['StateDirectory']}/")
    assert settings[CREDENTIALS_VARIABLE] == f"%d/{service['LoadCredential'].partition(':')[0]}"


# ---------------------------------------------------------------- cron


@pytest.mark.e2e
def test_the_cron_line_runs_under_sh_in_a_bare_environment(tmp_path: Path) -> None:
    lines = [line for line in (DEPLOY / "crontab.example").read_text().splitlines() if line and line[0] != "#"]
    *settings, entry = lines
    *when, command = entry.split(None, 5)
    assert when == ["*/10", "*", "*", "*", "*"]
    assert "%" not in command, "to cron this is the end of the line"
    with season(tmp_path) as loaded:
        loaded.reconcile()
        bare = {name: "" for name, _, _ in (line.partition("=") for line in settings)} | {"PATH": "/usr/bin:/bin"}
        assert set(bare) == {CREDENTIALS_VARIABLE, "PATH"}
        here = command.replace(INSTALLED, shlex.quote(COMMAND)).replace("/etc/sheetsync/config", str(loaded.folder))
        assert here.startswith(shlex.quote(COMMAND))
        done = subprocess.run(
            ["/bin/sh", "-c", here], env=bare | loaded.environment, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "cron mails whatever is printed"


# ---------------------------------------------------------------- containers


def test_the_containerfile_is_made_of_instructions_that_exist() -> None:
    known = [
        "FROM",
        "WORKDIR",
        "COPY",
        "RUN",
        "USER",
        "VOLUME",
        "ENV",
        "HEALTHCHECK",
        "STOPSIGNAL",
        "ENTRYPOINT",
        "CMD",
    ]
    assert {word for word, _ in instructions()} <= set(known)
    assert instructions()[0][0] == "FROM"
    minor = re.search(r"python:3\.(\d+)", of("FROM")[0])
    assert minor is not None
    assert int(minor[1]) >= 11


def test_the_containerfile_copies_all_that_setup_needs_and_runs_the_readmes_own_step() -> None:
    copied = {name for rest in of("COPY") for name in rest.split()[:-1]}
    assert all((TOP / name).exists() for name in copied)
    project = (TOP / "pyproject.toml").read_text()
    included = re.findall(r'^"([^"]+)" = "sheetsync/_demo', project, re.MULTILINE)
    needed = {"pyproject.toml", "requirements.lock", "Makefile", "README.md", "LICENSE", "sheetsync"}
    assert copied >= needed | {name.partition("/")[0] for name in included}
    assert "make setup" in of("RUN")
    assert "make setup" in README


def test_the_container_starts_the_daemon_as_nobody_special_and_settings_are_ours() -> None:
    program, *arguments = json.loads(of("ENTRYPOINT")[0]) + json.loads(of("CMD")[0])
    assert program == ".venv/bin/sheetsync"
    assert sheetsync(*arguments, "--help").returncode == 0
    assert of("USER") == ["sheetsync"]
    settings = dict(one.split("=") for one in of("ENV")[0].split())
    assert set(settings) == {"SHEETSYNC_CONFIG", CREDENTIALS_VARIABLE, LEDGER_VARIABLE}
    assert settings[LEDGER_VARIABLE].startswith(of("VOLUME")[0] + "/")


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("starting", 0), ("stale", 1)])
def test_the_containers_health_check_asks_the_daemon(state: str, code: int) -> None:
    arguments = json.loads(of("HEALTHCHECK")[0].removeprefix("CMD "))
    configured = load(TOP / "config", environment()).daemon.health_port
    assert arguments[0] == ".venv/bin/python"
    assert f":{configured}/healthz" in arguments[-1]
    with healthz(0, lambda: {"state": state}) as port:
        here = [str(Path(COMMAND).parent / "python"), "-c", arguments[-1].replace(str(configured), str(port))]
        assert subprocess.run(here, capture_output=True, check=False).returncode == code
