"""What can go wrong with a request: a closed list of kinds, each with what the client sees of it.

Each is played on a real connection. `before` the request reached the workbooks, which then never see it, or `after`
they served it as always: only what the client hears is different.
"""

import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sheetsync.sandbox.answers import HTML_TYPE, JSON_TYPE, Answer
from sheetsync.sandbox.calls import Asked
from sheetsync.sandbox.line import Line, Pauses
from sheetsync.sandbox.troubles.complaints import COMPLAINTS, GRANT_COMPLAINTS, Complaint

When = Literal["before", "after"]
_EITHER: tuple[When, ...] = ("before", "after")
_LATER: tuple[When, ...] = ("after", "before")
_BEFORE: tuple[When, ...] = ("before",)
_AFTER: tuple[When, ...] = ("after",)

#: nobody waits for ever, not even for an answer that never comes
SILENCE_SECONDS = 300.0
OVERTAKEN_SECONDS = 30.0
_PAGE = b"<!DOCTYPE html><html lang=en><title>Sign in</title><p>Sign in to continue"


@dataclass(frozen=True)
class Play:
    """One request that a fault has hit."""

    asked: Asked
    when: When
    seconds: float | None
    behind: int
    line: Line
    pauses: Pauses
    date: str
    #: serves the request and notes it; may be done more than once
    serve: Callable[[], Answer]
    #: notes that it was never served
    skip: Callable[[], None]

    def reach(self) -> Answer:
        """Serves the request, or not; then an answer that anybody might have got."""
        if self.when == "after":
            return self.serve()
        self.skip()
        return Answer.json(200, {"spreadsheetId": self.asked.workbook, "replies": [{}]})

    async def over(self) -> "Outcome":
        """The connection has been ended; what HTTP has to say on it is not heard any more."""
        await self.pauses.until(self.line.gone, SILENCE_SECONDS)
        self.line.reset()
        await self.line.gone.wait()
        return None


