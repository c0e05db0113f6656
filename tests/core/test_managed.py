"""What should stand in a workbook by our hand: who is addressed, what its readers may learn, and in which words."""

import string
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.decide import Decisions
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld
from sheetsync.core.graph import Mode, Source, Visibility
from sheetsync.core.lookup import SEPARATOR, scoped_key
from sheetsync.core.managed import Desired, Line, desired, fold_address, held_small, issues_text
from sheetsync.core.model import Place, Record, Snapshot
from sheetsync.core.terms import Severity
from sheetsync.core.visibility import Readers
from tests.core import builders as b

NOTHING = Decisions((), (), (), {})
FOREIGN = "ADVENT49"
UNSAID = "something in another team's sheet does not fit this row"

texts = st.text(st.sampled_from(" abA␟\n#/!") | st.characters(codec="utf-8"), max_size=6)


def link(place: Place) -> str:
    return f"{place.source}!{place.row}"


def flag(place: Place, kind: FlagKind = FlagKind.DIFFERENCE, number: int = 1, **changes: object) -> Flag:
    about = Flag(
        place,
        "NL-1001",
        "promo_code",
        kind,
        "X",
        FOREIGN,
        "briefs",
        Severity.HIGH,
        f"Promo code is X here; Partner briefs (owner) says {FOREIGN}",
        "Promo code differs from Partner briefs, whose word counts",
        frozenset({"briefs"}),
        "briefs->landing.promo_code",
        id=f"ss-AAAA{number:02d}",
    )
    return replace(about, **changes)  # type: ignore[arg-type]


def reading(readers_see: Visibility, **of: Visibility) -> Readers:
    """Readers of the landing pages' workbook."""
    return Readers((replace(b.LANDING, readers_see=readers_see, readers_see_of=of),))


def said(*flags: Flag, made: Sequence[Generated] = (), held: Sequence[Withheld] = ()) -> Decisions:
    return Decisions(flags, tuple(made), tuple(held), {})


def addressed(*addresses: tuple[str, ...], source: str = "landing") -> tuple[Record, ...]:
    return tuple(
        replace(b.row(source, row), address=address, place=b.place(source, row, 0))
        for row, address in enumerate(addresses, start=1)
    )


def should(records: Sequence[Record], decisions: Decisions = NOTHING, **changes: object) -> Desired:
    source: Source = replace(b.LANDING, **changes)  # type: ignore[arg-type]
    columns = {name: column for column, name in enumerate(source.columns)}
    snapshot = Snapshot(
        "landing", b.place("landing"), tuple(records), columns=columns, headers={name: name for name in columns}
    )
    made = desired("book", "Book", [source], {"landing": snapshot}, decisions, link)
    assert made is not None
    return made


# ---------------------------------------------------------------- who is addressed


@given(st.lists(texts.map(lambda text: (text,)), max_size=8))
def test_a_key_addresses_at_most_one_line_and_every_row_has_one(addresses: list[tuple[str]]) -> None:
    lines = should(addressed(*addresses)).lines
    keys = [fold_address(line.key) for line in lines if line.key]
    assert len(keys) == len(set(keys))
    assert sorted(line.link for line in lines) == sorted(f"landing!{row}" for row in range(1, len(addresses) + 1))


@given(st.lists(texts.map(lambda text: (text,)), max_size=8))
def test_held_small_it_says_the_same(addresses: list[tuple[str]]) -> None:
    whole = should(addressed(*addresses))
    small = held_small(whole)
    assert small.rows == whole.rows
    assert len(small.lines) == len(whole.lines)
    assert [*small.lines] == [*whole.lines]
    assert replace(small, lines=whole.lines) == whole


@given(st.lists(st.tuples(texts, texts), max_size=8))
def test_a_row_is_addressed_when_its_own_key_and_no_other_rows_could_mean_it(addresses: list[tuple[str, str]]) -> None:
    lines = {line.link: line.key for line in should(addressed(*addresses)).lines}
    for row, address in enumerate(addresses, start=1):
        alike = [other for other in addresses if [part.casefold() for part in other] == [p.casefold() for p in address]]
        fit = all(part.strip() and SEPARATOR not in part for part in address)
        if lines[f"landing!{row}"]:
            assert fit
            assert len(alike) == 1
            assert lines[f"landing!{row}"] == scoped_key("landing", address)


@pytest.mark.parametrize(
    "address", ["", "  ", "\u00a0", f"a{SEPARATOR}b", "#N/A", "#REF!", "#DIV/0!", "#NAME?", "#ERROR!", "Loading..."]
)
def test_a_row_without_a_usable_key_stands_in_our_tab_with_its_link_only(address: str) -> None:
    [line] = should(addressed((address,))).lines
    assert (line.key, line.link) == ("", "landing!1")


@pytest.mark.parametrize(
    ("one", "other"), [("NL-1", "NL-1"), ("NL-1", "nl-1"), ("STRASSE", "straße"), ("é", "e\u0301")]
)
def test_rows_whose_keys_a_lookup_could_confuse_are_both_left_unaddressed(one: str, other: str) -> None:
    assert [line.key for line in should(addressed((one,), (other,), ("else",))).lines] == ["landing␟else", "", ""]


def test_lines_stand_in_the_order_of_their_keys_so_that_a_sorted_sheet_is_no_reason_to_write() -> None:
    def keys(*addresses: str) -> list[str]:
        return [line.key for line in should(addressed(*((address,) for address in addresses))).lines]

    assert keys("c", "a", "", "b") == keys("", "b", "c", "a") == ["landing␟a", "landing␟b", "landing␟c", ""]


# ---------------------------------------------------------------- modes


