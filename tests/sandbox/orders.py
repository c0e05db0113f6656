"""Orders to a sandbox over HTTP, with the secret that lies beside its key files."""

import json
from typing import Any

import requests

from sheetsync.sandbox import Running


def order(sandbox: Running, method: str, name: str, body: Any = None) -> requests.Response:
    """One order, as its owner gives it."""
    secret = json.loads((sandbox.accounts / "control.json").read_text())["secret"]
    headers = {"Authorization": f"Bearer {secret}"}
    return requests.request(method, f"{sandbox.base}/sandbox/{name}", json=body, headers=headers, timeout=10)


def schedule(sandbox: Running, **fault: Any) -> int:
    """A fault that must be taken; its number."""
    answer = order(sandbox, "POST", "faults", fault)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


def refused(sandbox: Running, name: str, body: Any) -> str:
    """The one line with which an order that makes no sense is refused."""
    answer = order(sandbox, "POST", name, body)
    assert answer.status_code == 400, answer.text
    message = str(answer.json()["error"]["message"])
    assert "\n" not in message
    return message


def at_ease(sandbox: Running) -> None:
    """Nothing goes wrong any more."""
    sandbox.faults.clear()
    sandbox.quota(None)
    sandbox.stale()
