"""Checks of the section `links`: networks that are some, and a contact a request can carry."""

import re
from typing import Final

from sheetsync.config.scope import Scope
from sheetsync.core.addresses import METADATA, network

_CONTACT: Final = re.compile(r"[!-'*-~]+(?: [!-'*-~]+)*")
_LONGEST: Final = 200


def check_links(scope: Scope) -> None:
    """Every network can be read, and none is one that is never asked; the contact fits into a header."""
    shape = scope.shape.links
    for number, text in enumerate(shape.allow_addresses):
        where = ("links", "allow_addresses", number)
        try:
            found = network(text)
        except ValueError:
            scope.findings.report(where, "is no network; write one as 10.1.0.0/16, or an address")
            continue
        if any(found.version == one.version and found.subnet_of(one) for one in METADATA):  # type: ignore[arg-type]
            scope.findings.report(
                where, "is never asked, whatever is allowed: a machine's own keys are given out there"
            )
    if shape.user_agent is not None and not (
        _CONTACT.fullmatch(shape.user_agent) and len(shape.user_agent) <= _LONGEST
    ):
        scope.findings.report(("links", "user_agent"), "is one line of plain letters, without parentheses")
