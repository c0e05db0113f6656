"""What a system of record promises (`RecordsSuite`, for every adapter), and how a database's values become cells."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sheetsync.adapters.sql_cells import EPOCH, cell_of
from sheetsync.adapters.sql_records import CHUNK, SqlRecords
from sheetsync.core.model import BLANK, Cell, Format, Tab
from sheetsync.errors import Refused, Unreachable
from sheetsync.ports import Records

Rows = Sequence[Sequence[str | None]]
#: a system of record that holds one table, given its name, its columns (the first is the key) and its rows
RecordsWith = Callable[[str, Sequence[str], Rows], Records]

law = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
#: text any database takes: no NUL, no halves of surrogate pairs
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12)


def shown(tab: Tab) -> list[list[str]]:
    return [[cell.shown for cell in row] for row in tab.rows]


class RecordsSuite:
    """The port's promises. A subclass gives the fixture `records_with`."""

    def test_rows_stand_in_key_order_below_the_column_names(self, records_with: RecordsWith) -> None:
        rows = [("NL-0010", "Bundle"), ("NL-0002", None), ("NL-0001", "Gift")]
        tab = records_with("campaigns", ["campaign_id", "name"], rows).read("campaigns")
        assert shown(tab) == [["campaign_id", "name"], ["NL-0001", "Gift"], ["NL-0002", ""], ["NL-0010", "Bundle"]]
        assert tab.rows[2][1] == BLANK
        assert (tab.title, tab.row_count, tab.column_count) == ("campaigns", 4, 2)

    def test_an_empty_table_has_its_header(self, records_with: RecordsWith) -> None:
        tab = records_with("campaigns", ["campaign_id", "name"], []).read("campaigns")
        assert shown(tab) == [["campaign_id", "name"]]

    @given(table=texts, content=st.dictionaries(texts, st.none() | texts, max_size=4))
    @law
    def test_any_text_comes_back_and_any_table_name_is_safe(
        self, records_with: RecordsWith, table: str, content: dict[str, str | None]
    ) -> None:
        assume(not table.casefold().startswith("sqlite_"))
        records = records_with(table, ["key", "value"], list(content.items()))
        body = records.read(table).rows[1:]
        assert {key.value: value for key, value in body} == {
            key: BLANK if value is None else Cell(value=value, shown=value) for key, value in content.items()
        }

    def test_an_unknown_table_is_refused_with_the_ones_there_are(self, records_with: RecordsWith) -> None:
        with pytest.raises(Refused, match=r"no table 'campaign' .* It has: campaigns"):
            records_with("campaigns", ["campaign_id"], []).read("campaign")


class TestSqlRecords(RecordsSuite):
    @pytest.fixture
    def records_with(self, tmp_path: Path) -> RecordsWith:
        def make(table: str, columns: Sequence[str], rows: Rows) -> Records:
            database = tmp_path / "records.db"
            database.unlink(missing_ok=True)
            quoted, *names = ['"' + name.replace('"', '""') + '"' for name in (table, *columns)]
            with closing(sqlite3.connect(database)) as connection, connection:
                connection.execute(f"CREATE TABLE {quoted} ({', '.join(names)}, PRIMARY KEY ({names[0]}))")
                marks = ", ".join("?" * len(names))
                connection.executemany(f"INSERT INTO {quoted} VALUES ({marks})", rows)  # noqa: S608
            return SqlRecords(f"sqlite:///{database}")

        return make


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "state" / "records, 50% #1?.db"


def execute(database: Path, *statements: str) -> None:
    database.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


