"""What people decided, heard in every cycle: which decisions count, what comes of them, and what each line then says.

A decision is taken in the commit of the run that heard it, together with what it moves, and never before: a run that
dies has heard nothing, and the next one hears the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby

from sheetsync.core.as_if import as_if
from sheetsync.core.conflicts import Conflict, Seen, known_as, lives
from sheetsync.core.contracts import Compared, compare
from sheetsync.core.decide import Decisions
from sheetsync.core.decide import decide as decide_all
from sheetsync.core.decisions_tab import decision_rows
from sheetsync.core.disputes import Dispute
from sheetsync.core.flags import FlagKind
from sheetsync.core.freeze import named_by
from sheetsync.core.graph import Rules
from sheetsync.core.judging import (
    TWO_MINDS,
    Court,
    Judged,
    Look,
    Typed,
    answer,
    as_we_wrote,
    digest_of,
    judge,
    looked,
    typed_in,
    written_lines,
)
from sheetsync.core.making import Past
from sheetsync.core.match import Matched
from sheetsync.core.matters import DECISION, Row
from sheetsync.core.model import Problem
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.rulings import Ruling, Verdict, bases, exempting, in_force, words_decided
from sheetsync.core.scope import EVERYTHING
from sheetsync.core.truth import Truths
from sheetsync.core.where_decided import USUALLY, DecidedAbout
from sheetsync.engine.claiming import version_of
from sheetsync.engine.following import arrived
from sheetsync.engine.freezing import with_freezes
from sheetsync.engine.world import Readings, Run, Snapshots, Written
from sheetsync.ports import Decided, Filed, Heard

_ASKED = {
    FlagKind.CONFLICT: DecidedAbout.CONFLICT,
    FlagKind.DIFFERENCE: DecidedAbout.DIFFERENCE,
    FlagKind.LATE: DecidedAbout.LATE,
}
_UNCLEAR = (FlagKind.UNREADABLE, FlagKind.AMBIGUOUS)
_TWO_LINES = "two lines have this id and do not say the same: empty one of them"


# ---------------------------------------------------------------- what counts


def said(readings: Readings, snapshots: Snapshots, matched: Matched) -> tuple[Truths, Compared]:
    """The owners' words as people have ruled, and every copy against them."""
    return _compared(readings, snapshots, matched, readings.memory.deciding.rulings)


def decide(readings: Readings, snapshots: Snapshots, matched: Matched, told: tuple[Truths, Compared]) -> Decisions:
    """What is said about each cell, once what people typed since the last run has been heard."""
    before = readings.memory.deciding.rulings
    first = _under(readings, snapshots, matched, before, told)
    judged = _judged(readings, snapshots, matched, first)
    after = first
    if _taken(judged):
        after = _with(readings, snapshots, matched, _taken(judged))
        if _breaking(judged, first, after):
            # One that breaks a contract by itself takes no other with it.
            for one in [it for it in judged if it.ruling is not None]:
                judged = _less(judged, _breaking([one], first, _with(readings, snapshots, matched, _taken([one]))))
            after = _with(readings, snapshots, matched, _taken(judged))
            judged = _less(judged, _breaking(judged, first, after))
            after = _with(readings, snapshots, matched, _taken(judged)) if _taken(judged) else first
    return replace(after, judged=tuple(judged))


def _judged(readings: Readings, snapshots: Snapshots, matched: Matched, first: Decisions) -> list[Judged]:
    """What becomes of everything that was typed: decisions, and answers to what was said elsewhere."""
    asked = list(typed(readings))
    elsewhere = {one.id: one for one in readings.memory.hearsay}
    rules_of = court(readings, matched, first, snapshots.fresh.keys())
    judged = judge([one for one in asked if one.matter not in elsewhere], rules_of)
    for one in asked:
        if (about := elsewhere.get(one.matter)) is not None:
            judged.append(answer(one, about, version_of(about, readings, matched), readings.started))
    return judged


def _taken(judged: Iterable[Judged]) -> list[Ruling]:
    return [one.ruling for one in judged if one.ruling is not None]


