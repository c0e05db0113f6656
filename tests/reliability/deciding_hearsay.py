"""What people do with what was said in a chat: they file it, answer it here or there, let it lie, or type it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sheetsync.core.hearsay import Hearsay, State
from sheetsync.engine.asking import Desk
from sheetsync.engine.claiming import Filed, Said, answer, file
from sheetsync.errors import UsageError
from tests.reliability.deciding_acts import CHOICES, Decider, act
from tests.reliability.deciding_claims import CLAIMABLE, IS_CLAIM
from tests.reliability.deciding_lines import Line
from tests.reliability.moves import say

ABOUT: Final = ("TR-06", "TR-01", "TR-03")
#: how long a claim waits: for good, and less long than anybody is dead
_WAITS: Final = (timedelta(hours=24), timedelta(minutes=30))
#: which column of the moves a field is
_TYPED: Final = {"Flight end": "end", "Offer": "offer", "Campaign": "name"}


def desk_of(p: Decider) -> Desk:
    return Desk(p.trust.ledger, p.trust.leases, p.trust.clock)


def file_one(p: Decider, record: str, about: str, waits: timedelta, chat: str = "a chat") -> Filed:
    """Somebody files what was said in a chat, at any moment of a run."""
    name, value = CLAIMABLE[about]
    until = p.trust.clock.at + waits
    done = file(desk_of(p), p.trust.rules, record, name, Said(value, chat, "Lena", "", until), "mo")
    p.watch.claims.file(done.it.id, (record, about), value, until, is_new=done.is_new)
    return done


@act
def file_a_claim(p: Decider) -> None:
    about = list(CLAIMABLE)[p.next(len(CLAIMABLE))]
    file_one(p, ABOUT[p.next(len(ABOUT))], about, _WAITS[p.next(2)], ("a chat", "a mail")[p.next(2)])


def _filed(p: Decider) -> Sequence[Hearsay]:
    return p.trust.ledger.hearsay()


@act
def answer_a_claim_on_the_command_line(p: Decider) -> None:
    """Too late, or twice: then the command says so."""
    if filed := _filed(p):
        it, verdict = filed[p.next(len(filed))], (State.ACCEPTED, State.REJECTED)[p.next(2)]
        try:
            if answer(desk_of(p), it.id, verdict, "Dana").is_new:
                p.watch.claims.answer(it.id, verdict.value, "Dana")
        except UsageError:
            return


def claim_lines(p: Decider) -> list[Line]:
    return [line for line in p.lines_there() if line.shows.get("Rule", "").startswith(IS_CLAIM)]


@act
def answer_a_claim_in_the_tab(p: Decider) -> None:
    if lines := claim_lines(p):
        p.say(lines[p.next(len(lines))].row, decision=CHOICES[p.next(5)], by=p.who())


@act
def answer_a_claim_here_and_there(p: Decider) -> None:
    """Two people at once."""
    answer_a_claim_in_the_tab(p)
    answer_a_claim_on_the_command_line(p)


@act
def type_what_was_claimed(p: Decider) -> None:
    """Its owner does what was asked."""
    if filed := _filed(p):
        it = filed[p.next(len(filed))]
        about = next(label for label, (name, _) in CLAIMABLE.items() if name == it.field)
        value = CLAIMABLE[about][1]
        p.watch.claims.free.add(value)
        say(p.sandbox, p.oracle, f"briefs.{_TYPED[about]}", it.record, value)


#: what people do with claims, and what makes some
TALKING: Final = tuple(
    one.__name__
    for one in (
        file_a_claim,
        answer_a_claim_on_the_command_line,
        answer_a_claim_in_the_tab,
        answer_a_claim_here_and_there,
        type_what_was_claimed,
    )
)
