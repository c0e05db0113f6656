"""What was said elsewhere: its life, its words, and that nothing else hears of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.flags import FlagKind
from sheetsync.core.hearsay import (
    Hearsay,
    Move,
    Refusal,
    State,
    answered,
    decided,
    ids_of,
    is_link,
    is_other_link,
    moved_since,
    open_at,
    owners_cell,
    plain,
    turns,
)
from sheetsync.core.managed import issues_text
from sheetsync.core.match import Matched
from sheetsync.core.matters import CHOICES, DECISION, KEEP_A, KEEP_B, MACHINE, Row
from sheetsync.core.model import Parsed
from sheetsync.core.telling_hearsay import hearsay_flags, matter_of
from sheetsync.core.terms import Severity
from sheetsync.core.visibility import Readers
from tests.core.builders import AMBIGUOUS, RULES, everything, matched, row, snapshots

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIELD = RULES.fields["flight_end"]
#: what the briefs say of the one campaign, and what was claimed
SAYS, CLAIMED = "2026-11-30", "2026-12-06"
anything = st.text(st.characters(), max_size=300)


def said(value: str = CLAIMED, name: str = "sc-KJERO6", by: str = "Dana", origin: str = "chat") -> Hearsay:
    pending = Move(State.PENDING, "ann", NOON, NOON + DAY, SAYS)
    return Hearsay(name, "NL-1001", "flight_end", value, origin, by, "", (pending,))


def after(it: Hearsay, *states: State, by: str = "Lena") -> Hearsay:
    return replace(it, moves=(*it.moves, *(Move(state, by, NOON) for state in states)))


def briefs(end: Parsed = date(2026, 11, 30)) -> Matched:
    """All sources, with what the owner's cell says."""
    return matched(snapshots(*everything(briefs__flight_end=end)))


def issues(*those: Hearsay, rows: Matched | None = None) -> str:
    """What the owner's row shows."""
    flags = hearsay_flags(those, briefs() if rows is None else rows, RULES, NOON)
    return issues_text(flags, Readers((RULES.sources["briefs"],)))


# ---------------------------------------------------------------- its life

_LEADS_TO = {
    State.PENDING: {State.ACCEPTED, State.REJECTED, State.EXPIRED, State.CLOSED},
    State.ACCEPTED: {State.REJECTED, State.CLOSED},
    State.REJECTED: set(),
    State.EXPIRED: set(),
    State.CLOSED: set(),
}


@given(
    st.lists(
        st.tuples(
            st.sampled_from((State.ACCEPTED, State.REJECTED, None)),
            st.sampled_from((date(2026, 11, 30), date(2026, 12, 6), date(2026, 12, 8), None, AMBIGUOUS)),
            st.booleans(),
            st.sampled_from((timedelta(hours=1), DAY)),
        ),
        max_size=8,
    )
)
def test_whatever_people_and_cells_do_it_moves_only_forward_and_never_by_itself(
    acts: Sequence[tuple[State | None, Parsed, bool, timedelta]],
) -> None:
    it, now = said(), NOON
    for verdict, end, fresh, passed in acts:
        now += passed
        before = it.state(now)
        if verdict is not None:
            move = answered(it, verdict, "Lena", now)
            assert isinstance(move, Move) == (verdict in _LEADS_TO[before])
            assert (move is None) == (verdict is before)
            moves = [move] if isinstance(move, Move) else []
        else:
            moves = [it.move for it in turns([it], briefs(end), RULES, {"briefs": 1} if fresh else {}, now)]
            closes = fresh and end == date(2026, 12, 6) and it.last.state in (State.PENDING, State.ACCEPTED)
            assert [move.state is State.CLOSED for move in moves] == [True] * closes or not closes
            assert all(move.state in (State.CLOSED, State.EXPIRED) for move in moves)
            assert closes == any(move.state is State.CLOSED for move in moves)
        for move in moves:
            assert move.state in _LEADS_TO[it.last.state]
            it = replace(it, moves=(*it.moves, move))


def test_time_passes_also_where_no_run_notes_it() -> None:
    it = said()
    assert it.state(NOON + DAY - timedelta(seconds=1)) is State.PENDING
    assert it.state(NOON + DAY) is State.EXPIRED
    assert after(it, State.ACCEPTED).state(NOON + 9 * DAY) is State.ACCEPTED, "a yes waits for its owner"
    refusal = answered(it, State.ACCEPTED, "Lena", NOON + DAY)
    assert "sc-KJERO6 expired at 2026-11-24 12:00Z" in str(refusal)


