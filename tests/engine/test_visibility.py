"""Promise 9: what may not be seen is not in the workbook at all, not in our tab, our columns, our notes or metadata."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sheetsync.core.graph import Visibility
from sheetsync.core.managed import OUR_TAB_ID
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM, Hand, briefs, builder

BOOK_OF = {"briefs": BRIEFS, "landing": LANDING, "utm": UTM}
TITLES = {"briefs": "Partner briefs", "landing": "Landing pages", "utm": "UTM builder", "official": "Campaign register"}

#: one campaign's row in each sheet, as (source, row, column, what is typed there): no word of it occurs elsewhere
READABLE = (
    ("briefs", 6, 4, "2026-11-05"),
    ("briefs", 6, 5, "2026-11-13"),
    ("briefs", 6, 6, "73% off"),
    ("briefs", 6, 7, "ZQBRIEF"),
    ("briefs", 6, 8, "$98,761"),
    ("briefs", 6, 9, "zq approved by nobody"),
    ("briefs", 6, 11, "zq note of the brief"),
    ("landing", 3, 3, "https://staging.northlight.example/zq-page?zqgclid=1"),
    ("landing", 3, 5, "02.11.2026"),
    ("landing", 3, 6, "03.11.2026"),
    ("landing", 3, 7, "ZQLANDING"),
    ("landing", 3, 8, "61 % Rabatt"),
    ("landing", 3, 9, "zq bemerkung"),
    ("utm", 1, 4, "zq hero slot"),
    ("utm", 1, 6, "zqmedium"),
    ("utm", 1, 7, "2026-11-16"),
    ("utm", 1, 8, "2026-11-17"),
    ("utm", 1, 10, "https://www.northlight.example/zqtyped?utm_source=zqtyped"),
)
#: and the same cells with words nobody understands
UNREADABLE = tuple((source, row, column, f"zq{source}{column}?!") for source, row, column, _ in READABLE)
#: what a value is called once it was understood
CANONICAL = {"$98,761": ("98761",), "73% off": ("73",), "61 % Rabatt": ("61",), "02.11.2026": ("2026-11-02",)} | {
    "03.11.2026": ("2026-11-03",)
}


def type_all(town: Town, typed: tuple[tuple[str, int, int, str], ...]) -> None:
    hands = {"briefs": briefs(town), "landing": Hand(town.sandbox, LANDING, 1204), "utm": builder(town)}
    for source, row, column, text in typed:
        hands[source].text(row, column, text)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield str(name)
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)
    else:
        yield str(value)


def stands_in(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def written_by_us(town: Town, source: str, before: Mapping[str, Any]) -> str:
    """Every text in a workbook that was not there before, generated values aside, spilled ones included."""
    book = BOOK_OF[source]
    export = town.sandbox.export(book)
    shown = [text for tab in export["tabs"] for row in town.sandbox.grid(book, tab["title"]) for text in row]
    old = set(strings(before))
    return "\n".join(text for text in [*strings(export), *shown] if text not in old and not text.startswith("http"))


@pytest.mark.parametrize("typed", [READABLE, UNREADABLE], ids=["readable", "unreadable"])
@pytest.mark.parametrize("readers_see", Visibility)
def test_no_word_of_another_sources_cells_reaches_readers_who_may_not_see_it(
    untouched: Town, readers_see: Visibility, typed: tuple[tuple[str, int, int, str], ...]
) -> None:
    for source in BOOK_OF:
        untouched.change(source, readers_see=readers_see)
    # Agreed first and moved then: late changes and conflicts have sentences of their own.
    untouched.reconcile()
    type_all(untouched, typed)
    before = {source: _theirs(untouched, source) for source in BOOK_OF}
    untouched.reconcile()

    seen = []
    for source in BOOK_OF:
        text = written_by_us(untouched, source, before[source])
        assert text
        own = "\n".join(strings(before[source]))
        for owner, _, _, value in typed:
            words = [word for word in (value, *CANONICAL.get(value, ())) if owner != source and word not in own]
            seen += [(source, owner, word) for word in words if stands_in(word, text)]
        if readers_see is Visibility.NONE:
            named = [title for other, title in TITLES.items() if other != source and title in text]
            assert named == [], (source, text)
    if readers_see is Visibility.FULL:
        assert {(source, owner) for source, owner, _ in seen} >= {("landing", "briefs")} or typed is UNREADABLE
    else:
        assert seen == []


def _theirs(town: Town, source: str) -> Mapping[str, Any]:
    """The people's own part of a workbook, as stored and as shown."""
    export = town.sandbox.export(BOOK_OF[source])
    pins = {(one["sheet_id"], one["index"]) for one in export["metadata"] if one["key"] == "sheetsync.column"}
    tabs = [tab for tab in export["tabs"] if tab["sheet_id"] != OUR_TAB_ID]
    cells = [[cell for cell in tab["cells"] if (tab["sheet_id"], cell[1]) not in pins] for tab in tabs]
    shown = [
        [text for column, text in enumerate(row) if (tab["sheet_id"], column) not in pins]
        for tab in tabs
        for row in town.sandbox.grid(BOOK_OF[source], tab["title"])
    ]
    return {"title": export["title"], "cells": cells, "shown": shown}


def test_with_fields_the_owner_and_the_field_are_named_and_with_none_only_that_something_is_wrong(
    untouched: Town,
) -> None:
    issues = {}
    for readers_see in (Visibility.FIELDS, Visibility.NONE):
        untouched.change("landing", readers_see=readers_see)
        untouched.reconcile()
        _head, *lines = untouched.sandbox.grid(LANDING, "sheetsync")
        issues[readers_see] = {line[0]: (line[3], line[4]) for line in lines}
    fields, none = issues[Visibility.FIELDS], issues[Visibility.NONE]
    assert fields.keys() == none.keys()
    differs = "landing␟NL-1003"
    assert fields[differs][1].startswith("Flight end differs from Partner briefs, whose word counts [ss-")
    assert none[differs][1].startswith("something in another team's sheet does not fit this row [ss-")
    assert fields[differs][0] == none[differs][0] == "DIFFERS"
    own = "landing␟NL-1001"
    assert fields[own] == none[own], "what is wrong with one's own cell is told to everybody"
