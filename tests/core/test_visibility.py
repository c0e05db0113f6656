"""Promise 9 as a law: whatever is decided, no word of ours tells readers a value they may not learn."""

import operator
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sheetsync.core.decide import Decisions
from sheetsync.core.graph import Approval, Handoff, RowsDue, Rules, SheetTab, Visibility
from sheetsync.core.making import Past
from sheetsync.core.managed import desired, issues_text
from sheetsync.core.model import Money, Offer, OfferKind, Parsed, Place, Problem, ProblemKind, Record, Snapshot
from sheetsync.core.terms import Within
from sheetsync.core.visibility import Readers, disagreements
from tests.core.builders import (
    BRIEFS,
    LANDING,
    RULES,
    TODAY,
    UTM,
    decided,
    matched,
    place,
    record,
    rules,
    snapshots,
    source,
)

SHEETS = ("briefs", "landing", "utm")
#: values two sides agreed on once
FORMER, FORMER_DAY = "ZQFORMER", "2030-01-01"


# ---------------------------------------------------------------- worlds in which every source has words of its own


def words_of(name: str) -> dict[str, list[Parsed]]:
    """What a source says, and what else it may: `zq` and its name in every text, days and amounts nobody else says."""
    number = list(RULES.sources).index(name)
    text = f"zq{name}"
    days: list[Parsed] = [date(2031 + number, 3, 3), date(2031 + number, 4, 4)]
    amount = Decimal(71 + number)
    page = f"northlight.example/{text}"
    pages = [
        f"https://www.{page}",
        f"https://www.{page}?gclid={text}",
        f"https://{text}.staging.{page}",
        f"http://{page}",
    ]
    known: dict[str, list[Parsed]] = {
        "campaign_id": ["NL-1001", "NL-1002", "NL-1O01", f"NL-{9001 + number}", None],
        "partner": ["Lou's", text],
        "campaign_name": ["Deal", "Gift", text],
        "flight_start": days,
        "flight_end": days,
        "offer": [Offer(OfferKind.PERCENT_OFF, amount)],
        "promo_code": [f"ZQ{name.upper()}", FORMER],
        "budget": [Money(amount * 1000, "USD")],
        "notes": [text],
        "approved_on": days,
        "legal_line": [text],
        "landing_page": [*pages],
        "channel": ["email", "paid_social", "paid_search"],
        "slot": [f"{text} hero", "ヒーロー"],
        "placement_status": ["planned", "live"],
        "utm_source": ["newsletter"],
        "utm_medium": [text],
        "tracking_url": [f"https://www.{page}?utm_source={text}"],
    }
    not_understood = [Problem(kind, f"'{text}?!' is nothing", (f"{text}1", f"{text}2")) for kind in ProblemKind]
    return {field: [*known[field], *not_understood, None] for field in RULES.sources[name].columns}


def row_of(name: str) -> st.SearchStrategy[tuple[str, Mapping[str, Parsed]]]:
    """A row that says what its source says, but for a few cells; its campaign's id is seldom one of them."""
    words = words_of(name)
    cells = [(field, other) for field, others in words.items() for other in others[1:]]
    usual = {field: said[0] for field, said in words.items()}
    odd = st.lists(st.sampled_from(cells), max_size=4).map(dict)
    return odd.map(lambda cells: (name, usual | cells))


@dataclass(frozen=True)
class World:
    """Rows of every source, what was agreed before, and who may see what."""

    rows: tuple[tuple[str, Mapping[str, Parsed]], ...]
    past: Past
    rules: Rules

    @cached_property
    def records(self) -> list[Record]:
        return [record(name, number, **said) for number, (name, said) in enumerate(self.rows, start=1)]

    @cached_property
    def decisions(self) -> Decisions:
        return decided(snapshots(*self.records), self.rules, self.past)


def settings_of(name: str) -> st.SearchStrategy[tuple[Visibility, Mapping[str, Visibility]]]:
    others = [other for other in RULES.sources if other != name]
    seen = st.sampled_from(Visibility)
    return st.tuples(seen, st.dictionaries(st.sampled_from(others), seen, max_size=2))


def _ruled(said: Sequence[tuple[Visibility, Mapping[str, Visibility]]], together: tuple[str, ...]) -> Rules:
    """The company with these settings; some of its sheets are tabs of one workbook."""
    changed = dict(RULES.sources)
    for name, (seen, of) in zip(SHEETS, said, strict=True):
        where = SheetTab("shared" if name in together else f"sheet of {name}", SHEETS.index(name))
        changed[name] = replace(RULES.sources[name], readers_see=seen, readers_see_of=of, location=where)
    return rules(
        sources=changed,
        media={"email": "email", "paid_social": "paid_social"},
        handoffs=tuple(map(_with_a_window, RULES.handoffs)),
        rows_due=(RowsDue("utm", ("landing",), {"placement_status": ("planned",)}), RowsDue("landing", ("utm",), {})),
        approvals=(Approval("link", "utm", "placement_status", ("planned",), ("flight_start",)),),
    )


