"""The story of three teams on one sandbox for the whole table."""

from tests.engine.conftest import _moments, town, untouched

__all__ = ["_moments", "town", "untouched"]
