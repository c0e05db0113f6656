"""proto3 leaves out what is at its default; here a stored message loses it once, so that every view agrees.

Some fields say something even at their default, because they stand in a `oneof` or a wrapper: `bold: false`, a
`startRowIndex` of 0 [both recorded], the text of a condition's value.
"""

from typing import Any

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.wire import ENUMS, MESSAGES, entry_type, item_type

#: messages whose plain fields are kept as they were given
_SPEAKING = frozenset(
    ("TextFormat", "ExtendedValue", "ConditionValue", "Color", "FilterSpec", "SortSpec", "TextRotation", "ColorStyle")
)
_INDEXES = frozenset(("GridRange", "DimensionRange"))


def omitted(message: Json, name: str) -> Json:
    """`message` (of the wire type `name`) without its zeros, falses, empty texts, empty lists and unset enums."""
    fields = MESSAGES[name]
    result = {field: _inner(value, fields.get(field, "any")) for field, value in message.items()}
    if name in _SPEAKING:
        return result
    return {
        field: value
        for field, value in result.items()
        if not _silent(value, fields.get(field, "any")) or (name in _INDEXES and field.endswith("Index"))
    }


def _inner(value: Any, kind: str) -> Any:
    item, entry = item_type(kind), entry_type(kind)
    if item is not None and isinstance(value, list):
        return [_inner(each, item) for each in value]
    if entry is not None and isinstance(value, dict):
        return {key: _inner(each, entry) for key, each in value.items()}
    return omitted(value, kind) if kind in MESSAGES and isinstance(value, dict) else value


def _silent(value: Any, kind: str) -> bool:
    """Whether a value goes without saying; an empty message is still there."""
    if kind.startswith("#"):
        first = ENUMS[kind[1:]][0]
        return bool(value == first and first.endswith("UNSPECIFIED"))
    return value in (0, "", [], False) if not isinstance(value, dict) else entry_type(kind) is not None and not value