# ---------------------------------------------------------------- values to cells


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, BLANK),
        ("", BLANK),
        (" NL-0007", Cell(" NL-0007", " NL-0007")),
        (True, Cell(True, "TRUE")),
        (False, Cell(False, "FALSE")),
        (7, Cell(7.0, "7")),
        (1234567.5, Cell(1234567.5, "1234567.5")),
        (25.0, Cell(25.0, "25")),
        (-0.0, Cell(0.0, "0")),
        (1e-7, Cell(1e-7, "0.0000001")),
        (Decimal("49.00"), Cell(49.0, "49.00")),
        (Decimal("1E+5"), Cell(100000.0, "100000")),
        (12345678901234567, Cell(12345678901234568.0, "12345678901234567")),
        (float("inf"), Cell("inf", "inf")),
        (Decimal("sNaN"), Cell("sNaN", "sNaN")),
        (10**400, Cell(str(10**400), str(10**400))),
        (date(2026, 11, 27), Cell(46353.0, "2026-11-27", Format.DATE)),
        (datetime(2026, 11, 27, 18), Cell(46353.75, "2026-11-27 18:00:00", Format.DATE_TIME)),  # noqa: DTZ001
        (
            datetime(2026, 11, 27, 18, tzinfo=timezone(timedelta(hours=-6))),
            Cell(46354.0, "2026-11-28 00:00:00", Format.DATE_TIME),
        ),
        (time(6), Cell(0.25, "06:00:00", Format.TIME)),
        (b"abc", Cell("(3 bytes)", "(3 bytes)")),
        (UUID(int=7), Cell(str(UUID(int=7)), str(UUID(int=7)))),
    ],
)
def test_a_value_becomes_the_cell_a_spreadsheet_would_hold(value: object, cell: Cell) -> None:
    assert cell_of(value) == cell


@given(
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
)
def test_a_number_shows_all_it_is_and_nothing_else(value: float | Decimal) -> None:
    shown = cell_of(value).shown
    assert Decimal(shown) == Decimal(repr(value) if isinstance(value, float) else value)
    assert set(shown) <= set("0123456789.-")


@given(st.datetimes())
def test_a_time_is_its_days_since_the_epoch(value: datetime) -> None:
    day, moment = cell_of(value.date()).value, cell_of(value).value
    assert isinstance(day, float)
    assert isinstance(moment, float)
    assert EPOCH.date() + timedelta(days=day) == value.date()
    assert abs(EPOCH + timedelta(days=moment) - value) < timedelta(milliseconds=1)


def test_sqlites_dates_and_booleans_are_told_by_their_columns_type(database: Path) -> None:
    execute(
        database,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, starts DATE, seen TIMESTAMP, at TIME, live BOOLEAN, budget NUMERIC)",
        "INSERT INTO t VALUES (1, '2026-11-27', '2026-11-27 12:00:00', '06:00', 1, 49.5)",
    )
    (_, cells) = SqlRecords.in_file(database).read("t").rows
    assert cells == (
        Cell(1.0, "1"),
        Cell(46353.0, "2026-11-27", Format.DATE),
        Cell(46353.5, "2026-11-27 12:00:00", Format.DATE_TIME),
        Cell(0.25, "06:00:00", Format.TIME),
        Cell(True, "TRUE"),
        Cell(49.5, "49.5"),
    )


def test_one_odd_value_does_not_cost_the_table(database: Path) -> None:
    execute(
        database,
        "CREATE TABLE t (id TEXT PRIMARY KEY, starts DATE, live BOOLEAN, budget NUMERIC, odd WHATEVER(3))",
        "INSERT INTO t VALUES ('a', '27 Nov', 'maybe', '$ 5k', X'00')",
        "INSERT INTO t VALUES ('b', 20261127, 7, NULL, CAST(X'41FF42' AS TEXT))",
    )
    assert shown(SqlRecords.in_file(database).read("t"))[1:] == [
        ["a", "27 Nov", "maybe", "$ 5k", "(1 bytes)"],
        ["b", "20261127", "7", "", "A\ufffdB"],
    ]


# ---------------------------------------------------------------- tables


def test_the_key_orders_rows_whatever_its_columns_are(database: Path) -> None:
    execute(
        database,
        "CREATE TABLE t (slot TEXT, n INTEGER, PRIMARY KEY (n, slot))",
        "INSERT INTO t VALUES ('b', 2), ('a', 10), ('a', 2)",
    )
    assert shown(SqlRecords.in_file(database).read("t"))[1:] == [["a", "2"], ["b", "2"], ["a", "10"]]


