"""Laws of what only resembles: a proposal is never a match, and never joins two brands."""

from datetime import UTC, date, datetime, timedelta
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.answers import Answer, Answers, Verdict, says_of_itself
from sheetsync.core.fields import NearMisses, near_miss
from sheetsync.core.match import Matched, Unmatched, match
from sheetsync.core.model import Parsed, Record
from sheetsync.core.names import spelling
from tests.core.builders import RULES, record, snapshots
from tests.core.test_match import outcomes

NOVEMBER = date(2026, 11, 27)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def brief(number: int, campaign_id: Parsed, partner: str, name: str, start: date | None = NOVEMBER) -> Record:
    end = start and start + timedelta(4)
    said = {"campaign_id": campaign_id, "partner": partner, "campaign_name": name}
    return record("briefs", number, **said, flight_start=start, flight_end=end)


def page(
    number: int, partner: str | None, name: str | None, start: date | None = NOVEMBER, campaign_id: Parsed = None
) -> Record:
    return record("landing", number, campaign_id=campaign_id, partner=partner, campaign_name=name, flight_start=start)


def found(*records: Record, answers: Answers | None = None) -> Matched:
    return match(snapshots(*records), RULES, {}, 0, answers or Answers())


def asked(of: Matched) -> dict[int | None, list[tuple[str, str]]]:
    """row -> what is proposed for it, and why."""
    return {it.record.place.row: [(one.campaign, one.alike) for one in it.proposals] for it in of.unmatched}


def pages(of: Matched) -> dict[int | None, str]:
    return {it.record.place.row: it.campaign for it in of.identified if it.record.source == "landing"}


# ---------------------------------------------------------------- laws

ids = st.text("OIL01AB-_ 2", max_size=7)


@given(ids, ids)
@example("NL-10", "NL-01")
@example("-", "_")
def test_a_near_miss_is_one_both_ways_and_never_of_itself(a: str, b: str) -> None:
    assert near_miss(a, b) == near_miss(b, a)
    assert not near_miss(a, a)


@given(st.lists(ids, max_size=6), ids)
def test_the_index_of_ids_finds_exactly_the_near_misses(known: list[str], typed: str) -> None:
    assert set(NearMisses(known).of(typed)) == {one for one in known if near_miss(typed, one)}


@given(st.from_regex(r"[A-Z]{2}-[0-9]{4}", fullmatch=True), st.integers(0, 3), st.integers(1, 9))
def test_one_wrong_digit_is_no_near_miss(known: str, at: int, more: int) -> None:
    digit = str((int(known[3 + at]) + more) % 10)
    assert not near_miss(known, known[: 3 + at] + digit + known[4 + at :])


partners = st.sampled_from(
    ["Harlow & Finch", "Finch Harbor", "Finch Harbour", "Lou's", "Lous", "Blue Tea", "Blue Teak"]
)
names = st.sampled_from(["Deal", "Deal Week", "Steep Week", "Deep Week", "Holiday Kickoff", "Holiday Kick-Off"])
days = st.none() | st.sampled_from([NOVEMBER + timedelta(n) for n in (0, 3, 59, 120, 365)])
Line = tuple[str, str, date | None]
lines = st.lists(st.tuples(partners, names, days), max_size=5)


def world(listed: list[Line], rows: list[Line]) -> list[Record]:
    return [
        *(brief(n, f"NL-{2000 + n}", *line) for n, line in enumerate(listed, 1)),
        *(page(n, *line) for n, line in enumerate(rows, 1)),
    ]


@given(lines, lines)
def test_a_proposal_is_never_a_match(listed: list[Line], rows: list[Line]) -> None:
    of = found(*world(listed, rows))
    unmatched = {id(it.record) for it in of.unmatched}
    assert not unmatched & {id(it.record) for it in of.identified}
    for it in of.identified:
        if it.record.source == "landing":
            partner, name = (str(it.record.value(field)) for field in ("partner", "campaign_name"))
            own = listed[int(it.campaign[3:]) - 2001]
            assert spelling("partner", own[0]).core == spelling("partner", partner).core
            assert spelling("campaign_name", own[1]).core == spelling("campaign_name", name).core


