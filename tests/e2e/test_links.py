"""The installed command, a web server on loopback, and a machine whose resolver knows our hosts."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sheetsync.ports import Published
from tests.adapters.web import OK, Web, answers, leads_to
from tests.e2e.command import environment, sheetsync
from tests.engine.conftest import Town, _moments, town, untouched

__all__ = ["_moments", "town", "untouched"]

pytestmark = pytest.mark.e2e

#: what stands in for the machine's resolver: our hosts are here, and nobody else is anywhere
_RESOLVER = """
import socket
real = socket.getaddrinfo
def getaddrinfo(host, port, *args, **kwargs):
    if str(host).endswith(".example"):
        if not str(host).endswith("northlight.example"):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        host = "127.0.0.1"
    return real(host, port, *args, **kwargs)
socket.getaddrinfo = getaddrinfo
"""


def machine(place: Path) -> dict[str, str]:
    """The variable that gives a Python of its own resolver."""
    place.mkdir(exist_ok=True)
    (place / "sitecustomize.py").write_text(_RESOLVER)
    return {"PYTHONPATH": ":".join([str(place), *(it for it in sys.path if it)])}


def test_every_verdict_comes_from_a_real_answer(town: Town) -> None:
    moved = answers("404 Not Found")
    with Web(
        {"/ok": OK, "/drops": leads_to("/ok"), "/keys": leads_to("http://169.254.169.254/"), "/new": moved}
    ) as web:
        place = {
            "ok": "NL-1003 / email / a",
            "drops": "NL-1003 / email / b",
            "keys": "NL-1003 / email / c",
            "new": "NL-1010 / email / d",
        }
        tagged = {row: f"http://www.northlight.example:{web.port}/{it}?utm_source=nl" for it, row in place.items()}
        tagged["NL-1003 / email / e"] = "http://gone.example/?utm_source=nl"
        now = datetime.now(UTC)
        town.world().ledger.publish([Published("utm", row, "tracking_url", url, now) for row, url in tagged.items()])
        settings = {"check": "on", "per_host_seconds": 0, "allow_addresses": ["127.0.0.0/8"], "allow_ports": [web.port]}
        (town.folder / "links.yaml").write_text(json.dumps({"links": {**settings, "user_agent": "ops@brand.example"}}))
        first, second = (checked(town) for _ in range(2))
    verdicts = {row["record"]: it for it in first["links"] for row in it["rows"] if row["record"] in tagged}
    assert {row: it["verdict"] for row, it in verdicts.items()} == {
        "NL-1003 / email / a": "ok",
        "NL-1003 / email / b": "drops parameters",
        "NL-1003 / email / c": "blocked",
        "NL-1010 / email / d": "not live yet" if now < datetime(2026, 12, 26, tzinfo=UTC) else "dead",
        "NL-1003 / email / e": "dead",
    }
    assert "utm_source" in verdicts["NL-1003 / email / b"]["why"]
    assert second["asked"] == 0
    assert sorted(web.paths) == [
        "/drops?utm_source=nl",
        "/keys?utm_source=nl",
        "/new?utm_source=nl",
        "/ok",
        "/ok?utm_source=nl",
    ]
    assert all("ops@brand.example" in head for head in web.asked)


def checked(town: Town) -> Mapping[str, Any]:
    environ = environment(**town.environment, SHEETSYNC_CONFIG=str(town.folder), **machine(town.place / "machine"))
    done = sheetsync("links", "check", "--json", environ=environ)
    assert done.returncode == 0, done.stderr
    document: Mapping[str, Any] = json.loads(done.stdout)
    return document
