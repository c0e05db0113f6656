"""Errors that no command line in a test can reach: the same demands on them where they are made."""

from pathlib import Path

import pytest
import requests

from sheetsync.adapters.google_client import Transport
from sheetsync.adapters.google_errors import silence
from sheetsync.adapters.sql_records import SqlRecords
from sheetsync.errors import Refused, Unreachable


def test_a_sandbox_sends_nobody_elsewhere() -> None:
    elsewhere = requests.Request("GET", "https://sheets.example/v4").prepare()
    with pytest.raises(Refused, match=r"sheets\.example.*Check SHEETS_EMULATOR_HOST"):
        Transport(1.0, local=True).send(elsewhere)


def test_without_a_network_the_network_is_named() -> None:
    assert str(silence(requests.ConnectTimeout(), None)) == "Google cannot be reached; check the network."


def test_a_table_is_not_made_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "records").write_text("")
    table = tmp_path / "campaigns.csv"
    table.write_text("id\n1\n")
    with pytest.raises(Unreachable, match=r"records/it\.db.*Check `records`"):
        SqlRecords.in_file(tmp_path / "records" / "it.db").load_csv(table, "campaigns")
