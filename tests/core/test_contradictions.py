"""What repeats an approval elsewhere, held to the approver: contradiction is news, blank is silent, stale told once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.fields import Field, field_type
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.model import Claim, Entity, Parsed, Problem, ProblemKind, Record
from sheetsync.core.terms import Severity
from tests.core.agreement import RULES, World, brief, placement, row

UNKNOWN = Problem(ProblemKind.VOCABULARY, "'jein' is not a word of the vocabulary")
WORDS = st.sampled_from(["approved", "rejected", "pending", None, UNKNOWN])
_VOCABULARY: dict[str, tuple[str, ...]] = dict.fromkeys(("approved", "rejected", "pending"), ())


def _claiming() -> Rules:
    """The company whose briefs and media plan repeat what Legal says."""
    own = Field("legal_decision", "Legal decision", Entity.CAMPAIGN, field_type("choice", _VOCABULARY))
    ok = Field("legal_ok", "Legal OK", Entity.CAMPAIGN, field_type("choice", _VOCABULARY))
    [legal] = RULES.approvals
    claims = {"briefs": "legal_ok", "media": "legal_ok"}
    repeating = {
        name: replace(source, columns={**source.columns, "legal_ok": ("Legal OK",)})
        for name, source in RULES.sources.items()
        if name in claims
    }
    return replace(
        RULES,
        fields={**RULES.fields, "legal_decision": own, "legal_ok": ok},
        sources={**RULES.sources, **repeating},
        approvals=(replace(legal, claims=claims),),
        severities={**RULES.severities, "legal_ok": Severity.LOW},
    )


CLAIMING = _claiming()


def claiming(record: Record, said: Parsed) -> Record:
    """The same row with what it says of Legal's approval."""
    raw = "?!" if isinstance(said, Problem) else str(said or "")
    claim = Claim("legal_ok", said, raw, replace(record.place, column=19, column_name="Legal OK"))
    return replace(record, claims={**record.claims, "legal_ok": claim})


def log(state: Parsed, **said: Parsed) -> Record:
    return row("legal", 4, campaign_id="NL-1", legal_decision=state, **said)


@given(WORDS, WORDS)
def test_a_contradiction_is_yes_against_another_word_and_nothing_else(here: Parsed, there: Parsed) -> None:
    found = World((claiming(brief(), here), log(there)), CLAIMING).flags(FlagKind.CONTRADICTION)
    both = isinstance(here, str) and isinstance(there, str)
    assert len(found) == (both and (here == "approved") != (there == "approved"))


@pytest.mark.parametrize(("here", "there"), [("approved", "rejected"), ("pending", "approved")])
def test_it_names_the_approver_and_its_word_and_no_word_to_readers_of_names(here: str, there: str) -> None:
    [flag] = World((claiming(brief(), here), log(there)), CLAIMING).flags(FlagKind.CONTRADICTION)
    assert (flag.place.source, flag.field, flag.record, flag.owner) == ("briefs", "legal_ok", "NL-1", "legal")
    assert (flag.found, flag.expected, flag.contract, flag.severity) == (here, there, "approvals.legal", Severity.LOW)
    assert flag.message == f"Legal OK is {here} here; Legal log, who gives it, says {there}"
    assert flag.discreet == "Legal OK contradicts Legal log, who gives it"
    assert flag.sources == {"legal"}


def test_every_row_that_repeats_it_is_held_to_its_campaign_s_approver() -> None:
    rows = (claiming(brief(), "approved"), claiming(placement(), "approved"), log("rejected"))
    flags = World(rows, CLAIMING).flags(FlagKind.CONTRADICTION)
    assert {(flag.place.source, flag.record) for flag in flags} == {
        ("briefs", "NL-1"),
        ("media", "NL-1 / email / hero"),
    }
    assert len({flag.id for flag in flags}) == 2


def test_a_yes_that_is_stale_is_told_where_it_was_given_and_nowhere_else() -> None:
    rows = (claiming(brief(promo_code="NEW"), "approved"), log("approved", promo_code="OLD"))
    assert [(flag.kind, flag.place.source) for flag in World(rows, CLAIMING).flags()] == [
        (FlagKind.STALE_APPROVAL, "legal")
    ]


def test_where_nobody_decides_or_nobody_can_look_nothing_is_contradicted() -> None:
    alone = claiming(brief(), "approved")
    assert World((alone,), CLAIMING).flags(FlagKind.CONTRADICTION) == []
    assert World((alone,), CLAIMING, unread={"legal": "no network"}).flags(FlagKind.CONTRADICTION) == []


BOXES = [(True, False, 1), (True, True, 0), (False, True, 0), (False, False, 0), (True, None, 0)]


@pytest.mark.parametrize(("here", "there", "told"), BOXES)
def test_a_box_that_nobody_has_ticked_repeats_nothing(here: bool, there: Parsed, told: int) -> None:
    [legal] = CLAIMING.approvals
    box = field_type("checkbox", None)
    fields = {name: replace(CLAIMING.fields[name], type=box) for name in ("legal_ok", "legal_decision")}
    boxes = replace(CLAIMING, fields={**CLAIMING.fields, **fields}, approvals=(replace(legal, granted=("yes",)),))
    given = log(None)
    ticked = replace(given.claims["legal_decision"], parsed=there)
    given = replace(given, claims={**given.claims, "legal_decision": ticked})
    assert len(World((claiming(brief(), here), given), boxes).flags(FlagKind.CONTRADICTION)) == told
