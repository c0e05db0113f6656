"""How far a handoff can be."""

from enum import StrEnum


class State(StrEnum):
    """How far a handoff of one record is, from the beginning to the end; people may also go back."""

    NOT_READY = "not_ready"
    READY = "ready"
    #: the receiver has begun to build on it
    CONSUMED = "consumed"
    DONE = "done"
