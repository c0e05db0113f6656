"""One Hypothesis profile for everybody, the witness of every exchange, and which tests count as end to end."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.witness.watching import every_exchange_fits_googles_description, witness

__all__ = ["every_exchange_fits_googles_description", "witness"]

# Examples are bounded by count, never by the clock of a busy machine.
settings.register_profile("sheetsync", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sheetsync")

_WHOLE_CYCLES = {Path(__file__).parent / "engine", Path(__file__).parent / "reliability"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole cycles over real HTTP are end to end, whatever starts them."""
    for item in items:
        if not _WHOLE_CYCLES.isdisjoint(item.path.parents):
            item.add_marker(pytest.mark.e2e)
