"""Settings of freezes: which fields may not change by themselves shortly before launch, and who may say yes."""

from typing import Literal

from pydantic import Field

from sheetsync.config.shape.handoffs import Loudness
from sheetsync.config.shape.words import Settings, Spellings, Text
from sheetsync.core.terms import Severity


class FreezeShape(Settings):
    """From so long before a campaign's launch on, a change of these fields counts only with a yes."""

    within: Text = Field(
        description="How long before launch it begins: 48 h, 2 days. Launch is the first day of the campaign's flight, "
        "from midnight UTC on."
    )
    fields: Spellings = Field(
        description="Fields, or groups of `groups`; a field of a group stands for the whole group. What their owners "
        "change is disputed until somebody says yes, or it says again what it said."
    )
    needs: Spellings = Field([], description="Whose yes is needed: names or roles. Default: anybody who may decide.")
    until: Literal["end", "launch"] = Field(
        "end", description="end: until the flight's end, because people see it until then. launch: only until launch."
    )
    severity: Loudness = Field(
        Severity.HIGH, description="How loud a change within it is. high: what is new then was tested by nobody."
    )