def test_a_workbook_that_only_observes_has_nothing_of_ours() -> None:
    source = replace(b.LANDING, mode=Mode.OBSERVE)
    snapshot = Snapshot(
        "landing", b.place("landing"), addressed(("a",)), columns={"campaign_id": 0}, headers={"campaign_id": "Ref"}
    )
    assert desired("book", "Book", [source], {"landing": snapshot}, NOTHING, link) is None


def test_a_sidecar_speaks_of_rows_with_something_to_say_and_shows_nothing_beside_them() -> None:
    records = addressed(("a",), ("b",))
    made = should(records, said(flag(records[1].place)), mode=Mode.SIDECAR)
    assert [line.key for line in made.lines] == ["landing␟b"]
    assert [columns.shows for columns in made.columns] == [()]


def test_beside_their_own_rows_every_row_says_at_least_ok() -> None:
    made = should(addressed(("a",), ("b",)))
    assert [(line.key, line.status) for line in made.lines] == [("landing␟a", "OK"), ("landing␟b", "OK")]


def test_our_tab_never_consists_of_its_header_alone() -> None:
    rows = should(()).rows
    assert len(rows) == 2
    assert not any(rows[1])
    assert {len(row) for row in rows} == {len(rows[0])}


def test_a_value_that_is_part_of_the_key_is_not_shown_beside_the_rows_that_lack_it() -> None:
    made = should(addressed(("a",)), generated=("campaign_id", "tracking_url"))
    assert made.columns[0].shows == ("status", "issues", "tracking_url")
    assert made.head[-2:] == ("campaign_id", "tracking_url")


# ---------------------------------------------------------------- words


messages = st.text(st.sampled_from(string.ascii_letters + " \n\t") | st.characters(codec="utf-8"), max_size=400)


@given(st.lists(st.tuples(messages, st.booleans()), max_size=4), st.sampled_from(Visibility))
def test_what_is_wrong_is_one_line_of_at_most_200_characters_ending_in_the_worst_flags_id(
    told: list[tuple[str, bool]], readers_see: Visibility
) -> None:
    place = b.place("landing", 1)
    flags = [
        flag(place, number=number, message=text, discreet=text, sources=frozenset(["briefs"] if foreign else []))
        for number, (text, foreign) in enumerate(told)
    ]
    unsaid = sum(foreign for _, foreign in told) if readers_see is Visibility.NONE else 0
    more = len(told) - 1 - max(unsaid - 1, 0)
    text = issues_text(flags, reading(readers_see))
    assert bool(text) == bool(flags)
    assert len(text) <= 200
    assert "\n" not in text
    assert len(text.splitlines()) <= 1
    if flags:
        assert text.endswith(f"[{flags[0].id}]")
        assert text.removesuffix(f" [{flags[0].id}]").endswith(f" (+{more} more)") or more == 0


def values(decisions: Decisions, readers_see: Visibility) -> Line:
    [record] = addressed(("NL-1001",))
    [line] = should([record], decisions, readers_see=readers_see, generated=("tracking_url",)).lines
    return line


def test_full_readers_see_values_fields_readers_see_names_and_the_others_only_that_there_is_something() -> None:
    place = b.place("landing", 1, 0)
    because, detail = "no Landing page in Landing pages", f"staging host {FOREIGN}"
    held = Withheld(place, "NL-1001", "tracking_url", because, detail, frozenset({"pages"}))
    decisions = said(flag(place), held=[held])

    full, fields, none = (values(decisions, readers_see) for readers_see in Visibility)

    assert FOREIGN in full.issues
    assert FOREIGN in full.values["tracking_url"]
    assert fields.issues == "Promo code differs from Partner briefs, whose word counts [ss-AAAA01]"
    assert fields.values["tracking_url"] == "HELD: no Landing page in Landing pages"
    for text in (none.issues, none.values["tracking_url"]):
        assert not any(word in text for word in (FOREIGN, "Promo code", "Partner briefs", "Landing"))
    assert {line.status for line in (full, fields, none)} == {"DIFFERS"}


def test_what_may_not_be_said_counts_as_one_however_much_of_it_there_is() -> None:
    place = b.place("landing", 1)
    own = flag(place, number=9, message="own", discreet="own", sources=frozenset())
    three = [flag(place, number=number) for number in (1, 2, 3)]
    assert issues_text([*three, own], reading(Visibility.NONE)) == f"{UNSAID} (+1 more) [ss-AAAA01]"
    assert issues_text([own, *three], reading(Visibility.NONE)) == "own (+1 more) [ss-AAAA09]"
    assert issues_text(three, reading(Visibility.NONE)) == f"{UNSAID} [ss-AAAA01]"
    assert "(+3 more)" in issues_text([own, *three], reading(Visibility.FIELDS))


def test_words_about_several_sources_are_told_as_the_narrowest_of_them_allows() -> None:
    about = flag(b.place("landing", 1), sources=frozenset({"briefs", "utm"}))
    assert FOREIGN in issues_text([about], reading(Visibility.NONE, briefs=Visibility.FULL, utm=Visibility.FULL))
    fields = issues_text([about], reading(Visibility.NONE, briefs=Visibility.FULL, utm=Visibility.FIELDS))
    assert fields.startswith("Promo code differs from Partner briefs")
    assert issues_text([about], reading(Visibility.FULL, utm=Visibility.NONE)).startswith(UNSAID)


def test_with_none_trouble_in_ones_own_cell_is_still_told_in_full() -> None:
    text = "'Octember 3' is no date"
    own = flag(b.place("landing", 1, 0), FlagKind.UNREADABLE, owner=None, contract="", message=text, discreet=text)
    own = replace(own, sources=frozenset())
    assert issues_text([own], reading(Visibility.NONE)) == f"{text} [ss-AAAA01]"
