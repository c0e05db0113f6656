"""What we run on: told in one line when it fits, by name when it does not."""

from importlib import metadata

import pytest

from sheetsync.adapters.installation import installation
from sheetsync.core.checkup import Verdict


def test_where_the_tests_run_everything_fits() -> None:
    (found,) = installation()
    assert found.verdict is Verdict.OK


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        ("gspread>=999.1", ", older than 999.1"),
        ("no-such-package-here>=1", "the package no-such-package-here is missing"),
        ("gspread>=6", ""),
        ("gspread>=6.2.0.0", ""),
        ("no-such-package-here>=1; sys_platform == 'win32'", ""),
    ],
)
def test_a_package_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch, needed: str, said: str) -> None:
    monkeypatch.setattr(metadata, "requires", lambda _: [needed, "click>=8"])
    (found,) = installation()
    assert (said in found.said, found.verdict) == (True, Verdict.FAIL if said else Verdict.OK)
    assert found.blocks == bool(said)


def test_a_checkout_that_was_never_installed_is_only_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", unknown)
    (found,) = installation()
    assert (found.verdict, "make setup" in found.remedy) == (Verdict.WARN, True)
