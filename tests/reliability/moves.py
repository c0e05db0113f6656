"""What people type into one campaign's terms, and what changes in the configuration meanwhile: by line of the table.

A line that needs several moves in a row on one record is rare by chance, so each has a script. Between the requests of
its cycles people act as in any schedule.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sheetsync.core.fields import field_type
from sheetsync.core.graph import Approval, Rules
from sheetsync.core.terms import FinePrint, Severity
from sheetsync.sandbox import Running
from sheetsync.sandbox.model import Tab
from tests.reliability.acts import Json, Person, typed
from tests.reliability.oracle import PLANNING, SHEETS, Oracle

_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "briefs": {
        "key": "Ref",
        "partner": "Partner",
        "name": "Campaign",
        "start": "Starts",
        "end": "Ends",
        "offer": "Offer",
        "code": "Promo code",
    },
    "mailings": {
        "key": "ID",
        "partner": "Brand",
        "name": "Campaign",
        "start": "From",
        "end": "To",
        "offer": "Offer",
        "code": "Code",
    },
    "utm": {"key": "Campaign ID", "start": "Live from", "end": "Live to"},
    "pages": {"key": "Nr", "name": "Kampagne", "offer": "Angebot", "code": "Gutschein"},
}
#: campaigns whose terms everybody tells alike at the beginning
_ALIKE = ("TR-06", "TR-03", "TR-01")
_FIRST: Mapping[str, Mapping[str, str]] = {
    "TR-06": {"start": "2026-12-01", "end": "2026-12-06", "offer": "$66.37 off"},
    "TR-03": {"start": "2026-11-09", "end": "2026-11-20", "offer": "$63.37 off"},
    "TR-01": {"start": "2026-11-02", "end": "2026-11-08", "offer": "$61.37 off"},
}
_SPELLED = {"TR-06": "6 Dec 2026", "TR-03": "20 Nov 2026", "TR-01": "8 Nov 2026"}

ONE, TWO, THREE = "2026-12-11", "2026-12-12", "2026-12-03"
#: a row that stands nowhere is kept under this key
_AWAY = "gone"
Edits = Mapping[str, str | None]
"""`mailings.end` -> what is typed there; None blanks the cell; "=" is what it said at first."""

EDITS: Mapping[str, Edits] = {
    "the owner moves": {"briefs.end": ONE},
    "the copy moves": {"mailings.end": TWO},
    "both move alike": {"briefs.end": ONE, "mailings.end": ONE},
    "both move apart": {"briefs.end": ONE, "mailings.end": TWO},
    "the owner gives in": {"briefs.end": TWO},
    "all follow": {"briefs.end": ONE, "mailings.end": ONE, "utm.end": ONE, "pages.offer": "="},
    "all as at first": {
        f"{source}.{name}": "="
        for source, columns in _COLUMNS.items()
        for name in ("start", "end", "offer")
        if name in columns
    },
    "another spelling": {"mailings.end": "spelled"},
    "the copy moves back": {"mailings.end": "="},
    "a blank is filled": {"pages.offer@TR-04": "$60.77 off"},
    "the copy is blanked": {"mailings.end": None},
    "the owner is blanked": {"briefs.end": None},
    "both are blanked": {"briefs.end": None, "mailings.end": None},
    "the copy is a riddle": {"mailings.end": "#whenever", "briefs.end": ONE},
    "the owner is a riddle": {"briefs.end": "#whenever", "mailings.end": TWO},
    "the copies move alike": {"mailings.end": TWO, "utm.end": TWO},
    "the copies move apart": {"mailings.end": TWO, "utm.end": ONE},
    "two fields move on two sides": {"briefs.end": ONE, "mailings.start": THREE},
    "the owner moves two fields": {"briefs.end": ONE, "briefs.start": THREE},
    "the copy moves two fields": {"mailings.end": TWO, "mailings.start": THREE},
    "the copy follows in half": {"briefs.end": ONE, "briefs.start": THREE, "mailings.end": ONE},
    "the offer moves": {"briefs.offer": "$61.37 off"},
    "the offer moves late": {"briefs.offer": "$59.37 off"},
    "the page follows": {"pages.offer": "$61.37 off", "briefs.offer": "$61.37 off"},
    "the offer moves on both sides": {"briefs.offer": "$61.37 off", "pages.offer": "$60.77 off"},
    "they exchange their values": {"briefs.end": TWO, "mailings.end": ONE},
    "the row moves while it is away": {f"briefs.end@{_AWAY}": ONE},
    "the copy follows and moves another": {"briefs.end": ONE, "mailings.end": ONE, "mailings.start": THREE},
    "the owner moves, a copy is half blank": {"briefs.end": ONE, "mailings.start": None},
    "the owner moves, a copy is half a riddle": {"briefs.end": ONE, "mailings.start": "#whenever"},
    "the copy gives in": {"mailings.start": "="},
    "the partner moves": {"briefs.partner": "Dogwood"},
    "the partner moves on both sides": {"briefs.partner": "Dogwood", "mailings.partner": "Elder"},
    "the names move on two sides": {"briefs.partner": "Dogwood", "mailings.name": "Glacier Fair"},
    "the names move apart": {
        "briefs.partner": "Dogwood",
        "briefs.name": "Heron Days",
        "mailings.partner": "Elder",
        "mailings.name": "Glacier Fair",
    },
    "the owner moves both names": {"briefs.partner": "Dogwood", "briefs.name": "Heron Days"},
    "the offer moves and its page's name": {"briefs.offer": "$61.37 off", "pages.name": "Glacier Fair"},
}
#: whole rows: the source, and whether it goes, comes back, or comes twice
ROWS: Mapping[str, tuple[str, str]] = {
    "the copy's row goes": ("mailings", "goes"),
    "the copy's row comes back": ("mailings", "comes"),
    "the owner's row goes": ("briefs", "goes"),
    "the owner's row comes back": ("briefs", "comes"),
    "the copy's row comes twice": ("mailings", "twice"),
    "the owner's row comes twice": ("briefs", "twice"),
    "another's row takes its key": ("mailings", "taken"),
    "two rows exchange their keys": ("mailings", "exchanged"),
}
TERMS = ("flight_start", "flight_end", "offer")


def _grouped(rules: Rules) -> Rules:
    return replace(rules, groups={"terms": TERMS})


def _approving(rules: Rules) -> Rules:
    return replace(rules, approvals=(Approval("page", "pages", "page_status", ("live",), ("offer",)),))


def _reassigned(rules: Rules) -> Rules:
    """The mailings' team owns the days now; said twice it is the same."""
    if rules.owners.get("flight_start") == "mailings" or "mailings" not in rules.sources:
        return rules
    swapped = {"briefs": "mailings", "mailings": "briefs"}
    days = ("flight_start", "flight_end")
    handoffs = [
        replace(one, contracts={name: it for name, it in one.contracts.items() if name not in days})
        if one.receiver in swapped
        else one
        for one in rules.handoffs
    ]
    contracts = {
        name: next(one for one in rules.handoffs if one.receiver == "mailings").contracts[name] for name in days
    }
    edge = next(one for one in rules.handoffs if one.receiver == "mailings")
    handoffs.append(replace(edge, giver="mailings", receiver="briefs", contracts=contracts))
    return replace(rules, owners={**rules.owners, **dict.fromkeys(days, "mailings")}, handoffs=tuple(handoffs))


