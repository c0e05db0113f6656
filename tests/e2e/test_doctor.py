"""`sheetsync doctor` as a subprocess: its exit codes, its document, and Application Default Credentials end to end."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import environment, sheetsync
from tests.season import Season, season

pytestmark = pytest.mark.e2e

BRIEFS = "1NorthlightPartnerBriefsQ42026demo00000001"


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Season]:
    with season(tmp_path) as started:
        yield started


def test_it_exits_0_1_or_2_and_never_with_a_traceback(loaded: Season) -> None:
    environ, config = environment(**loaded.environment), ("--config", str(loaded.folder))
    well = sheetsync("doctor", *config, environ=environ)
    assert (well.returncode, well.stderr) == (0, ""), well.stdout
    assert well.stdout.splitlines()[-1] == "19 ok, 0 warn, 0 FAIL"
    loaded.sandbox.unshare(BRIEFS, "sheetsync")
    ill = sheetsync("doctor", *config, "--json", environ=environ)
    document = json.loads(ill.stdout)
    assert (ill.returncode, ill.stderr, document["exit_code"], document["version"]) == (1, "", 1, 1)
    (loaded.folder / "sheetsync.yaml").write_text("version: 2\n")
    wrong = sheetsync("doctor", *config, environ=environ)
    assert (wrong.returncode, wrong.stderr) == (2, "")
    assert wrong.stdout.startswith(" 1  FAIL configuration:")
    assert sheetsync("doctor", "--config", "/nowhere", environ=environ).returncode == 2


def test_application_default_credentials_serve_every_command(loaded: Season) -> None:
    settings = loaded.folder / "sheetsync.yaml"
    named, instead = "credentials_env: SHEETSYNC_CREDENTIALS", "credentials: application_default"
    settings.write_text(settings.read_text().replace(named, instead))
    key = {"GOOGLE_APPLICATION_CREDENTIALS": loaded.environment["SHEETSYNC_CREDENTIALS"]}
    environ = {name: value for name, value in loaded.environment.items() if name != "SHEETSYNC_CREDENTIALS"}
    config = ("--config", str(loaded.folder))
    found = sheetsync("doctor", *config, environ=environment(**environ, **key))
    assert found.returncode == 0, found.stdout
    assert key["GOOGLE_APPLICATION_CREDENTIALS"] in found.stdout
    run = sheetsync("reconcile", *config, "--accept", "first_write", environ=environment(**environ, **key))
    assert run.returncode == 0, run.stderr
    lost = sheetsync("reconcile", *config, environ=environment(**environ, GOOGLE_APPLICATION_CREDENTIALS=""))
    assert (lost.returncode, lost.stderr.count("\n")) == (2, 1)
    assert "Set GOOGLE_APPLICATION_CREDENTIALS" in lost.stderr
