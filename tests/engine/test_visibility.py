"""Promise 9: what may not be seen is not in the workbook at all, not in our tab, our columns, our notes or metadata."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sheetsync.core.graph import SheetTab, Source, Visibility
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.model import Problem
from sheetsync.engine.documents import run_document
from sheetsync.engine.world import Run
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM, Hand, briefs, builder

BOOK_OF = {"briefs": BRIEFS, "landing": LANDING, "utm": UTM}
FULL, FIELDS, NONE = Visibility

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
#: rows that belong nowhere, twice, to several campaigns, or whose copy or owner moved alone; None empties a cell
MESSES: tuple[tuple[str, int, int, str | None], ...] = (
    ("briefs", 18, 3, "Cyber Week Wrap-Up"),
    ("landing", 14, 0, None),
    ("landing", 14, 1, "Cyber Week Wrap-Up"),
    ("landing", 14, 5, None),
    ("landing", 14, 6, None),
    ("landing", 10, 0, None),
    ("landing", 13, 0, None),
    ("landing", 13, 1, "Candlelight Nights"),
    ("landing", 13, 2, "Lumen & Oak"),
    ("landing", 11, 0, "=1/0"),
    ("landing", 8, 5, "05.12.2026"),
    ("briefs", 13, 5, "2026-12-23"),
    ("utm", 2, 3, "zqutm channel"),
)


def type_all(town: Town, typed: tuple[tuple[str, int, int, str | None], ...]) -> None:
    hands = {"briefs": briefs(town), "landing": Hand(town.sandbox, LANDING, 1204), "utm": builder(town)}
    for source, row, column, text in typed:
        if text is None or text.startswith("="):
            hands[source].type(row, column, text)
        else:
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
    return {"title": export["title"], "kind": export["mime_type"], "cells": cells, "shown": shown}


# ---------------------------------------------------------------- what readers may not learn, and where it could stand


@dataclass(frozen=True)
class Setting:
    """What every sheet's readers may see: a word for all others, and words for some."""

    default: Visibility
    of: Mapping[str, Visibility] = field(default_factory=dict)

    def put(self, town: Town) -> None:
        for source in BOOK_OF:
            others = {name: seen for name, seen in self.of.items() if name != source}
            town.change(source, readers_see=self.default, readers_see_of=others)

    def allows(self, reader: str, other: str) -> Visibility:
        return FULL if reader == other else self.of.get(other, self.default)


SETTINGS = {
    "full": Setting(FULL),
    "fields": Setting(FIELDS),
    "none": Setting(NONE),
    "one in full, one not at all": Setting(FIELDS, {"landing": FULL, "official": NONE}),
    "the briefs only": Setting(NONE, {"briefs": FULL}),
    "names of the register only": Setting(NONE, {"official": FIELDS}),
}


def said_by(run: Run, source: str) -> Iterator[str]:
    """Every value of a source, as typed and as understood."""
    fields = run.readings.rules.fields
    for record in run.snapshots.fresh[source].records:
        for claim in record.claims.values():
            yield claim.raw.strip()
            if isinstance(claim.parsed, Problem):
                yield from claim.parsed.candidates
            elif claim.parsed is not None:
                yield fields[claim.field].type.format(claim.parsed)
                yield str(claim.parsed)


def secrets(run: Run, reader: str, setting: Setting, own: str) -> set[str]:
    """Values and names a workbook's readers may not find in it by our hand, unless people themselves put them there."""
    sources = run.readings.rules.sources
    closed = [name for name in sources if setting.allows(reader, name) is not FULL]
    hidden = {value for name in closed for value in said_by(run, name)}
    if {"official", "briefs"} & set(closed):
        hidden |= set(run.matched.proposed.values())
    open_to_them = {value for name in sources if name not in closed for value in said_by(run, name)}
    # What a reader's own cell and an owner it may see once agreed on is told when both have moved.
    agreed = run.readings.memory.baselines.items()
    owners = run.readings.rules.owners
    open_to_them |= {text for (of, _, name), text in agreed if of == reader and owners.get(name) not in closed}
    titles = {sources[name].title for name in closed if setting.allows(reader, name) is NONE}
    return {word for word in hidden - open_to_them - {""} if not stands_in(word, own)} | titles


def written_by_us(town: Town, run: Run, book: str, before: Mapping[str, Any]) -> str:
    """Every text in a workbook that was not there before, down to metadata, with what our formulas show; but for the
    values we make for its teams, which are their own by configuration."""
    export = town.sandbox.export(book)
    shown = [text for tab in export["tabs"] for row in town.sandbox.grid(book, tab["title"]) for text in row]
    old = set(strings(before)) | {made.value for made in run.decided.generated if made.place.spreadsheet == book}
    return "\n".join(text for text in [*strings(export), *shown] if text not in old)


def leaks(town: Town, run: Run, reader: str, setting: Setting) -> list[str]:
    before = _theirs(town, reader)
    text = written_by_us(town, run, BOOK_OF[reader], before)
    assert "[ss-" in text
    own = "\n".join(strings(before))
    return sorted(word for word in secrets(run, reader, setting, own) if stands_in(word, text))


def all_leaks(town: Town, run: Run, setting: Setting) -> dict[str, list[str]]:
    found = {reader: leaks(town, run, reader, setting) for reader in BOOK_OF}
    return {reader: words for reader, words in found.items() if words}


