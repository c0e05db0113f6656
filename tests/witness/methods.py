"""Google's methods as its discovery documents list them: which one an address means, and what it takes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

from tests.sandbox.discovery import Check, document, kind_check

Described = Mapping[str, Any]


@dataclass(frozen=True)
class Method:
    """One method of an API."""

    #: `sheets.v4` or `drive.v3`
    api: str
    #: as in `sheets.spreadsheets.values.get`
    id: str
    verb: str
    #: the address as sent, percent signs and all
    address: re.Pattern[str]
    #: the messages taken and answered, `""` for none
    request: str
    answer: str
    parameters: Mapping[str, Described]
    #: the answer may be a file
    media: bool = False
    #: the address is the one for uploads: the message may be missing or one part of several
    upload: bool = False
    #: fields of the request's message that must be there
    required: Sequence[str] = field(default_factory=tuple)

    def check(self, name: str) -> Check:
        """The check of one parameter's value as it was before it became text."""
        return _parameter_check(self.api, self.id, name)

    def parameter(self, name: str) -> Described | None:
        """What is said of a parameter, or None if there is none of this name."""
        return self.parameters.get(name) or document(self.api)["parameters"].get(name)


@cache
def _parameter_check(api: str, method: str, name: str) -> Check:
    parameter = next(each for each in methods() if (each.api, each.id) == (api, method)).parameter(name)
    assert parameter is not None
    return kind_check(parameter, api)


def method_of(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method of an address as sent, with what stands in its path; None where Google has none."""
    for method in methods():
        if method.verb == verb and (found := method.address.fullmatch(path)):
            return method, {name: unquote(text) for name, text in found.groupdict().items()}
    return None


@cache
def methods() -> tuple[Method, ...]:
    """All methods; addresses with fewer places to fill in first, for `files/trash` is no file's id."""
    found = [method for name in ("sheets.v4", "drive.v3") for method in _of(name, document(name))]
    return tuple(sorted(found, key=lambda method: method.address.groups))


def _of(name: str, node: Described) -> Iterator[Method]:
    base = document(name)["servicePath"]
    for described in node.get("methods", {}).values():
        yield _method(name, described, f"/{base}{described['path']}")
        simple = described.get("mediaUpload", {}).get("protocols", {}).get("simple")
        if simple:
            yield _method(name, described, simple["path"], upload=True)
    for inner in node.get("resources", {}).values():
        yield from _of(name, inner)


def _method(name: str, described: Described, path: str, upload: bool = False) -> Method:
    request = described.get("request", {}).get("$ref", "")
    fields = document(name)["schemas"].get(request, {}).get("properties", {})
    required = [
        field for field, kind in fields.items() if described["id"] in kind.get("annotations", {}).get("required", ())
    ]
    return Method(
        name,
        described["id"],
        described["httpMethod"],
        _address(path),
        request,
        described.get("response", {}).get("$ref", ""),
        described.get("parameters", {}),
        described.get("supportsMediaDownload", False),
        upload,
        required,
    )


def _address(path: str) -> re.Pattern[str]:
    """A place in a path is one segment: a slash in it must come as `%2F`."""
    parts = re.split(r"\{\+?(\w+)\}", path)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if odd % 2 else re.escape(part) for odd, part in enumerate(parts)))
