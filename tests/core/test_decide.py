"""Laws of what is said: silence for one meaning, the owner's word for a difference, else a question to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.decide import Decisions
from sheetsync.core.fields import Code, Url
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.making import Past
from sheetsync.core.model import Cell, Format, Money, Offer, OfferKind, Parsed, Record, Snapshot, Value
from sheetsync.core.terms import Contract, Severity
from tests.core.builders import (
    AMBIGUOUS,
    BRIEFS,
    CAMPAIGN,
    LANDING,
    PLACEMENT,
    RULES,
    TODAY,
    TRACKING_URL,
    UNREADABLE,
    UTM,
    Typed,
    day,
    decided,
    everything,
    matched,
    place,
    record,
    row,
    rules,
    snapshots,
    tab,
    understood,
)

AFTER_LAUNCH = date(2026, 11, 20)
CODE = ("landing", "NL-1001", "promo_code")
LINK = ("utm", PLACEMENT, "tracking_url")

Said = Mapping[str, Parsed]
"""`briefs__offer`: what one source says of one field."""


def told(said: Said | None = None, /, past: Past | None = None, by: Rules = RULES, **more: Parsed) -> Decisions:
    """What is decided about the one campaign when some sources say something else."""
    return decided(snapshots(*everything(**(said or {}), **more)), by, past)


def flags(said: Said | None = None, /, past: Past | None = None, by: Rules = RULES, **more: Parsed) -> list[Flag]:
    return list(told(said, past, by, **more).flags)


def kinds(found: Sequence[Flag]) -> list[tuple[str, str, str]]:
    return [(flag.place.source, flag.field, str(flag.kind)) for flag in found]


def link(found: Decisions) -> str:
    """The tracking URL beside the one placement, or why there is none."""
    made = [made.value for made in found.generated if made.field == "tracking_url"]
    held = [held.reason for held in found.withheld if held.field == "tracking_url"]
    assert len(made) + len(held) == 1
    return (made or held)[0]


def substance(found: Decisions) -> set[object]:
    """All that is said, without where rows stand."""
    return {
        *(replace(flag, place=place(flag.place.source), id="") for flag in found.flags),
        *((made.place.source, made.record, made.field, made.value) for made in found.generated),
        *((held.place.source, held.record, held.field, held.reason, held.detail) for held in found.withheld),
        *found.agreed.items(),
    }


# ---------------------------------------------------------------- laws: order, spelling, discretion

anything: Mapping[str, st.SearchStrategy[Parsed]] = {
    "campaign_id": st.sampled_from(["NL-1001", "NL-1002", "NL-1O01", "NL-7777", None, UNREADABLE]),
    "partner": st.sampled_from(["Lou's", "Finch", None]),
    "campaign_name": st.sampled_from(["Deal", "Gift", "DEAL", None]),
    "flight_start": st.sampled_from([date(2026, 10, 1), date(2026, 12, 1), None, UNREADABLE]),
    "promo_code": st.sampled_from(["ONE", "TWO", "THREE", None, AMBIGUOUS]),
    "landing_page": st.sampled_from(["https://www.northlight.example/a", "http://bit.ly/x", None]),
    "channel": st.sampled_from(["email", "paid_social", UNREADABLE]),
    "slot": st.sampled_from(["Hero", "Tile"]),
    "utm_source": st.sampled_from(["newsletter", None]),
    "utm_medium": st.sampled_from(["email", "E-Mail", None]),
    "placement_status": st.sampled_from(["planned", "live"]),
    "tracking_url": st.sampled_from(["https://www.northlight.example/a?utm_source=x", None, UNREADABLE]),
    "legal_line": st.sampled_from(["One", "Two", None]),
    "notes": st.sampled_from([UNREADABLE, None]),
}


def row_of(source: str) -> st.SearchStrategy[tuple[str, dict[str, Parsed]]]:
    columns = RULES.sources[source].columns
    said = {name: strategy for name, strategy in anything.items() if name in columns}
    return st.tuples(st.just(source), st.fixed_dictionaries(said))


worlds = st.lists(st.one_of(*map(row_of, ("briefs", "briefs", "landing", "utm", "utm", "official"))), max_size=8)
pasts = st.builds(
    Past,
    st.sampled_from([date(2026, 9, 1), date(2026, 11, 1)]),
    st.dictionaries(
        st.tuples(
            st.sampled_from(["landing", "official"]), st.sampled_from(["NL-1001", "NL-1002"]), st.just("promo_code")
        ),
        st.sampled_from(["ONE", "TWO", "THREE"]),
        max_size=4,
    ),
    st.dictionaries(
        st.sampled_from(
            [("utm", f"NL-{n} / {c} / hero", "tracking_url") for n in (1001, 1002) for c in ("email", "paid_social")]
        ),
        st.just("https://www.northlight.example/published"),
        max_size=2,
    ),
)
World = list[tuple[str, dict[str, Parsed]]]


@settings(max_examples=60)
@given(worlds, pasts, st.randoms())
def test_neither_the_order_of_rows_nor_that_of_sources_changes_what_is_said(
    world: World, past: Past, order: Random
) -> None:
    records = [record(source, number, **said) for number, (source, said) in enumerate(world, start=1)]
    proposed = matched(snapshots(*records)).proposed
    straight = decided(snapshots(*records), RULES, past, proposed=proposed)
    names, handoffs = list(RULES.sources), list(RULES.handoffs)
    for each in (records, names, handoffs):
        order.shuffle(each)
    read = sorted(snapshots(*records), key=lambda snapshot: names.index(snapshot.source))
    other = rules(sources={name: RULES.sources[name] for name in names}, handoffs=tuple(handoffs))
    assert substance(decided(read, other, past, proposed=proposed)) == substance(straight)


@settings(max_examples=60)
@given(worlds, pasts)
def test_nothing_is_concluded_from_rows_that_stand_twice_or_belong_nowhere(world: World, past: Past) -> None:
    records = [record(source, number, **said) for number, (source, said) in enumerate(world, start=1)]
    of = matched(snapshots(*records))
    sure = {(item.record.source, item.record.place.row) for item in of.identified}
    found = decided(snapshots(*records), RULES, past)
    about_rows = {FlagKind.NEAR_MISS_ID, FlagKind.ORPHAN_ROW, FlagKind.DUPLICATE_ROW, FlagKind.AMBIGUOUS}
    for flag in found.flags:
        if (flag.place.source, flag.place.row) not in sure:
            assert flag.kind in about_rows | {FlagKind.UNREADABLE}
            assert flag.expected is None
            assert not flag.contract
    assert all((made.place.source, made.place.row) in sure for made in found.generated)
    assert {(source, key) for source, key, _ in found.agreed} <= of.of.keys()
    doubtful = len(of.unmatched) + sum(map(len, of.duplicates))
    assert doubtful == len({(f.place.source, f.place.row) for f in found.flags} - sure)


@settings(max_examples=60)
@given(worlds, pasts)
def test_every_row_that_wants_a_link_has_one_or_a_reason(world: World, past: Past) -> None:
    records = [record(source, number, **said) for number, (source, said) in enumerate(world, start=1)]
    found = decided(snapshots(*records), RULES, past)
    links = [made.place.row for made in found.generated if made.field == "tracking_url"]
    links += [held.place.row for held in found.withheld if held.field == "tracking_url"]
    assert sorted(map(str, links)) == sorted(str(line.place.row) for line in records if line.source == "utm")
    assert all(held.reason for held in found.withheld)
    assert all(made.value for made in found.generated)


SECRET: Mapping[str, Parsed] = {
    "partner": "SECRET",
    "campaign_name": "SECRET",
    "promo_code": "SECRET",
    "legal_line": "SECRET",
    "flight_start": date(2031, 3, 3),
    "flight_end": date(2031, 3, 3),
    "offer": Offer(OfferKind.PERCENT_OFF, Decimal(77)),
}


@settings(max_examples=60)
@given(st.sets(st.sampled_from(sorted(SECRET)), min_size=1), st.sampled_from([None, "OLD", "FINCH20", "SECRET"]))
def test_the_discreet_sentence_never_quotes_another_source(secret: set[str], base: str | None) -> None:
    said: dict[str, Parsed] = {f"briefs__{name}": SECRET[name] for name in secret & BRIEFS.columns.keys()}
    said |= {f"landing__{name}": SECRET[name] for name in secret & {"legal_line"}}
    past = Past(TODAY, {} if base is None else {CODE: base, ("official", *CODE[1:]): base})
    for flag in flags(said, past, utm__legal_line="own", utm__tracking_url=TRACKING_URL):
        if flag.place.source != "landing" or flag.field != "legal_line":
            for word in ("SECRET", "2031-03-03", "77%"):
                assert word not in flag.discreet
            assert RULES.fields[flag.field].label in flag.discreet


# The same world in other spellings.

STARTS = [date(2026, 11, 16), date(2026, 11, 27), date(2026, 12, 1), date(2027, 1, 10)]
MEANT: Mapping[str, Sequence[Value | None]] = {
    "campaign_name": ["Cyber Week", "Gift – Guide"],
    "partner": ["Harlow & Finch", "Lou's"],
    "flight_start": STARTS,
    "flight_end": [*STARTS, None],
    "offer": [Offer(OfferKind.PERCENT_OFF, Decimal(20)), Offer(OfferKind.AMOUNT_OFF, Decimal(15), "USD"), None],
    "promo_code": ["FINCH20", "00725", None],
    "budget": [Money(Decimal(8000), "USD"), Money(Decimal(8500), "USD")],
}
WORDS = {
    "Cyber Week": ["CYBER WEEK", " Cyber\u00a0 week"],
    "Gift – Guide": ["Gift - Guide", "GIFT — GUIDE"],
    "Harlow & Finch": ["H&F", "harlow and finch", "Harlow Finch Ltd."],
    "Lou's": ["LOU’S", " lou`s "],
    "FINCH20": ["finch20", " Finch20 "],
    "00725": [" 00725", "00725\u200b"],
    "email": ["E-Mail", "EMAIL", "e‑mail"],
    "Hero banner": ["HERO banner", "Hero – Banner"],
    "newsletter": ["NL", "Newsletter"],
}


def spellings(name: str, value: Value | None, locale: str) -> Sequence[Typed]:
    """What people type and mean this value by, in a workbook of that locale."""
    american = locale == "en_US"
    if value is None:
        return {"flight_end": ["", "TBD", "tbc"], "promo_code": ["-", "n/a", "kein Code"]}.get(name, [""])
    if isinstance(value, date):
        order = f"{value.month}/{value.day}/{value.year}" if american else f"{value.day}/{value.month}/{value.year}"
        german = f"{value.day}. {['Jan.', 'November', 'Dez.'][[1, 11, 12].index(value.month)]} {value.year}"
        texts = [f"{value:%a} {value.day} {value:%b}", f"{value.day}.{value.month}.{value:%y}", german, order]
        return [day(value, f"{value:%a %d %b}"), day(value, "?"), value.isoformat(), *texts]
    if isinstance(value, Offer) and value.kind is OfferKind.PERCENT_OFF:
        return [Cell(0.2, "20%", Format.PERCENT, "0%"), "20 % Rabatt", "−20 %", "20% off"]
    if isinstance(value, Offer):
        return ["$15 off", "15 $ Rabatt", "$15.00 off" if american else "15,00 $ Rabatt"]
    if isinstance(value, Money):
        typed = Cell(float(value.amount), f"${value.amount:,}", Format.CURRENCY, '"$"#,##0')
        return [
            typed,
            f"{value.amount} USD",
            f"${value.amount:,}" if american else f"{value.amount:,} $".replace(",", "."),
        ]
    text = str(value)
    if name == "campaign_id":
        return [text.lower(), f" {text}", text.replace("-", "‑")]
    if name == "tracking_url":
        page, _, query = text.partition("?")
        return [f"{page}?{'&'.join(reversed(query.split('&')))}", f" {text} ", Cell("Link", "Link", link=text)]
    return [text, *WORDS.get(text, [])]


def meant(data: st.DataObject, number: int) -> dict[str, dict[str, Value | None]]:
    """What each source means about one campaign; a copy mostly follows its owner."""
    owner = {name: data.draw(st.sampled_from(values), name) for name, values in MEANT.items()}
    own: dict[str, Value | None] = {
        "campaign_id": f"NL-100{number}",
        "channel": "email",
        "slot": "Hero banner",
        "utm_source": "newsletter",
        "landing_page": CAMPAIGN["landing_page"],
        "tracking_url": data.draw(st.sampled_from([None, TRACKING_URL, "https://www.northlight.example/typed?a=1"])),
    }
    said = {}
    for source in ("briefs", "landing", "utm", "official"):
        copied = dict(owner)
        if source != "briefs":
            for name in data.draw(st.sets(st.sampled_from(sorted(MEANT)), max_size=2), f"{source} differs in"):
                copied[name] = data.draw(st.sampled_from(MEANT[name]))
        said[source] = copied | own
    return said


def read_all(
    campaigns: Sequence[Mapping[str, Mapping[str, Value | None]]],
    data: st.DataObject | None,
    locales: Mapping[str, str],
) -> list[Snapshot]:
    """The same meanings as tabs: plainly, or each cell in a spelling that is drawn."""
    read = []
    for source in (BRIEFS, LANDING, UTM, RULES.sources["official"]):
        header = [texts[0] for texts in source.columns.values()]
        locale = locales[source.name] if data else "en_US"
        lines: list[list[Typed]] = []
        for said in campaigns:
            line: list[Typed] = []
            for name in source.columns:
                value = said[source.name].get(name)
                plain = "" if value is None else RULES.fields[name].type.format(value)
                line.append(data.draw(st.sampled_from(spellings(name, value, locale)), name) if data else plain)
            lines.append(line)
        read.append(understood(tab(header, *lines), source.name, locale))
    return read


@settings(max_examples=25)
@given(st.data())
def test_saying_the_same_in_another_dialect_is_never_news(data: st.DataObject) -> None:
    campaigns = [meant(data, number) for number in range(1, data.draw(st.integers(1, 2)) + 1)]
    locales = {name: data.draw(st.sampled_from(["en_US", "de_DE"]), f"locale of {name}") for name in RULES.sources}
    plain, spelled = (decided(read_all(campaigns, how, locales)) for how in (None, data))

    def news(found: Decisions) -> set[tuple[object, ...]]:
        return {
            *((f.place.source, f.record, f.field, f.kind, f.owner, f.severity) for f in found.flags),
            *((made.record, made.field, made.value) for made in found.generated),
            *((held.record, held.field, held.reason) for held in found.withheld),
            *found.agreed,
        }

    assert news(spelled) == news(plain)


def test_one_campaign_told_alike_everywhere_is_silent_and_has_its_link() -> None:
    found = told()
    assert found.flags == ()
    assert link(found) == TRACKING_URL
    assert found.withheld == ()


# ---------------------------------------------------------------- three outcomes


def test_a_copy_that_differs_is_told_whose_word_counts_and_what_it_is() -> None:
    (flag,) = flags(landing__flight_end=date(2026, 11, 29))
    assert (flag.kind, flag.owner, flag.expected, flag.severity) == (
        FlagKind.DIFFERENCE,
        "briefs",
        "2026-11-30",
        Severity.HIGH,
    )
    assert (flag.place.source, flag.record, flag.field, flag.found) == (
        "landing",
        "NL-1001",
        "flight_end",
        "2026-11-29",
    )
    assert flag.contract == "briefs->landing.flight_end"
    assert flag.message == "Flight end is 2026-11-29 here; Partner briefs (owner) says 2026-11-30"
    assert flag.candidates == ()


def test_a_placements_copy_of_its_campaigns_field_is_compared_with_the_campaigns_owner() -> None:
    (flag,) = flags(utm__partner="Lou's")
    assert (flag.record, flag.expected, flag.contract) == (PLACEMENT, "Harlow & Finch", "briefs->utm.partner")


def test_the_owners_word_counts_whoever_hands_it_on() -> None:
    by = rules(handoffs=(Handoff("landing", "utm", {"partner": Contract.EQUAL}),))
    (flag,) = flags(by=by, landing__partner="Lou's", utm__partner="Lou's")
    assert (flag.place.source, flag.owner, flag.expected) == ("utm", "briefs", "Harlow & Finch")
    assert flags(by=by, landing__partner="Lou's") == []


def test_an_owner_is_held_to_nobodys_word() -> None:
    by = rules(handoffs=(Handoff("landing", "briefs", {"promo_code": Contract.EQUAL}),))
    found = told(by=by, landing__promo_code="OTHER")
    assert (found.flags, found.agreed) == ((), {})


@pytest.mark.parametrize(("owner", "copy"), [(None, "X"), ("X", None), (UNREADABLE, "X"), (None, None)])
def test_where_one_side_says_nothing_there_is_no_difference(owner: Parsed, copy: Parsed) -> None:
    found = told(briefs__promo_code=owner, landing__promo_code=copy, official__promo_code=copy)
    assert FlagKind.DIFFERENCE not in {flag.kind for flag in found.flags}
    assert CODE not in found.agreed


def test_copies_that_agree_with_each_other_do_not_outvote_the_owner() -> None:
    found = flags(landing__promo_code="MANY", official__promo_code="MANY")
    assert sorted(kinds(found)) == [("landing", "promo_code", "difference"), ("official", "promo_code", "difference")]
    assert {flag.expected for flag in found} == {"FINCH20"}


def test_a_field_nobody_owns_is_asked_with_both_values() -> None:
    (flag,) = flags(landing__legal_line="T&C apply", utm__legal_line="No T&C")
    assert (flag.kind, flag.owner) == (FlagKind.CONFLICT, None)
    assert set(flag.candidates) == {"T&C apply", "No T&C"}
    assert "a person must decide" in flag.message
    assert "nobody owns it" in flag.discreet


def test_a_field_nobody_owns_is_silent_while_both_sides_mean_the_same_or_one_says_nothing() -> None:
    assert flags(landing__legal_line="T&C apply", utm__legal_line="t&c  APPLY") == []
    assert flags(landing__legal_line="T&C apply") == []


def test_what_is_only_a_person_to_say_is_never_compared() -> None:
    human = tuple(
        replace(handoff, contracts={**handoff.contracts, "promo_code": Contract.HUMAN_ONLY})
        for handoff in RULES.handoffs
    )
    assert flags(by=rules(handoffs=human), landing__promo_code="OTHER", official__promo_code="OTHER") == []
    assert flags(by=rules(handoffs=()), landing__promo_code="OTHER", utm__tracking_url="https://x.example") == []


@pytest.mark.parametrize(
    ("copy", "little"),
    [
        ("https://northlight.example/cyber", " (only www. differs)"),
        ("northlight.example/cyber/", " (only www. differs)"),
        ("https://northlight.example/other", ""),
        ("https://shop.northlight.example/cyber", ""),
    ],
)
def test_two_addresses_that_only_www_tells_apart_differ_and_are_told_so(copy: str, little: str) -> None:
    page = "https://www.northlight.example/cyber"
    by = replace(RULES, fields={**RULES.fields, "promo_code": replace(RULES.fields["promo_code"], type=Url())})
    (flag,) = flags(by=by, briefs__promo_code=page, landing__promo_code=copy, official__promo_code=page)
    assert flag.message == f"Promo code is {copy} here; Partner briefs (owner) says {page}{little}"


def test_a_field_that_no_machine_writes_may_still_be_compared() -> None:
    assert kinds(flags(official__budget=Money(Decimal(9000), "USD"))) == [("official", "budget", "difference")]
    assert flags(official__budget=Money(Decimal(8000))) == []


# ---------------------------------------------------------------- against what was agreed


@pytest.mark.parametrize(("base", "owner", "copy", "kind", "words"), [
    (None, "NEW", "OLD", FlagKind.DIFFERENCE, "Promo code is OLD here; Partner briefs (owner) says NEW"),
    ("OLD", "NEW", "OLD", FlagKind.DIFFERENCE, "Promo code is OLD here; Partner briefs (owner) changed it to NEW"),
    ("OLD", "OLD", "NEW", FlagKind.DIFFERENCE,
     "Promo code is NEW here; Partner briefs (owner) still says OLD; agreed was OLD"),
    ("OLD", "ONE", "TWO", FlagKind.CONFLICT,
     "Promo code is TWO here and ONE in Partner briefs (owner); both moved from OLD: a person must decide"),
])  # fmt: skip
def test_who_moved_since_both_agreed_decides_what_is_said(
    base: str | None, owner: str, copy: str, kind: FlagKind, words: str
) -> None:
    past = Past(TODAY, {} if base is None else {CODE: base})
    (flag,) = flags(past=past, briefs__promo_code=owner, landing__promo_code=copy, official__promo_code=owner)
    assert (flag.kind, flag.message, flag.expected, flag.owner) == (kind, words, owner, "briefs")
    assert flag.candidates == ((copy, owner) if kind is FlagKind.CONFLICT else ())


@pytest.mark.parametrize("base", ["OLD", "FINCH20", "gone"])
def test_sides_that_agree_again_are_silent_and_remembered_whatever_was_before(base: str) -> None:
    found = told(past=Past(TODAY, {CODE: base}))
    assert found.flags == ()
    assert found.agreed[CODE] == "FINCH20"


def test_a_difference_is_not_remembered_as_agreed() -> None:
    found = told(past=Past(TODAY, {CODE: "FINCH20"}), landing__promo_code="OTHER")
    assert CODE not in found.agreed
    assert found.agreed["official", "NL-1001", "promo_code"] == "FINCH20"


@pytest.mark.parametrize(("name", "base"), [("flight_end", "soon"), ("offer", "free beer?"), ("budget", "much")])
def test_a_baseline_that_cannot_be_read_any_more_is_no_baseline(name: str, base: str) -> None:
    copies: dict[str, Value] = {
        "flight_end": date(2026, 1, 1),
        "offer": Offer(OfferKind.PERCENT_OFF, Decimal(5)),
        "budget": Money(Decimal(1), "USD"),
    }
    past = Past(TODAY, {("official", "NL-1001", name): base})
    (flag,) = flags({f"official__{name}": copies[name]}, past)
    assert flag.kind is FlagKind.DIFFERENCE


@pytest.mark.parametrize("source", ["landing", "utm"])
def test_what_is_in_conflict_enters_no_link(source: str) -> None:
    key = "NL-1001" if source == "landing" else PLACEMENT
    past = Past(TODAY, {(source, key, "flight_start"): "2026-11-01"})
    found = told({f"{source}__flight_start": date(2026, 11, 2)}, past)
    assert kinds(found.flags) == [(source, "flight_start", "conflict")]
    assert link(found) == "Flight start is in conflict"


def test_a_difference_in_a_copy_withholds_nothing() -> None:
    assert link(told(landing__flight_start=date(2026, 11, 2))) == TRACKING_URL


# ---------------------------------------------------------------- trouble in one cell


@pytest.mark.parametrize("problem", [UNREADABLE, AMBIGUOUS])
def test_a_cell_not_understood_is_told_where_it_stands_with_its_readings(problem: Parsed) -> None:
    (flag,) = flags(landing__flight_end=problem)
    assert flag.kind == (FlagKind.UNREADABLE if problem is UNREADABLE else FlagKind.AMBIGUOUS)
    assert flag.place.source == "landing"
    assert flag.candidates == (() if problem is UNREADABLE else ("a", "b"))
    assert (flag.owner, flag.expected, flag.severity) == (None, None, Severity.HIGH)


def test_a_persons_own_fields_may_hold_anything() -> None:
    assert flags(briefs__notes=UNREADABLE, briefs__approved_on=UNREADABLE) == []


def test_a_person_only_field_that_is_compared_must_be_readable() -> None:
    assert kinds(flags(briefs__budget=UNREADABLE)) == [("briefs", "budget", "unreadable")]


def test_a_page_is_told_its_defects_where_its_owner_typed_it() -> None:
    (flag,) = flags(landing__landing_page="http://www.northlight.example/cyber")
    assert (flag.kind, flag.place.source, flag.severity) == (FlagKind.URL_DEFECT, "landing", Severity.MEDIUM)
    assert flag.message.startswith("Landing page: not https")


def test_a_url_that_is_only_a_persons_to_say_is_not_inspected() -> None:
    own = replace(RULES.fields["landing_page"], name="legal_line", human_only=True)
    by = rules(
        fields={**RULES.fields, "legal_line": own},
        owners={**RULES.owners, "legal_line": "landing"},
        handoffs=RULES.handoffs[:3],
    )
    assert flags(by=by, landing__legal_line="https://drive.partner.example/contract?gclid=1") == []


# ---------------------------------------------------------------- rows that belong nowhere or stand twice


@pytest.mark.parametrize(("campaign_id", "kind", "severity"), [
    ("NL-1O01", FlagKind.NEAR_MISS_ID, Severity.HIGH),
    ("NL-7777", FlagKind.ORPHAN_ROW, Severity.HIGH),
    (UNREADABLE, FlagKind.UNREADABLE, Severity.MEDIUM),
])  # fmt: skip
def test_a_row_whose_campaign_is_not_known_is_told_so_and_nothing_else(
    campaign_id: Parsed, kind: FlagKind, severity: Severity
) -> None:
    found = told(utm__campaign_id=campaign_id, utm__partner="Other", utm__tracking_url="https://x.example/")
    assert [(f.kind, f.severity, f.field, f.expected) for f in found.flags] == [(kind, severity, "campaign_id", None)]
    assert link(found) == "the row's campaign id is not known"


def test_names_that_mean_two_campaigns_are_asked_with_both_ids() -> None:
    read = snapshots(*everything(landing__campaign_id=None), row("briefs", 2, campaign_id="NL-1002"))
    (flag,) = (flag for flag in decided(read).flags if flag.kind is FlagKind.AMBIGUOUS)
    assert (flag.place.source, flag.candidates) == ("landing", ("NL-1001", "NL-1002"))
    assert "NL-1002" not in flag.discreet


@pytest.mark.parametrize("missing", ["partner", "campaign_name", "slot"])
def test_an_orphan_in_a_tab_that_lacks_a_column_is_told_like_any_other(missing: str) -> None:
    line = row("utm", 1, campaign_id=None, partner=None, campaign_name=None)
    line = replace(line, claims={name: claim for name, claim in line.claims.items() if name != missing})
    found = decided(snapshots(row("official"), row("briefs"), line))
    assert [flag.kind for flag in found.flags if flag.place.source == "utm"] == [FlagKind.ORPHAN_ROW]


def test_rows_that_stand_twice_are_both_told_so_and_nothing_else() -> None:
    found = decided(snapshots(*everything(), row("utm", 6, partner="Other", utm_source=None)))
    assert {(f.kind, f.place.row, f.message) for f in found.flags} == {
        (FlagKind.DUPLICATE_ROW, number, f"{PLACEMENT} stands in rows 2, 7: nothing is concluded from them")
        for number in (1, 6)
    }
    assert {held.reason for held in found.withheld} == {"two rows have the same key"}


def test_an_owner_that_stands_twice_is_compared_with_nobody() -> None:
    found = decided(snapshots(*everything(landing__promo_code="OTHER"), row("briefs", 2)))
    assert {flag.kind for flag in found.flags} == {FlagKind.DUPLICATE_ROW}


@pytest.mark.parametrize("unread", ["official", "briefs"])
def test_while_a_register_is_not_read_no_id_is_called_unknown(unread: str) -> None:
    lines = [row("utm", 1, campaign_id="NL-7777"), row("landing", 1, campaign_id=None, partner="New")]
    read = [snapshot for snapshot in snapshots(row("official"), row("briefs"), *lines) if snapshot.source != unread]
    found = decided(read, unread={unread: "no answer"})
    assert [flag for flag in found.flags if flag.place.source in ("utm", "landing")] == []
    assert link(found) == "the row's campaign id is not known"


def test_a_source_that_is_not_read_raises_no_flag_and_withholds_what_it_owns() -> None:
    read = [snapshot for snapshot in snapshots(*everything()) if snapshot.source != "briefs"]
    found = decided(read, unread={"briefs": "no answer"})
    assert found.flags == ()
    assert link(found) == "Partner briefs could not be read"


# ---------------------------------------------------------------- generated values


@pytest.mark.parametrize("typed", [
    TRACKING_URL,
    TRACKING_URL.replace("lang=en&", "") + "&lang=en",
    TRACKING_URL.replace("https://www.", "https://WWW."),
])  # fmt: skip
def test_a_typed_link_that_means_the_generated_one_is_silent(typed: str) -> None:
    assert flags(utm__tracking_url=typed) == []


def test_a_typed_link_that_means_another_is_told_what_is_wrong_with_it() -> None:
    (flag,) = flags(utm__tracking_url=TRACKING_URL.replace("newsletter", "facebook"))
    assert (flag.kind, flag.owner, flag.expected, flag.severity) == (
        FlagKind.DIFFERENCE,
        "generated",
        TRACKING_URL,
        Severity.HIGH,
    )
    assert flag.contract == "landing->utm.tracking_url"
    assert "utm_source is 'facebook', should be 'newsletter'" in flag.message
    assert "facebook" not in flag.discreet


def test_a_typed_medium_counts_to_the_letter_because_reports_do() -> None:
    (flag,) = flags(utm__utm_medium="Email")
    assert (flag.field, flag.expected, flag.owner) == ("utm_medium", "email", "generated")
    assert flags(utm__utm_medium="email") == []


def test_a_typed_code_is_the_generated_one_in_any_case() -> None:
    code = replace(RULES.fields["utm_medium"], type=Code())
    by = rules(fields={**RULES.fields, "utm_medium": code})
    assert flags(by=by, utm__utm_medium="EMAIL") == []
    assert kinds(flags(by=by, utm__utm_medium="E-MAIL")) == [("utm", "utm_medium", "difference")]


def test_a_typed_value_is_not_judged_while_the_right_one_is_not_known() -> None:
    found = told(utm__tracking_url="https://x.example/", briefs__partner=None)
    assert found.flags == ()
    assert "no Partner" in link(found)


def test_without_a_contract_a_typed_value_is_its_teams_own() -> None:
    assert flags(by=rules(handoffs=RULES.handoffs[:3]), utm__tracking_url="https://x.example/") == []


def test_a_typed_link_on_a_live_row_stays_and_is_told_quietly() -> None:
    found = told(utm__tracking_url="https://www.northlight.example/old", utm__placement_status="live")
    (flag,) = found.flags
    assert (flag.severity, flag.expected) == (Severity.LOW, TRACKING_URL)
    assert flag.message.endswith("it is live, so it stays as it is")
    assert link(found) == "the link is live: it stays as it is"


def test_a_live_row_without_a_link_gets_none_for_another_one_is_out_there() -> None:
    assert link(told(utm__placement_status="live")) == "the row is live with a link that is not ours to replace"


PUBLISHED = "https://www.northlight.example/published"


@pytest.mark.parametrize(("today", "status", "kept"), [
    (AFTER_LAUNCH, None, True),
    (date(2026, 11, 16), None, True),
    (date(2026, 11, 15), None, False),
    (date(2026, 11, 15), "planned", False),
    (date(2026, 11, 15), "live", True),
])  # fmt: skip
def test_a_published_link_stays_once_its_flight_has_begun_or_its_row_is_live(
    today: date, status: str | None, kept: bool
) -> None:
    found = told(past=Past(today, published={LINK: PUBLISHED}), utm__placement_status=status)
    assert link(found) == (PUBLISHED if kept else TRACKING_URL)


@pytest.mark.parametrize("said", [{"briefs__partner": None}, {"landing__landing_page": "http://bit.ly/x"}])
def test_a_published_link_that_is_live_stays_though_it_could_not_be_made_today(said: dict[str, Parsed]) -> None:
    assert link(told(said, Past(AFTER_LAUNCH, published={LINK: PUBLISHED}))) == PUBLISHED


def test_a_published_link_before_its_flight_is_withheld_when_an_input_goes() -> None:
    assert "no Partner" in link(told(past=Past(TODAY, published={LINK: PUBLISHED}), briefs__partner=None))


def test_the_day_alone_makes_nothing_live_that_was_never_published() -> None:
    assert link(told(past=Past(AFTER_LAUNCH))) == TRACKING_URL
    (flag,) = flags(past=Past(AFTER_LAUNCH), utm__tracking_url="https://www.northlight.example/old")
    assert flag.severity is Severity.HIGH


def test_a_person_who_copied_the_published_link_is_not_told_to_change_it_once_it_is_live() -> None:
    past = Past(AFTER_LAUNCH, published={LINK: PUBLISHED})
    (told,) = flags(past=past, utm__tracking_url=PUBLISHED)
    assert (told.severity, told.contract, told.found) == (Severity.LOW, "", PUBLISHED)
    assert told.message.startswith("Tracking URL is live: v1 stays; v2 waits: page path is '/published'")
    (flag,) = [it for it in flags(past=past, utm__tracking_url=TRACKING_URL) if it.contract]
    assert flag.expected == PUBLISHED


def test_an_id_is_proposed_where_there_is_none_and_nowhere_else() -> None:
    new = {"campaign_name": "Gift"}
    lines: list[Record] = [
        *everything(),
        row("briefs", 2, campaign_id=None, **new),
        row("landing", 2, campaign_id=None, **new),
    ]
    made = [m for m in decided(snapshots(*lines)).generated if m.field == "campaign_id"]
    assert [(m.place.source, m.place.row, m.record, m.value) for m in made] == [("briefs", 2, "NL-1002", "NL-1002")]


def test_a_handoff_into_another_source_is_no_contract_here() -> None:
    elsewhere = Handoff("briefs", "landing", {"utm_medium": Contract.GENERATED})
    assert flags(by=rules(handoffs=(elsewhere,)), utm__utm_medium="E-Mail") == []
