"""How a setting may be typed: one text or a list of them, a word that YAML takes for something else."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from sheetsync.core.graph import Visibility

#: in `readers_see`, the sources not named there
EVERY_OTHER: Final = "default"


def _one_or_many(value: object) -> object:
    if not isinstance(value, str | list):
        raise PydanticCustomError("spellings_type", "Input should be text or a list")
    return [value] if isinstance(value, str) else value


def _one_for_all(value: object) -> object:
    if not isinstance(value, str | dict):
        raise PydanticCustomError("visibility_type", "Input should be a word or a mapping")
    return {EVERY_OTHER: value} if isinstance(value, str) else value


def _all_or_some(value: object) -> object:
    if value != "all" and not isinstance(value, dict):
        raise PydanticCustomError("rows_type", "Input should be all or a mapping")
    return {} if value == "all" else value


def quoted_day(value: object) -> object:
    """A day in quotes is a day too."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def off(value: object) -> object:
    """To a reader of YAML 1.1 a bare off is false."""
    return "off" if value is False else value


Text = Annotated[str, Field(pattern=r"\S")]
Spellings = Annotated[list[Text], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])]
Words = dict[str, Spellings]
Seen = Annotated[Visibility, Field(strict=False)]
RowsDue = Annotated[
    Words | None, BeforeValidator(_all_or_some, json_schema_input_type=Literal["all"] | dict[str, str | list[str]])
]
ReadersSee = Annotated[
    dict[str, Seen], BeforeValidator(_one_for_all, json_schema_input_type=Visibility | dict[str, Visibility])
]


class Settings(BaseModel):
    """Nothing unknown, and no conversions: a number where text is meant is a surprise, not a convenience."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
