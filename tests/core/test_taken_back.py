"""A word counts only while the rest of its sentence leaves it standing: what doubts it or takes it back is asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.fields import Choice
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.mapping.words import STATUS as WORDS
from sheetsync.core.model import Cell, Parsed, Problem

law = settings(deadline=None)
STATUS = Choice(WORDS)
SPELLINGS = sorted((word, name) for name, words in WORDS.items() for word in words)
spelt = st.sampled_from(SPELLINGS)
dressed = st.sampled_from(["{}", "✅ {}", "{} 🚀", " {} "])
#: between the word and what follows
marks = st.sampled_from([" — {}", " - {}", ", {}", " ({})", ": {}", "\n{}"])
TAKEN_BACK = [
    "NOT",
    "not really",
    "legal says no",
    "maybe",
    "noch nicht",
    "annulé",
    "pausiert",
    "on hold",
    "killed",
    "no va",
]
HARMLESS = [
    "Tom",
    "see thread",
    "post Wed 15 Apr",
    "no issues",
    "links tested",
    "first reel up Fri 20 Nov",
    "3. Mai",
    "V2",
]


def read(text: str) -> Parsed:
    return STATUS.parse(Cell(text, text), Dialect())


# ---------------------------------------------------------------- laws


@law
@given(spelt.filter(lambda one: one[1] in ("ready", "live", "done")), dressed, marks, st.sampled_from(TAKEN_BACK))
def test_a_state_that_is_taken_back_is_asked_with_its_name(
    spelling: tuple[str, str], dress: str, mark: str, rest: str
) -> None:
    word, name = spelling
    parsed = read(dress.format(word) + mark.format(rest))
    assert isinstance(parsed, Problem)
    assert parsed.candidates[0] == name


@law
@given(spelt, dressed, marks, st.sampled_from(HARMLESS))
def test_a_state_with_a_harmless_remark_is_that_state(
    spelling: tuple[str, str], dress: str, mark: str, rest: str
) -> None:
    word, name = spelling
    assert read(dress.format(word) + mark.format(rest)) == name


@law
@given(spelt, dressed, st.sampled_from(["?", " ?", "??", " (?)", "❓", " — ok with Tom?"]))
def test_a_state_that_is_asked_is_asked(spelling: tuple[str, str], dress: str, question: str) -> None:
    word, name = spelling
    parsed = read(dress.format(word) + question)
    assert isinstance(parsed, Problem)
    assert parsed.candidates[0] == name


@law
@given(spelt, st.sampled_from([" - ", " — ", ", ", " ("]), spelt)
def test_another_states_word_as_a_clause_of_its_own_is_asked(
    first: tuple[str, str], mark: str, second: tuple[str, str]
) -> None:
    parsed = read(f"{first[0]}{mark}{second[0]}")
    if first[1] != second[1]:
        assert isinstance(parsed, Problem)
        assert set(parsed.candidates[:2]) == {first[1], second[1]}


# ---------------------------------------------------------------- examples


@pytest.mark.parametrize(
    ("shown", "candidates"),
    [
        ("Live — cancelled by legal", ("live", "cancelled")),
        ("Ready?", ("ready",)),
        ("live (paused)", ("live", "planned")),
        ("Live - killed", ("live", "cancelled")),
        ("Done - NOT", ("done",)),
        ("Ready - legal says no", ("ready",)),
        ("Live by Friday", ("live",)),
        ("cancelled - not", ("cancelled",)),
        ("planned, stopped by legal", ("planned", "cancelled")),
    ],
)
def test_what_takes_a_status_back(shown: str, candidates: tuple[str, ...]) -> None:
    parsed = read(shown)
    assert isinstance(parsed, Problem)
    assert parsed.candidates == candidates


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Live since Monday", "live"),
        ("Done ✔ (Tom)", "done"),
        ("🚫 CANCELLED – legal said no", "cancelled"),
        ("cancelada, no hay stock", "cancelled"),
        ("planned, no date yet", "planned"),
        ("not started - no brief", "planned"),
        ("ready – waiting for Friday", "ready"),
        ("🎄 geplant, läuft ab 1. Advent", "planned"),
        ("Live - https://brand.example/?a=b", "live"),
        ("PAUSED", "planned"),
        ("📅 Publish full Tue 14 Apr", "planned"),
        ("⏳ prévu mercredi", "planned"),
        ("POST ENGAGEMENT", "live"),
    ],
)
def test_what_leaves_a_status_standing(shown: str, name: str) -> None:
    assert read(shown) == name


def test_a_day_right_behind_live_is_no_word_of_it() -> None:
    assert isinstance(read("Live Friday"), Problem)


def test_a_team_may_spell_a_word_with_a_question_mark() -> None:
    ready = Choice({"ready": ("Ready?",)})
    assert ready.parse(Cell("ready?", "ready?"), Dialect()) == "ready"
    assert isinstance(ready.parse(Cell("ready??", "ready??"), Dialect()), Problem)