def without_owner(town: Town, name: str) -> None:
    """From now on nobody owns a field."""
    config = town.config
    owners = {of: owner for of, owner in config.rules.owners.items() if of != name}
    town._config = replace(config, rules=replace(config.rules, owners=owners))


# ---------------------------------------------------------------- the promise


#: every kind that can be raised; the rest of the closed list has no rule yet
KINDS = {
    *("difference", "conflict", "unreadable", "ambiguous", "vocabulary"),
    *("near_miss_id", "orphan_row", "duplicate_row", "url_defect"),
}
#: what the reasons of withheld values are about
REASONS = ("is in conflict", "no accepted id", "is not understood", "staging host", "has no row", "same key", "is live")


@pytest.mark.parametrize(
    ("named", "readable"),
    [*((name, True) for name in SETTINGS), ("fields", False), ("one in full, one not at all", False)],
)
def test_no_value_of_another_source_reaches_readers_who_may_not_see_it_in_any_cycle(
    untouched: Town, named: str, readable: bool
) -> None:
    setting = SETTINGS[named]
    setting.put(untouched)
    # Agreed first and moved then: late changes and conflicts have sentences of their own.
    assert all_leaks(untouched, untouched.run(), setting) == {}
    without_owner(untouched, "promo_code")
    type_all(untouched, READABLE if readable else UNREADABLE)
    type_all(untouched, MESSES)
    run = untouched.run()
    assert all_leaks(untouched, run, setting) == {}
    kinds = {str(flag.kind) for flag in run.decided.flags}
    assert kinds >= KINDS or not readable, KINDS - kinds
    builder(untouched).sort(1, 3)
    Hand(untouched.sandbox, LANDING, 1204).sort(3, 1)
    assert all_leaks(untouched, untouched.run(), setting) == {}
    assert all_leaks(untouched, last := untouched.run(), setting) == {}
    assert last.requests.writes == 0


def test_the_search_finds_what_is_shown_where_everything_may_be_seen(untouched: Town) -> None:
    """And every reason to withhold a value, so that the searches above had something to find."""
    SETTINGS["full"].put(untouched)
    untouched.run()
    type_all(untouched, READABLE)
    run = untouched.run()
    first = [held.reason + held.detail for held in run.decided.withheld]
    type_all(untouched, MESSES)
    second = [held.reason + held.detail for held in untouched.run().decided.withheld]
    assert [reason for reason in REASONS if not any(reason in held for held in (*first, *second))] == []
    shown = {reader: leaks(untouched, untouched.run(), reader, SETTINGS["none"]) for reader in BOOK_OF}
    assert {"NL-1009", "FINCH20"} <= set(shown["landing"]), shown
    assert {"2026-12-23", "Partner briefs"} <= set(shown["utm"]), shown


@pytest.mark.parametrize("narrow", ["fields", "none", "the briefs only"])
def test_words_written_before_a_setting_was_narrowed_are_gone_with_the_next_cycle(untouched: Town, narrow: str) -> None:
    SETTINGS["full"].put(untouched)
    untouched.run()
    type_all(untouched, READABLE)
    type_all(untouched, MESSES)
    run = untouched.run()
    assert set(all_leaks(untouched, run, SETTINGS["none"])) >= {"landing", "utm"}
    SETTINGS[narrow].put(untouched)
    assert all_leaks(untouched, untouched.run(), SETTINGS[narrow]) == {}


def test_a_second_tab_with_a_narrower_setting_narrows_what_the_whole_workbook_is_told(untouched: Town) -> None:
    hand = Hand(untouched.sandbox, LANDING, 1204)
    hand.act({"duplicateSheet": {"sourceSheetId": 1204, "newSheetId": 99, "newSheetName": "Legal"}})
    landing: Source = untouched.config.rules.sources["landing"]
    SETTINGS["full"].put(untouched)
    untouched.change("landing", readers_see=FULL)
    untouched.add("legal", replace(landing, title="Legal log"), location=SheetTab(LANDING, 99), readers_see=FULL)
    run = untouched.run()
    told = Setting(FULL, {"legal": FULL})
    assert leaks(untouched, run, "landing", replace(told, of={"briefs": FIELDS, "official": FIELDS}))
    untouched.change("legal", readers_see_of={"briefs": FIELDS, "official": NONE})
    narrow = replace(told, of={"briefs": FIELDS, "official": NONE})
    assert leaks(untouched, untouched.run(), "landing", narrow) == []


def test_flags_are_told_in_words_that_depend_on_whose_values_they_are(untouched: Town) -> None:
    untouched.change("landing", readers_see=NONE, readers_see_of={"briefs": FULL, "official": FIELDS})
    document = run_document(untouched.run(), untouched.world().link)
    of = {flag["id"]: flag for flag in document["flags"] if flag["source"] == "landing"}
    told = [line[4] for line in untouched.sandbox.grid(LANDING, "sheetsync")[1:]]
    differing = next(
        text
        for text in told
        if text.startswith("Flight end is 29.11.2026 here; Partner briefs (owner) says 2026-11-30")
    )
    assert of[re.findall(r"\[(ss-\w+)\]", differing)[0]]["kind"] == "difference"
    near = next(text for text in told if text.startswith("NL-10O9"))
    assert near.startswith("NL-10O9 is no campaign Campaign register knows, but nearly one: check its spelling [ss-")


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