def _less(judged: Iterable[Judged], broken: Mapping[str, str]) -> list[Judged]:
    """The same, without those that would break something (their matter -> what is said of it)."""
    return [
        replace(one, ruling=None, said=f"not applied: {broken[one.typed.matter]}")
        if one.typed.matter in broken
        else one
        for one in judged
    ]


def _with(readings: Readings, snapshots: Snapshots, matched: Matched, taken: Sequence[Ruling]) -> Decisions:
    rulings = [*readings.memory.deciding.rulings, *taken]
    told = _compared(readings, snapshots, matched, rulings)
    return _under(readings, snapshots, matched, rulings, told, taken)


def _compared(
    readings: Readings, snapshots: Snapshots, matched: Matched, rulings: Sequence[Ruling]
) -> tuple[Truths, Compared]:
    rules = exempting(readings.rules, rulings, readings.started.date())
    force = in_force(rulings, matched, rules, readings.started)
    truths = Truths(rules, as_if(matched, force.words, rules), snapshots.unread)
    # Also a yes that is fulfilled as it is given: what the cell says already is what was decided.
    truths = with_freezes(readings, truths, words_decided(rulings))
    return truths, compare(truths)


def _under(
    readings: Readings,
    snapshots: Snapshots,
    matched: Matched,
    rulings: Sequence[Ruling],
    told: tuple[Truths, Compared],
    taken: Sequence[Ruling] = (),
) -> Decisions:
    truths, compared = told
    return decide_all(compared, truths, past_of(readings, snapshots, matched, rulings, taken))


def past_of(
    readings: Readings,
    snapshots: Snapshots,
    matched: Matched,
    rulings: Sequence[Ruling] | None = None,
    taken: Sequence[Ruling] = (),
) -> Past:
    """What the core must know of the past, what a killed run was seen to have done included.

    `matched` are the rows as they were read; `rulings` are the ledger's unless others are named, `taken` those of them
    that are taken just now.
    """
    memory = readings.memory
    rulings = memory.deciding.rulings if rulings is None else rulings
    moved = {**arrived(readings, snapshots, matched).baselines, **bases(taken)}
    return Past(
        readings.started.date(),
        RecordFields(chain(memory.baselines.items(), moved.items())) if moved else memory.baselines,
        {key: item.value for key, item in memory.published.items()},
        newest=memory.newest,
        approvals={about: seen.given for about, seen in memory.approvals.items()},
        rulings=in_force(rulings, matched, readings.rules, readings.started),
    )


def _breaking(judged: Iterable[Judged], before: Decisions, after: Decisions) -> Mapping[str, str]:
    """Values that somebody typed and that break a contract nobody broke before: matter -> what is said of it."""
    found: dict[str, str] = {}
    there = {flag.id for flag in before.flags}
    new = [flag for flag in after.flags if flag.kind is FlagKind.VIOLATION and flag.id not in there]
    for one in judged:
        ruling = one.ruling
        if ruling is not None and ruling.verdict is Verdict.CUSTOM:
            campaign = ruling.about.split(" / ")[0]
            broken = [flag for flag in new if flag.record.split(" / ")[0] == campaign]
            if broken:
                found[one.typed.matter] = f"it would break a contract: {broken[0].discreet}"
    return found


def court(readings: Readings, matched: Matched, decided: Decisions, fresh: Collection[str] | None = None) -> Court:
    """What decisions are judged by in this run, in which these sources were read (None: all)."""
    deciding, rules = readings.memory.deciding, readings.rules

    def cell(source: str, record: str, name: str) -> str | None:
        item = matched.of.get((source, record))
        claim = None if item is None else item.record.claims.get(name)
        if claim is None or claim.parsed is None or isinstance(claim.parsed, Problem):
            return None
        return rules.fields[name].type.format(claim.parsed)

    return Court(
        rules,
        known_as(deciding.conflicts),
        {one.id: one for one in decided.disputes},
        {one.matter: one for one in decided.rulings.rulings},
        cell,
        readings.memory.installation,
        readings.started,
        readings.run,
        lambda dispute: named_by(decided.frost, dispute, rules),
        fresh=fresh,
    )


# ---------------------------------------------------------------- what was typed


