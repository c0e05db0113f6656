"""What understanding costs: tabs of 1,000 rows and 25 columns in mixed dialects, from decoded answers to records.

`python -m tests.bench.reading [--tabs 1000]`; unless told how many, as many tabs as a minute has room for. Taken in
turns with it, in one process and by its processor time: `json.loads` of the same answers, and `dateutil` really asked
about each filled cell of every seventh tab, which is what a reader does that knows nothing of columns. Blank cells are
ours alone. The generator knows what each cell says: one read otherwise is a failure, and so is a limit that does not
hold (exit 1).
"""

import argparse
import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import takewhile
from random import Random
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import process_time
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from dateutil import parser  # type: ignore[import-untyped]

from sheetsync.adapters.google_cells import Alike, workbook
from sheetsync.config.headers import shipped_header_words
from sheetsync.core.fields import Field, field_type
from sheetsync.core.graph import Rules, SheetTab, Source
from sheetsync.core.model import Entity, Money, Offer, OfferKind, Parsed, Place, Snapshot
from sheetsync.core.normalize import Understood, normalize_table
from sheetsync.core.tables import Layout, find_table
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.tracking.defects import INSEPARABLE
from tests.bench.cycle import Line

ROWS, TABS = 1_000, 1_000
#: how much processor time the bench may take unless it is told how many tabs to read, seconds
LONGEST = 60
JSON_LIMIT, DATEUTIL_LEAST = 4.0, 12.0
#: `dateutil` is asked about one tab of so many: another locale each time
_ROUND = 7
_FIRST = date(2026, 9, 1)
_LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "de_CH", "it_IT")
_ZERO = date(1899, 12, 30)

Json = dict[str, Any]
Written = tuple[Json, Parsed]
"""A cell as Google sends it, and what it says."""
Column = Callable[[int], Written]
"""What a column holds, by row."""


def text(shown: str) -> Json:
    return {"effectiveValue": {"stringValue": shown}, "formattedValue": shown} if shown else {}


def number(value: float, shown: str, kind: str = "", pattern: str = "") -> Json:
    cell: Json = {"effectiveValue": {"numberValue": value}, "formattedValue": shown}
    return cell | ({"effectiveFormat": {"numberFormat": {"type": kind, "pattern": pattern}}} if kind else {})


@cache
def _in_words(day: date, locale: str) -> str:
    return str(format_date(day, "long", locale))


@cache
def _with_cents(amount: int, locale: str) -> str:
    return str(format_decimal(amount, "#,##0.00", locale))


@cache
def _decimal_sign(locale: str) -> str:
    return str(format_decimal(0.5, locale=locale))[1]


# ---------------------------------------------------------------- one tab


@dataclass
class Writer:
    """One team's ways of writing: another for each tab and column."""

    random: Random
    locale: str
    tab: int
    starts: Sequence[date] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [_FIRST + timedelta(days=self.random.randrange(150)) for _ in range(ROWS)]

    def day(self, after: int, year: bool = True) -> Column:
        """Days so long after each row's start, in one of a column's usual spellings."""
        ways = self._spellings() if year else [lambda day: f"{day:%a} {day.day} {day:%b}"]
        write = self.random.choice([*ways, None] if year else ways)

        def cell(row: int) -> Written:
            day = self.starts[row] + timedelta(days=after + row % 3)
            if row % 41 == 40:
                return text("TBD"), None
            if write is None:
                return number(float((day - _ZERO).days), f"{day:%x}", "DATE", "m/d/yyyy"), day
            return text(write(day)), day

        return cell

    def _spellings(self) -> list[Callable[[date], str]]:
        order = "{0.month}/{0.day}/{0.year}" if self.locale == "en_US" else "{0.day}/{0.month}/{0.year}"
        return [
            lambda day: day.isoformat(),
            order.format,
            lambda day: f"{day:%d.%m.%Y}",
            lambda day: f"{day:%a}, {day.day} {day:%b} {day.year}",
            lambda day: _in_words(day, self.locale),
            lambda day: f"{day.day}th {day:%B} {day.year}",
        ]

    def start(self, row: int) -> Written:
        """Mostly a day; sometimes the whole flight in one cell, and then the end's own cell is blank."""
        day = self.starts[row]
        end = day + timedelta(days=5)
        return (text(f"{day:%d.%m.%Y} – {end:%d.%m.%Y}") if row % 17 == 5 else text(day.isoformat())), day

    def end(self, row: int) -> Written:
        day = self.starts[row] + timedelta(days=5)
        return (text("") if row % 17 == 5 else text(f"{day:%d.%m.%Y}")), day

    def money(self) -> Column:
        way = self.random.randrange(3)

        def cell(row: int) -> Written:
            amount = 250 * (1 + (row * 7 + self.tab) % 160)
            said = Money(Decimal(amount), "EUR")
            if way == 0:
                return number(float(amount), f"€{amount:,}", "CURRENCY", '"€"#,##0'), said
            if way == 1:
                return text(f"{_with_cents(amount, self.locale)} €"), said
            return text(f"EUR {amount / 1000:g}K".replace(".", _decimal_sign(self.locale))), said

        return cell

    def offer(self, row: int) -> Written:
        percent = 5 * (1 + row % 8)
        if row % 5 == 0:
            return text(f"${percent} off ${4 * percent}+"), Offer(
                OfferKind.AMOUNT_OFF, Decimal(percent), "USD", Decimal(4 * percent)
            )
        return text(f"{percent}% off"), Offer(OfferKind.PERCENT_OFF, Decimal(percent))

    def share(self, row: int) -> Written:
        percent = 5 * (1 + row % 8)
        return number(percent / 100, f"{percent / 100:g}"), Offer(OfferKind.PERCENT_OFF, Decimal(percent))

    def sent(self, row: int) -> Written:
        day = self.starts[row]
        moment = datetime(day.year, day.month, day.day, 6 + row % 12, 30)  # noqa: DTZ001
        return text(f"{moment:%Y-%m-%d} {moment.hour}:30"), moment


