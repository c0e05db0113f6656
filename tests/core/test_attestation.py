"""An approval is attested only where nobody but its approvers, and the file's owner, may edit its cell."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.attestation import (
    AS_OWNER,
    EVERYBODY,
    IN_A_TABLE,
    NOBODY_NAMED,
    NONE_OF_THEM,
    NOT_PROTECTED,
    NOT_SHOWN,
    ONLY_WARNED,
    OURSELVES,
    Accounts,
    Attestation,
    asks_for_owner,
    attest,
)
from sheetsync.core.graph import Approval
from sheetsync.core.model import Block, Editors, Place, Protection, Tab

MIRA, JON, OWNER, US, GROUP = "mira@n.example", "jon@n.example", "ops@n.example", "us@sa.example", "legal@n.example"
LEGAL = Approval("legal", "legal", "decision", ("approved",), ("offer",), approvers=(MIRA,))
CELL = Place("legal", "sheet", "Log", 7, 4, 2)
READER, AS_THE_OWNER = Accounts(US, OWNER), Accounts(US, US)


def users(*addresses: str, groups: Iterable[str] = (), domain: bool = False) -> Editors:
    return Editors(frozenset(addresses), frozenset(groups), domain)


def protection(editors: Editors | None = None, block: Block | None = None, **more: object) -> Protection:
    return replace(Protection(1, block, False, False, editors=editors), **more)  # type: ignore[arg-type]


def judged(*protections: Protection, approval: Approval = LEGAL, accounts: Accounts = READER) -> Attestation:
    return attest(approval, CELL, Tab(7, "Log", (), 100, 20, protections=protections), accounts)


def test_a_cell_that_only_its_approvers_may_edit_is_attested() -> None:
    assert judged(protection(users(MIRA))) == Attestation(True)
    assert judged(protection(users(MIRA, OWNER))) == Attestation(True), "the owner always passes"
    assert judged(protection(users(MIRA), Block(4, 0, 5, 9))) == Attestation(True)
    both = replace(LEGAL, approvers=(MIRA, JON, GROUP))
    assert judged(protection(users(JON, groups=[GROUP])), approval=both) == Attestation(True)


NOT_ATTESTED: dict[str, tuple[tuple[Protection, ...], str]] = {
    "nothing protected": ((), NOT_PROTECTED),
    "elsewhere": ((protection(users(MIRA), Block(5, 0, 6, 9)),), NOT_PROTECTED),
    "in a hole": ((protection(users(MIRA), unprotected=(Block(4, 2, 5, 3),)),), NOT_PROTECTED),
    "only a warning": ((protection(warning_only=True),), ONLY_WARNED),
    "not shown": ((protection(None),), NOT_SHOWN),
    "the domain": ((protection(users(MIRA, domain=True)),), EVERYBODY),
    "a group": (
        (protection(users(MIRA, groups=[GROUP])),),
        f"nobody sees from here who is in {GROUP}, who may edit it",
    ),
    "somebody else": ((protection(users(MIRA, JON)),), f"{JON} may edit it and may not give it"),
    "ourselves": ((protection(users(MIRA, US), editable_by_us=True),), OURSELVES),
    "nobody": ((protection(users()),), NONE_OF_THEM),
    "the owner alone": ((protection(users(OWNER)),), NONE_OF_THEM),
}


@pytest.mark.parametrize(("protections", "why"), NOT_ATTESTED.values(), ids=NOT_ATTESTED)
def test_anything_else_is_not_and_it_says_why(protections: tuple[Protection, ...], why: str) -> None:
    assert judged(*protections) == Attestation(False, why)


def test_nobody_named_and_a_table_s_line_are_not_attested() -> None:
    assert judged(protection(users(MIRA)), approval=replace(LEGAL, approvers=())).why == NOBODY_NAMED
    assert attest(LEGAL, replace(CELL, tab_id=None), None, READER).why == IN_A_TABLE
    assert attest(LEGAL, CELL, None, READER).why == NOT_PROTECTED


def test_as_the_file_s_owner_we_say_that_we_could_edit_it_too() -> None:
    assert judged(protection(users(MIRA), editable_by_us=True), accounts=AS_THE_OWNER) == Attestation(True, AS_OWNER)
    assert judged(protection(users(MIRA, US), editable_by_us=True), accounts=AS_THE_OWNER).attested
    assert judged(protection(users(MIRA), editable_by_us=True), accounts=Accounts(US)) == Attestation(True, AS_OWNER)


def test_through_a_group_we_may_edit_it_though_nobody_names_us() -> None:
    both = replace(LEGAL, approvers=(MIRA, GROUP))
    through = protection(users(MIRA, groups=[GROUP]), editable_by_us=True)
    assert judged(through, approval=both).why == OURSELVES
    assert judged(through, approval=both, accounts=Accounts(US)).why == OURSELVES


def test_an_owner_nobody_names_is_somebody_else() -> None:
    assert (
        judged(protection(users(MIRA, OWNER)), accounts=Accounts(US)).why == f"{OWNER} may edit it and may not give it"
    )
    tab = Tab(7, "Log", (), 100, 20, protections=(protection(users(MIRA, OWNER)),))
    assert asks_for_owner(LEGAL, CELL, tab)
    assert not asks_for_owner(LEGAL, CELL, replace(tab, protections=(protection(users(MIRA)), protection(None))))


# ---------------------------------------------------------------- laws

PEOPLE = st.frozensets(st.sampled_from([MIRA, JON, OWNER, US]))
BLOCKS = st.sampled_from([None, Block(4, 2, 5, 3), Block(0, 0, 4, 9)])
EDITORS = st.none() | st.builds(Editors, PEOPLE, st.frozensets(st.just(GROUP)), st.booleans())
RANGES = st.builds(
    protection,
    EDITORS,
    BLOCKS,
    warning_only=st.booleans(),
    editable_by_us=st.booleans(),
    unprotected=st.sampled_from([(), (Block(4, 0, 5, 9),)]),
)


@given(st.lists(RANGES, max_size=3), st.randoms(use_true_random=False))
def test_nobody_but_approvers_and_owner_gets_through_to_an_attested_cell(ranges: list[Protection], by: object) -> None:
    verdict = judged(*ranges)
    stopping = [
        one for one in ranges if not one.warning_only and one.block != Block(0, 0, 4, 9) and not one.unprotected
    ]
    shown = [one.editors for one in stopping if one.editors is not None]
    tight = [
        one
        for one in shown
        if one.users <= {MIRA, OWNER} and MIRA in one.users and not one.groups | {one.domain} - {False}
    ]
    assert not verdict.attested or tight
    assert verdict.attested or verdict.why
    by.shuffle(ranges)  # type: ignore[attr-defined]
    assert judged(*ranges) == verdict, "the order of ranges says nothing"


@given(st.lists(RANGES, max_size=3), RANGES)
def test_one_more_range_never_lets_anybody_in(ranges: list[Protection], more: Protection) -> None:
    assert not judged(*ranges).attested or judged(*ranges, more).attested
