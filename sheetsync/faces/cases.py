"""What people may decide about, or have decided: both sides, how far it is, who said what, and what to type."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.conflicts import OPEN_STATES
from sheetsync.core.disputes import Dispute, Side
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.model import Place
from sheetsync.engine.resolving import Case, Docket
from sheetsync.faces.decided import decision_fact, filed_document, heard_document, ruling_document
from sheetsync.faces.freezes import waits_words
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import campaign_words, place_name, title_of
from sheetsync.faces.tables import Cell, Column, Screen, table

Document = Mapping[str, Any]
Fact = tuple[str, str | Cell]

_BLANK = "(blank)"
_NOWHERE: dict[str, Any] = {"cells": {}, "link": None}


def case_document(config: Config, docket: Docket, case: Case) -> Document:
    """One conflict, or one difference somebody may decide about: `conflict` says which.

    `since` is when this episode began, `changed` when its state did; `version` is null where nothing is to be decided.
    """
    rules, dispute, conflict = config.rules, case.dispute, case.conflict
    ruling = case.ruling or docket.ruled(dispute)
    return {
        "id": case.id,
        "conflict": conflict is not None,
        "flag": dispute.id,
        "episode": conflict.episode if conflict is not None else 1,
        "kind": str(dispute.kind),
        "severity": str(dispute.severity),
        "state": str(case.state),
        "since": iso(case.since),
        "changed": iso(conflict.changed if conflict is not None else case.since),
        "said": (conflict.said if conflict is not None else "") or None,
        "campaign": campaign_words(dispute.record, docket.memory.proposed_ids),
        "record": dispute.record,
        "group": dispute.group or None,
        "fields": [{"field": name, "label": _label(name, rules)} for name in dispute.fields],
        "owner": dispute.a.source if dispute.owned else None,
        "a": _side(config, docket, dispute.a, dispute.about),
        # Under a freeze B is what counted before, which stands in no cell any more.
        "b": _side(config, docket, dispute.b, dispute.record) | (_NOWHERE if dispute.kind is FlagKind.LATE else {}),
        "agreed": dict(dispute.agreed),
        "contracts": list(dispute.contracts),
        "version": case.version or None,
        "decided": None if ruling is None else ruling_document(ruling),
        "waiting": None if case.filed is None else filed_document(case.filed),
        "refused": None if case.refused is None else heard_document(case.refused, rules),
        "launch": None if dispute.launch is None else dispute.launch.isoformat(),
        "follows": (conflict.follows if conflict is not None and conflict.is_open else "") or None,
        "choices": list(_choices(config, docket, dispute)) if case.version else [],
    }


def _side(config: Config, docket: Docket, side: Side, record: str) -> dict[str, Any]:
    cells = {name: _place(docket, side, record, name) for name in side.says}
    return {
        "source": side.source,
        "title": title_of(side.source, config.rules),
        "record": record,
        "says": dict(side.says),
        "cells": {name: place_name(place) for name, place in cells.items()},
        "link": wiring.link(config, side.place) if side.place.tab_id is not None else None,
    }


def _place(docket: Docket, side: Side, record: str, name: str) -> Place:
    seen = docket.seen(side.source, record, name)
    return seen.place if seen is not None else side.place


def _choices(config: Config, docket: Docket, dispute: Dispute) -> Iterator[Document]:
    """What each choice would have people change; nothing of it is typed by us into their cells."""
    is_late = dispute.kind is FlagKind.LATE
    sides = ((dispute.a, dispute.about), (dispute.b, dispute.record))[: 1 if is_late else 2]
    ways: list[tuple[str, Mapping[str, str]]] = [("a", dispute.a.says), ("b", dispute.b.says)]
    if not is_late and dispute.agreed.keys() == dispute.a.says.keys():
        ways.append(("agreed", dispute.agreed))
    for keep, holds in ways:
        changes = [
            {
                "source": side.source,
                "title": title_of(side.source, config.rules),
                "cell": place_name(_place(docket, side, record, name)),
                "field": name,
                "from": side.says[name],
                "to": holds[name],
            }
            for side, record in sides
            for name in side.says
            if side.says[name] != holds[name]
        ]
        yield {"keep": keep, "holds": dict(holds), "changes": changes}


def _label(name: str, rules: Rules) -> str:
    return rules.fields[name].label if name in rules.fields else name


# ---------------------------------------------------------------- for people


def labels(case: Document) -> str:
    """ "Price and Offer"."""
    return " and ".join(it["label"] for it in case["fields"])


def says(case: Document, values: Mapping[str, str]) -> str:
    """One value as it is; of several each with its field."""
    if len(case["fields"]) == 1:
        return next(iter(values.values()), "")
    return "; ".join(f"{it['label']} {values[it['field']]}" for it in case["fields"] if it["field"] in values)


def cases_table(screen: Screen, cases: Sequence[Document]) -> Iterator[str]:
    """A row per conflict, in the order given."""
    columns = (Column("ID", whole=True), Column("State"), Column("Where"), Column("A and B"))
    yield from table(screen, columns, map(_row, cases))


def _row(case: Document) -> list[str | Cell]:
    where, both = _where_and_both(case)
    told = case["said"] or (case["decided"]["words"] if case["decided"] and case["state"] == "decided" else "")
    if case["waiting"]:
        told = f"waits for the next run: {case['waiting']['decision']}, by {case['waiting']['by']}"
    elif case["refused"] and not told:
        told = case["refused"]["refused"]
    moment = case["changed"] if case["state"] == "closed" else case["since"]
    state = f"{case['state']}\n{'' if case['state'] == 'closed' else 'since '}{to_the_minute(moment)}"
    return [Cell(case["id"], case["b"]["link"] or case["a"]["link"]), state, where, f"{both}\n{told}" if told else both]


def _where_and_both(case: Document) -> tuple[str, str]:
    where, a, b = f"{case['record']} / {labels(case)}", says(case, case["a"]["says"]), says(case, case["b"]["says"])
    if is_late(case):
        return f"{where}\n{case['a']['title']}", f"wants to be {a or _BLANK}\ncounts {b or _BLANK}"
    return f"{where}\nA {case['a']['title']}, B {case['b']['title']}", f"A {a}\nB {b}"


def is_late(case: Document) -> bool:
    """Whether it is an owner's change within a freeze: A is what the cell says, B what counted before."""
    return bool(case["kind"] == FlagKind.LATE)