def _with_a_window(handoff: Handoff) -> Handoff:
    """The web team's end may lie anywhere in the flight."""
    if handoff.id != "briefs->landing":
        return handoff
    return replace(handoff, contracts={**handoff.contracts, "flight_end": Within("flight_start", "flight_end")})


_names = st.sampled_from(["briefs", "briefs", "landing", "utm", "official", "official"])
_Rows = tuple[tuple[str, Mapping[str, Parsed]], ...]


def _without_ids(rows: _Rows) -> _Rows:
    return tuple((name, {**said, "campaign_id": None}) for name, said in rows)


_one_of_each = st.tuples(*map(row_of, RULES.sources))
_others = st.lists(_names.flatmap(row_of), max_size=3).map(tuple)
_rows = st.builds(operator.add, _one_of_each, st.just(()) | _others)
_rows = st.one_of(_rows, _rows, _rows.map(_without_ids), _others)
_baselines = st.dictionaries(
    st.sampled_from([("landing", "NL-1001", "promo_code"), ("official", "NL-1001", "promo_code")]),
    st.sampled_from([FORMER, "ZQBRIEFS", "ZQLANDING"]),
)
_flights = st.dictionaries(st.just(("landing", "NL-1001", "flight_start")), st.just(FORMER_DAY))
_together = st.sampled_from([(), *combinations(SHEETS, 2), SHEETS])
_rules = st.builds(_ruled, st.tuples(*map(settings_of, SHEETS)), _together)
worlds = st.builds(World, _rows, st.builds(Past, st.just(TODAY), st.builds(operator.or_, _baselines, _flights)), _rules)


# ---------------------------------------------------------------- what readers are told, and what they may not learn


def written(world: World, spreadsheet: str) -> str:
    """Every word of ours in one workbook, and each flag as it is told where no worse one stands before it.

    Values we make for a team are its own.
    """
    made = {made.value for made in world.decisions.generated}
    here = world.rules.tabs_of(spreadsheet)
    read = {snapshot.source: _with_columns(snapshot) for snapshot in snapshots(*world.records)}
    should = desired(spreadsheet, "Book", here, read, world.decisions, _link)
    assert should is not None
    names, readers = {one.name for one in here}, Readers(here)
    alone = [issues_text([flag], readers) for flag in world.decisions.flags if flag.place.source in names]
    return "\n".join([*(text for row in should.rows for text in row if text not in made), *alone])


def _with_columns(snapshot: Snapshot) -> Snapshot:
    columns = {name: number for number, name in enumerate(RULES.sources[snapshot.source].columns)}
    return replace(snapshot, columns=columns, headers={name: name for name in columns})


def _link(where: Place) -> str:
    return f"link to {where.source}"


def allowed(world: World, spreadsheet: str, other: str) -> Visibility:
    """What the workbook's settings say of one source, worked out afresh."""
    here = world.rules.tabs_of(spreadsheet)
    if other in {one.name for one in here}:
        return Visibility.FULL
    said = {one.readers_see_of.get(other, one.readers_see) for one in here}
    return next(seen for seen in (Visibility.NONE, Visibility.FIELDS, Visibility.FULL) if seen in said)


def values_of(name: str, world: World) -> Iterator[str]:
    """Everything a source's cells say, as typed and as understood."""
    for one in world.records:
        for claim in one.claims.values() if one.source == name else ():
            yield claim.raw
            if isinstance(claim.parsed, Problem):
                yield from claim.parsed.candidates
            elif claim.parsed is not None:
                yield RULES.fields[claim.field].type.format(claim.parsed)
                yield str(claim.parsed)


def secrets(world: World, spreadsheet: str) -> set[str]:
    """What nobody who opens this workbook may find there by our hand."""
    seen = {name: allowed(world, spreadsheet, name) for name in world.rules.sources}
    open_to_them = {value for name in seen if seen[name] is Visibility.FULL for value in values_of(name, world)}
    closed = {name for name in seen if seen[name] is not Visibility.FULL}
    hidden = {value for name in closed for value in values_of(name, world)} | {f"zq{name}" for name in closed}
    if closed & {"official", "briefs"}:
        hidden |= set(matched(snapshots(*world.records), world.rules).proposed.values())
    if "briefs" in closed:
        hidden |= {FORMER, FORMER_DAY}
    hidden |= {world.rules.sources[name].title for name in seen if seen[name] is Visibility.NONE}
    hidden |= {f"link to {name}" for name in seen if name not in {one.name for one in world.rules.tabs_of(spreadsheet)}}
    return {word for word in hidden - {"", "?!", "email", "paid_social", "paid_search"} if word not in open_to_them}


