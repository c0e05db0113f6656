"""A decision at the command line, as a document and as text."""

from collections.abc import Iterator, Mapping
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.matters import CUSTOM_VALUE, KEEP_A, KEEP_AGREED, KEEP_B, MAY_DIFFER
from sheetsync.engine.resolving import Choice, Docket, resolve, withdraw
from sheetsync.errors import UsageError
from sheetsync.faces.cases import case_document, labels, says
from sheetsync.faces.decided import filed_document
from sheetsync.faces.moments import to_the_minute
from sheetsync.faces.tables import Cell, Screen, card, heading, paragraph

Document = Mapping[str, Any]

VERSION = 1

KEEPS = {"a": KEEP_A, "b": KEEP_B, "agreed": KEEP_AGREED}


def withdrawn_document(config: Config, name: str) -> Document:
    """Take back, as the person who is logged in, what waits for the next run."""
    desk, rules = wiring.desk(config), config.rules
    filed = withdraw(desk, rules, name, wiring.operator())
    docket = Docket.by(desk.ledger, rules)
    return {
        "version": VERSION,
        "withdrawn": {**filed_document(filed), "id": filed.typed.matter},
        "conflict": case_document(config, docket, docket.case(filed.typed.matter)),
    }


def withdrawn_text(screen: Screen, document: Document) -> Iterator[str]:
    """What was taken back."""
    filed, case = document["withdrawn"], document["conflict"]
    told = f"{case['record']} / {labels(case)}: {filed['decision']}, by {filed['by']} at {to_the_minute(filed['at'])}"
    yield from paragraph(screen, f"{told}, is withdrawn; no run hears it.  [{case['id']}]")


def alone(*others: str | None) -> None:
    """Hold `--withdraw` to be all that is said. Raises `UsageError`."""
    if any(others):
        raise UsageError(
            "--withdraw takes a decision back and makes no other.",
            "Type it alone, and decide anew after that.",
        )


def choice_of(keep: str | None, value: str | None, until: str | None, why: str, seen: str) -> Choice:
    """What an operator typed. Raises `UsageError` where it is no decision, or more than one."""
    if sum(it is not None for it in (keep, value, until)) != 1:
        raise UsageError(
            "a decision is one of --keep, --value and --until.",
            "Type `--keep a`, `--value VALUE`, or `--until 2026-12-31` where both may differ until then.",
        )
    if keep is not None:
        return Choice(KEEPS[keep], why=why, seen=seen)
    return Choice(CUSTOM_VALUE if value is not None else MAY_DIFFER, value or "", until or "", why, seen)


def resolve_document(config: Config, name: str, choice: Choice) -> Document:
    """File what the person who is logged in decides."""
    desk, rules = wiring.desk(config), config.rules
    done = resolve(desk, rules, name, choice, wiring.operator())
    docket = Docket.by(desk.ledger, rules)
    return {
        "version": VERSION,
        "filed": {
            **filed_document(done.filed),
            "id": done.case.id,
            "verdict": done.ruling.verdict.value,
            "holds": dict(done.ruling.holds),
            "attested": done.filed.typed.attested,
            "again": done.again,
        },
        "conflict": case_document(config, docket, docket.case(done.case.id)),
    }


def resolve_text(screen: Screen, document: Document) -> Iterator[str]:
    """What was decided, what each side says, and when it counts."""
    filed, case = document["filed"], document["conflict"]
    yield from heading(screen, f"{case['record']} / {labels(case)}  [{case['id']}]")
    facts: list[tuple[str, str | Cell]] = [("decided", f"{filed['decision']}, by {filed['by']}")]
    facts += [("holds", says(case, filed["holds"]))] if filed["holds"] else []
    facts += [("why", filed["why"])] if filed["why"] else []
    for letter in ("a", "b"):
        side = case[letter]
        facts.append((f"{letter.upper()} says", Cell(f"{says(case, side['says'])}\nin {side['title']}", side["link"])))
    yield from card(screen, facts)
    if filed["again"]:
        yield f"It was decided so at {to_the_minute(filed['at'])} already, and waits."
    yield from paragraph(
        screen, "It counts from the next run on (`sheetsync reconcile`; a daemon takes it in its next turn)."
    )