#: what is left to be answered in the usual way; None where the connection is over
Outcome = Answer | None


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to go wrong."""

    name: str
    #: what the client sees
    sees: str
    #: when it can happen; the first unless said otherwise
    moments: tuple[When, ...]
    play: Callable[[Play], Awaitable[Outcome]]
    #: only the token endpoint says so
    of_tokens: bool = False


# ---------------------------------------------------------------- other words


def _complaint(name: str, complaint: Complaint, of_tokens: bool = False) -> Kind:
    async def play(play: Play) -> Outcome:
        play.reach()
        return complaint.about(play.asked)

    return Kind(name, complaint.sees, _EITHER, play, of_tokens)


def _altered(alter: Callable[[Answer], Answer]) -> Callable[[Play], Awaitable[Outcome]]:
    async def play(play: Play) -> Outcome:
        return alter(play.reach())

    return play


def _half(answer: Answer) -> Answer:
    return answer.with_body(answer.body[: len(answer.body) // 2])


def _broken_gzip(answer: Answer) -> Answer:
    # The header is right, the first block is of a type that does not exist.
    packed = gzip.compress(answer.body)
    broken = packed[:10] + b"\xff" * (len(packed) - 10)
    return answer.with_body(broken).with_headers({"Content-Encoding": "gzip"})


def _of_json(alter: Callable[[Any], Any]) -> Callable[[Answer], Answer]:
    def altered(answer: Answer) -> Answer:
        if answer.media_type != JSON_TYPE or not answer.body:
            return answer
        return answer.with_body(json.dumps(alter(json.loads(answer.body)), indent=2).encode())

    return altered


def _without_values(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _without_values(value) for name, value in node.items() if name != "values"}
    return [_without_values(each) for each in node] if isinstance(node, list) else node


def _ragged(node: Any) -> Any:
    """Every second row, of values as of grid data, without its last cell."""
    if isinstance(node, list):
        return [_ragged(each) for each in node]
    if not isinstance(node, dict):
        return node
    ragged = {name: _ragged(value) for name, value in node.items()}
    values = ragged.get("values")
    if isinstance(values, list) and all(isinstance(row, list) for row in values):
        ragged["values"] = [row[:-1] if index % 2 else row for index, row in enumerate(values)]
    for row in ragged.get("rowData", [])[1::2]:
        row["values"] = row.get("values", [])[:-1]
    return ragged


# ---------------------------------------------------------------- other ways


async def _reset(play: Play) -> Outcome:
    play.reach()
    play.line.reset()
    return await play.over()


async def _silence(play: Play) -> Outcome:
    play.reach()
    await play.pauses.until(play.line.gone, play.seconds or SILENCE_SECONDS)
    play.line.reset()
    return await play.over()


async def _headers_only(play: Play) -> Outcome:
    play.line.send(play.reach().head(play.date))
    play.line.close()
    return await play.over()


async def _cut(play: Play) -> Outcome:
    answer = play.reach()
    play.line.send(answer.head(play.date) + _half(answer).body)
    play.line.close()
    return await play.over()


async def _dribble(play: Play) -> Outcome:
    # It may come to its end, and a client must not think then that the connection can be used again.
    answer = play.reach().with_headers({"Connection": "close"})
    play.line.send(answer.head(play.date))
    for at in range(len(answer.body)):
        play.line.send(answer.body[at : at + 1])
        await play.pauses.until(play.line.gone, play.seconds or 1.0)
        if play.line.gone.is_set() or play.pauses.ended:
            break
    play.line.close()
    return await play.over()


# ---------------------------------------------------------------- another order


async def _delay(play: Play) -> Outcome:
    answer = play.serve() if play.when == "after" else None
    await play.pauses.sleep(play.seconds or 1.0)
    return answer or _served_yet(play)


async def _overtaken(play: Play) -> Outcome:
    answer = play.serve() if play.when == "after" else None
    await play.pauses.behind(play.behind, play.seconds or OVERTAKEN_SECONDS)
    return answer or _served_yet(play)


async def _late(play: Play) -> Outcome:
    play.line.reset()
    await play.line.gone.wait()
    await play.pauses.behind(play.behind, play.seconds or OVERTAKEN_SECONDS)
    return _served_yet(play)


def _served_yet(play: Play) -> Outcome:
    """What was under way arrives, unless there is nobody left to arrive at."""
    if not play.pauses.ended:
        return play.serve()
    play.skip()
    return COMPLAINTS["503"].about(play.asked)


async def _twice(play: Play) -> Outcome:
    play.serve()
    return play.serve()


async def _twice_first(play: Play) -> Outcome:
    first = play.serve()
    play.serve()
    return first


_KINDS = (
    *(_complaint(name, complaint) for name, complaint in COMPLAINTS.items()),
    *(_complaint(name, complaint, of_tokens=True) for name, complaint in GRANT_COMPLAINTS.items()),
    Kind("html", "200 with a page instead of JSON", _LATER, _altered(lambda _: Answer(200, _PAGE, HTML_TYPE))),
    Kind("empty", "200 without a body", _LATER, _altered(lambda answer: answer.with_body(b""))),
    Kind("truncated", "200 whose JSON ends in the middle, and says so: Content-Length fits", _LATER, _altered(_half)),
    Kind("cut", "200 whose JSON ends in the middle: Content-Length promises more", _LATER, _cut),
    Kind("gzip", "200 whose compressed body cannot be read", _LATER, _altered(_broken_gzip)),
    Kind("no-values", "200 in which all `values` are missing", _AFTER, _altered(_of_json(_without_values))),
    Kind("ragged", "200 in which every second row lacks its last cell", _AFTER, _altered(_of_json(_ragged))),
    Kind("reset", "the connection is reset before any header", _EITHER, _reset),
    Kind("silence", "no answer, until `seconds` (300) have passed and the connection is reset", _EITHER, _silence),
    Kind("headers-only", "the connection is closed after the headers", _LATER, _headers_only),
    Kind("dribble", "one byte every `seconds` (1)", _LATER, _dribble),
    Kind("delay", "the answer comes `seconds` (1) later; `before`: so is the request served", _LATER, _delay),
    Kind(
        "overtaken",
        "the answer comes after `behind` (1) other requests were served, or `seconds` (30); "
        "`before`: so is the request served",
        _LATER,
        _overtaken,
    ),
    Kind(
        "late",
        "the connection is reset, and the request arrives after `behind` (1) others, or `seconds` (30)",
        _BEFORE,
        _late,
    ),
    Kind("twice", "served twice, as by a proxy that tries again; the second answer", _AFTER, _twice),
    Kind("twice-first", "served twice, as by a proxy that tries again; the first answer", _AFTER, _twice_first),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
