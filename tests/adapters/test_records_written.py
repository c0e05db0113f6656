"""Lines of real SQLite tables are put into the form of their columns, all of them or none."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import types

from sheetsync.adapters.sql_records import SqlRecords
from sheetsync.adapters.sql_values import in_form, next_version
from sheetsync.core.fields import Amount, Checkbox, Day, Moment, Number, Text
from sheetsync.core.fields.types import FieldType
from sheetsync.core.following import Line, Put
from sheetsync.core.model import Money, Place, Value
from sheetsync.errors import Refused, Unreachable

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MADE = """
CREATE TABLE register (
    id TEXT PRIMARY KEY, day DATE, at DATETIME, amount NUMERIC(10, 2), pieces INTEGER, share REAL, name VARCHAR(12),
    done BOOLEAN, loose, version INTEGER NOT NULL, stamp DATETIME
);
INSERT INTO register VALUES
    ('a', '2026-11-27', '2026-11-27 10:00:00.000000', 25.5, 3, 0.5, 'Hero', 0, 7, 1, '2026-11-01 00:00:00.000000'),
    ('b', '2026-11-28', '2026-11-28 10:00:00.000000', 30, 4, 0.25, 'Teaser', 1, 'seven', 1, '2026-11-01 00:00:00');
"""


class Base:
    """A table and somebody else's hand in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = SqlRecords.in_file(path)
        self.run(MADE)

    def run(self, script: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.executescript(script)

    def lines(self) -> Mapping[str, Mapping[str, Any]]:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            return {line["id"]: dict(line) for line in connection.execute("SELECT * FROM register")}

    def line(self, name: str, values: Mapping[str, tuple[FieldType | None, Value]], version: str = "version") -> Line:
        tab = self.records.read("register")
        header = [cell.shown for cell in tab.rows[0]]
        row = next(number for number, row in enumerate(tab.rows) if row[0].shown == name)
        cells = dict(zip(header, tab.rows[row], strict=True))
        puts = tuple(
            Put(
                "official",
                name,
                column,
                Place("official", "register", "register", None, row, header.index(column), column),
                cells[column].shown,
                kind.format(value) if kind is not None else str(value),
                value,
                kind=kind,
            )
            for column, (kind, value) in values.items()
        )
        return Line("register", ("id",), cells, version, puts)

    def write(self, *lines: Line) -> None:
        self.records.write(lines, NOW)


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return Base(tmp_path / "records.db")


def changed(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    return {
        f"{name}.{column}": after[name][column]
        for name, line in before.items()
        for column, value in line.items()
        if after[name][column] != value
    }


FORMS: Sequence[tuple[str, FieldType, Value, object]] = [
    ("day", Day(), date(2026, 12, 5), "2026-12-05"),
    ("at", Moment(), datetime(2026, 12, 5, 8, 30), "2026-12-05 08:30:00.000000"),  # noqa: DTZ001
    ("amount", Amount(), Money(Decimal("19.99"), "EUR"), 19.99),
    ("amount", Number(), Decimal("19.5"), 19.5),
    ("pieces", Number(), Decimal(12), 12),
    ("share", Number(), Decimal("0.125"), 0.125),
    ("name", Text(), "Ünder 12", "Ünder 12"),
    ("done", Checkbox(), True, 1),
    ("loose", Number(), Decimal(9), 9),
]


@pytest.mark.parametrize(("column", "kind", "value", "there"), FORMS)
def test_a_value_takes_the_form_of_its_column(
    base: Base, column: str, kind: FieldType, value: Value, there: object
) -> None:
    before = base.lines()
    base.write(base.line("a", {column: (kind, value)}))
    assert changed(before, base.lines()) == {f"a.{column}": there, "a.version": 2}


REFUSED: Sequence[tuple[str, FieldType, Value, str]] = [
    ("pieces", Number(), Decimal("1.5"), "register.pieces holds whole numbers only"),
    ("name", Text(), "longer than twelve", "register.name holds 12 characters at most"),
    ("day", Text(), "soon", "register.day"),
    ("done", Text(), "perhaps", "register.done holds yes or no only"),
    ("amount", Text(), "a lot", "register.amount holds a number only"),
]


@pytest.mark.parametrize(("column", "kind", "value", "says"), REFUSED)
def test_what_a_column_cannot_hold_stops_every_line(
    base: Base, column: str, kind: FieldType, value: Value, says: str
) -> None:
    before = base.lines()
    good = base.line("b", {"day": (Day(), date(2026, 12, 5))})
    with pytest.raises(Refused, match=says):
        base.write(good, base.line("a", {column: (kind, value)}))
    assert base.lines() == before


def test_a_column_that_cuts_what_is_put_into_it_stops_every_line(base: Base) -> None:
    base.run(
        "CREATE TRIGGER cut AFTER UPDATE ON register BEGIN "
        "UPDATE register SET name = substr(name, 1, 3) WHERE id = new.id; END"
    )
    before = base.lines()
    with pytest.raises(Refused, match=r"a: register\.name shows 'Pla' where 'Placement' was put; nothing was written"):
        base.write(base.line("b", {"day": (Day(), date(2026, 12, 5))}), base.line("a", {"name": (Text(), "Placement")}))
    assert base.lines() == before


def test_a_trigger_that_counts_too_is_fine(base: Base) -> None:
    base.run(
        "CREATE TRIGGER counts AFTER UPDATE OF name ON register BEGIN "
        "UPDATE register SET version = version + 1 WHERE id = new.id; END"
    )
    base.write(base.line("a", {"name": (Text(), "Placement")}))
    assert (base.lines()["a"]["name"], base.lines()["a"]["version"]) == ("Placement", 3)


def test_a_version_that_is_a_time_becomes_now(base: Base) -> None:
    base.write(base.line("a", {"name": (Text(), "Placement")}, "stamp"))
    assert changed({"a": {"stamp": None}}, base.lines()) == {"a.stamp": "2026-11-23 09:30:00"}
    base.write(base.line("a", {"name": (Text(), "Again")}, "stamp"))
    assert base.lines()["a"]["stamp"] > "2026-11-23 09:30:00", "also where the clock stands still"


@pytest.mark.parametrize("there", ["NULL", "'draft'"])
def test_a_line_without_a_usable_version_is_not_written(base: Base, there: str) -> None:
    base.run("UPDATE register SET stamp = ? WHERE id = 'a'".replace("?", there))
    with pytest.raises(Refused, match=r"a: register\.stamp is neither a number nor a time; nothing was written"):
        base.write(base.line("a", {"name": (Text(), "Placement")}, "stamp"))


def test_there_must_be_such_a_column_and_such_a_table(base: Base) -> None:
    line = base.line("a", {"name": (Text(), "Placement")}, "rev")
    with pytest.raises(Refused, match="has no column 'rev'"):
        base.write(line)
    base.run("DROP TABLE register")
    with pytest.raises(Refused, match="no table 'register'"):
        base.write(line)
    base.path.unlink()
    with pytest.raises(Unreachable, match="There is no records database"):
        base.write(line)
    assert not base.path.exists()


def test_a_locked_database_is_told_and_left_as_it_is(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    line, before = base.line("a", {"name": (Text(), "Placement")}), base.lines()
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **kw: connect(*args, **{**kw, "timeout": 0.05}))
    with closing(connect(base.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unreachable, match=r"cannot be written \(OperationalError\)"):
            base.write(line)
        other.rollback()
    assert base.lines() == before


def test_a_line_without_primary_key_is_found_by_its_configured_key(base: Base) -> None:
    base.run("CREATE TABLE bare AS SELECT * FROM register; DROP TABLE register; ALTER TABLE bare RENAME TO register;")
    base.write(base.line("a", {"loose": (None, "eight")}))
    assert base.lines()["a"]["loose"] == "eight"
    line = base.line("a", {"loose": (None, "nine")})
    base.run("INSERT INTO register SELECT * FROM register WHERE id = 'a'")
    with pytest.raises(Refused, match="a: 2 lines are in 'register' with its key"):
        base.write(line)


def test_rights_are_examined_without_changing_anything(base: Base) -> None:
    before = base.lines()
    base.records.examine_writing("register", "version")
    assert base.lines() == before
    base.run("CREATE VIEW seen AS SELECT * FROM register")
    with pytest.raises(Unreachable, match="cannot be written"):
        base.records.examine_writing("seen", "version")
    with pytest.raises(Refused, match="has no column 'rev'"):
        base.records.examine_writing("register", "rev")


def test_versions_go_on_in_their_own_form() -> None:
    assert next_version(7, NOW) == 8
    assert next_version("007", NOW) == "008"
    assert next_version("2026-11-01T10:00:00Z", NOW) == "2026-11-23T09:30:00Z"
    assert next_version("2026-11-01 10:00:00", NOW) == "2026-11-23 09:30:00"
    assert next_version(datetime(2027, 1, 1), NOW) == datetime(2027, 1, 1, 0, 0, 0, 1)  # noqa: DTZ001
    for none in (True, None, "draft", b"x"):
        with pytest.raises(ValueError, match="neither a number nor a time"):
            next_version(none, NOW)


def test_a_word_a_database_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="takes live, done only"):
        in_form("ready", "ready", types.Enum("live", "done"), "live")


def test_a_key_is_never_written(base: Base) -> None:
    before = base.lines()
    with pytest.raises(Refused, match="a key is not written"):
        base.write(base.line("a", {"id": (Text(), "c")}))
    assert base.lines() == before


def test_a_version_that_somebody_holds_still_stops_every_line(base: Base) -> None:
    base.run(
        "CREATE TRIGGER still AFTER UPDATE OF name ON register BEGIN "
        "UPDATE register SET version = old.version WHERE id = new.id; END"
    )
    before = base.lines()
    with pytest.raises(Refused, match=r"a: register\.version did not move"):
        base.write(base.line("a", {"name": (Text(), "Placement")}))
    assert base.lines() == before
