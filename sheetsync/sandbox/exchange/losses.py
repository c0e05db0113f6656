"""What a file holds and cannot be brought over: gathered on the way, told in one line each, never passed over."""

from sheetsync.sandbox.a1 import cell_name

#: places named before the rest is only counted
_NAMED = 3


class Losses:
    """Counts by kind (`charts`, `formulas with table references, kept as their values`) and names the first places."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}

    def add(self, what: str, where: str = "", count: int = 1) -> None:
        """One more of a kind, at a place."""
        self._counts[what] = self._counts.get(what, 0) + count
        places = self._places.setdefault(what, [])
        if where and len(places) < _NAMED and where not in places:
            places.append(where)

    def at(self, what: str, title: str, row: int, column: int) -> None:
        """One more of a kind, in a cell."""
        self.add(what, f"{title}!{cell_name(row, column)}")

    def lines(self) -> list[str]:
        """`charts: 2`, `merged areas that overlap: 1 (Plan!A1)`."""
        return [f"{what}: {count}{self._where(what, count)}" for what, count in self._counts.items()]

    def _where(self, what: str, count: int) -> str:
        places = self._places[what]
        if not places:
            return ""
        return f" ({', '.join(places)}{', …' if count > len(places) else ''})"