@pytest.mark.parametrize(
    ("end", "moved"),
    [(date(2026, 11, 30), False), (date(2026, 12, 6), False), (date(2026, 12, 8), True), (None, False)],
)
def test_a_third_value_is_said_and_changes_no_state(end: Parsed, moved: bool) -> None:
    rows = briefs(end)
    assert moved_since(said(), owners_cell(said(), rows, RULES), FIELD) is moved
    assert ("the cell has changed since" in issues(said(), rows=rows)) is moved
    assert [it.state(NOON) for it in open_at([said()], rows, RULES, NOON)] == [State.PENDING] * (
        end != date(2026, 12, 6)
    )


def test_a_cell_that_could_not_be_read_in_this_run_closes_nothing() -> None:
    rows = briefs(date(2026, 12, 6))
    assert list(turns([said()], rows, RULES, {}, NOON)) == []
    [turn] = turns([said()], rows, RULES, {"briefs": 1}, NOON)
    assert (turn.after, turn.move.state, turn.move.by) == (1, State.CLOSED, "sheetsync")


@given(anything, st.text(min_size=1, max_size=300))
def test_an_id_comes_from_what_it_is_about_and_tells_nobody_what_that_is(value: str, salt: str) -> None:
    about = ("NL-1001", "offer", value, "chat")
    short, longer = ids_of(about, salt)
    assert longer.startswith(short)
    assert short == ids_of(about, salt)[0]
    assert ids_of(about, salt + "x")[0] != short or ids_of(about, salt + "y")[0] != short


# ---------------------------------------------------------------- what is told, and to whom


def test_the_owner_s_row_says_what_was_claimed_by_whom_where_when_and_what_to_type() -> None:
    assert issues(said(origin="https://acme.example/p17")).startswith(
        "Flight end: 2026-12-06 was claimed in chat by Dana (acme.example/p17) on 2026-11-23, pending until "
        "2026-11-24 12:00Z; accept: `sheetsync claims accept sc-KJERO6` ["
    )
    accepted = after(said(), State.ACCEPTED)
    assert "by Dana, accepted by Lena: type 2026-12-06 here [" in issues(accepted)
    other = said("2026-12-08", "sc-AAAAAA", "Kim")
    assert "2 claims: 2026-12-06 by Dana (sc-KJERO6), 2026-12-08 by Kim (sc-AAAAAA)" in issues(said(), other)
    assert "2 claims: 2026-12-06 by Dana (sc-KJERO6, accepted: type it here)" in issues(other, accepted)
    over = [after(said(), state) for state in (State.REJECTED, State.EXPIRED, State.CLOSED)]
    assert issues(*over) == issues() == issues(said(), rows=briefs(date(2026, 12, 6))) == ""


@given(anything, anything, anything, st.booleans())
@example('=IMPORTXML("x")\n' * 700, "\x1b[31m\u202eDana␟", "{0} {} %s `rm`" * 900, False)
def test_whatever_was_typed_the_row_s_text_is_one_harmless_line_that_ends_with_what_to_type(
    value: str, by: str, origin: str, moved: bool
) -> None:
    it = replace(said(plain(value), "sc-KJERO6AAAAAA", plain(by), plain(origin)), field="legal_line")
    rules = replace(RULES, owners={**RULES.owners, "legal_line": "landing"})
    rows = matched(snapshots(*everything(landing__legal_line="a third" if moved else None)), rules)
    flags = hearsay_flags([it], rows, rules, NOON)
    text = issues_text(flags * 99, Readers((rules.sources["landing"],)))
    if flags:
        assert len(text) <= 200
        assert "`sheetsync claims accept sc-KJERO6AAAAAA`" in text
        assert text.endswith(f"[{flags[0].id}]")
        assert not [char for char in text if char < " " or char in "\u202e\x7f"]
        text.encode()


def test_a_claim_is_told_at_the_owner_s_cell_only_and_others_hear_neither_value_nor_author_nor_place() -> None:
    [flag] = hearsay_flags([said(origin="https://acme.example/p17")], briefs(), RULES, NOON)
    assert (flag.place.source, flag.field, flag.kind) == ("briefs", "flight_end", FlagKind.CONTRADICTION)
    assert (flag.severity, flag.owner, flag.contract, flag.expected) == (Severity.HIGH, "briefs", "", None)
    assert flag.candidates == (CLAIMED,)
    told = issues_text([flag], Readers((RULES.sources["landing"],)))
    assert told.startswith("Flight end: something else was said elsewhere")
    assert not [word for word in (CLAIMED, "Dana", "acme", "sc-") if word in told]


