"""Google's own description of its API as a validator: unknown names, wrong types and unknown enum values fail."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient
import jsonschema

_DOCUMENT = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "sheets.v4.json"


@cache
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_DOCUMENT.read_text(encoding="utf-8"))["schemas"]
    return found


def check(message: str, value: object) -> None:
    """Raise jsonschema.ValidationError unless `value` is such a message."""
    _validator(message).validate(value)


@cache
def _validator(message: str) -> jsonschema.Draft202012Validator:
    definitions = {name: _strict(schema) for name, schema in schemas().items()}
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{message}", "$defs": definitions})


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    strict: dict[str, Any] = {"type": schema["type"]} if schema.get("type", "any") != "any" else {}
    if "enum" in schema:
        strict["enum"] = schema["enum"]
    if "items" in schema:
        strict["items"] = _strict(schema["items"])
    if "properties" in schema:
        strict["properties"] = {name: _strict(inner) for name, inner in schema["properties"].items()}
        strict["additionalProperties"] = False
    return strict
