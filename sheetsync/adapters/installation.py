"""The Python and the packages we run on, against what we were made for."""

import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Final

from sheetsync.core.checkup import Finding, failure, warning, well

_NAME: Final = "sheetsync-ops"
_OLDEST: Final = (3, 11)
_NEEDED: Final = re.compile(r"([\w.-]+)\s*>=\s*([\d.]+)$")
_REMEDY: Final = f"Run `make setup` in a checkout, or `pip install --upgrade {_NAME}`."


def installation() -> Iterator[Finding]:
    """Is this Python new enough, and is every package there in the version we need?"""
    if sys.version_info < _OLDEST:
        wanted = ".".join(map(str, _OLDEST))
        yield failure(f"this is Python {platform.python_version()}", f"Install Python {wanted} or newer.")
    try:
        ours, needed = metadata.version(_NAME), metadata.requires(_NAME) or []
    except metadata.PackageNotFoundError:
        yield warning("sheetsync is not installed, so nobody knows which packages it needs", _REMEDY)
        return
    wrong = [said for text in needed if (said := _wrong(text))]
    yield from (failure(said, _REMEDY) for said in wrong)
    if not wrong:
        yield well(f"Python {platform.python_version()}, {_NAME} {ours}, {len(needed)} packages as needed")


def _wrong(requirement: str) -> str:
    """What is the matter with one required package; empty where it fits, or is needed by nobody here."""
    found = _NEEDED.match(requirement)
    if found is None:
        return ""
    name, least = found.groups()
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"the package {name} is missing"
    return "" if _numbers(version) >= _numbers(least) else f"the package {name} is {version}, older than {least}"


def _numbers(version: str) -> tuple[int, ...]:
    """A version's leading numbers, without zeros at the end: 2.0 is 2."""
    numbers = [int(part) for part in re.match(r"[\d.]*", version)[0].split(".") if part]  # type: ignore[index]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
