"""What chance comes by too seldom where people decide: by what is counted, what people do, step by step."""

from collections.abc import Mapping
from typing import Final

from tests.reliability.deciding_machine import DecidingSchedule

Step = tuple[str, tuple[int, ...]]

#: a cycle; one that dies after its first write; one whose first write is answered in another way
CYCLE, DIE, TROUBLE = "cycle", "die", "trouble"
#: a cycle, and after its first request the act that is named then
MEANWHILE = "meanwhile "
_NEWEST: Final = (1, 0)
_APART: Final[tuple[Step, ...]] = (("both move apart", (0,)), (CYCLE, ()))


_BY_WHOM_IT_NAMES: Final[tuple[Step, ...]] = (("decide_on_the_command_line", (0, *_NEWEST)), (CYCLE, ()))


_CLAIM: Final[Step] = ("file_a_claim", ())
_CLAIMED: Final[tuple[Step, ...]] = (_CLAIM, (CYCLE, ()))


def _on_the_newest(name: str, *numbers: int) -> tuple[Step, ...]:
    return (*_APART, (name, (*_NEWEST, *numbers)), (CYCLE, ()))


#: what is counted -> how it comes to pass
SCRIPTS: Final[Mapping[str, tuple[Step, ...]]] = {
    "took keep A": _on_the_newest("keep_a"),
    "took keep B": _on_the_newest("keep_b"),
    "took keep last agreed": _on_the_newest("keep_what_was_agreed"),
    "took custom value": _on_the_newest("say_another_value"),
    "took allowed to differ": _on_the_newest("let_them_differ"),
    "RE-DECIDE": (*_APART, ("keep_a", _NEWEST), ("they exchange their values", (0,)), (CYCLE, ())),
    "no name yet": _on_the_newest("choose_without_a_name"),
    "refused: no choice": _on_the_newest("choose_what_is_no_choice"),
    "refused: no value": _on_the_newest("say_another_value", 0, 3),
    "refused: not understood": _on_the_newest("say_another_value", 0, 2),
    "refused: no day": _on_the_newest("let_them_differ", 0, 3),
    "refused: a day that is over": _on_the_newest("let_them_differ", 0, 2),
    "refused: never agreed": (("keep_what_was_agreed", _NEWEST), (CYCLE, ())),
    "refused: two people": (("decide_here_and_on_the_command_line", (0, 1, 0, 1)), (CYCLE, ())),
    "refused: two lines": (("decide_the_same_line_twice", (*_NEWEST, 1, 1)), (CYCLE, ())),
    "refused: decided already": (*_on_the_newest("keep_b"), ("change_their_mind", (0, 0, 1)), (CYCLE, ())),
    "refused: closed": (
        *_APART,
        ("the owner gives in", (0,)),
        (CYCLE, ()),
        ("keep_a", (0, 0, 0)),
        (CYCLE, ()),
    ),
    "refused: unknown id": (
        ("type_an_id", (20, 0, 2)),
        ("keep_a", (0, 0, 0)),
        ("keep_a", (0, 9, 0)),
        ("keep_a", (0, 8, 0)),
        (CYCLE, ()),
    ),
    "reopened": (*_APART, ("all as at first", (0,)), (CYCLE, ()), *_APART),
    "closed by convergence": (*_APART, ("the owner gives in", (0,)), (CYCLE, ())),
    "taken from the command line": (("decide_on_the_command_line", (0, 1, 0)), (CYCLE, ())),
    "taken from a team's tab": (*_APART, ("keep_b", (*_NEWEST, 0, 0, 1)), (CYCLE, ())),
    "lines of a team that say less": (("the offer moves on both sides", (0,)), (CYCLE, ())),
    "refused: two tabs": (*_APART, ("decide_in_two_tabs", (*_NEWEST, 0, 1)), (CYCLE, ())),
    "group decided as a whole": (("the names move apart", (0,)), (CYCLE, ()), ("keep_b", _NEWEST), (CYCLE, ())),
    "refused: half a group": (
        ("the names move apart", (0,)),
        (CYCLE, ()),
        ("say_another_value", (*_NEWEST, 0, 2)),
        (CYCLE, ()),
    ),
    "group followed as a whole": (("the owner moves both names", (0,)), (CYCLE, ())),
    "late change waits": (("change_what_is_frozen", (0,)), (CYCLE, ())),
    "late since the freeze began": (
        ("both move apart", (0,)),
        (DIE, ()),
        ("change_what_is_frozen", (0, 2)),
        (CYCLE, ()),
    ),
    "refused: not whom the freeze names": (
        ("change_what_is_frozen", (0,)),
        (CYCLE, ()),
        ("keep_a", _NEWEST),
        (CYCLE, ()),
        ("decide_on_the_command_line_as_somebody_else", (0, *_NEWEST)),
        (CYCLE, ()),
    ),
    "taken inside a freeze": (("both move apart", (2,)), (CYCLE, ()), *_BY_WHOM_IT_NAMES),
    "a yes to a late change": (("change_what_is_frozen", (1,)), (CYCLE, ()), *_BY_WHOM_IT_NAMES),
    "claim filed": (_CLAIM, (CYCLE, ())),
    "claim filed between two requests": ((MEANWHILE + "file_a_claim", ()), (CYCLE, ())),
    "claim accepted in the tab": (*_CLAIMED, ("answer_a_claim_in_the_tab", (0, 1)), (CYCLE, ())),
    "claim rejected in the tab": (*_CLAIMED, ("answer_a_claim_in_the_tab", (0, 0)), (CYCLE, ())),
    "claim accepted on the command line": (
        *_CLAIMED,
        ("answer_a_claim_on_the_command_line", (0, 0)),
        (CYCLE, ()),
    ),
    "claim rejected on the command line": (
        *_CLAIMED,
        ("answer_a_claim_on_the_command_line", (0, 1)),
        (CYCLE, ()),
    ),
    "claim expired": (("file_a_claim", (1, 0, 1)), (DIE, ()), (CYCLE, ())),
    "claim closed by its owner's cell": (*_CLAIMED, ("type_what_was_claimed", (0,)), (CYCLE, ())),
    "refused: no answer to a claim": (*_CLAIMED, ("answer_a_claim_in_the_tab", (0, 3)), (CYCLE, ())),
    "killed with a decision in the tab": (*_APART, ("keep_a", _NEWEST), (DIE, ())),
    "taken after a kill": (*_APART, ("keep_b", _NEWEST), (DIE, ()), (CYCLE, ())),
    "an answer was lost or came twice": (*_APART, ("keep_a", _NEWEST), (TROUBLE, ())),
    "taken in a run whose answer was lost or came twice": (*_APART, ("keep_b", _NEWEST), (TROUBLE, ())),
}


def play(schedule: DecidingSchedule, steps: tuple[Step, ...]) -> None:
    """A script from its beginning, and until all is quiet."""
    for name, numbers in steps:
        if name == CYCLE:
            schedule.cycle()
        elif name == DIE:
            schedule.killed("after sheets.apply")
        elif name == TROUBLE:
            schedule.spoilt(("reset", "after"), 1)
        elif name.startswith(MEANWHILE):
            schedule.cycle((1, name.removeprefix(MEANWHILE), numbers))
        elif "_" in name:
            schedule.act(name, numbers)
        else:
            schedule.move(name, *numbers)
    schedule.quiet()
