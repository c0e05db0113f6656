"""Whether what somebody typed beside a conflict is a decision that counts: only of what they saw, and only once.

A line counts if the version it shows now is the one there is now, and was already there when the decision was not: what
somebody chose while the values changed under their eyes must be chosen again.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sheetsync.core.conflicts import Conflict, State
from sheetsync.core.disputes import Dispute
from sheetsync.core.fields import field_type
from sheetsync.core.fields.dialects import Dialect, decide_dialect
from sheetsync.core.graph import Rules
from sheetsync.core.hearsay import LONGEST_TEXT, Hearsay, Move, Refusal, Turn
from sheetsync.core.hearsay import decided as answer_in
from sheetsync.core.lookup import scoped_key
from sheetsync.core.matters import (
    ABOUT,
    AGREED,
    BY,
    CAMPAIGN,
    CHOICES,
    CUSTOM,
    CUSTOM_VALUE,
    DECISION,
    KEEP_A,
    KEEP_AGREED,
    KEEP_B,
    MAY_DIFFER,
    UNTIL,
    VALUE_A,
    VALUE_B,
    VERSION,
    WHY,
    Row,
)
from sheetsync.core.model import Cell, Problem
from sheetsync.core.rulings import Ruling, Verdict
from sheetsync.core.telling import quoted
from sheetsync.core.where_decided import DECISIONS

RE_DECIDE = "RE-DECIDE"
TWO_MINDS = "not applied: two decisions"
_DAY = field_type("day", None)
_VERDICTS = {
    KEEP_A: Verdict.KEEP_A,
    KEEP_B: Verdict.KEEP_B,
    KEEP_AGREED: Verdict.KEEP_AGREED,
    CUSTOM_VALUE: Verdict.CUSTOM,
    MAY_DIFFER: Verdict.MAY_DIFFER,
}
#: what somebody must have had before their eyes
_DECIDED_BY = (CAMPAIGN, ABOUT, VALUE_A, VALUE_B, AGREED, VERSION)
_WORD = re.compile(r"\w+")
_PART = re.compile(r"\s*;\s*")
#: typed texts longer than this are cut, in what we keep and in what we say
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Look:
    """What one line said when we last looked at it."""

    spreadsheet: str
    id: str
    #: the version it showed
    version: str
    #: of what people had typed; empty where nothing was
    digest: str
    #: the version it showed before this was typed and still did afterwards; empty where that is not known
    under: str = ""
    #: what became of the last decision that was judged, and of which one
    judged: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A decision as somebody typed it, wherever that was."""

    matter: str
    #: of all they typed
    digest: str
    decision: str
    custom: str
    until: str
    by: str
    why: str
    #: the version they had before their eyes; empty where that is not known
    saw: str
    #: spreadsheet; empty on the command line
    where: str = ""
    #: the addresses of the only people who could have typed it; None where anybody could
    only: tuple[str, ...] | None = None
    #: who was logged in on the command line; empty for what stands in a sheet
    operator: str = ""
    #: why it cannot count whatever it says; empty where it can
    void: str = ""
    #: what is held as a day, not as a text, in ISO; and how days and numbers are written where it was typed
    days: Mapping[str, str] = field(default_factory=dict)
    locale: str = ""
    time_zone: str = ""

    @property
    def attested(self) -> bool:
        """Whether it is known who decided, or that it was one of a few."""
        return bool(self.operator or self.only)


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a typed decision: it counts, or it is refused with the reason."""

    typed: Typed
    #: what the line says of it
    said: str
    ruling: Ruling | None = None
    #: of something said elsewhere: the yes or no
    turn: Turn | None = None
    #: nothing is refused yet: something is still to be typed
    waits: bool = False


@dataclass(frozen=True)
class Court:
    """What decisions are judged by."""

    rules: Rules
    conflicts: Mapping[str, Conflict]
    #: by the flag's id
    disputes: Mapping[str, Dispute]
    #: rulings that hold, by matter
    decided: Mapping[str, Ruling]
    #: (source, record, field) -> what a cell itself says, without rulings, as canonical text
    cells: Callable[[str, str, str], str | None]
    salt: str
    now: datetime
    run: str
    #: who must have decided about a matter, where not anybody may: none, or names
    needs: Callable[[Dispute], Sequence[str]] = lambda _: ()
    #: sources that were read just now; None: all
    fresh: Collection[str] | None = None


def digest_of(row: Row) -> str:
    """A short name for all that people typed in a line; empty where nothing is."""
    if not row.typed:
        return ""
    said = "\x1e".join(f"{name}\x1f{row.typed[name]}" for name in sorted(row.typed))
    return b32encode(hashlib.sha256(said.encode(errors="surrogatepass")).digest()).decode()[:16]


def written_lines(wrote: Sequence[Sequence[str]]) -> Mapping[str, Mapping[str, str]]:
    """What our lines say of decisions, by their keys; `wrote` is the content of our tab, its head first."""
    head, *lines = wrote or [()]
    begins = scoped_key(DECISIONS, ("",))
    return {line[0]: dict(zip(head, line, strict=False)) for line in lines if line and line[0].startswith(begins)}


def as_we_wrote(row: Row, wrote: Mapping[str, Mapping[str, str]]) -> Row:
    """The line without its version where not all that people decide by stands in it as we wrote it.

    Somebody may have typed over it, or an id into a line where nothing is said of it: whoever decides then does not
    see what there is to decide.
    """
    says = wrote.get(scoped_key(DECISIONS, (row.id,)), {})
    if any(row.shown.get(name, "") != says.get(name, "") for name in _DECIDED_BY):
        return replace(row, shown={name: text for name, text in row.shown.items() if name != VERSION})
    return row


def looked(before: Look | None, row: Row) -> Look:
    """What we know of a line after one more look at it."""
    version, digest = row.shown.get(VERSION, ""), digest_of(row)
    if before is None:
        return Look(row.spreadsheet, row.id, version, digest)
    if before.digest == digest:
        return replace(before, version=version)
    under = version if before.version == version else ""
    return replace(before, version=version, digest=digest, under=under)


def typed_in(row: Row, look: Look, void: str = "") -> Typed:
    """The decision in a line of a tab."""
    # A value is never cut: that would be another one.
    said = {name: text if name == CUSTOM else text[:_LONGEST] for name, text in row.typed.items()}
    saw = look.under if look.under == row.shown.get(VERSION, "") else ""
    words = (said.get(DECISION, ""), said.get(CUSTOM, ""), said.get(UNTIL, ""), said.get(BY, ""), said.get(WHY, ""))
    only = None if row.only is None else tuple(sorted(row.only))
    where = (dict(row.days), row.locale, row.time_zone)
    return Typed(row.id, digest_of(row), *words, saw, row.spreadsheet, only, "", void, *where)


def judge(typed: Sequence[Typed], court: Court) -> list[Judged]:
    """Each decision by itself; those that contradict one another are all refused, of those that agree one counts."""
    judged = [_judge(one, court) for one in typed]
    apart = _contradicting(judged)
    return _one_each(replace(one, ruling=None, said=apart[at]) if at in apart else one for at, one in enumerate(judged))


def _one_each(judged: Iterable[Judged]) -> list[Judged]:
    """At most one ruling on a matter, by somebody who is known if there is one; all of them are heard."""
    heard = list(judged)
    counts: dict[str, Judged] = {}
    for one in heard:
        if one.ruling is not None:
            first = counts.setdefault(one.typed.matter, one)
            if one.typed.attested and not first.typed.attested:
                counts[one.typed.matter] = one
    return [
        one if one.ruling is None or one is counts[one.typed.matter] else replace(one, ruling=None) for one in heard
    ]


def answer(one: Typed, about: Hearsay, version: str, now: datetime) -> Judged:
    """A yes or no to something said elsewhere. Two of them contradict nobody: the first one counts."""
    if one.void:
        return Judged(one, f"not applied: {one.void}")
    verdict = answer_in(about, Row(one.where, 0, one.matter, {DECISION: one.decision}, {}), now)
    if isinstance(verdict, Refusal):
        return Judged(one, f"not applied: {verdict}")
    if verdict is None:
        return Judged(one, "")
    if not one.by:
        return Judged(one, "decision not taken yet: say under `by` who decides", waits=True)
    if one.saw != version:
        return Judged(one, f"{RE_DECIDE}: A or B changed while {quoted(one.decision)} was chosen; choose anew")
    return Judged(one, "", turn=Turn(about.id, len(about.moves), Move(verdict, quoted(one.by), now)))


def _contradicting(judged: Sequence[Judged]) -> dict[int, str]:
    """Decisions of one cycle about one matter, or one value of an owner, that do not say the same."""
    about: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(judged):
        if (ruling := one.ruling) is not None:
            words = [(ruling.giver, ruling.about, name) for name in ruling.holds] if ruling.owned else []
            for key in [(ruling.matter,), *words]:
                about.setdefault(key, []).append(at)
    found: dict[int, str] = {}
    for key, those in about.items():
        rulings = [ruling for at in those if (ruling := judged[at].ruling) is not None]
        said = {(it.until, it.verdict is Verdict.MAY_DIFFER, *_held(it, key)) for it in rulings}
        if len(said) > 1:
            who = " and ".join(dict.fromkeys(f"{it.verdict.value} by {it.by}" for it in rulings))
            found |= dict.fromkeys(those, f"{TWO_MINDS} ({who}): make them one")
    return found


def _held(ruling: Ruling, key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}={text}" for name, text in sorted(ruling.holds.items()) if len(key) == 1 or name == key[2])


def _judge(one: Typed, court: Court) -> Judged:
    conflict = court.conflicts.get(one.matter)
    dispute = court.disputes.get(conflict.flag if conflict is not None else one.matter)
    if refused := _not_asked(one, conflict, dispute, court):
        return Judged(one, refused)
    if dispute is None or not _both_read(dispute, court):
        return Judged(one, "not applied: A and B cannot both be read just now; every run looks again", waits=True)
    verdict = _verdict(one.decision)
    if verdict is None:
        return Judged(one, f"not applied: {quoted(one.decision)} is none of {', '.join(CHOICES)}")
    if not one.by.strip():
        return Judged(one, "decision not taken yet: say under `by` who decides", waits=True)
    if one.saw != dispute.version(court.salt):
        return Judged(one, _again(dispute, one))
    if why := _not_entitled(one, dispute, court):
        return Judged(one, f"not applied: {why}")
    holds, until, why = _content(one, verdict, dispute, court)
    if why:
        return Judged(one, f"not applied: {why}")
    if blank := [court.rules.fields[name].label for name, text in holds.items() if not text]:
        return Judged(
            one, f"not applied: that says nothing for {' and '.join(blank)}: put the old value back, or a new one"
        )
    ruling = Ruling(
        one.matter,
        verdict,
        dispute.b.source,
        dispute.record,
        dispute.a.source,
        dispute.about,
        dispute.owned,
        holds,
        _said_by(dispute.a.source, dispute.about, dispute.a.says, court),
        dict(dispute.b.says),
        dispute.contracts,
        quoted(one.by),
        court.now,
        court.run,
        quoted(one.why),
        until,
        one.attested,
        _how(one),
    )
    return Judged(one, "", ruling)


def _both_read(dispute: Dispute, court: Court) -> bool:
    return court.fresh is None or {dispute.a.source, dispute.b.source} <= set(court.fresh)


def _how(one: Typed) -> str:
    if one.operator:
        return f"on the command line, as {one.operator}"
    return "anybody could have typed it" if one.only is None else f"only {', '.join(one.only)} could have typed it"


def _not_asked(one: Typed, conflict: Conflict | None, dispute: Dispute | None, court: Court) -> str:
    if one.void:
        return f"not applied: {one.void}"
    if conflict is None and dispute is None:
        return "not applied: nothing is known of this id"
    if (there := court.decided.get(one.matter)) is not None:
        return (
            f"not applied: it is decided already ({there.verdict.value} by {there.by}); `sheetsync undo` takes it back"
        )
    if conflict is not None and conflict.state is State.CLOSED:
        return f"not applied: closed since {conflict.changed:%Y-%m-%d %H:%MZ}, {conflict.said}"
    return ""


def _again(dispute: Dispute, one: Typed) -> str:
    labels = " and ".join(dispute.fields)
    if one.operator:
        return (
            f"{RE_DECIDE}: {labels} changed after `sheetsync conflicts resolve`; look again with "
            f"`sheetsync conflicts show {one.matter}`, then resolve it anew"
        )
    return (
        f"{RE_DECIDE}: {labels} changed while {quoted(one.decision)} was chosen; look at A and B again, then choose "
        "anew, or add a word under `why`"
    )


def _verdict(text: str) -> Verdict | None:
    """What was chosen: case, spaces and the dots do not matter."""
    folded = " ".join(_WORD.findall(text.casefold()))
    words = {" ".join(_WORD.findall(choice.casefold())): verdict for choice, verdict in _VERDICTS.items()}
    return words.get(folded) or (Verdict.MAY_DIFFER if folded == "allowed to differ" else None)


def _not_entitled(one: Typed, dispute: Dispute, court: Court) -> str:
    names = court.needs(dispute)
    if not names:
        return ""
    who, known = " or ".join(names), {name.casefold() for name in names}
    if one.operator:
        return "" if one.operator.casefold() in known else f"only {who} may decide this"
    if one.only is not None and known >= {address.casefold() for address in one.only}:
        return ""
    return f"only {who} may decide this, and others could have typed it; `sheetsync conflicts resolve` knows who asks"


def _said_by(source: str, record: str, says: Mapping[str, str], court: Court) -> dict[str, str]:
    """What the cells themselves say: a ruling may lie over them."""
    return {name: court.cells(source, record, name) or text for name, text in says.items()}


# ---------------------------------------------------------------- what it comes to


def _content(one: Typed, verdict: Verdict, dispute: Dispute, court: Court) -> tuple[dict[str, str], date | None, str]:
    """What holds from now on, until when both may differ, and why neither can be told."""
    match verdict:
        case Verdict.KEEP_A:
            return dict(dispute.a.says), None, ""
        case Verdict.KEEP_B:
            return dict(dispute.b.says), None, ""
        case Verdict.KEEP_AGREED:
            missing = [court.rules.fields[name].label for name in dispute.fields if name not in dispute.agreed]
            why = f"nothing was ever agreed for {' and '.join(missing)}" if missing else ""
            return dict(dispute.agreed), None, why
        case Verdict.CUSTOM:
            return (*_custom(one, dispute, court),)
        case Verdict.MAY_DIFFER:
            until, why = _until(one, court.now.date())
            return {}, until, why


def _until(one: Typed, today: date) -> tuple[date | None, str]:
    """The day, as people write days in that workbook; one that can be read in two ways is asked."""
    text = one.days.get(UNTIL, one.until).strip()
    found = _DAY.parse(Cell(text, text), _dialect(one, text, today))
    if isinstance(found, Problem):
        return None, f"under `until`, {found.message}; type it as {next(iter(found.candidates), '2026-12-31')}"
    if not isinstance(found, date):
        return None, "until when may they differ? Type a day under `until`, as 2026-12-31"
    return (found, "") if found >= today else (None, f"{found.isoformat()} under `until` is over")


def _dialect(one: Typed, text: str, today: date) -> Dialect:
    """How days and numbers are written where this was typed; on a command line only what is plain to everybody."""
    if not one.locale:
        return Dialect(season=today)
    return decide_dialect([Cell(text, text)], one.locale, season=today, time_zone=one.time_zone)


def _custom(one: Typed, dispute: Dispute, court: Court) -> tuple[dict[str, str], None, str]:
    text, rules = one.custom, court.rules
    if not text.strip():
        return {}, None, "which value? Type it under `custom value`"
    if len(text) > LONGEST_TEXT:
        return {}, None, f"what stands under `custom value` has more than {LONGEST_TEXT:,} characters"
    said, why = _per_field(text, dispute, rules)
    holds: dict[str, str] = {}
    for name, words in said.items():
        field = rules.fields[name]
        if len(said) == 1 and field.type.kind == _DAY.kind:
            words = one.days.get(CUSTOM, words)
        parsed = field.type.parse(Cell(words, words), _dialect(one, words, rules.season or court.now.date()))
        if parsed is None or isinstance(parsed, Problem):
            reason = parsed.message if isinstance(parsed, Problem) else f"{quoted(words)} says nothing"
            return {}, None, f"{reason} ({field.label})"
        holds[name] = field.type.format(parsed)
    return holds, None, why


def _per_field(text: str, dispute: Dispute, rules: Rules) -> tuple[dict[str, str], str]:
    """One value; or of a group `field = value; field = value`, with all of its moved fields."""
    if len(dispute.fields) == 1:
        return {dispute.field: text.strip()}, ""
    names = {_fold(spelling): name for name in dispute.fields for spelling in (name, rules.fields[name].label)}
    example = "; ".join(f"{name} = {dispute.a.says[name]}" for name in dispute.fields)
    wanted = f"type all of them under `custom value`: {quoted(example)}"
    said: dict[str, str] = {}
    for part in filter(None, _PART.split(text.strip())):
        label, equals, value = part.partition("=")
        if not equals or _fold(label) not in names:
            return {}, wanted
        said[names[_fold(label)]] = value.strip()
    return (said, "") if said.keys() == set(dispute.fields) else ({}, wanted)


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
