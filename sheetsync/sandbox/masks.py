"""Field masks: `a.b,c(d,e/f),*` as a tree that prunes answers and says which part of a resource is wanted at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sheetsync.sandbox.errors import GoogleError, Json, bad, bad_fields
from sheetsync.sandbox.wire import MESSAGES, item_type, snake

_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[*.,()/])")
_MAX_DEPTH = 40


@dataclass
class Mask:
    """A tree of wanted names; `everything` means that all below is wanted."""

    everything: bool = False
    below: dict[str, "Mask"] = field(default_factory=dict)

    def under(self, *names: str) -> "Mask | None":
        """The mask that applies below the path `names`, or None if nothing there is wanted."""
        mask: Mask | None = self
        for name in names:
            if mask is None or mask.everything:
                return mask
            mask = mask.below.get(name)
        return mask

    def wants(self, *names: str) -> bool:
        """Whether anything at or below the path is wanted."""
        return self.under(*names) is not None

    def prune(self, value: Any) -> Any:
        """`value` with only the wanted names, looking through lists; messages left empty stay as `{}`."""
        if self.everything:
            return value
        if isinstance(value, list):
            return [self.prune(inner) for inner in value]
        if isinstance(value, dict):
            return {name: self.below[name].prune(inner) for name, inner in value.items() if name in self.below}
        return value

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Each wanted path; a path ends where everything below is wanted."""
        if self.everything:
            yield ()
        for name, mask in self.below.items():
            yield from ((name, *rest) for rest in mask.paths())


#: the mask that keeps all
ALL = Mask(everything=True)


class MaskSyntaxError(ValueError):
    """The text is not a field mask."""


def parse_mask(text: str) -> Mask:
    """The mask for `a.b,c(d,e/f)`; `*` and an empty text mean everything. Raises MaskSyntaxError."""
    tokens = _tokens(text)
    if not tokens:
        return ALL
    root = Mask()
    rest = _selection(tokens, 0, [root], 0)
    if rest != len(tokens):
        raise MaskSyntaxError(text)
    return root


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise MaskSyntaxError(text)
        tokens.append(match[1])
        position = match.end()
    return tokens


def _selection(tokens: list[str], position: int, into: list[Mask], depth: int) -> int:
    """Reads a comma-separated list into `into` and returns the position after it."""
    if depth > _MAX_DEPTH:
        raise MaskSyntaxError("too deep")
    while True:
        position = _path(tokens, position, into, depth)
        if position >= len(tokens) or tokens[position] != ",":
            return position
        position += 1


def _path(tokens: list[str], position: int, into: list[Mask], depth: int) -> int:
    current = into
    while True:
        name = tokens[position] if position < len(tokens) else ""
        if name == "*":
            for mask in current:
                mask.everything = True
        elif name in ("", ",", "(", ")", ".", "/"):
            raise MaskSyntaxError(name)
        else:
            current = [mask.below.setdefault(_camel(name), Mask()) for mask in current]
        position += 1
        following = tokens[position] if position < len(tokens) else ""
        if following in (".", "/") and name != "*":
            position += 1
        elif following == "(":
            position = _selection(tokens, position + 1, current, depth + 1)
            if position >= len(tokens) or tokens[position] != ")":
                raise MaskSyntaxError("unbalanced")
            return position + 1
        else:
            for mask in current:
                mask.everything = True
            return position


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def response_mask(text: str | None, message: str) -> Mask:
    """The `fields` parameter, checked against the message answered. Raises Google's 400 for an unknown path."""
    if text is None or not text.strip():
        return ALL
    try:
        mask = parse_mask(text)
    except MaskSyntaxError:
        raise _unexpandable(text) from None
    for path in mask.paths():
        wrong = unknown_part(path, message)
        if wrong is not None:
            raise _unexpandable(wrong)
    return mask


def _unexpandable(path: str) -> GoogleError:
    description = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path[:200]}'."
    return bad_fields("Request contains an invalid argument.", (path[:200], description))


def unknown_part(path: tuple[str, ...], message: str) -> str | None:
    """The dotted beginning of `path` that the message does not have, or None if the path exists."""
    kind = message
    for length, name in enumerate(path, start=1):
        while (item := item_type(kind)) is not None:
            kind = item
        if kind == "any":
            return None
        if name not in MESSAGES.get(kind, {}):
            return ".".join(path[:length])
        kind = MESSAGES[kind][name]
    return None


def update_mask(text: str | None, message: str, request_at: str) -> list[tuple[str, ...]]:
    """The `fields` of an update request as paths; `()` stands for all. Raises the 400s of a missing or wrong mask."""
    if not text:
        raise bad(
            f"{request_at}At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )  # [reported: 68493997733]
    try:
        mask = parse_mask(text)
    except MaskSyntaxError:
        raise bad(f"{request_at}Invalid field: {text[:200]}") from None
    paths = list(mask.paths())
    for path in paths:
        wrong = unknown_part(path, message)
        if wrong is not None:
            raise bad(f"{request_at}Invalid field: {snake(wrong)}")
    return paths


def merged(old: Json, new: Json, paths: list[tuple[str, ...]]) -> Json:
    """`old` with each path taken from `new`; what `new` lacks there is removed (proto field-mask semantics)."""
    result = old
    for path in paths:
        result = _replaced(result, new, path)
    return result


def _replaced(old: Json, new: Json, path: tuple[str, ...]) -> Json:
    if not path:
        return dict(new)
    name, *rest = path
    result = dict(old)
    if not rest:
        value = new.get(name)
    else:
        inner = old.get(name)
        value = _replaced(inner if isinstance(inner, dict) else {}, new.get(name) or {}, tuple(rest)) or None
    if value is None:
        result.pop(name, None)
    else:
        result[name] = value
    return result
