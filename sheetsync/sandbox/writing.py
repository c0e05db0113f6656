"""An answer as JSON text, indented by two as Google's answers are, at the speed of the compact encoder.

Python's fast encoder does not indent; but it takes any text between items, and a line break inside a string is always
written as an escape. So a list that holds no further list or object is one call of the fast encoder.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any


@dataclass(frozen=True, slots=True)
class Ready:
    """A part of an answer that is JSON text already, indented as if it stood at `depth`."""

    text: str
    depth: int


def written(answer: Any) -> bytes:
    """The answer as `json.dumps(answer, ensure_ascii=False, indent=2)` would state it."""
    # Lone surrogates can stand in JSON strings of a request; as escapes they can also leave again.
    return json_text(answer, 0).encode(errors="backslashreplace")


def json_text(value: Any, depth: int) -> str:
    """A value that stands `depth` levels deep."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        parts = [f"{encode_basestring(name)}: {json_text(part, depth + 1)}" for name, part in value.items()]
        return _between("{", parts, "}", depth) if parts else "{}"
    if isinstance(value, list):
        return _list(value, depth)
    if isinstance(value, Ready):
        return _moved(value, depth)
    return _encoder(0).encode(value)


def _list(value: list[Any], depth: int) -> str:
    if not value:
        return "[]"
    if isinstance(value[0], _NESTED) or any(isinstance(part, _NESTED) for part in value):
        return listed([json_text(part, depth + 1) for part in value], depth)
    flat = _encoder(depth + 1).encode(value)
    return _between("[", (flat[1:-1],), "]", depth)


_NESTED = (dict, list, Ready)


def listed(texts: Iterable[str], depth: int) -> str:
    """A list at `depth` of what is JSON text already, at least one."""
    return _between("[", texts, "]", depth)


def _between(opening: str, texts: Iterable[str], closing: str, depth: int) -> str:
    line = _line(depth + 1)
    return f"{opening}{line}{f',{line}'.join(texts)}{_line(depth)}{closing}"


def _moved(ready: Ready, depth: int) -> str:
    return ready.text if depth == ready.depth else ready.text.replace(_line(ready.depth), _line(depth))


@lru_cache(maxsize=64)
def _line(depth: int) -> str:
    return "\n" + "  " * depth


@lru_cache(maxsize=64)
def _encoder(depth: int) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, separators=(f",{_line(depth)}", ": "))
