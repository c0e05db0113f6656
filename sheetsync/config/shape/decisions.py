"""Settings of where people decide."""

from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from sheetsync.config.shape.words import Settings, Text
from sheetsync.core.where_decided import USUALLY

About = Literal["conflict", "difference", "late", "claim"]

_USUALLY: Final[list[About]] = [about for about in get_args(About) if about in USUALLY]


class DecisionsShape(Settings):
    """A tab `decisions` with one line for each matter that a person must decide, and columns to say how."""

    spreadsheet: Text = Field(
        description="The ops workbook: an id, or its address in the browser. A person creates it and shares it with "
        "sheetsync's account; it may hold sources, too. Who can open it reads every value a decision is about, unless "
        "a source that stands in it says otherwise (readers_see)."
    )
    teams: list[Text] = Field(
        [],
        description="Sources in mode sidecar or columns in whose workbooks such a tab stands as well, about what "
        "concerns them and in the words their readers may see. Default none: a team asks for it.",
    )
    about: list[Annotated[About, Field()]] = Field(
        _USUALLY,
        description="What has a line: conflict, difference, late, claim. Default all but difference: there an owner's "
        "word counts already.",
    )