def case_facts(case: Document) -> Iterator[Fact]:
    """How far it is, and both sides."""
    since = to_the_minute(case["changed"])
    episode = f", episode {case['episode']}" if case["episode"] > 1 else ""
    yield "state", f"{case['state']} since {since}{episode}" + (f": {case['said']}" if case["said"] else "")
    if is_late(case):
        yield from _late_facts(case)
        return
    for letter in ("a", "b"):
        side = case[letter]
        role = " (owner)" if letter == "a" and case["owner"] else ""
        where = ", ".join(dict.fromkeys(side["cells"].values()))
        yield letter.upper(), Cell(f"{says(case, side['says'])}\nin {side['title']}{role}, {where}", side["link"])
    if case["agreed"]:
        yield "agreed last", says(case, case["agreed"])
    if case["follows"]:
        yield "what follows", case["follows"]


def _late_facts(case: Document) -> Iterator[Fact]:
    """What was agreed, what it wants to be, and whose yes it waits for."""
    side = case["a"]
    where = ", ".join(dict.fromkeys(side["cells"].values()))
    yield "agreed (B)", f"{says(case, case['b']['says']) or _BLANK}\ncounts until somebody says yes"
    wants = f"{says(case, side['says']) or _BLANK}\nin {side['title']} (owner), {where}"
    yield "wants to be (A)", Cell(wants, side["link"])
    if case.get("waits_for") is not None:
        yield "yes", waits_words(case["waits_for"])
    if case["follows"]:
        yield "what follows", case["follows"]


def decision_facts(case: Document) -> Iterator[Fact]:
    """Who decided what, what each choice would mean, and what to type."""
    if (decided := case["decided"]) is not None:
        yield decision_fact(decided)
        if decided["id"] != case["id"]:
            yield "decided as", decided["id"]
    if (refused := case["refused"]) is not None:
        typed = refused["typed"]
        who = f" by {typed['by']}" if "by" in typed else ""
        yield "refused", f"{typed.get('decision', '')}{who}, {to_the_minute(refused['at'])}: {refused['refused']}"
    if (waiting := case["waiting"]) is not None:
        yield "waiting", f"{waiting['decision']}, by {waiting['by']}: the next run hears it"
    if case["state"] not in OPEN_STATES:
        return
    for choice in case["choices"] if case["conflict"] else ():
        yield f"keep {choice['keep']}", _means(case, choice)
    if case["version"]:
        yield "version", case["version"]
        yield "decide", to_type(case)


def _means(case: Document, choice: Document) -> str:
    """ "Landing pages Blatt1!H4 changes to FINCH25"."""
    those = (f"{it['title']} {it['cell']} changes to {it['to'] or _BLANK}" for it in choice["changes"])
    if not is_late(case):
        return "\n".join(those) or "nothing changes"
    counts = f"{says(case, choice['holds']) or _BLANK} counts{'' if choice['keep'] == 'a' else ' on'}"
    return "\n".join((counts, *those)) if choice["changes"] else f"yes: {counts}, as the cell says already"


def to_type(case: Document) -> str:
    """The command that decides it."""
    others = ", ".join(f"--keep {choice['keep']}" for choice in case["choices"][1:])
    typed = f"sheetsync conflicts resolve {case['id']} --keep a --seen {case['version']}"
    return f"{typed}\nor {others}, --value VALUE, --until DAY"