def typed(readings: Readings) -> Iterator[Typed]:
    """Every decision that nobody has judged yet; in a run about a part of the world none."""
    if readings.request.scope != EVERYTHING:
        return
    chosen = [
        (row, looked(_before(readings, spreadsheet, row.id), row), void)
        for spreadsheet in readings.workbooks
        for row, void in _lines(readings, spreadsheet)
        if row.typed.get(DECISION, "").strip() and (spreadsheet, row.id) not in readings.half_typed
    ]
    news = {row.id for row, look, _ in chosen if look.judged != look.digest}
    for row, look, void in chosen:
        # Two tabs that disagreed do so until one of them says something else: whoever adds a word alone wins nothing.
        if look.judged != look.digest or (row.id in news and look.said.startswith(TWO_MINDS)):
            yield typed_in(row, look, void)
    yield from (one.typed for one in readings.memory.deciding.filed)


def _lines(readings: Readings, spreadsheet: str) -> Iterator[tuple[Row, str]]:
    """Each id's line in a tab; of several with one id what all of them say, and why that cannot count."""
    workbook = readings.workbooks.get(spreadsheet)
    if workbook is None or not readings.rules.decided_in(spreadsheet):
        return
    # The workbook's newest batch says what of its content is by our hand, also where the run that sent it died.
    standing = readings.memory.standing.get((spreadsheet, *workbook.newest_batch))
    wrote = written_lines(() if standing is None else standing.rows)
    yield from one_per_id(as_we_wrote(row, wrote) for row in decision_rows(workbook))


def _before(readings: Readings, spreadsheet: str, name: str) -> Look | None:
    """What is remembered of a line, less its version where that may not be what people have seen ever since.

    Two runs that died may have shown another one and taken it back, one may have put right what somebody wrote over us.
    """
    look = readings.memory.deciding.looks.get((spreadsheet, name))
    died = [entry for entry in readings.left_open if entry.spreadsheet == spreadsheet]
    is_sure = len(died) < 2 and not any(entry.events for entry in died)
    return look if look is None or is_sure else replace(look, version="")


def new_lines(readings: Readings) -> Mapping[tuple[str, str], str]:
    """(spreadsheet, id) of lines that say something nobody has looked at yet -> a digest of what."""
    return {
        (spreadsheet, row.id): digest_of(row)
        for spreadsheet in readings.workbooks
        for row, _ in _lines(readings, spreadsheet)
        if row.typed and not _is_known(digest_of(row), _before(readings, spreadsheet, row.id))
    }


def _is_known(digest: str, before: Look | None) -> bool:
    return before is not None and digest in (before.digest, before.judged)