@given(lines, lines)
def test_what_is_proposed_is_of_the_same_brand_or_of_the_same_name_and_days(
    listed: list[Line], rows: list[Line]
) -> None:
    for it in found(*world(listed, rows)).unmatched:
        assert len(it.proposals) <= 3 or it.candidates
        brands = {partner for partner, _, _ in listed}
        for one in it.proposals:
            partner, name, _ = listed[int(one.campaign[3:]) - 2001]
            if partner != str(it.record.value("partner")) and not it.candidates:
                assert str(it.record.value("partner")) not in brands, "a brand that has campaigns of its own"
                assert spelling("campaign_name", name) == spelling(
                    "campaign_name", str(it.record.value("campaign_name"))
                )
                assert "days" in one.alike


@given(lines, lines, st.randoms())
def test_what_is_proposed_does_not_depend_on_the_order_of_rows(
    listed: list[Line], rows: list[Line], order: object
) -> None:
    records = world(listed, rows)
    before = asked(found(*records))
    order.shuffle(records)  # type: ignore[attr-defined]
    assert asked(found(*records)) == before


said = st.lists(
    st.tuples(st.sampled_from(Verdict), st.integers(0, 4), st.sampled_from(["NL-2001", "NL-2002", "NL-9999"])),
    max_size=6,
)


def answers_to(rows: list[Record], told: list[tuple[Verdict, int, str]]) -> list[Answer]:
    made = []
    for verdict, at, campaign in told:
        if at < len(rows) and (row := says_of_itself(rows[at], RULES)) is not None:
            made.append(Answer(rows[at].source, row, "", verdict, campaign, "ann", NOON))
    return made


@given(lines, lines, said)
def test_accepted_rows_belong_where_they_were_put_and_rejected_campaigns_are_not_proposed(
    listed: list[Line], rows: list[Line], told: list[tuple[Verdict, int, str]]
) -> None:
    records = world(listed, rows)
    answers = Answers.of(answers_to([r for r in records if r.source == "landing"], told))
    of = found(*records, answers=answers)
    for it in of.identified:
        accepted = answers.about(it.record, RULES).accepted
        assert it.record.source == "briefs" or accepted in ("", it.campaign) or accepted not in of.campaigns
    for unmatched in of.unmatched:
        said = answers.about(unmatched.record, RULES)
        assert said.accepted not in of.campaigns
        assert not said.rejected & {one.campaign for one in unmatched.proposals}
        assert not said.rejected & set(unmatched.candidates)
        assert unmatched.gone == said.accepted


@given(lines, lines, said)
def test_when_all_is_forgotten_everything_is_as_before(
    listed: list[Line], rows: list[Line], told: list[tuple[Verdict, int, str]]
) -> None:
    records = world(listed, rows)
    before = answers_to([r for r in records if r.source == "landing"], told)
    taken_back = [Answer(one.source, one.row, "", Verdict.FORGOTTEN, "", "ann", NOON) for one in before]
    of = found(*records, answers=Answers.of([*before, *taken_back]))
    assert (outcomes(of), asked(of)) == (outcomes(found(*records)), asked(found(*records)))


def test_ten_thousand_orphans_meet_two_thousand_campaigns_in_seconds() -> None:
    listed = [brief(n, f"NL-{10_000 + n}", f"Brand {n % 20}", f"Promo {n} of week {n % 52}") for n in range(2_000)]
    rows = [page(n, f"Brand {n % 25}", f"Promo {n} for week {n % 52}", campaign_id=f"XX-{n}") for n in range(10_000)]
    began = process_time()
    of = found(*listed, *rows)
    assert len(of.unmatched) == 10_000
    assert process_time() - began < 20


# ---------------------------------------------------------------- examples


