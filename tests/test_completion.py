"""What a shell fills in."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sheetsync.faces.cli import main
from tests.season import THREE_TEAMS, season


def filled_in(words: str, environ: dict[str, str] | None = None) -> list[str]:
    """What bash would offer in place of the last word."""
    env = {
        "_SHEETSYNC_COMPLETE": "bash_complete",
        "COMP_WORDS": f"sheetsync {words}",
        "COMP_CWORD": str(len(words.split(" "))),
        "SHEETSYNC_CONFIG": str(THREE_TEAMS.config),
        **(environ or {}),
    }
    done = CliRunner().invoke(main, prog_name="sheetsync", env=env)
    # Of nothing to offer click makes one blank line.
    return [line.partition(",")[2] for line in done.output.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("reco", ["reconcile"]),
        ("ins", ["inspect"]),
        ("init --ans", ["--answers"]),
        ("reconcile --dry", ["--dry-run"]),
        ("reconcile --only l", ["landing"]),
        ("truth --config nowhere N", []),
    ],
)
def test_commands_options_and_sources_are_filled_in(words: str, offered: list[str]) -> None:
    assert filled_in(words) == offered


def test_campaigns_fields_and_flags_come_from_the_last_run(tmp_path: Path) -> None:
    with season(tmp_path) as loaded:
        flags = [flag["id"] for flag in loaded.reconcile()["flags"]]
        environ = {**loaded.environment, "SHEETSYNC_CONFIG": str(loaded.folder)}
    assert filled_in("reconcile --only nl-100", environ) == [f"NL-100{number}" for number in range(1, 10)]
    assert "NL-1003" in filled_in("truth NL-1003", environ)
    assert filled_in("truth NL-1003 flight_", environ) == ["flight_start", "flight_end"]
    assert len(flags) == 17


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_taught(shell: str) -> None:
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert "_SHEETSYNC_COMPLETE" in done.output
