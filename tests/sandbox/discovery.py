"""Checks JSON against Google's own discovery documents: no unknown field, no wrong type, no unknown enum name."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

#: JSON types of the discovery documents
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
}


@lru_cache(maxsize=2)
def document(name: str) -> dict[str, Any]:
    """The discovery document `sheets.v4` or `drive.v3`."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    loaded: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return loaded


def complaints(value: Any, schema: str, name: str = "sheets.v4") -> list[str]:
    """What is wrong with `value` as a message of this schema; empty when it fits."""
    return _check(value, {"$ref": schema}, document(name)["schemas"], schema)


def _check(value: Any, kind: dict[str, Any], schemas: dict[str, Any], at: str) -> list[str]:
    kind = schemas[kind["$ref"]] if "$ref" in kind else kind
    expected = kind.get("type", "any")
    if expected == "any":
        return []
    fits = isinstance(value, _TYPES[expected]) and (expected == "boolean" or not isinstance(value, bool))
    if not fits:
        return [f"{at}: {value!r} is not {expected}"]
    if "enum" in kind and value not in kind["enum"]:
        return [f"{at}: {value!r} is not one of {kind['enum']}"]
    if isinstance(value, list):
        items = kind["items"]
        return [each for index, item in enumerate(value) for each in _check(item, items, schemas, f"{at}[{index}]")]
    return _check_object(value, kind, schemas, at) if isinstance(value, dict) else []


def _check_object(value: dict[str, Any], kind: dict[str, Any], schemas: dict[str, Any], at: str) -> list[str]:
    known = kind.get("properties", {})
    others = kind.get("additionalProperties")
    found = []
    for name, inner in value.items():
        if name in known:
            found += _check(inner, known[name], schemas, f"{at}.{name}")
        elif others is not None:
            found += _check(inner, others, schemas, f"{at}.{name}")
        else:
            found.append(f"{at}.{name}: unknown field")
    return found