def columns(writer: Writer) -> Mapping[str, Column]:
    """Field -> its column, key first."""
    tab = writer.tab
    names = ("Cyber Week", "Advent – Gifts", "Winter Sale", "New Year", "Hampers")
    statuses = (("✅ Live — since Mon", "live"), ("Geplant", "planned"), ("DONE", "done"), ("ready", "ready"))
    regions = (("US, CA", ("US", "CA")), ("DE/AT", ("DE", "AT")), ("FR", ("FR",)), ("UK\nIE", ("UK", "IE")))
    return {
        "ref": lambda row: (text(f"NL-{tab:03}-{row:04}"), f"NL-{tab:03}-{row:04}"),
        "name": lambda row: (text(f"{names[row % 5]} {row // 5}"), f"{names[row % 5]} {row // 5}"),
        "partner": lambda row: (text(("H&F", "Lou's ", "Vela")[row % 3]), ("Harlow & Finch", "Lou's", "Vela")[row % 3]),
        "status": lambda row: (text(statuses[row % 4][0]), statuses[row % 4][1]),
        "starts": writer.start,
        "ends": writer.end,
        "due": writer.day(-21),
        "live": writer.day(-3),
        "mailed": writer.day(2),
        "shot": writer.day(-14, year=False),
        "budget": writer.money(),
        "price": writer.money(),
        "fee": writer.money(),
        "offer": writer.offer,
        "discount": writer.share,
        "code": lambda row: (text(f"{row % 200:05}"), f"{row % 200:05}"),
        "page": lambda row: (text(f"https://brand.example/{row % 300}"), f"https://brand.example/{row % 300}"),
        "owner": lambda row: (text(("Ann ", "Bo", "Cleo")[row % 3]), ("Ann", "Bo", "Cleo")[row % 3]),
        "region": lambda row: (text(regions[row % 4][0]), regions[row % 4][1]),
        "creative": lambda row: (text(f"V{1 + row % 4} FINAL"), f"V{1 + row % 4} FINAL"),
        "sent": writer.sent,
        "note": lambda row: (
            text("might extend??" if row % 9 == 0 else ""),
            "might extend??" if row % 9 == 0 else None,
        ),
        "legal": lambda row: (
            {"effectiveValue": {"boolValue": row % 2 == 0}, "formattedValue": str(row % 2 == 0).upper()},
            row % 2 == 0,
        ),
        "channel": lambda row: (text(("E-Mail", "sms")[row % 2]), ("email", "sms")[row % 2]),
        "slot": lambda row: (text(f"Hero {row % 12}"), f"Hero {row % 12}"),
    }


