"""What was said elsewhere is filed for the owner of its field, and answered. From memory: no sheet is read for it.

Nobody needs the lease of a run for this: what is filed during one is shown by the next.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from itertools import chain

from sheetsync.core.campaigns import CAMPAIGN_ID, fold_key
from sheetsync.core.decide import Decisions
from sheetsync.core.fields import Field
from sheetsync.core.fields.dialects import Dialect, told
from sheetsync.core.graph import Rules
from sheetsync.core.hearsay import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_TEXT,
    OPEN,
    Hearsay,
    Move,
    Refusal,
    State,
    Turn,
    answered,
    ids_of,
    is_other_link,
    plain,
    turns,
)
from sheetsync.core.match import Matched
from sheetsync.core.matters import VERSION, Matter
from sheetsync.core.model import Cell, Parsed, Place, Problem, ProblemKind, Value
from sheetsync.core.normalize import Meanings
from sheetsync.core.rows import day_of
from sheetsync.core.telling_hearsay import hearsay_flags, matter_of
from sheetsync.core.truth import subject
from sheetsync.engine.asking import Desk
from sheetsync.engine.world import Readings, Run
from sheetsync.errors import UsageError
from sheetsync.ports import Observations

_LIST = "`sheetsync claims list --state all` names every claim."


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody reports of a chat or a mail."""

    value: str
    origin: str
    #: who said it there
    by: str
    note: str
    #: when it expires
    until: datetime


@dataclass(frozen=True, slots=True)
class Filed:
    """What stands in the books now; `is_new`: this was filed, or filed anew, just now."""

    it: Hearsay
    is_new: bool
    #: others that wait about the same field
    others: Sequence[Hearsay]


# ---------------------------------------------------------------- filing and answering


def file(desk: Desk, rules: Rules, record: str, name: str, said: Said, filer: str) -> Filed:
    """File a claim for the owner of a field, once however often it is said.

    What has expired, or was closed, waits again. `record` is a campaign or placement that was seen. Raises `UsageError`
    for a field nobody can be asked about, and for a value that a cell of it could not hold.
    """
    memory, now = desk.ledger.memory(), desk.clock.now()
    owner, field = _owner(rules, name), rules.fields[name]
    record = subject(record, field)
    seen = memory.observations.get((owner, record, name))
    before = None if seen is None else seen.value
    value = _understood(
        _bounded(said.value, LONGEST_TEXT, f"the value of {name}"), field, rules, memory.observations, record
    )
    origin = _bounded(said.origin, LONGEST_TEXT, "--source")
    if is_other_link(origin):
        raise UsageError(
            f"--source {origin[:LONGEST_NAME]!r} is no link that people are sent to.",
            "Give an https:, http:, mailto:, slack: or msteams: address, or say in words where it was.",
        )
    by, note = _bounded(said.by, LONGEST_NAME, "--by"), _bounded(said.note, LONGEST_NOTE, "--note", empty=True)
    about = (record, name, field.type.format(value), origin)
    short, longer = ids_of(about, memory.installation)
    first = Move(State.PENDING, plain(filer), now, said.until, before)
    it = desk.ledger.hear(Hearsay(short, *about, by, note, (first,)), longer)
    is_new = it.moves == (first,)
    while not is_new and it.state(now) in (State.EXPIRED, State.CLOSED):
        is_new = bool(desk.ledger.turn([Turn(it.id, len(it.moves), first)]))
        it = _again(desk, it)
    return Filed(it, is_new, _beside(desk, it, now))


def answer(desk: Desk, name: str, verdict: State, by: str) -> Filed:
    """A person says yes or no for the owner. Raises `UsageError` for an id there is not, and where it is too late."""
    now, by = desk.clock.now(), _bounded(by, LONGEST_NAME, "--by")
    while True:
        it = named(name, desk.ledger.hearsay())
        move = answered(it, verdict, by, now)
        if isinstance(move, Refusal):
            raise UsageError(move.why, move.remedy)
        # Where somebody else has answered meanwhile it is looked at again: there are few answers to one claim.
        if move is None or desk.ledger.turn([Turn(it.id, len(it.moves), move)]):
            return Filed(_again(desk, it), move is not None, _beside(desk, it, now))


def named(name: str, heard: Iterable[Hearsay]) -> Hearsay:
    """The one with an id, in any case, with or without brackets. Raises `UsageError` with the nearest there is."""
    bare = plain(name)[:LONGEST_NAME].strip("[]` ").upper()
    wanted = f"sc-{bare.removeprefix('SC-')}"
    known = {it.id: it for it in heard}
    if wanted not in known:
        near = get_close_matches(wanted, known, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"no claim has the id {wanted!r}.", f"{hint}{_LIST}")
    return known[wanted]


def _again(desk: Desk, it: Hearsay) -> Hearsay:
    return next(one for one in desk.ledger.hearsay() if one.id == it.id)


def _beside(desk: Desk, it: Hearsay, now: datetime) -> Sequence[Hearsay]:
    about = (it.record, it.field)
    heard = desk.ledger.hearsay()
    return [one for one in heard if (one.record, one.field) == about and one.id != it.id and one.state(now) in OPEN]


# ---------------------------------------------------------------- what may be filed


