"""Every error in the table, as a person meets it; and that no error of ours is missing from the table."""

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from sheetsync.faces.cli import main
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM
from tests.errors.places import is_met, made, noting
from tests.errors.table import ELSEWHERE, SECRET, TABLE, UNSEEN, Entry, Scene
from tests.season import TOP

MADE = made()
#: keys of the documents under which trouble stands that does not stop the rest
_TROUBLE = ("trouble", "troubles")


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    entry: Entry = request.getfixturevalue("entry")
    town: Town = request.getfixturevalue("untouched" if entry.fresh else "town")
    with ExitStack() as until:
        environ: dict[str, str | None] = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder)}
        last = None if entry.fresh else town.world().ledger.last_run()
        it = Scene(town, environ, until, last.id if last else "")
        entry.befall(it)
        yield it


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.name)
def test_an_error_says_what_where_and_what_to_do(entry: Entry, scene: Scene) -> None:
    before = {book: scene.town.sandbox.export(book) for book in (BRIEFS, LANDING, UTM)}
    with noting() as met:
        done = run(entry, scene)
    assert done.exit_code == entry.exit_code, (done.output, done.exception)
    lines = told_in(json.loads(done.stdout)) if entry.goes_on else told_on_stderr(done)
    line = next((line for line in lines if re.search(entry.text, line)), None)
    assert line is not None, lines
    assert filled(entry.where, scene) in line, line
    assert entry.remedy in line, line
    assert is_met(MADE[entry.made], met), (entry.made, sorted(met))
    assert not secrets(scene) & words(done.output), "a secret is told"
    assert SECRET not in done.output
    if not entry.goes_on:
        assert {book: scene.town.sandbox.export(book) for book in before} == before, "something was written"


def run(entry: Entry, scene: Scene) -> Result:
    """The command in this process, with --json where it has that."""
    arguments = shlex.split(filled(entry.command, scene))
    as_json = ["--json"] if takes_json(arguments) else []
    done = CliRunner().invoke(main, [*arguments, *as_json], env=scene.environ, prog_name="sheetsync")
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def takes_json(arguments: list[str]) -> bool:
    command = main.commands[arguments[0]]
    if isinstance(command, click.Group):
        command = command.commands.get(arguments[1], command.commands.get("list", command))
    return any("--json" in parameter.opts for parameter in command.params)


def filled(text: str, scene: Scene) -> str:
    return text.format(place=scene.town.place, base=scene.town.sandbox.base, run=scene.run)


def told_on_stderr(done: Result) -> list[str]:
    """The errors of a command that ended with them: one line each, and on stdout nothing, or one document."""
    assert done.stdout == "" or json.loads(done.stdout)
    [first, *more] = done.stderr.splitlines()
    assert first.startswith("error: "), done.stderr
    assert not more, "one line an error"
    return [first]


def told_in(document: Any) -> list[str]:
    """Every trouble in a document, each one line; a finding of the doctor's with what to do about it."""
    if isinstance(document, list):
        return [line for each in document for line in told_in(each)]
    if not isinstance(document, dict):
        return []
    here = [str(document[key]) for key in _TROUBLE if isinstance(document.get(key), str)]
    if "said" in document:
        here.append(f"{document['said']} {document['remedy']}")
    assert not any("\n" in line for line in here)
    return [*here, *(line for each in document.values() for line in told_in(each))]


def secrets(scene: Scene) -> set[str]:
    """The lines of every private key there is, and the sandbox's own secret."""
    keys = [json.loads(path.read_text()) for path in (scene.town.sandbox.accounts).glob("*.json")]
    told = [key.get("private_key", key.get("secret")) for key in keys]
    return {line for text in told for line in text.splitlines() if "PRIVATE KEY" not in line}


def words(text: str) -> set[str]:
    assert "ya29." not in text, "a token is told"
    return set(re.split(r"[\s\"'\\]+", text))


def test_a_configurations_problems_are_a_line_each(town: Town) -> None:
    path = town.folder / "sources.yaml"
    path.write_text(path.read_text().replace("mode: sidecar", "mode: sidecart").replace("tab_id: 0", "tab_id: first"))
    environ = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder)}
    done = CliRunner().invoke(main, ["validate"], env=environ)
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(re.search(r"sources\.yaml:\d+: ", line) for line in lines), lines


def test_every_place_that_makes_an_error_is_in_the_table_or_met_elsewhere() -> None:
    known = [*(entry.made for entry in TABLE), *ELSEWHERE, *UNSEEN]
    assert len(set(known)) == len(known), "once each"
    assert sorted(MADE.keys() - set(known)) == [], "a new error: give it a line in the table"
    assert sorted(set(known) - MADE.keys()) == [], "there is no such error any more"


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_a_test_that_meets_an_error_elsewhere_exists(test: str) -> None:
    file, name = test.split("::")
    assert re.search(rf"^ *def {name}\(", (TOP / file).read_text(), re.MULTILINE), test
