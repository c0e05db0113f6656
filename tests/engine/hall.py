"""People who disagree, and those who decide between them: the season with its decisions tabs, on a real sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sheetsync.core.conflicts import Conflict
from sheetsync.core.disputes import Dispute
from sheetsync.core.flags import Flag
from sheetsync.core.graph import Freeze
from sheetsync.core.matters import DECISION, ID, STATE, VERSION
from sheetsync.core.rulings import Ruling
from sheetsync.engine.world import Run, World
from sheetsync.ports import Heard
from tests.deciding import OPS, decision_lines, decisions
from tests.engine.conftest import Town
from tests.engine.people import LANDING as PAGES
from tests.engine.people import Hand, briefs, builder

#: columns, 0-based, by field
IN_BRIEFS = {"flight_start": 4, "flight_end": 5, "offer": 6, "promo_code": 7}
ON_PAGES = {"flight_start": 5, "flight_end": 6, "promo_code": 7, "offer": 8}


@dataclass
class Hall:
    """A town, what its people type, and what they are told."""

    town: Town

    # ------------------------------------------------------------ the teams

    def brief(self, record: str, field: str, typed: str) -> None:
        """The owner's cell."""
        hand = briefs(self.town)
        hand.text(hand.find(record)[0], IN_BRIEFS[field], typed)

    def page(self, record: str, field: str, typed: str) -> None:
        """The copy's."""
        hand = Hand(self.town.sandbox, PAGES, 1204)
        row = next(at for at, cells in enumerate(hand.grid) if cells and cells[0].casefold() == record.casefold())
        hand.text(row, ON_PAGES[field], typed)

    def link(self, row: int, column: int, typed: str) -> None:
        """A cell of the builder."""
        builder(self.town).text(row, column, typed)

    def dispute(
        self, record: str = "NL-1001", a: str = "FINCH25", b: str = "FINCH30", field: str = "promo_code"
    ) -> str:
        """Both move, apart from each other, and a run sees it; the id of the line it gets."""
        self.brief(record, field, a)
        self.page(record, field, b)
        return self.about(self.run(), record, field).id

    def run(self, world: World | None = None, **request: Any) -> Run:
        return self.town.run(world, **request)

    # ------------------------------------------------------------ the decisions tab

    def tab(self, book: str = OPS) -> Hand:
        return decisions(self.town, book)

    def line(self, matter: str, book: str = OPS) -> Mapping[str, str]:
        """What one line shows, by its headers; blanks are left out."""
        [found] = [line for line in decision_lines(self.town, book) if line.get(ID) == matter]
        return found

    def state(self, matter: str, book: str = OPS) -> str:
        return self.line(matter, book).get(STATE, "")

    def decide(self, matter: str, decision: str, by: str = "Dana", book: str = OPS, **more: str) -> None:
        """A person types a decision into a line; `custom_value`, `until` and `why` as they are typed."""
        for name, typed in {**more, "by": by, "decision": decision}.items():
            self.write(matter, name.replace("_", " "), typed, book)

    def write(self, matter: str, header: str, typed: object, book: str = OPS) -> None:
        """Into one cell of a line; None empties it."""
        tab = self.tab(book)
        grid = tab.grid
        row = next(at for at, cells in enumerate(grid) if matter in cells)
        column = grid[0].index(header)
        if isinstance(typed, str) and not typed.startswith("="):
            tab.text(row, column, typed)
        else:
            tab.type(row, column, typed)

    # ------------------------------------------------------------ what came of it

    @property
    def conflicts(self) -> Mapping[str, Conflict]:
        return {one.id: one for one in self.town.world().ledger.deciding().conflicts}

    @property
    def rulings(self) -> list[Ruling]:
        """All there ever were."""
        return list(self.town.world().ledger.all_rulings())

    def heard(self, matter: str | None = None) -> list[Heard]:
        return list(self.town.world().ledger.heard(matter))

    def about(self, run: Run, record: str, field: str, source: str = "landing") -> Conflict:
        """The one open conflict about a copy's field, after a run."""
        [found] = [
            one
            for one in self.conflicts.values()
            if one.is_open and (one.dispute.record, one.dispute.field, one.dispute.b.source) == (record, field, source)
        ]
        assert any(flag.id == found.flag for flag in run.decided.flags)
        return found


def flags(run: Run, record: str, field: str) -> Mapping[str, Flag]:
    """What is said about one field of a record, by the source it is said in."""
    return {flag.place.source: flag for flag in run.decided.flags if (flag.record, flag.field) == (record, field)}


def kinds(run: Run, record: str, field: str) -> Mapping[str, tuple[str, str | None]]:
    """The same in short: what kind of flag, and what it wants to stand there."""
    return {source: (flag.kind.value, flag.expected) for source, flag in flags(run, record, field).items()}


def freeze_offers(hall: Hall, *needs: str) -> None:
    """A freeze of offers in which NL-1003 stands whenever this is run."""
    hall.brief("NL-1003", "flight_start", "2098-12-01")
    hall.brief("NL-1003", "flight_end", "2098-12-24")
    rule = Freeze(timedelta(days=36500), ("offer",), needs)
    hall.town.set(replace(hall.town.config.rules, freezes=(rule,)))
    hall.run()


def late_offer(hall: Hall) -> str:
    """NL-1003's offer changes from 30 % to 50 %, and a run sees it; the id of the line it gets."""
    hall.brief("NL-1003", "offer", "50% off")
    return hall.about(hall.run(), "NL-1003", "offer", "briefs").id


def at_rest(hall: Hall) -> Run:
    """A run now writes nothing and takes nothing."""
    before, lines = hall.rulings, decision_lines(hall.town)
    run = hall.run()
    assert run.requests.writes == 0
    assert run.exit_code == 0
    assert (hall.rulings, decision_lines(hall.town)) == (before, lines)
    return run


__all__ = ["DECISION", "OPS", "VERSION", "Dispute", "Hall", "at_rest", "flags", "freeze_offers", "kinds", "late_offer"]