def leaks(world: World) -> list[tuple[str, str]]:
    found = []
    for spreadsheet in world.rules.spreadsheets:
        text = written(world, spreadsheet)
        # The raw text of a record is often longer than the word in it, so words are looked for on their own.
        found += [(spreadsheet, word) for word in secrets(world, spreadsheet) if _stands_in(word, text)]
    return found


def _stands_in(word: str, text: str) -> bool:
    ending = "" if word.startswith("zq") else r"(?!\w)"
    return re.search(rf"(?<!\w){re.escape(word)}{ending}", text, re.IGNORECASE) is not None


#: flags that can be raised, and what reasons to withhold say
REACHED = {
    *("difference", "conflict", "unreadable", "ambiguous", "vocabulary", "near_miss_id", "orphan_row", "duplicate_row"),
    *("violation", "missing_row", "stale_approval"),
    *("url_defect", "proposed", "in conflict", "not understood", "two rows", "no row", "staging", "not known"),
}


def reached(world: World) -> set[str]:
    reasons = [held.reason + held.detail for held in world.decisions.withheld]
    kinds = {str(flag.kind) for flag in world.decisions.flags}
    return kinds | {word for word in REACHED for reason in reasons if word in reason}


#: every source says something else of one campaign, and its page is no place a link may lead to
STAGED = World(
    tuple(
        (name, {field: said[2 if field == "landing_page" else 0] for field, said in words_of(name).items()})
        for name in RULES.sources
    ),
    Past(TODAY),
    RULES,
)


def test_no_word_of_ours_tells_readers_a_value_they_may_not_learn() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(worlds)
    @example(STAGED)
    def law(world: World) -> None:
        assert leaks(world) == []
        seen.update(reached(world))
        seen.update({"shown"} if any(map(shows_values, [world] * 3, SHEETS)) else ())

    law()
    assert REACHED - seen.keys() == set(), seen
    assert seen["shown"] > 20, "who may see everything is shown something, or the law would hold of a silent tool"


def shows_values(world: World, name: str) -> bool:
    """Whether readers of a source are told another one's value."""
    book = world.rules.sources[name].location
    assert isinstance(book, SheetTab)
    own = set(values_of(name, world)) | {f"zq{name}"}
    foreign = {value for other in RULES.sources if other != name for value in values_of(other, world)} - own
    return any(_stands_in(value, written(world, book.spreadsheet)) for value in foreign - {"", "?!"})


# ---------------------------------------------------------------- the narrowest counts


seen_of = st.dictionaries(st.sampled_from(["briefs", "official"]), st.sampled_from(Visibility))


@given(
    st.sampled_from(Visibility),
    seen_of,
    st.sampled_from(Visibility),
    seen_of,
    st.sets(st.sampled_from(["briefs", "official"])),
)
def test_readers_of_one_workbook_learn_the_least_of_all_its_settings_and_of_all_it_speaks_of(
    one: Visibility,
    of_one: Mapping[str, Visibility],
    two: Visibility,
    of_two: Mapping[str, Visibility],
    spoken_of: set[str],
) -> None:
    landing = replace(LANDING, readers_see=one, readers_see_of=of_one)
    utm = replace(UTM, readers_see=two, readers_see_of=of_two)
    together = Readers((landing, utm)).may_learn(spoken_of)
    order = list(Visibility)
    each = [Readers((tab,)).may_learn({other}) for tab in (landing, utm) for other in spoken_of]
    assert together is max(each, key=order.index, default=Visibility.FULL)
    assert Readers((landing, utm)).may_learn({*spoken_of, "landing", "utm"}) is together


def test_settings_of_tabs_apart_never_disagree_and_those_of_one_workbook_are_told() -> None:
    def together(name: str) -> SheetTab:
        return SheetTab("shared", SHEETS.index(name))

    apart = source("landing", readers_see=Visibility.NONE)
    assert list(disagreements(apart)) == []
    landing = replace(LANDING, location=together("landing"), readers_see=Visibility.NONE)
    briefs = replace(BRIEFS, location=together("briefs"), readers_see_of={"official": Visibility.NONE})
    [found] = disagreements(rules(sources={**RULES.sources, "landing": landing, "briefs": briefs}))
    assert (found.other, found.counts) == ("utm", Visibility.NONE)
    assert dict(found.settings) == {"briefs": Visibility.FIELDS, "landing": Visibility.NONE}
    assert place("utm").source == found.other
