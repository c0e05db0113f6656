"""Laws of what carries an owner's word: a table that follows it, a column of ours that publishes it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.decide import Decisions
from sheetsync.core.fields import Field
from sheetsync.core.graph import Rules
from sheetsync.core.making import Past
from sheetsync.core.model import Money, Parsed, Problem
from tests.core.builders import CAMPAIGN, PLACEMENT, RULES, TODAY, UNREADABLE, decided, everything, snapshots

#: two or three words of each field, silence, and what cannot be read
WORDS: dict[str, list[Parsed]] = {
    "promo_code": ["FINCH20", "FINCH25", "finch20", None, UNREADABLE],
    "flight_end": [date(2026, 11, 30), date(2026, 12, 1), None, UNREADABLE],
    "campaign_name": ["Cyber Week", "cyber-week", "Cyber Days", None],
    "budget": [CAMPAIGN["budget"], Money(Decimal(9000), "USD"), None],
}
GROUP = ("promo_code", "flight_end")
words = st.fixed_dictionaries({name: st.sampled_from(said) for name, said in WORDS.items()})
bases = st.dictionaries(
    st.sampled_from(["promo_code", "flight_end"]), st.sampled_from(["FINCH20", "FINCH25", "2026-11-30", "2026-12-01"])
)


def _rules(grouped: bool) -> Rules:
    official = replace(RULES.sources["official"], writes=True, version="v")
    utm = replace(RULES.sources["utm"], publish=("promo_code", "flight_end"))
    groups = {"terms": GROUP} if grouped else {}
    return replace(RULES, sources={**RULES.sources, "official": official, "utm": utm}, groups=groups)


def _said(owner: dict[str, Parsed], table: dict[str, Parsed], base: dict[str, str], by: Rules) -> Decisions:
    said: dict[str, Any] = {f"briefs__{name}": one for name, one in owner.items()}
    said |= {f"official__{name}": one for name, one in table.items()}
    past = Past(TODAY, {("official", "NL-1001", name): text for name, text in base.items()})
    return decided(snapshots(*everything(**said)), by, past)


def _field(name: str) -> Field:
    return RULES.fields[name]


@settings(max_examples=150)
@given(words, words, bases, st.booleans())
def test_a_table_follows_nothing_but_its_owners_undisputed_word(
    owner: dict[str, Parsed], table: dict[str, Parsed], base: dict[str, str], grouped: bool
) -> None:
    found = _said(owner, table, base, _rules(grouped))
    conflicts = {flag.field for flag in found.flags if str(flag.kind) == "conflict" and flag.place.source == "official"}
    for one in (follow.put for follow in found.follows if not follow.why):
        word = owner[one.field]
        assert word is not None
        assert not isinstance(word, Problem)
        assert table[one.field] is not None, "nothing is filled in"
        assert one.now == _field(one.field).type.format(word)
        assert not _field(one.field).human_only
        assert one.field not in conflicts


@settings(max_examples=100)
@given(words, words, bases)
def test_fields_that_belong_together_follow_all_or_none(
    owner: dict[str, Parsed], table: dict[str, Parsed], base: dict[str, str]
) -> None:
    follow = {one.put.field for one in _said(owner, table, base, _rules(grouped=True)).follows if not one.why}
    for name in GROUP if follow & set(GROUP) else ():
        word, says = owner[name], table[name]
        assert word is not None
        assert says is not None
        assert not isinstance(word, Problem)
        assert not isinstance(says, Problem)
        assert name in follow or _field(name).type.agrees(word, says)


@settings(max_examples=100)
@given(words, words, bases, st.booleans())
def test_once_the_table_says_the_owners_word_nothing_is_left_to_follow(
    owner: dict[str, Parsed], table: dict[str, Parsed], base: dict[str, str], grouped: bool
) -> None:
    by = _rules(grouped)
    done = {one.put.field: one.put.value for one in _said(owner, table, base, by).follows if not one.why}
    again = _said(owner, {**table, **done}, base, by)
    assert not {one.put.field for one in again.follows} & done.keys()


@settings(max_examples=100)
@given(words, words, bases)
def test_what_is_published_is_the_owners_word_or_the_reason_why_not(
    owner: dict[str, Parsed], table: dict[str, Parsed], base: dict[str, str]
) -> None:
    found = _said(owner, table, base, _rules(grouped=False))
    for name in ("promo_code", "flight_end"):
        shown = [one.value for one in found.generated if one.record == PLACEMENT and one.field == name]
        held = [one.reason for one in found.withheld if one.record == PLACEMENT and one.field == name]
        word, disputed = owner[name], any(f.field == name and str(f.kind) == "conflict" for f in found.flags)
        known = word is not None and not isinstance(word, Problem) and not disputed
        assert shown == ([_field(name).type.format(word)] if known and word is not None else [])  # type: ignore[arg-type]
        assert bool(held) is not known
