"""What owners' words are by decision although their cells do not say so, told from what cells were last seen to say.

The same as `rulings.in_force` says of fresh rows, for those who have the ledger alone: what it holds without an end was
in force at the last run.
"""

from collections.abc import Callable, Iterable

from sheetsync.core.fields import FieldType
from sheetsync.core.graph import Rules
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import Ruling


def words_in_force(
    rulings: Iterable[Ruling], says: Callable[[RecordField], str | None], rules: Rules
) -> dict[RecordField, Ruling]:
    """(owner, record, field) -> the ruling whose `holds` is its word; `says` is a cell's canonical text, if it has one.

    `rulings` are those without an end, oldest first.
    """
    found: dict[RecordField, Ruling] = {}
    for one in rulings:
        for name, holds in one.holds.items() if one.owned else ():
            about, field = (one.giver, one.about, name), rules.fields.get(name)
            said, seen = says(about), one.saw_a.get(name)
            if field is None or said is None or seen is None:
                continue
            if _same(field.type, said, seen) and not _same(field.type, said, holds):
                found[about] = one
    return found


def _same(kind: FieldType, one: str, other: str) -> bool:
    try:
        return one == other or kind.agrees(kind.read(one), kind.read(other))
    except ValueError:  # the field has changed its kind or its words since
        return False
