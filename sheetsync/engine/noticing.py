"""What people shall be told of a run: conflicts that came, came back or went, against those of the run before.

A conflict's life says what is news of it, and what was said elsewhere has one of its own.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

from sheetsync.core.campaigns import fold_key, registrars
from sheetsync.core.conflicts import Conflict
from sheetsync.core.conflicts import State as Life
from sheetsync.core.disputes import row_id
from sheetsync.core.flags import Flag
from sheetsync.core.graph import Rules
from sheetsync.core.hearsay import State as Hear
from sheetsync.core.matters import ABOUT, LINK_A, LINK_B, STATE
from sheetsync.core.notices import Change, Notice, State
from sheetsync.core.telling_decisions import matter_of
from sheetsync.core.telling_notices import notices
from sheetsync.core.terms import Severity
from sheetsync.core.truth import campaign_of, subject
from sheetsync.engine.claiming import hearsay_matter, hearsay_now
from sheetsync.engine.deciding import conflicts_after
from sheetsync.engine.documents import record_name
from sheetsync.engine.world import Run, World
from sheetsync.ports import OpenFlag

#: what became of something so long ago is no news, be a channel ever so new
_NEWS = timedelta(days=2)
_SEPARATOR = " / "


def notices_of(world: World, run: Run, settled: Collection[str]) -> list[Notice]:
    """One for each change of a conflict's state in this run, and for what was said elsewhere, in each channel whose
    affair it is.
    """
    if world.outbox is None or not world.notify.channels:
        return []
    changes = [*_changes(world, run, settled), *_said_elsewhere(world, run)]
    return notices(changes, world.notify, run.readings.rules, run.id, run.started)


def _changes(world: World, run: Run, settled: Collection[str]) -> Iterator[Change]:
    before = {one.id: one.state for one in run.readings.memory.deciding.conflicts}
    flags = {flag.id: flag for flag in run.decided.flags}
    for one in conflicts_after(run.readings, run.snapshots, run.decided, settled):
        if before.get(one.id) is one.state:
            continue
        flag = flags.get(one.flag)
        if one.is_open and flag is not None:
            yield replace(_opened(flag, one.episode, world, run), launch=one.dispute.launch)
        elif not one.is_open:
            yield _moved(one, world, run)


def _moved(one: Conflict, world: World, run: Run) -> Change:
    """Decided, applied or closed: in the words of its line in a decisions tab."""
    rules, dispute = run.readings.rules, one.dispute
    said = matter_of(one, run.decided.rulings.on(one.id), rules, run.readings.memory.installation, world.link)
    campaign = campaign_of(dispute.record)
    named = campaign in run.matched.names
    return Change(
        one.id,
        _STATES[one.state],
        dispute.severity,
        "" if named else campaign,
        record_name(dispute.record, run.matched),
        said.shows[ABOUT],
        dispute.a.source,
        dispute.b.source,
        said.shows[STATE],
        said.discreet[STATE],
        _spoken_of({dispute.a.source, dispute.b.source}, rules, named=named),
        said.shows[LINK_B],
        said.shows[LINK_A],
        dispute.launch,
        since=one.since,
    )


_STATES = {
    Life.DECIDED: State.DECIDED,
    Life.APPLIED: State.APPLIED,
    Life.CLOSED: State.CLOSED,
    Life.OPEN: State.OPENED,
    Life.REOPENED: State.REOPENED,
}
_ELSEWHERE = {Hear.PENDING: State.FILED, Hear.ACCEPTED: State.ACCEPTED, Hear.EXPIRED: State.EXPIRED}


def _said_elsewhere(world: World, run: Run) -> Iterator[Change]:
    """What owners have to hear of chats and mails: told once, for nothing is told twice."""
    rules = run.readings.rules
    for it in hearsay_now(run.readings, run.decided):
        state, owner = _ELSEWHERE.get(it.state(run.started)), rules.owners.get(it.field)
        if state is None or owner is None or run.started - it.last.at > _NEWS:
            continue
        said = hearsay_matter(it, run.readings, run.matched, world.link)
        campaign = campaign_of(it.record)
        named = campaign in run.matched.names
        words = f"{said.shows[ABOUT]}: {it.value} was claimed by {it.by}; {said.shows[STATE]}"
        yield Change(
            it.id,
            state,
            Severity.MEDIUM,
            "" if named else campaign,
            record_name(it.record, run.matched),
            said.shows[ABOUT],
            owner,
            owner,
            words,
            f"something was said elsewhere about {said.shows[ABOUT]}; {said.shows[STATE]}",
            _spoken_of({owner}, rules, named=named),
            said.shows.get(LINK_A, ""),
            said.shows.get(LINK_A, ""),
            since=it.filed.at,
        )


def _opened(flag: Flag, number: int, world: World, run: Run) -> Change:
    rules, matched = run.readings.rules, run.matched
    campaign = campaign_of(flag.record)
    owner = _owner(flag.owner, flag.contract)
    named = campaign in matched.names
    about = rules.fields.get(flag.field)
    own = matched.of.get((owner, subject(flag.record, about) if about else flag.record))
    claim = own.record.claims.get(flag.field) if own is not None else None
    return Change(
        row_id(flag.id, number),
        State.OPENED if number == 1 else State.REOPENED,
        flag.severity,
        "" if named else campaign,
        record_name(flag.record, matched),
        _label(flag, rules),
        owner,
        flag.place.source,
        flag.message,
        flag.discreet,
        _spoken_of({*flag.sources, flag.place.source, owner}, rules, named=named),
        world.link(flag.place),
        world.link(claim.place) if claim is not None else "",
        since=run.started,
    )


def told_again(flag: OpenFlag, name: str, state: State, said: str, rules: Rules, unaccepted: Collection[str]) -> Change:
    """A change of a flag of which no more is known than was kept of it; `said` holds no value of anybody.

    `unaccepted` are the folded names of campaigns that go by their names because nobody has accepted their id.
    """
    document = flag.document
    record, copy = str(document["record"]), str(document["source"])
    owner = _owner(str(document.get("owner") or ""), str(document.get("contract") or ""))
    field = rules.fields.get(str(document["field"]))
    named = _goes_by_names(record, unaccepted)
    return Change(
        name,
        state,
        Severity(str(document["severity"])),
        "" if named else campaign_of(record),
        record,
        field.label if field is not None else str(document["field"]),
        owner,
        copy,
        said,
        said,
        _spoken_of({copy, owner}, rules, named=named),
        str(document.get("link") or ""),
        since=flag.since,
    )


def _owner(owner: str | None, contract: str) -> str:
    """Whose word counts; where nobody's does, the giver of the handoff."""
    return owner or contract.partition("->")[0]


def _label(flag: Flag, rules: Rules) -> str:
    names = rules.groups.get(flag.group, (flag.field,)) if flag.group else (flag.field,)
    return ", ".join(rules.fields[name].label if name in rules.fields else name for name in names)


def _spoken_of(sources: Collection[str], rules: Rules, *, named: bool) -> frozenset[str]:
    """Also those whose words a campaign goes by that has no id."""
    return frozenset(sources) | (registrars(rules) if named else frozenset())


def _goes_by_names(record: str, unaccepted: Collection[str]) -> bool:
    parts = record.split(_SEPARATOR)
    beginnings = (_SEPARATOR.join(map(fold_key, parts[:length])) for length in range(1, len(parts) + 1))
    return any(words in unaccepted for words in beginnings)