def one_per_id(rows: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    """Lines that people have copied count as one, if only one of them says anything or all say the same."""
    for _, those in groupby(sorted(rows, key=lambda row: (row.id, row.row)), key=lambda row: row.id):
        lines = list(those)
        spoken = list({digest_of(row): row for row in lines if row.typed}.values())
        if len(spoken) < 2:
            yield (spoken or lines)[0], ""
            continue
        names = dict.fromkeys(name for row in spoken for name in row.typed)
        said_there = {name: " / ".join(dict.fromkeys(row.typed.get(name, "") for row in spoken)) for name in names}
        yield replace(spoken[0], typed=said_there), _TWO_LINES


# ---------------------------------------------------------------- what is remembered


def disputed(decided: Decisions, rules: Rules) -> list[Dispute]:
    """Those that people are asked about."""
    about = USUALLY if rules.decisions is None else rules.decisions.about
    return [one for one in decided.disputes if _ASKED.get(one.kind) in about]


def conflicts_after(
    readings: Readings, snapshots: Snapshots, decided: Decisions, settled: Iterable[str]
) -> list[Conflict]:
    """Every conflict that is new or not what it was."""
    unclear = {(it.place.source, it.record, it.field) for it in decided.flags if it.kind in _UNCLEAR}
    seen = Seen(
        disputed(decided, readings.rules),
        decided.rulings,
        snapshots.fresh.keys(),
        frozenset(settled),
        readings.started,
        decided.compared.agreed,
        unclear,
    )
    moved = {one.id: one for one in lives(readings.memory.deciding.conflicts, seen)}
    known = {one.id: one for one in readings.memory.deciding.conflicts} | moved
    for name, (follows, discreet) in decided.foreseen.items():
        if (one := known[name]).follows != follows or one.follows_discreet != discreet:
            moved[name] = replace(one, follows=follows, follows_discreet=discreet)
    return list(moved.values())


def decided_in(run: Run, settled: Iterable[str]) -> Decided:
    """Everything the run leaves of decisions."""
    readings, decided = run.readings, run.decided
    taken = [one.ruling for one in decided.judged if one.ruling is not None]
    new = {one.id for one in taken}
    return Decided(
        conflicts_after(readings, run.snapshots, decided, settled),
        taken,
        [one for one in decided.rulings.ended if one.id not in new],
        {it: list(_looks(readings, decided, it, run.written)) for it in readings.workbooks if _is_heard(readings, it)},
        [_heard(run, it) for it in decided.judged if _is_news(it, readings)],
        list(_filed(run)),
    )


def refused(readings: Readings, decided: Decisions, spreadsheet: str) -> dict[str, str]:
    """What the lines of one workbook's tab say of decisions that do not count, by their ids."""
    found: dict[str, str] = {}
    judged = {(one.typed.where, one.typed.matter): one.said for one in decided.judged}
    for row, _ in _lines(readings, spreadsheet):
        look = looked(_before(readings, spreadsheet, row.id), row)
        before = look.said if look.digest and look.judged == look.digest else ""
        if said_now := judged.get((spreadsheet, row.id), before):
            found[row.id] = said_now
    return found


def bases_of(run: Run) -> Mapping[RecordField, str]:
    """What counts as agreed because it was decided in this run."""
    return bases(one.ruling for one in run.decided.judged if one.ruling is not None)


def _is_heard(readings: Readings, spreadsheet: str) -> bool:
    return readings.request.scope == EVERYTHING and readings.rules.decided_in(spreadsheet)


def _looks(readings: Readings, decided: Decisions, spreadsheet: str, written: Iterable[Written]) -> Iterator[Look]:
    """Each line as it stands after this run: at its read, and once more where it was read after a write."""
    judged = {(one.typed.where, one.typed.matter): one for one in decided.judged}
    after = next((it for it in written if it.plan.desired.spreadsheet == spreadsheet and it.rows is not None), None)
    wrote = written_lines(() if after is None else after.plan.desired.rows)
    seen = [] if after is None else [as_we_wrote(row, wrote) for row in after.rows or ()]
    later = {row.id: row for row, _ in one_per_id(seen)}
    there = {row.id: row for row, _ in _lines(readings, spreadsheet)}
    for name in {**there, **later}:
        look = _before(readings, spreadsheet, name)
        if name in there:
            look = looked(look, there[name])
        if (one := judged.get((spreadsheet, name))) is not None and look is not None and not one.waits:
            look = replace(look, judged=one.typed.digest, said=one.said)
        if name in later:
            look = looked(look, later[name])
        if look is not None:
            yield look


def _is_news(one: Judged, readings: Readings) -> bool:
    """Whether it is to be noted: what waits is, once, when it is seen first."""
    if not one.waits:
        return True
    before = readings.memory.deciding.looks.get((one.typed.where, one.typed.matter))
    return bool(one.typed.where) and (before is None or before.digest != one.typed.digest)


def _heard(run: Run, one: Judged) -> Heard:
    return Heard(run.id, run.started, one.typed.matter, one.typed.where, _words(one.typed), one.said)


def _words(one: Typed) -> dict[str, str]:
    facts = {"decision": one.decision, "custom value": one.custom, "until": one.until, "by": one.by, "why": one.why}
    return {name: text for name, text in facts.items() if text}


def _filed(run: Run) -> Iterator[Filed]:
    """Decisions left on the command line that are done with: one that waits is looked at again by the next run."""
    judged = {one.typed.matter: one for one in run.decided.judged if not one.typed.where and not one.waits}
    for one in run.readings.memory.deciding.filed:
        if (it := judged.get(one.typed.matter)) is not None and it.typed == one.typed:
            yield replace(one, judged=run.id, said=it.said)