def _narrow(rules: Rules) -> Rules:
    """The contract on the last day holds under a condition of its own from now on: it is another one."""
    when = FinePrint(when={"campaign_status": ("planned",)})
    return replace(
        rules,
        handoffs=tuple(
            replace(one, fine_prints={**one.fine_prints, "flight_end": when}) if one.receiver == "mailings" else one
            for one in rules.handoffs
        ),
    )


def _without_mailings(rules: Rules) -> Rules:
    return replace(
        rules,
        sources={name: source for name, source in rules.sources.items() if name != "mailings"},
        owners={name: owner for name, owner in rules.owners.items() if owner != "mailings"},
        handoffs=tuple(one for one in rules.handoffs if "mailings" not in (one.giver, one.receiver)),
    )


def _partners(*words: str) -> Callable[[Rules], Rules]:
    kind = field_type("choice", dict.fromkeys(words, ()))

    def listed(rules: Rules) -> Rules:
        return replace(rules, fields={**rules.fields, "partner": replace(rules.fields["partner"], type=kind)})

    return listed


def _renamed(rules: Rules) -> Rules:
    """What nobody has agreed on is another: titles, teams, severities, spellings."""
    sources = {name: replace(one, title=f"{one.title} II", team="Others") for name, one in rules.sources.items()}
    severities = {**rules.severities, "flight_end": Severity.HIGH}
    return replace(rules, sources=sources, severities=severities, aliases={**rules.aliases, "slot": {"Hero": ("H",)}})


def _approving_a_group(rules: Rules) -> Rules:
    deal = ("campaign_name", "offer")
    return replace(rules, groups={"deal": deal}, approvals=(Approval("page", "pages", "page_status", ("live",), deal),))


#: everything is configured as it was at the beginning
RESTORED = "all is configured as at first"
RECONFIGURED: Mapping[str, Callable[[Rules], Rules]] = {
    "group the terms": _grouped,
    "let the pages approve": _approving,
    "reassign the days": _reassigned,
    "narrow a contract": _narrow,
    "the mailings leave": _without_mailings,
    "list the partners": _partners("Birch", "Cedar", "Dogwood", "Elder"),
    "list other partners": _partners("Dogwood", "Elder"),
    "call everything otherwise": _renamed,
    "let the pages approve a group": _approving_a_group,
}

