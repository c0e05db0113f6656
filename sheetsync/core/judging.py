"""Whether what somebody typed beside a conflict is a decision that counts: only of what they saw, and only once.

A line counts if the version it shows now is the one there is now, and was already there when the decision was not: what
somebody chose while the values changed under their eyes must be chosen again.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sheetsync.core.chosen import content
from sheetsync.core.conflicts import Conflict, State
from sheetsync.core.disputes import Dispute
from sheetsync.core.graph import Rules
from sheetsync.core.hearsay import Hearsay, Move, Refusal, Turn
from sheetsync.core.hearsay import decided as answer_in
from sheetsync.core.matters import (
    CHOICES,
    CUSTOM_VALUE,
    DECISION,
    KEEP_A,
    KEEP_AGREED,
    KEEP_B,
    MAY_DIFFER,
    Row,
)
from sheetsync.core.rulings import Ruling, Verdict
from sheetsync.core.telling import quoted
from sheetsync.core.typed import Typed

RE_DECIDE = "RE-DECIDE"
_VERDICTS = {
    KEEP_A: Verdict.KEEP_A,
    KEEP_B: Verdict.KEEP_B,
    KEEP_AGREED: Verdict.KEEP_AGREED,
    CUSTOM_VALUE: Verdict.CUSTOM,
    MAY_DIFFER: Verdict.MAY_DIFFER,
}
_WORD = re.compile(r"\w+")


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


def judge(typed: Sequence[Typed], court: Court) -> list[Judged]:
    """Each decision by itself; those that contradict one another are all refused, of those that agree one counts."""
    judged = [_judge(one, court) for one in typed]
    apart = _contradicting(judged)
    # They wait, and are looked at again: who takes his word back leaves the other's standing.
    return _one_each(
        replace(one, ruling=None, said=apart[at], waits=True) if at in apart else one for at, one in enumerate(judged)
    )


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
            several = len({it.matter for it in rulings}) > 1
            who = " and ".join(
                dict.fromkeys(f"{it.verdict.value} by {it.by}" + f" in {it.matter}" * several for it in rulings)
            )
            found |= dict.fromkeys(those, f"not applied: two decisions ({who}): make them one")
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
    holds, until, why = content(one, verdict, dispute, court.rules, court.now.date())
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
            f"not applied: it is decided already ({there.verdict.value} by {there.by}); "
            f"`sheetsync undo {there.run}` takes that back"
        )
    if conflict is not None and conflict.state is State.CLOSED:
        # Not how it was: not everybody who may type here may see that.
        return f"not applied: closed since {conflict.changed:%Y-%m-%d %H:%MZ}"
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
