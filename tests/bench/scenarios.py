"""What two companies' sheets disagree about, against answer keys written without the code: found, and falsely raised.

`python -m tests.bench.scenarios [SCENARIO ...] [--wrong]`. Each scenario runs on a real sandbox over HTTP: the first
look, then what people type afterwards, round by round, as people type it. A planted disagreement is *found* when a flag
of its kind stands at its cell; a flag that is not in the key is *false*. `--wrong` lists every miss and every false
flag. Ends with 1 where a mere dialect was flagged: that is the gate.
"""

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from ruamel.yaml import YAML

from sheetsync.adapters.system_clock import SystemClock
from sheetsync.core.graph import SheetTab, Table
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.documents import run_document
from tests.season import TOP, Season, Told, season

SCENARIOS = tuple(
    Told(folder, folder / "config")
    for folder in (TOP / "fixtures" / "hollander-kay", TOP / "fixtures" / "halcyon-pass")
)
#: the day the keys were written for
TODAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
_BEGAN = SystemClock().monotonic()
SEVERITIES = ("high", "medium", "low")
_SCOPE = "https://www.googleapis.com/auth/spreadsheets"

Line = Mapping[str, Any]
Spot = tuple[str, str, str, str]
"""Source, cell, kind, and of what has no cell (a table's line) the record."""


class ThatDay(SystemClock):
    """The day of the story, from its morning on; time goes on as usual."""

    def now(self) -> datetime:
        return TODAY + timedelta(seconds=self.monotonic() - _BEGAN)


@dataclass
class Verdict:
    """What was said at one look, against what should have been."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false: list[Line] = field(default_factory=list)
    missed: list[Line] = field(default_factory=list)
    #: found, but with another severity, contract or owner than planted
    otherwise: list[str] = field(default_factory=list)
    on_dialect: list[Line] = field(default_factory=list)
    on_traps: list[Line] = field(default_factory=list)


@dataclass
class Heard:
    """A scenario's verdicts: the first look, then each round (`new` and `gone` against the look before)."""

    name: str
    dialect: int
    first: Verdict
    rounds: list[Verdict]


def hear(told: Told, place: Path) -> Heard:
    """Run a scenario from its first look to its last round."""
    answers, later = told.answers(), _load(told.story / "later.yaml")
    with season(place, told) as loaded:
        said = look(loaded)
        first = judge(said, answers["flags"], answers)
        rounds = []
        for part in later["rounds"]:
            type_all(loaded, part["edits"])
            before, said = said, look(loaded)
            rounds.append(_judge_round(before, said, part))
        return Heard(told.story.name, len(answers["dialect"]), first, rounds)


def look(loaded: Season) -> Sequence[Line]:
    """One cycle on the story's day, a person's yes given to every guard that asks; its flags."""
    world = replace(loaded.world(), clock=ThatDay())
    run = reconcile(world, loaded.config.rules, loaded.request(accept=loaded.yes_to()))
    document = run_document(run, world.link)
    flags: Sequence[Line] = document["flags"]
    return flags


# ---------------------------------------------------------------- judging


def judge(said: Iterable[Line], key: Sequence[Line], answers: Mapping[str, Any]) -> Verdict:
    """Flags against the planted lines; what a dialect or a trap is wrongly told of is listed apart as well."""
    verdict = Verdict()
    raised: dict[Spot, list[Line]] = {}
    for flag in said:
        raised.setdefault(_spot(flag), []).append(flag)
    planted = {_spot(line): line for line in key}
    for spot, line in planted.items():
        verdict.planted[line["severity"]] += 1
        if spot in raised:
            verdict.found[line["severity"]] += 1
            verdict.otherwise += _other_words(raised[spot][0], line)
        else:
            verdict.missed.append(line)
    verdict.false = [flag for spot, flags in raised.items() for flag in flags if spot not in planted]
    told = {(line["source"], str(line["cell"])) for line in key}
    verdict.on_dialect = [flag for flag in verdict.false if _is_at(flag, answers["dialect"], told)]
    verdict.on_traps = [flag for flag in verdict.false if _is_at(flag, answers["traps"], told)]
    return verdict


def _judge_round(before: Sequence[Line], after: Sequence[Line], part: Mapping[str, Any]) -> Verdict:
    """What came and what went, against what should have."""
    earlier, now = {_spot(flag) for flag in before}, {_spot(flag) for flag in after}
    new = [flag for flag in after if _spot(flag) not in earlier]
    verdict = judge(new, part.get("new") or [], {"dialect": [], "traps": []})
    gone = {_spot(line): line for line in part.get("gone") or []}
    verdict.missed += [{**line, "kind": f"{line['kind']} (should go)"} for spot, line in gone.items() if spot in now]
    went = [flag for flag in before if _spot(flag) not in now and _spot(flag) not in gone]
    verdict.false += [{**flag, "kind": f"{flag['kind']} (went)"} for flag in went]
    return verdict


def _spot(line: Line) -> Spot:
    cell = str(line["cell"])
    in_table = cell.islower()
    return (line["source"], cell, line["kind"], line["record"] if in_table else "")