def test_rows_without_a_key_come_in_the_order_of_what_they_show(database: Path) -> None:
    execute(
        database,
        "CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT)",
        "INSERT INTO t VALUES ('1', 'b'), ('2', 'a')",
        "CREATE VIEW v AS SELECT name, id FROM t ORDER BY id DESC",
    )
    assert shown(SqlRecords.in_file(database).read("v")) == [["name", "id"], ["a", "2"], ["b", "1"]]


def test_a_table_may_be_named_with_its_schema_or_hold_a_dot(database: Path) -> None:
    execute(database, "CREATE TABLE plain (id TEXT PRIMARY KEY)", 'CREATE TABLE "main.odd" (odd TEXT PRIMARY KEY)')
    records = SqlRecords.in_file(database)
    assert shown(records.read("main.plain")) == [["id"]]
    assert shown(records.read("main.odd")) == [["odd"]]
    with pytest.raises(Refused, match=r"no table 'elsewhere\.plain'"):
        records.read("elsewhere.plain")


def test_more_rows_than_are_fetched_at_once_all_arrive(database: Path) -> None:
    count = 2 * CHUNK + 1
    execute(
        database,
        "CREATE TABLE t (n INTEGER PRIMARY KEY)",
        f"WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) "  # noqa: S608
        "INSERT INTO t SELECT n FROM c",
    )
    tab = SqlRecords.in_file(database).read("t")
    assert [row[0].value for row in tab.rows[1:]] == list(range(1, count + 1))


# ---------------------------------------------------------------- databases that cannot be read


def test_reading_makes_no_database(database: Path) -> None:
    with pytest.raises(Unreachable, match="no records database at"):
        SqlRecords.in_file(database).read("campaigns")
    assert not database.parent.exists()


def test_reading_leaves_the_database_byte_for_byte_as_it_is(database: Path) -> None:
    execute(database, "CREATE TABLE t (id TEXT PRIMARY KEY)")
    before = database.read_bytes()
    SqlRecords.in_file(database).read("t")
    assert database.read_bytes() == before
    assert list(database.parent.iterdir()) == [database]


def test_a_read_could_not_write_if_it_tried(database: Path) -> None:
    execute(database, "CREATE TABLE t (id TEXT PRIMARY KEY)")
    with pytest.raises(Unreachable) as caught, SqlRecords.in_file(database)._reading() as connection:
        connection.exec_driver_sql("DROP TABLE t")
    assert "readonly" in str(caught.value.__cause__)


def test_a_file_that_is_no_database_is_unreachable(database: Path) -> None:
    database.parent.mkdir()
    database.write_text("campaign_id,name\n" * 100)
    with pytest.raises(Unreachable, match="cannot be used"):
        SqlRecords.in_file(database).read("t")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg2://ana:s3cret@db.example/campaigns?password=s3cret",
        "mysql+nosuch://ana:s3cret@db.example/campaigns",
        "nosuch://ana:s3cret@db.example/campaigns",
        "postgresql://ana:s3cret@db.example:s3cret/campaigns",
        "s3cret",
        "sqlite://",
    ],
)
def test_what_cannot_be_reached_is_told_in_one_line_without_the_password(url: str) -> None:
    with pytest.raises((Unreachable, Refused)) as caught:
        SqlRecords(url).read("campaigns")
    assert "s3cret" not in f"{caught.value} {caught.value.__cause__}"
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 14


# ---------------------------------------------------------------- the embedded system of record


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.csv"
    path.write_text('\ufeffcampaign_id,"Name, full",offer\nNL-2,"two\nlines",\n\nNL-1,007\n', encoding="utf-8")
    return path


def test_a_csv_becomes_a_table_of_texts(database: Path, register: Path) -> None:
    records = SqlRecords.in_file(database)
    records.load_csv(register, "campaigns")
    tab = records.read("campaigns")
    assert shown(tab) == [["campaign_id", "Name, full", "offer"], ["NL-1", "007", ""], ["NL-2", "two\nlines", ""]]
    assert tab.rows[1][1:] == (Cell("007", "007"), BLANK)