def test_a_row_that_is_not_there_hears_nothing_and_one_without_the_column_at_its_key() -> None:
    assert hearsay_flags([replace(said(), record="NL-9999")], briefs(), RULES, NOON) == ()
    assert hearsay_flags([replace(said(), field="no such field")], briefs(), RULES, NOON) == ()
    without = row("briefs")
    without = replace(without, claims={name: it for name, it in without.claims.items() if name != "flight_end"})
    [flag] = hearsay_flags([said()], matched(snapshots(without, *everything()[1:])), RULES, NOON)
    assert (flag.field, flag.place.column) == ("flight_end", without.place.column)


@pytest.mark.parametrize(
    ("origin", "link", "refused"),
    [
        ("https://acme.slack.com/archives/C0/p17", True, False),
        ("slack://channel?team=T1&id=C1", True, False),
        ("msteams://teams.microsoft.com/l/message/19", True, False),
        ("mailto:dana@acme.example", True, False),
        ("Dana: in the Monday call", False, False),
        ("https://acme.example in #promo", False, False),
        ("javascript:alert(1)", False, True),
        ("file:///etc/passwd", False, True),
        ("data:text/html,x", False, True),
    ],
)
def test_only_addresses_people_may_be_sent_to_are_links(origin: str, link: bool, refused: bool) -> None:
    assert (is_link(origin), is_other_link(origin)) == (link, refused)


# ---------------------------------------------------------------- a line of a decisions tab


def test_a_line_for_it_shows_the_owner_s_word_as_a_and_what_was_claimed_as_b() -> None:
    it = said(origin="https://acme.example/p17")
    matter = matter_of(it, briefs(), RULES, NOON, lambda place: f"cell {place.row}", "salt")
    assert matter.shows.keys() <= set(MACHINE)
    assert (matter.id, matter.open) == ("sc-KJERO6", True)
    assert [matter.shows[name] for name in ("Campaign", "About", "Rule", "Value A", "Value B", "Link B", "Owner")] == [
        *("NL-1001", "Flight end", "claimed in chat by Dana", SAYS, CLAIMED),
        *("https://acme.example/p17", "Partner briefs"),
    ]
    moved = matter_of(it, briefs(date(2026, 12, 8)), RULES, NOON, lambda _: "", "salt")
    assert moved.shows["State"] == "pending until 2026-11-24 12:00Z; the owner's cell has changed since"
    assert moved.shows["Version"] != matter.shows["Version"]
    closing = matter_of(it, briefs(date(2026, 12, 6)), RULES, NOON, lambda _: "", "salt")
    assert (closing.open, closing.shows["State"]) == (False, "closed ✓: the owner's cell says it")
    refused = matter_of(after(it, State.REJECTED), briefs(date(2026, 12, 6)), RULES, NOON, lambda _: "", "salt")
    assert refused.shows["State"].startswith("closed ✓: rejected by "), "as the ledger has it, whatever the cell says"
    assert not matter_of(after(it, State.ACCEPTED), briefs(), RULES, NOON, lambda _: "", "salt").open


@given(st.sampled_from((*CHOICES, "", "  KEEP  a ", "Keep B", "=1+1", "x" * 10_000)))
def test_keep_a_is_a_no_keep_b_a_yes_and_anything_else_is_refused_in_a_sentence(choice: str) -> None:
    row = Row("book", 3, "sc-KJERO6", {DECISION: choice} if choice else {}, {})
    verdict = decided(said(), row, NOON)
    folded = " ".join(choice.split()).casefold()
    if folded in (KEEP_A.casefold(), KEEP_B.casefold()):
        assert verdict is (State.REJECTED if folded == KEEP_A.casefold() else State.ACCEPTED)
        assert decided(after(said(), verdict), row, NOON) is None, "that was decided already"
        assert isinstance(decided(after(said(), State.CLOSED), row, NOON), Refusal)
    elif choice:
        assert isinstance(verdict, Refusal)
        assert len(str(verdict)) < 300
        assert "\n" not in str(verdict)
    else:
        assert verdict is None
