"""On a terminal of 80 columns, in a pipe, and where people want no colour: the same words in each."""

import json
import re

import pytest
from rich.cells import cell_len

from tests.e2e.command import environment, on_a_terminal, sheetsync
from tests.e2e.test_links import machine
from tests.engine.conftest import Town, _moments, town, untouched
from tests.engine.people import BRIEFS
from tests.test_help import COMMANDS

__all__ = ["_moments", "town", "untouched"]

pytestmark = pytest.mark.e2e

#: command -> what is typed; {flag}: an open one, {plan}: a saved one, {sheet}: a .csv, {state}: a sandbox with it in,
#: {book}: a spreadsheet
TYPED = {
    "inspect": "inspect {book} --config none",
    "init": "init {book} --yes --config {place}/first",
    "validate": "validate --sheets",
    "doctor": "doctor",
    "plan": "plan --verbose",
    "apply": "apply {plan}",
    "reconcile": "reconcile",
    "demo": "demo",
    "daemon": "daemon --once",
    "undo": "undo last --dry-run",
    "status": "status",
    "conflicts list": "conflicts",
    "conflicts show": "conflicts show {flag}",
    "decisions": "decisions",
    "conflicts resolve": "conflicts resolve ss-44UZMD --keep a",
    "truth": "truth NL-1003",
    "approvals": "approvals",
    "history": "history",
    "runs": "runs last",
    "graph": "graph",
    "contract show": "contract show briefs:landing",
    "handoffs": "handoffs NL-1003",
    "claim": "claim NL-1003 flight_end=2026-12-06 --source https://chat.example/archives/C012/p17 --by Dana",
    "claims list": "claims",
    "claims show": "claims show {claim}",
    "claims accept": "claims accept {claim}",
    "claims reject": "claims reject {claim}",
    "changes": "changes",
    "notify test": "notify test",
    "notify list": "notify list",
    "impact": "impact NL-1003 --set flight_start=2026-11-20 --set offer=25%",
    "match list": "match",
    "match accept": "match accept landing:NL-10O9 NL-1009",
    "match reject": "match reject landing:NL-10O9",
    "match forget": "match forget landing:NL-10O9",
    "export": "export",
    "links list": "links",
    "links check": "links check",
    "adopt": "adopt utm tracking_url",
    "detach": "detach --all --dry-run",
    "sandbox fault add": "sandbox fault add 503 --method PATCH --accounts {accounts}",
    "sandbox fault list": "sandbox fault list --accounts {accounts}",
    "sandbox fault clear": "sandbox fault clear --accounts {accounts}",
    "sandbox fault kinds": "sandbox fault kinds",
    "sandbox import": "sandbox import {sheet} --state {place}/new.db",
    "sandbox export": "sandbox export sheet --state {state} --to {place}/sheet.xlsx",
}
#: groups, what prints no text of its own (a script, a server), and what needs a spreadsheet of its own (tests/adapters)
NO_TEXT = (
    "claims",
    "conflicts",
    "contract",
    "links",
    "match",
    "notify",
    "completion",
    "sandbox",
    "sandbox fault",
    "sandbox edit",
    "sandbox sort",
    "probe",
)
#: lines for programs
MACHINES = ("daemon", "export")

_LINK = re.compile(r"\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)")
_STYLE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def test_every_command_that_prints_is_looked_at() -> None:
    assert {*TYPED, *NO_TEXT} == COMMANDS.keys()


@pytest.mark.parametrize("command", TYPED)
def test_on_a_terminal_no_line_is_wider_than_it(command: str, town: Town) -> None:
    said = on_a_terminal(typed(command, town), environ_of(town))
    lines = _STYLE.sub("", _LINK.sub("", said)).splitlines()
    assert lines
    if command not in MACHINES:
        assert [line for line in lines if cell_len(line) > 80 and not is_copied(line)] == []


@pytest.mark.parametrize("command", TYPED)
def test_where_no_colour_is_wanted_there_is_none(command: str, town: Town) -> None:
    said = on_a_terminal(typed(command, town), environ_of(town) | {"NO_COLOR": "1"})
    assert said
    assert not re.search(r"\x1b\[(?:[0-9]+;)*[349][0-9]", said)


@pytest.mark.parametrize("command", TYPED)
def test_in_a_pipe_there_is_no_escape_sequence(command: str, town: Town) -> None:
    done = sheetsync(*typed(command, town), environ=environ_of(town))
    assert done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def is_copied(line: str) -> bool:
    """A link or a path, perhaps behind a word, or a command that names one: people copy it, so it stays whole."""
    words = line.split()
    return "/" in line and (len(words) <= 2 or words[0] == "sheetsync")


def typed(command: str, town: Town) -> list[str]:
    flag = next(iter(town.world().ledger.open_flags()))
    plan = town.place / "saved.plan"
    if command.startswith("notify"):
        (town.folder / "notify.yaml").write_text("notify: {channels: {ops: {url_env: NOTIFY_OPS, for: everything}}}\n")
    if command == "match forget":
        sheetsync("match", "accept", "landing:NL-10O9", "NL-1009", environ=environ_of(town))
    claim = _filed(town) if command.startswith("claims") else ""
    if command == "links check":
        (town.folder / "links.yaml").write_text("links: {check: on, per_host_seconds: 0}\n")
        machine(town.place / "machine")
    if "{plan}" in TYPED[command]:
        sheetsync("plan", "--out", str(plan), environ=environ_of(town))
    sheet, state = town.place / "sheet.csv", town.place / "imported.db"
    sheet.write_text("Campaign,Offer\nNL-1003,20% off\n")
    if "{state}" in TYPED[command]:
        sheetsync("sandbox", "import", str(sheet), "--state", str(state))
    places = {"claim": claim, "place": town.place, "plan": plan, "sheet": sheet, "state": state, "book": BRIEFS}
    return TYPED[command].format(flag=flag.id, accounts=town.sandbox.accounts, **places).split()


def _filed(town: Town) -> str:
    said = ("--source", "https://chat.example/archives/C0123456/p1700000000", "--by", "Dana", "--json")
    done = sheetsync("claim", "NL-1003", "flight_end=2026-12-06", *said, environ=environ_of(town))
    return str(json.loads(done.stdout)["claim"]["id"])


def environ_of(town: Town) -> dict[str, str]:
    known = machine(town.place / "machine") if (town.place / "machine").exists() else {}
    return environment(**town.environment, **known, SHEETSYNC_CONFIG=str(town.folder), TERM="xterm-256color")