def _owner(rules: Rules, name: str) -> str:
    """Whom a claim about a field is for."""
    if name not in rules.fields:
        near = get_close_matches(name, rules.fields, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"no field is called {name[:LONGEST_NAME]!r}.", f"{hint}Fields: {', '.join(rules.fields)}.")
    owner = rules.owners.get(name)
    if owner is None and name in rules.templates:
        raise UsageError(
            f"{name} is generated: nobody can say what it is.", "File a claim about what it is made of instead."
        )
    if owner is None:
        raise UsageError(f"nobody owns {name}, so nobody can be asked.", f"Name its owner: `owners.{name}`.")
    if name == CAMPAIGN_ID or name in rules.sources[owner].key:
        raise UsageError(
            f"{name} is what rows of {rules.sources[owner].title} are known by.",
            "Where a row names the wrong campaign, see `sheetsync match`.",
        )
    return owner


def _bounded(text: str, longest: int, what: str, empty: bool = False) -> str:
    text = plain(text)
    if len(text) > longest or not (text or empty):
        is_wrong = f"is {len(text)} characters long" if text else "is blank"
        raise UsageError(f"{what} {is_wrong}.", f"Type 1 to {longest} characters.")
    return text


def _understood(text: str, field: Field, rules: Rules, known: Observations, record: str) -> Value:
    """What a cell of the owner's would mean by this text. Raises `UsageError` where that is not one value."""
    said = rules.sources[rules.owners[field.name]].reads.get(field.name)
    plain_dialect = told(Dialect(season=_season(field, rules, known, record)), said)
    # What a column writes, its other cells say; here there are none, so each way of writing numbers has its say.
    ways = [plain_dialect, replace(plain_dialect, decimal_comma=True)]
    words = rules.aliases.get(field.name, {})
    canonical = {fold_key(form): word for word, forms in words.items() for form in (word, *forms)}
    meanings = [Meanings(field.type, way, canonical)[Cell(text, text)][0] for way in ways]
    parsed = _one_of(meanings, field, text)
    if isinstance(parsed, Problem):
        choices = parsed.candidates or _words_of(field)
        raise UsageError(
            f"{field.name}: {parsed.message}.",
            f"Type {' or '.join(choices[:6])}." if choices else f"Type it as a cell of {field.label} would say it.",
        )
    if parsed is None:
        raise UsageError(f"{field.name}: {text[:LONGEST_NAME]!r} claims nothing.", "Type the value that was claimed.")
    return parsed


def _one_of(meanings: Sequence[Parsed], field: Field, text: str) -> Parsed:
    """What all ways of writing agree on, as far as they understand it."""
    values = [one for one in meanings if one is not None and not isinstance(one, Problem)]
    if not values or all(field.type.format(one) == field.type.format(values[0]) for one in values):
        return values[0] if values else meanings[0]
    forms = tuple(dict.fromkeys(field.type.format(one) for one in values))
    return Problem(ProblemKind.AMBIGUOUS, f"{text[:LONGEST_NAME]!r} may mean {' or '.join(forms)}", forms)


def _words_of(field: Field) -> tuple[str, ...]:
    vocabulary = getattr(field.type, "vocabulary", None)
    return tuple(vocabulary) if vocabulary else ()


def _season(field: Field, rules: Rules, known: Observations, record: str) -> date | None:
    """Near which day a day without a year lies: what the owner's row says, else the season; else it is asked."""
    seen = known.record(rules.owners[field.name], record)
    for name in dict.fromkeys(chain([field.name], seen)):
        one, kind = seen.get(name), rules.fields[name].type if name in rules.fields else None
        if one is not None and one.value is not None and kind is not None and kind.kind in ("day", "moment"):
            try:
                return day_of(kind.read(one.value))
            except ValueError:
                continue  # the field has changed its kind since
    return rules.season


# ---------------------------------------------------------------- in a cycle


def hearsay_now(readings: Readings, decided: Decisions) -> list[Hearsay]:
    """Everything that was said elsewhere, with the yes and no that were heard in this run."""
    turns = {one.turn.id: one.turn.move for one in decided.judged if one.turn is not None}
    return [replace(it, moves=(*it.moves, turns[it.id])) if it.id in turns else it for it in readings.memory.hearsay]


def with_hearsay(decided: Decisions, readings: Readings, matched: Matched) -> Decisions:
    """What was decided, and beside it what owners have to hear: nothing that was decided changes."""
    flags = hearsay_flags(hearsay_now(readings, decided), matched, readings.rules, readings.started)
    return replace(decided, flags=tuple(sorted((*decided.flags, *flags), key=lambda flag: flag.loudness)))


def version_of(it: Hearsay, readings: Readings, matched: Matched) -> str:
    """What its line in a decisions tab shows as the version of its two sides."""
    return hearsay_matter(it, readings, matched, lambda _: "").shows.get(VERSION, "")


def hearsay_matter(it: Hearsay, readings: Readings, matched: Matched, link: Callable[[Place], str]) -> Matter:
    """It as a line of a decisions tab."""
    return matter_of(it, matched, readings.rules, readings.started, link, readings.memory.installation)


def turns_of(run: Run) -> Sequence[Turn]:
    """What this run found out of what was said elsewhere: somebody answered, it is over, or the cell says it."""
    readings = run.readings
    answered = [one.turn for one in run.decided.judged if one.turn is not None]
    over = turns(hearsay_now(readings, run.decided), run.matched, readings.rules, run.snapshots.fresh, readings.started)
    return [*answered, *over]