#: steps, with a cycle after each that is no configuration
SCRIPTS: tuple[tuple[str, ...], ...] = (
    ("the owner moves", "all follow", "the copy moves back"),
    ("a blank is filled",),
    ("both move apart", "the owner gives in"),
    ("the copy moves", "all as at first"),
    ("both move alike", "another spelling"),
    ("another spelling",),
    ("the copy is blanked", "the copy moves"),
    ("the owner is blanked",),
    ("both are blanked",),
    ("the copy is a riddle",),
    ("the owner is a riddle",),
    ("the copies move alike",),
    ("the copies move apart",),
    ("two fields move on two sides",),
    ("the copy's row goes", "the copy's row comes back"),
    ("the owner's row goes",),
    ("the copy's row goes", "another's row takes its key"),
    ("the planning is closed",),
    ("the copy's row comes twice",),
    ("the owner's row comes twice",),
    ("let the pages approve", "the offer moves"),
    ("let the pages approve", "the page follows"),
    ("let the pages approve", "the offer moves on both sides"),
    ("reassign the days", "the owner moves"),
    ("narrow a contract", "the copy moves"),
    ("group the terms", "the copy moves"),
    ("group the terms", "all as at first", "two fields move on two sides", "all as at first"),
    ("group the terms", "all as at first", "both move apart"),
    ("group the terms", "all as at first", "the owner moves two fields"),
    ("group the terms", "all as at first", "the copy moves two fields"),
    ("group the terms", "all as at first", "both move alike"),
    ("group the terms", "all as at first", "the copy follows in half"),
    ("both move apart", "they exchange their values"),
    ("the copy is blanked", "the owner moves", "the copy moves"),
    ("the copy is a riddle", "the copy moves"),
    ("the owner's row goes", "the row moves while it is away", "the owner's row comes back"),
    ("all as at first", "two rows exchange their keys"),
    ("all as at first", "the mailings leave", "the owner moves", RESTORED, "the copies move alike"),
    ("all as at first", "reassign the days", "the owner moves", RESTORED, "the copies move alike"),
    ("list the partners", "the partner moves"),
    ("list the partners", "all as at first", "list other partners", "the partner moves on both sides"),
    ("all as at first", "call everything otherwise", "both move apart"),
    ("group the terms", "all as at first", "the copy follows and moves another"),
    ("group the terms", "all as at first", "the owner moves, a copy is half blank"),
    ("group the terms", "all as at first", "the owner moves, a copy is half a riddle"),
    ("group the terms", "all as at first", "two fields move on two sides", "the copy gives in"),
    ("let the pages approve a group", "all as at first", "the offer moves and its page's name"),
)


def do(sandbox: Running, oracle: Oracle, step: str, campaign: int) -> None:
    """One step of a script, in the rows of one of the campaigns whose terms everybody tells alike."""
    record = _ALIKE[campaign % len(_ALIKE)]
    for place, typing in EDITS.get(step, {}).items():
        where, _, other = place.partition("@")
        source, _, name = where.partition(".")
        _type(_person(sandbox, oracle, source), source, name, other or record, typing)
    if step == "the planning is closed":
        sandbox.unshare(PLANNING, "sheetsync")
    if step in ROWS:
        source, how = ROWS[step]
        _row(_person(sandbox, oracle, source), source, record, how)


def say(sandbox: Running, oracle: Oracle, place: str, record: str, text: str) -> None:
    """Somebody types this text into a cell: `briefs.end` of a record."""
    source, _, name = place.partition(".")
    _type(_person(sandbox, oracle, source), source, name, record, text)


def _person(sandbox: Running, oracle: Oracle, source: str) -> Person:
    return Person(sandbox, oracle, [[one.source for one in SHEETS].index(source)], "")


def _type(p: Person, source: str, name: str, record: str, typing: str | None) -> None:
    text = {"=": _FIRST.get(record, {}).get(name, ""), "spelled": _SPELLED.get(record, "")}.get(typing or "", typing)
    column = _column(p.tab, _COLUMNS[source][name])
    rows = _rows(p.tab, _column(p.tab, _COLUMNS[source]["key"]), record)
    requests: list[Json] = [typed(p.tab, row, column, text) for row in rows if column is not None]
    if requests:
        p.act(*requests)


def _row(p: Person, source: str, record: str, how: str) -> None:
    """Rows go and come by their keys, so that what stands in them is what stood there."""
    key = _column(p.tab, _COLUMNS[source]["key"])
    other = next(it for it in _ALIKE if it != record)
    rows = list(_rows(p.tab, key, {"comes": _AWAY, "taken": other}.get(how, record)))
    if not rows or key is None:
        return
    if how == "twice":
        to = min(p.bottom, p.tab.rows - 1)
        whole, there = p.range(rows[0], rows[0] + 1, 0, min(p.ours)), p.range(to, to + 1, 0, min(p.ours))
        p.act({"copyPaste": {"source": whole, "destination": there}})
    elif how == "exchanged":
        theirs = list(_rows(p.tab, key, other))
        p.act(typed(p.tab, rows[0], key, other), *[typed(p.tab, row, key, record) for row in theirs[:1]])
    else:
        p.act(typed(p.tab, rows[0], key, _AWAY if how == "goes" else record))


def _column(tab: Tab, header: str) -> int | None:
    return next((column for (_, column), cell in sorted(tab.cells.items()) if cell.value == header), None)


def _rows(tab: Tab, key: int | None, record: str) -> Iterator[int]:
    return (row for (row, column), cell in sorted(tab.cells.items()) if column == key and cell.value == record)