_KINDS = {
    "ref": "code",
    "name": "text",
    "partner": "text",
    "status": "choice",
    "starts": "day",
    "ends": "day",
    "due": "day",
    "live": "day",
    "mailed": "day",
    "shot": "day",
    "budget": "money",
    "price": "money",
    "fee": "money",
    "offer": "offer",
    "discount": "offer",
    "code": "code",
    "page": "url",
    "owner": "person",
    "region": "list",
    "creative": "version",
    "sent": "moment",
    "note": "text",
    "legal": "checkbox",
    "channel": "choice",
    "slot": "text",
}
_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "status": {"planned": ("Geplant",), "ready": (), "live": (), "done": ()},
    "channel": {"email": ("E-Mail",), "sms": ()},
}
_FIELDS = {
    name: Field(
        name,
        name.title(),
        Entity.CAMPAIGN,
        field_type(kind, _WORDS.get(name)),
        until="ends" if name == "starts" else "",
    )
    for name, kind in _KINDS.items()
}
_SOURCE = Source(
    "sheet", "Sheet", "team", SheetTab("book", 0), Entity.CAMPAIGN, ("ref",), (("ref",),), {n: (n,) for n in _KINDS}
)
_ALIASES = {"partner": {"Harlow & Finch": ("H&F",)}}
_RULES = Rules(_FIELDS, {"sheet": _SOURCE}, {}, (), _ALIASES, {}, {}, TrackingRules(INSEPARABLE, ()), {})


@dataclass
class Read:
    """Seconds of processor time, and what was read otherwise than it was meant."""

    tabs: int = 0
    filled: int = 0
    decoding: float = 0
    adapting: float = 0
    finding: float = 0
    understanding: float = 0
    #: for each tab that dateutil was asked about: its seconds for a filled cell of it, and ours in this round
    asked: list[tuple[float, float]] = field(default_factory=list)
    #: dateutil's share of that which is spent on cells that hold a day or a moment
    on_days: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def normalizing(self) -> float:
        """What `normalize` costs: it finds the table, and then understands it."""
        return self.finding + self.understanding

    @property
    def by_dateutil(self) -> float:
        """Seconds dateutil takes for all filled cells."""
        return self.filled * sum(theirs for theirs, _ in self.asked) / len(self.asked)

    @property
    def ahead(self) -> float:
        """How many times we are ahead of dateutil in the middle one of all rounds."""
        return median(theirs / ours for theirs, ours in self.asked)


def read(tabs: Iterable[int]) -> Read:
    """Some tabs, one after the other; what cells mean is shared, as it is in a run."""
    spent, alike = Read(), Alike()
    understood: Understood = {}
    before = Read()
    words = shipped_header_words()
    for tab in tabs:
        locale = _LOCALES[tab % len(_LOCALES)]
        with _no_collection():
            answer = _answer(locale, _written(tab, locale))
            began = process_time()
            decoded = json.loads(answer)
            adapted = process_time()
            book = workbook(decoded, alike)
            ready = process_time()
            del decoded
        # What others made is none of the reader's cost; what it makes itself is looked through in its own time.
        gc.collect(0)
        with _no_collection():
            starting = process_time()
            layout = find_table(book.tabs[0], _SOURCE, words)
            assert isinstance(layout, Layout)
            found = process_time()
            where = Place("sheet", "book", "Sheet", 0)
            snapshot = normalize_table(book.tabs[0], layout, book.locale, _SOURCE, _RULES, where, understood)
            gc.collect(0)
            done = process_time()
        with _no_collection():
            # Made a second time: kept, it would be walked through by the collector in the reader's time.
            meant = _written(tab, locale)
            spent.wrong += _misread(tab, snapshot, meant)
            spent.filled += sum(bool(cell) for cells in meant.values() for cell, _ in cells)
            days, others = _texts(meant)
            del meant
        spent.tabs += 1
        spent.decoding += adapted - began
        spent.adapting += ready - adapted
        spent.finding += found - starting
        spent.understanding += done - found
        if spent.tabs % _ROUND == 1:
            on_days, on_others = by_dateutil(days), by_dateutil(others)
            ours = (spent.normalizing - before.normalizing) / (spent.filled - before.filled)
            spent.asked.append(((on_days + on_others) / len(days + others), ours))
            spent.on_days.append(on_days / (on_days + on_others))
            before = Read(filled=spent.filled, finding=spent.finding, understanding=spent.understanding)
    return spent


@contextmanager
def _no_collection() -> Iterator[None]:
    """As the adapter reads (`google_sheets`), and so that what the bench itself makes costs nobody anything."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _written(tab: int, locale: str) -> Mapping[str, Sequence[Written]]:
    """A tab's columns, the same ones every time."""
    writer = Writer(Random(tab), locale, tab)  # noqa: S311
    return {name: [column(row) for row in range(ROWS)] for name, column in columns(writer).items()}


