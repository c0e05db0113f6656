"""A plan in a file: what a person looked at, sealed, so that `apply` writes exactly that or nothing."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sheetsync.core.scope import Scope
from sheetsync.core.seal import Seal, SealedWorkbook
from sheetsync.errors import UsageError

VERSION = 1

_KIND = "sheetsync plan"
_MAKE_ONE = "Make one with `sheetsync plan --out FILE`."


def save(path: Path, seal: Seal, scope: Scope, document: Mapping[str, Any]) -> None:
    """Write a plan. Raises `UsageError` where the file cannot be written.

    For its owner's eyes only: it holds values of every team.
    """
    content = {
        "kind": _KIND,
        "version": VERSION,
        "configuration": seal.configuration,
        "only": {"source": scope.source, "campaign": scope.campaign},
        "workbooks": [
            {
                "spreadsheet": one.spreadsheet,
                "title": one.title,
                "generation": one.generation,
                "writes": one.writes,
                "inputs": dict(one.inputs),
                "answers": one.answers,
                "columns": one.columns,
                "decisions": one.decisions,
            }
            for one in seal.workbooks.values()
        ],
        "plan": document,
    }
    unfinished = path.with_name(path.name + ".part")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=2)
        unfinished.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name another file.") from error


def load(path: Path) -> tuple[Seal, Scope]:
    """Read a plan. Raises `UsageError` where there is none, or it is no plan of ours."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", _MAKE_ONE) from error
    except ValueError as error:
        raise UsageError(f"{path} is no saved plan: it is not JSON.", _MAKE_ONE) from error
    if not isinstance(content, dict) or content.get("kind") != _KIND:
        raise UsageError(f"{path} is no saved plan.", _MAKE_ONE)
    if content.get("version") != VERSION:
        raise UsageError(f"{path} was saved by another sheetsync (version {content.get('version')}).", _MAKE_ONE)
    try:
        workbooks = [SealedWorkbook(**one) for one in content["workbooks"]]
        return Seal(content["configuration"], {one.spreadsheet: one for one in workbooks}), Scope(**content["only"])
    except (KeyError, TypeError) as error:
        raise UsageError(f"{path} is damaged: something of the plan is missing.", _MAKE_ONE) from error
