"""The check-up as a document, and as numbered lines for people, each that is not well with its remedy below."""

import shutil
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.checkup import Verdict, failure, well
from sheetsync.engine.checkup import Check, Checked, checkup
from sheetsync.errors import ConfigError
from sheetsync.faces.terminal import load

Document = Mapping[str, Any]

VERSION = 1

_COLOURS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red", Verdict.SKIPPED: "bright_black"}
_LEAST_WIDTH = 80
#: what stands before each line: number and verdict
_MARGIN = 9
#: what is not looked at without a configuration
_WITHOUT = ("credentials", "network", "access token", "Sheets API", "Drive API", "spreadsheets", "tables", "ledger")


def doctor_document(folder: Path, tell: Callable[[str], None]) -> Document:
    """Every check in its order. A configuration that does not load is the first of them, with its problems."""
    try:
        config = load(folder)
    except ConfigError as error:
        checked = list(checkup([*_without(error)], tell))
        return _document(checked, 2)
    checked = list(checkup([Check("configuration", lambda: [well(_loaded(config))]), *wiring.checks(config)], tell))
    return _document(checked, int(any(each.verdict is Verdict.FAIL for each in checked)))


def _without(error: ConfigError) -> Iterator[Check]:
    problems = str(error.args[0]).splitlines()
    remedy = error.remedy or "Correct it there; `sheetsync validate` tells the same."
    yield (first := Check("configuration", lambda: [failure(problem, remedy) for problem in problems]))
    yield wiring.installed()
    yield from (Check(title, tuple, (first,)) for title in _WITHOUT)


def _loaded(config: Config) -> str:
    sources, handoffs = len(config.rules.sources), len(config.rules.handoffs)
    return (
        f"{config.folder} is valid: {sources} source{'s' * (sources != 1)}, {handoffs} handoff{'s' * (handoffs != 1)}"
    )


def _document(checked: list[Checked], exit_code: int) -> Document:
    counts = Counter(each.verdict for each in checked)
    return {
        "version": VERSION,
        "checks": [_check(each) for each in checked],
        "counts": {str(verdict): counts[verdict] for verdict in Verdict},
        "exit_code": exit_code,
    }


def _check(checked: Checked) -> dict[str, Any]:
    findings = [{"verdict": str(f.verdict), "said": f.said, "remedy": f.remedy} for f in checked.findings]
    return {
        "number": checked.number,
        "check": checked.title,
        "verdict": str(checked.verdict),
        "because": list(checked.because),
        "findings": findings,
    }


def doctor_text(document: Document, width: int | None = None) -> Iterator[str]:
    """The lines for people, broken at `width` characters (default: the terminal's, at most 120)."""
    width = max(_LEAST_WIDTH, min(120, width or shutil.get_terminal_size((_LEAST_WIDTH, 24)).columns))
    told = ""
    for check in document["checks"]:
        because = f" because of {', '.join(map(str, check['because']))}" if check["because"] else ""
        for finding in check["findings"]:
            verdict = Verdict(finding["verdict"])
            first, *more = _broken(f"{check['check']}: {finding['said']}{because}", width)
            yield f"{check['number']:>2}  {click.style(f'{verdict:<4}', fg=_COLOURS[verdict])} {first}"
            yield from (" " * _MARGIN + line for line in more)
            if finding["remedy"] and finding["remedy"] != told:
                yield from _remedy(finding["remedy"], width)
            told = finding["remedy"]
    counts = document["counts"]
    yield ""
    yield ", ".join(f"{counts[str(v)]} {v}" for v in (Verdict.OK, Verdict.WARN, Verdict.FAIL)) + _skipped(counts)


def _remedy(remedy: str, width: int) -> Iterator[str]:
    first, *more = _broken(remedy, width - 3)
    yield " " * _MARGIN + click.style("-> ", bold=True) + first
    yield from (" " * (_MARGIN + 3) + line for line in more)


def _skipped(counts: Mapping[str, int]) -> str:
    skipped = counts[str(Verdict.SKIPPED)]
    return f", {skipped} not looked at" if skipped else ""


def _broken(text: str, width: int) -> list[str]:
    """Never inside a path, an address or a setting: people copy them."""
    return textwrap.wrap(text, width - _MARGIN, break_long_words=False, break_on_hyphens=False) or [""]