def _answer(locale: str, meant: Mapping[str, Sequence[Written]]) -> str:
    """A tab as Google answers it."""
    rows: list[Json] = [{"values": [text(name) for name in meant]}]
    rows += [{"values": [cells[row][0] for cells in meant.values()]} for row in range(ROWS)]
    properties = {"sheetId": 0, "title": "Sheet", "gridProperties": {"rowCount": ROWS + 1, "columnCount": len(_KINDS)}}
    book = {"title": "Sheet", "locale": locale, "timeZone": "America/New_York"}
    sheets = [{"properties": properties, "data": [{"rowData": rows}]}]
    return json.dumps({"spreadsheetId": "book", "properties": book, "sheets": sheets})


def _misread(tab: int, snapshot: Snapshot, meant: Mapping[str, Sequence[Written]]) -> Iterator[str]:
    if len(snapshot.records) != ROWS:
        yield f"tab {tab}: {len(snapshot.records)} rows"
    for row, record in enumerate(snapshot.records):
        for name, cells in meant.items():
            claim, (_, said) = record.claims[name], cells[row]
            if claim.parsed != said:
                yield f"tab {tab}, row {row}, {name}: {claim.raw!r} is {claim.parsed!r}, not {said!r}"


def _texts(meant: Mapping[str, Sequence[Written]]) -> tuple[list[str], list[str]]:
    """What filled cells show: those that hold a day or a moment, and the others."""
    shown: tuple[list[str], list[str]] = [], []
    for name, cells in meant.items():
        shown[_KINDS[name] not in ("day", "moment")].extend(cell["formattedValue"] for cell, _ in cells if cell)
    return shown


def by_dateutil(texts: Sequence[str]) -> float:
    """Seconds `dateutil` takes for all of these, one after the other."""
    with _no_collection():
        began = process_time()
        for shown in texts:
            with suppress(ValueError, OverflowError):
                parser.parse(shown)
        return process_time() - began


def _compared(what: str, ours: float, spent: Read) -> list[Line]:
    """Our seconds beside those that only decode, and those that ask about each cell."""
    asked = spent.by_dateutil
    return [
        Line(
            what,
            f"CPU ({ours:.1f} s), times that of `json.loads` ({spent.decoding:.1f} s)",
            ours / spent.decoding,
            JSON_LIMIT,
        ),
        Line(
            what,
            f"CPU, percent of dateutil's on each filled cell ({asked:.0f} s); {asked / ours:.1f} times ahead",
            100 * ours / asked,
            100 / DATEUTIL_LEAST,
            " %",
        ),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description="What understanding tabs costs.")
    options.add_argument(
        "--tabs", type=int, help=f"how many; else what {LONGEST} s of processor time have room for, at most {TABS:,}"
    )
    told = options.parse_args().tabs
    # Of its own processor time: on a machine that others use, too, fewer tabs would say less.
    spent = read(range(told) if told else takewhile(lambda _: process_time() < LONGEST, range(TABS)))
    whole = f"{spent.tabs:,} tabs of {ROWS:,} rows x {len(_KINDS)} columns"
    asked, whole_way = spent.by_dateutil, spent.adapting + spent.normalizing
    lines = [
        *_compared(f"{whole}, cells to records (`normalize`)", spent.normalizing, spent),
        *_compared(f"{whole}, the table known already (`normalize_table`)", spent.understanding, spent),
        Line(whole, "cells read otherwise than meant", len(spent.wrong), 0),
    ]
    sys.stdout.write("| what | how measured | figure | limit | verdict |\n|---|---|--:|--:|---|\n")
    sys.stdout.writelines(f"{line}\n" for line in lines)
    room = (
        ""
        if told
        else f"So many have room in {LONGEST} s of processor time, making them included; `--tabs {TABS}` reads more. "
    )
    sys.stdout.write(
        f"{room}dateutil was asked about {len(spent.asked)} of the tabs, all through; the middle one of these rounds is"
        f" {spent.ahead:.1f} times ahead. {100 * median(spent.on_days):.0f} % of its time goes to cells with a day or a"
        f" moment.\nFinding the tables took {spent.finding:.1f} s of it, answers to cells {spent.adapting:.1f} s more:"
        f" together {whole_way / spent.decoding:.1f} times `json.loads`, {asked / whole_way:.1f} times ahead of"
        f" dateutil. Most memory at once, the bench included: {getrusage(RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB.\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in spent.wrong[:20])
    sys.exit(0 if all(line.holds for line in lines) else 1)


if __name__ == "__main__":
    main()