def _is_at(flag: Line, lines: Iterable[Line], told: set[tuple[str, str]]) -> bool:
    """Whether a flag stands where nothing may be said of this field; a cell with a planted line is the key's affair."""
    here = (flag["source"], flag["cell"])
    return here not in told and any(
        here == (line["source"], str(line["cell"])) and line.get("record", flag["record"]) == flag["record"]
        for line in lines
    )


def _other_words(flag: Line, line: Line) -> list[str]:
    where = f"{line['source']} {line['cell']} {line['kind']}"
    return [
        f"{where}: {name} is {flag.get(name)}, planted {line[name]}"
        for name in ("severity", "field", "contract", "record")
        if name in line and not str(flag.get(name) or "").startswith(str(line[name]))
    ]


# ---------------------------------------------------------------- what people type


def type_all(loaded: Season, edits: Iterable[Line]) -> None:
    """Type each edit as a person would: into a sheet in its own locale, or into the register's line."""
    _open_to_person(loaded)
    with _session(loaded) as session:
        for edit in edits:
            where = loaded.config.rules.sources[edit["source"]].location
            match where:
                case SheetTab(spreadsheet, tab_id):
                    _type(session, f"{loaded.sandbox.base}/v4/spreadsheets/{spreadsheet}", tab_id, edit)
                case Table(name):
                    _update(loaded.place / "records.db", name, edit)


def _open_to_person(loaded: Season) -> None:
    """Whoever types is somebody who may."""
    for spreadsheet in loaded.config.rules.spreadsheets:
        loaded.sandbox.share(spreadsheet, "person")


def _type(session: AuthorizedSession, book: str, tab_id: int, edit: Line) -> None:
    tabs = session.get(f"{book}?fields=sheets.properties").json()["sheets"]
    title = next(tab["properties"]["title"] for tab in tabs if tab["properties"]["sheetId"] == tab_id)
    a1 = f"'{title.replace(chr(39), chr(39) * 2)}'!{edit['cell']}"
    answer = session.put(
        f"{book}/values/{a1}?valueInputOption=USER_ENTERED", json={"range": a1, "values": [[edit["typed"]]]}
    )
    answer.raise_for_status()


def _update(database: Path, table: str, edit: Line) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            f'UPDATE "{table}" SET "{edit["cell"]}" = ? WHERE campaign_id = ?',  # noqa: S608
            (edit["typed"], edit["record"]),
        )


@contextmanager
def _session(loaded: Season) -> Iterator[AuthorizedSession]:
    key = loaded.sandbox.key_file("person")
    credentials = Credentials.from_service_account_file(str(key), scopes=[_SCOPE])  # type: ignore[no-untyped-call]
    with closing(AuthorizedSession(credentials)) as session:  # type: ignore[no-untyped-call]
        yield session


# ---------------------------------------------------------------- telling


def table(heard: Sequence[Heard]) -> Iterator[str]:
    """One line per scenario and look."""
    yield "| scenario | planted | found | high | medium | low | false flags | on traps | on dialect |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for one in heard:
        looks = [("first look", one.first), *((f"round {n}", each) for n, each in enumerate(one.rounds, 1))]
        for name, verdict in looks:
            by = " | ".join(f"{verdict.found[s]}/{verdict.planted[s]}" for s in SEVERITIES)
            dialect = f"{len(verdict.on_dialect)} of {one.dialect}" if verdict is one.first else ""
            found, planted = verdict.found.total(), verdict.planted.total()
            yield (
                f"| {one.name}, {name} | {planted} | {found} | {by} | {len(verdict.false)} "
                f"| {len(verdict.on_traps)} | {dialect} |"
            )


def remarks(heard: Sequence[Heard]) -> Iterator[str]:
    """Every miss, every false flag, everything found that is told otherwise than planted."""
    for one in heard:
        for number, verdict in enumerate((one.first, *one.rounds)):
            yield f"\n{one.name}, " + (f"round {number}" if number else "first look")
            yield from (f"  missed {_short(line)}: {line.get('why', '')}" for line in verdict.missed)
            marks = {id(flag): "FALSE ON DIALECT" for flag in verdict.on_dialect}
            marks |= {id(flag): "FALSE ON A TRAP" for flag in verdict.on_traps}
            yield from (f"  {marks.get(id(f), 'false')} {_short(f)}: {f.get('message', '')}" for f in verdict.false)
            yield from (f"  otherwise {text}" for text in verdict.otherwise)


def _short(line: Line) -> str:
    return f"{line['source']} {line['cell']} {line.get('record', '')} {line['field']} {line['kind']}"


def main() -> None:
    """Print the table, and with `--wrong` every remark."""
    named = [each for each in sys.argv[1:] if not each.startswith("--")]
    heard = []
    for told in SCENARIOS:
        if not named or told.story.name in named:
            with TemporaryDirectory(prefix="scenario-") as place:
                heard.append(hear(told, Path(place)))
    print(*table(heard), sep="\n")  # noqa: T201
    if "--wrong" in sys.argv:
        print(*remarks(heard), sep="\n")  # noqa: T201
    sys.exit(1 if any(one.first.on_dialect for one in heard) else 0)


def _load(path: Path) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = YAML(typ="safe").load(path)
    return loaded


if __name__ == "__main__":
    main()