@pytest.mark.parametrize(("partner", "name", "start", "proposed"), [
    ("Sunpeak", "Flash Weekends", NOVEMBER, [("NL-1", "same partner, name 96 % alike, days overlap")]),
    ("Sunpeak", "Flash Weekends", NOVEMBER + timedelta(6), [("NL-1", "same partner, name 96 % alike, 2 days apart")]),
    ("Sunpeak", "Flash Weekends", None, [("NL-1", "same partner, name 96 % alike")]),
    ("Sunpeak", "Flash Weekends", NOVEMBER + timedelta(70), []),
    ("Sunpeak", "Quiet Sunday", NOVEMBER, []),
    ("Sunpaek", "Flash Weekend", NOVEMBER, []),
    ("Sunpeaks", "Flash Weekend", NOVEMBER, [("NL-1", "partner 93 % alike, same name, days overlap")]),
    ("Sunpeaks", "Flash Weekend", None, []),
    ("Sunpeaks", "Flash Weekends", NOVEMBER, []),
    ("SBT", "Steep", NOVEMBER, [("NL-2", "partner may be short for the other, same name, days overlap")]),
    (None, "Flash Weekend", NOVEMBER, [("NL-1", "same name, days overlap")]),
    (None, "Flash Weekends", NOVEMBER, []),
    ("Sunpeak", None, NOVEMBER, []),
])  # fmt: skip
def test_what_a_row_may_mean_and_what_is_alike(
    partner: str | None, name: str | None, start: date | None, proposed: list[tuple[str, str]]
) -> None:
    listed = [brief(1, "NL-1", "Sunpeak", "Flash Weekend"), brief(2, "NL-2", "Steep Blue Tea", "Steep")]
    assert asked(found(*listed, page(1, partner, name, start))) == {1: proposed}


def test_an_unknown_id_beside_known_names_is_asked_and_not_joined() -> None:
    of = found(brief(1, "NL-1001", "Lou's", "Deal"), page(1, "Lou's", "Deal", campaign_id="XX-7"))
    assert pages(of) == {}
    assert asked(of) == {1: [("NL-1001", "same partner, same name, days overlap")]}


@pytest.mark.parametrize(("known", "typed"), [
    (("Café Solène", "Advent Roast"), ("Cafe Solene", "Advent roast")),
    (("Brook & Hart", "Winter Linen"), ("BROOK AND HART GmbH", "Winter linen")),
    (("Northlight Optics Ltd.", "Lens Week"), ("Northlight Optics", "Lens week")),
    (("Nord GmbH & Co. KG", "Kickoff"), ("Nord", "Kick-off")),
])  # fmt: skip
def test_accents_spaces_and_legal_forms_are_spelling(known: tuple[str, str], typed: tuple[str, str]) -> None:
    assert pages(found(brief(1, "NL-1001", *known), page(1, *typed))) == {1: "NL-1001"}


@pytest.mark.parametrize(("known", "typed"), [
    (("Nord GmbH", "Deal"), ("Nord Ltd", "Deal")),
    (("Nord", "Deal 12"), ("Nord", "Deal 1 2")),
    (("ガス", "Deal"), ("カス", "Deal")),
    (("GmbH", "Deal"), ("AG", "Deal")),
])  # fmt: skip
def test_what_tells_two_apart_is_not_spelling(known: tuple[str, str], typed: tuple[str, str]) -> None:
    assert pages(found(brief(1, "NL-1001", *known), page(1, *typed))) == {}


def test_what_is_written_exactly_so_wins_over_what_is_only_spelled_so() -> None:
    listed = [
        brief(1, "NL-1", "Nord Ltd", "Deal"),
        brief(2, "NL-2", "Nord GmbH", "Deal"),
        brief(3, "NL-3", "Nörd", "Deal"),
    ]
    of = found(*listed, page(1, "nord gmbh", "Deal"), page(2, "Nord", "Deal"), page(3, "nörd", "deal"))
    assert pages(of) == {1: "NL-2", 3: "NL-3"}
    assert {it.record.place.row: it.candidates for it in of.unmatched} == {2: ("NL-1", "NL-2", "NL-3")}


MARCH = date(2027, 3, 6)


