"""What becomes of claims from chats, told by somebody who knows what was filed, answered and typed, and nothing else.

A claim never changes a value: what was claimed stands nowhere but in its own lines until its owner's cell says it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from tests.reliability.oracle import Broken

#: field, as the tab calls it -> what the configuration calls it, and what is claimed: a value nobody has typed before
CLAIMABLE: Final[Mapping[str, tuple[str, str]]] = {
    "Flight end": ("flight_end", "2026-12-21"),
    "Offer": ("offer", "$58.37 off"),
    "Campaign": ("campaign_name", "Hearsay Week"),
}
#: how the line of a claim says what it is, and how its owner's other texts may name the value
IS_CLAIM: Final = "claimed in chat by "
_FORMS: Final = {"2026-12-21": ("2026-12-21",), "$58.37 off": ("58.37",), "Hearsay Week": ("hearsay",)}
#: and how its cell is read
_CELLS: Final = {"2026-12-21": "'2026-12-21'", "$58.37 off": "'58.37 usd off'", "Hearsay Week": "'hearsay week'"}
_ANSWERS: Final = {"accepted": "keep b", "rejected": "keep a"}


class Followed(Broken):
    """A value has followed a claim that no owner has typed."""


class Misturned(Broken):
    """A claim was answered, closed or over although nobody did that, or has lost what was said of it."""


@dataclass(frozen=True)
class Said:
    """A claim as it was filed: until when it waits, what was answered elsewhere, and its moves as last seen."""

    record: str
    about: str
    value: str
    until: datetime
    answered: tuple[tuple[str, str], ...] = ()
    moves: tuple[Any, ...] = ()


@dataclass
class Claims:
    """Every claim of one schedule, by its id."""

    known: dict[str, Said] = field(default_factory=dict)
    #: claims whose value stood in their owner's cell when the present run read it
    in_the_cell: set[str] = field(default_factory=set)
    #: values that an owner has typed, or somebody has decided: they may follow
    free: set[str] = field(default_factory=set)

    def __copy__(self) -> "Claims":
        return Claims(dict(self.known), set(self.in_the_cell), set(self.free))

    # ------------------------------------------------------------ what it is told

    def file(self, name: str, about: tuple[str, str], value: str, until: datetime, *, is_new: bool) -> None:
        """Filed, or (`is_new`, as the command says) filed anew; said again it waits no longer for that."""
        there = self.known.get(name, Said(*about, value, until))
        self.known[name] = replace(there, until=until) if is_new else there

    def answer(self, name: str, verdict: str, by: str) -> None:
        it = self.known[name]
        self.known[name] = replace(it, answered=(*it.answered, (verdict, by)))

    def read(self, cell: Callable[[str, str], str]) -> None:
        """The run has read the owner's sheet; `cell`: (record, field) -> what its cells say."""
        self.in_the_cell |= {name for name, it in self.known.items() if _says(cell(it.record, it.about), it.value)}

    # ------------------------------------------------------------ what must be so

    def hold_to(self, heard: Iterable[Any], typed: Callable[[str], list[tuple[str, str]]]) -> list[str]:
        """After a run: what each claim has become since, as `accepted in the tab`. Raises `Misturned`.

        `typed`: id -> decisions and names that stood beside it as it was read, made of what still stands.
        """
        there = {it.id: it for it in heard}
        if there.keys() != self.known.keys():
            raise Misturned(f"{sorted(self.known)} were filed, and there are {sorted(there)}")
        became = []
        for name, it in self.known.items():
            moves = there[name].moves
            if moves[: len(it.moves)] != it.moves:
                raise Misturned(f"{name} has lost a move: {it.moves} were there, and now {moves}")
            became += [self._became(name, it, move, typed(name)) for move in moves[len(it.moves) :]]
            self.known[name] = replace(it, moves=moves)
        return became

    def _became(self, name: str, it: Said, move: Any, typed: list[tuple[str, str]]) -> str:
        state, by = str(move.state), move.by.strip("'\"‘’“”")
        if state == "pending":
            return "filed"
        if state == "closed" and name in self.in_the_cell:
            return "closed by its owner's cell"
        if state == "expired" and move.at >= it.until:
            return "expired"
        if (state, by) in it.answered:
            return f"{state} on the command line"
        if (_ANSWERS.get(state), by) in typed:
            return f"{state} in the tab"
        raise Misturned(f"{name} is {state} by {by}; in the tab stood {typed}, elsewhere {it.answered}")

    def followed(self, texts: Iterable[str]) -> None:
        """None of these values is a claimed one. Raises `Followed`."""
        held = {it.value for it in self.known.values()} - self.free
        forms = [form for value in held for form in _FORMS[value]]
        for text in texts if forms else ():
            if found := [form for form in forms if form in text.casefold()]:
                raise Followed(f"{text!r} has followed a claim of {found[0]!r}")

    def waiting(self, now: datetime) -> list[str]:
        """Those that somebody must answer."""
        return [name for name, it in self.known.items() if str(it.moves[-1].state) == "pending" and now < it.until]


def _says(cell: str, value: str) -> bool:
    return _CELLS[value] in cell.casefold()