def test_loading_replaces_what_was_there_and_only_that(database: Path, register: Path) -> None:
    execute(database, "CREATE TABLE campaigns (x INTEGER)", "CREATE TABLE kept (id TEXT PRIMARY KEY)")
    records = SqlRecords.in_file(database)
    records.load_csv(register, "campaigns")
    first = records.read("campaigns")
    records.load_csv(register, "campaigns")
    assert records.read("campaigns") == first
    assert shown(records.read("kept")) == [["id"]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"id,,name\n", "column 2 has no name"),
        (b"id,Name,name\n", "two columns are named 'name'"),
        (b"id,name\n1,a\n\n1,b\n", "line 4: '1' stands in line 2 already"),
        (b"id,name\n,a\n", "line 2: the first cell is empty"),
        (b"id,name\n1,a,b\n", "line 2: more cells than there are columns"),
        (b"id,name\n1,\xff\n", "is no CSV in UTF-8"),
        (b'id,name\n1,"a\n', "is no CSV in UTF-8"),
    ],
)
def test_a_csv_that_is_no_table_is_refused_and_the_table_stays(
    database: Path, register: Path, content: bytes, told: str
) -> None:
    records = SqlRecords.in_file(database)
    records.load_csv(register, "campaigns")
    before = records.read("campaigns")
    register.write_bytes(content)
    with pytest.raises(Refused, match=told):
        records.load_csv(register, "campaigns")
    assert records.read("campaigns") == before


def test_a_load_that_fails_halfway_leaves_the_table_that_was_there(database: Path, register: Path) -> None:
    execute(database, "CREATE TABLE campaigns (id TEXT PRIMARY KEY)", "INSERT INTO campaigns VALUES ('kept')")
    register.write_text(",".join(f"column {it}" for it in range(2001)), encoding="utf-8")
    records = SqlRecords.in_file(database)
    with pytest.raises(Unreachable):  # SQLite makes no table of so many columns; the old one is dropped by then
        records.load_csv(register, "campaigns")
    assert shown(records.read("campaigns")) == [["id"], ["kept"]]


def test_a_csv_is_not_loaded_into_a_companys_database(register: Path) -> None:
    with pytest.raises(Refused, match="only into an SQLite file"):
        SqlRecords("postgresql://ana:s3cret@db.example/campaigns").load_csv(register, "campaigns")


def test_a_csv_that_is_not_there_is_refused(database: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        SqlRecords.in_file(database).load_csv(tmp_path / "missing.csv", "campaigns")
    assert not database.exists()


# ---------------------------------------------------------------- fingerprints


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_each_change_moves_the_fingerprint_and_looking_does_not(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "records.db"
    records = SqlRecords.in_file(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"PRAGMA journal_mode = {mode}")
        database.execute("CREATE TABLE t (id TEXT PRIMARY KEY, v INTEGER)")
        database.execute("INSERT INTO t VALUES ('a', 0)")
        for file in tmp_path.iterdir():
            os.utime(file, ns=(0, 0))
        before = records.fingerprint("t")
        for number in range(50):
            assert records.fingerprint("t") == before
            records.read("t")
            assert records.fingerprint("t") == before
            database.execute("UPDATE t SET v = ?", (number + 1,))
            for file in tmp_path.iterdir():
                os.utime(file, ns=(0, 0))
            now = records.fingerprint("t")
            assert now != before, "also within one tick of the file system's clock"
            before = now


def test_a_register_that_is_not_there_has_a_fingerprint_of_its_own(tmp_path: Path) -> None:
    records = SqlRecords.in_file(tmp_path / "records.db")
    nothing = records.fingerprint("t")
    assert nothing is not None
    assert not (tmp_path / "records.db").exists(), "looking makes no file"
    with closing(sqlite3.connect(tmp_path / "records.db")) as database:
        database.execute("CREATE TABLE t (id TEXT PRIMARY KEY)")
    assert records.fingerprint("t") != nothing


def test_another_database_has_none_and_is_read(tmp_path: Path) -> None:
    assert SqlRecords("postgresql+psycopg://user:password@localhost/name").fingerprint("t") is None
