"""What Drive refuses when a file is shared, and how it says so: one row for each.

The shares of the scratch spreadsheet are put back should any of these be taken.
"""

from sheetsync.adapters.google_probe.belief import Belief, Promise, Verdict, belief, refused_as
from sheetsync.adapters.google_probe.drive import FILES
from sheetsync.adapters.google_probe.scratch import Scratch
from sheetsync.adapters.google_probe.wire import Json


def _share(name: str, sentence: str, sent: str, body: Json, code: int, reason: str, words: str) -> Belief:
    """A share that is refused in these words; never with an account: its own role might be what changes."""

    def check(scratch: Scratch) -> Verdict:
        transfer = {"transferOwnership": True} if body["role"] == "owner" else {}
        return refused_as(scratch.drive.refused_share(body, **transfer), code, reason, words)

    return Belief(name, Promise.SANDBOX, sentence, sent, check)


_SHARES = (
    _share(
        "shares-are-of-a-known-type",
        "A share of a type that does not exist is refused.",
        "a share of the type `robot`",
        {"type": "robot", "role": "reader"},
        400,
        "invalid",
        "The specified type is invalid",
    ),
    _share(
        "shares-give-a-known-role",
        "A share that gives a role that does not exist is refused.",
        "a share with anyone as `king`",
        {"type": "anyone", "role": "king"},
        400,
        "invalid",
        "The specified role is invalid",
    ),
    _share(
        "organizers-are-for-shared-drives",
        "A role of shared drives is refused for a file in somebody's own drive.",
        "a share with anyone as `organizer`",
        {"type": "anyone", "role": "organizer"},
        403,
        "forbidden",
        "only valid in shared drives",
    ),
    _share(
        "only-people-are-owners",
        "Nobody but a person can be given a file as its owner.",
        "a share with anyone as owner",
        {"type": "anyone", "role": "owner"},
        400,
        "invalid",
        "role is invalid for the given permission type",
    ),
)


@belief(
    "pending-owners-are-writers",
    Promise.SANDBOX,
    "A file is offered to a person who may write in it, and to nobody else.",
    "a new file, offered to anyone as reader",
)
def pending_owners_are_writers(scratch: Scratch) -> Verdict:
    offer = {"type": "anyone", "role": "reader", "pendingOwner": True}
    with scratch.drive.file() as file:
        answer = scratch.drive.refusal("POST", f"{FILES}/{file}/permissions", offer)
    return refused_as(answer, 400, "invalid", "must be a user with the role of writer")


BELIEFS = (*_SHARES, pending_owners_are_writers)