def test_of_campaigns_of_one_name_the_one_at_the_rows_time_counts() -> None:
    listed = [brief(1, "NL-1", "Lou's", "Deal"), brief(2, "NL-2", "Lou's", "Deal", MARCH)]
    rows = [page(1, "Lou's", "Deal", MARCH), page(2, "Lou's", "Deal"), page(3, "Lou's", "Deal", date(2027, 1, 9))]
    of = found(*listed, *rows, page(4, "Lou's", "Deal", None))
    assert pages(of) == {1: "NL-2", 2: "NL-1"}
    assert {it.why for it in of.unmatched} == {"ambiguous"}


def test_a_campaign_whose_days_nobody_knows_may_be_the_one_just_as_well() -> None:
    listed = [brief(1, "NL-1", "Lou's", "Deal"), brief(2, "NL-2", "Lou's", "Deal", None)]
    assert pages(found(*listed, page(1, "Lou's", "Deal"))) == {}


def test_a_promotion_that_comes_back_is_a_campaign_of_its_own() -> None:
    listed = [brief(1, None, "Lou's", "Deal", MARCH), brief(2, None, "Lou's", "Deal")]
    of = found(*listed, page(1, "Lou's", "Deal", MARCH), page(2, "Lou's", "Deal"))
    assert of.proposed == {"lou's / deal": "NL-0001", "lou's / deal / from 2027-03-06": "NL-0002"}
    assert of.names == {"NL-0001": "Lou's / Deal", "NL-0002": "Lou's / Deal / from 2027-03-06"}
    assert pages(of) == {1: "NL-0002", 2: "NL-0001"}
    later = match(snapshots(listed[0]), RULES, of.proposed, of.highest_number)
    assert set(later.proposed.values()) == {"NL-0002"}, "it keeps its id when the other one is gone"


def test_the_same_names_at_the_same_time_are_one_campaign_twice() -> None:
    of = found(brief(1, None, "Lou's", "Deal"), brief(2, None, "Lou's", "Deal", NOVEMBER + timedelta(9)))
    assert len(of.proposed) == 1
    assert [len(rows) for rows in of.duplicates] == [2]


def test_an_id_wins_over_what_was_said_before_it_was_one() -> None:
    row = page(1, None, None, campaign_id="NL-7")
    told = [Answer("landing", str(says_of_itself(row, RULES)), "", Verdict.ACCEPTED, "NL-1", "ann", NOON)]
    listed = [brief(1, "NL-1", "Lou's", "Deal")]
    assert pages(found(*listed, row, answers=Answers.of(told))) == {1: "NL-1"}
    assert pages(found(*listed, brief(2, "NL-7", "Lou's", "Gift"), row, answers=Answers.of(told))) == {1: "NL-7"}


def test_a_row_that_says_nothing_is_not_known_again() -> None:
    assert says_of_itself(page(1, None, None), RULES) is None
    [item] = found(brief(1, "NL-1", "Lou's", "Deal"), page(1, None, None)).unmatched
    assert item == Unmatched(item.record, "orphan")


def no(row: Record, *campaigns: str) -> Answers:
    said = str(says_of_itself(row, RULES))
    return Answers.of(Answer(row.source, said, "", Verdict.REJECTED, one, "ann", NOON) for one in campaigns)


def test_what_was_ruled_out_is_no_candidate_and_what_is_left_is_still_asked() -> None:
    listed = [brief(1, "NL-1", "Lou's", "Deal"), brief(2, "NL-2", "Lou's", "Deal"), brief(3, "NL-10", "Lou's", "Gift")]
    row, typo = page(1, "Lou's", "Deal"), page(2, None, None, campaign_id="NL-1O")
    [left] = found(*listed, row, answers=no(row, "NL-1")).unmatched
    assert (left.why, left.candidates) == ("ambiguous", ("NL-2",))
    [none] = found(*listed, row, answers=no(row, "NL-1", "NL-2")).unmatched
    assert (none.why, none.candidates) == ("orphan", ())
    [orphan] = found(*listed, typo, answers=no(typo, "NL-10")).unmatched
    assert (orphan.why, orphan.candidates, orphan.proposals) == ("orphan", (), ())
