"""What settings are made of: texts, lists that may be one text, words with their spellings."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

#: in the places of mistakes, which form of a setting was meant; no setting can have these names
WORD: Final = "<word>"
MAPPING: Final = "<mapping>"


class Settings(BaseModel):
    """Nothing unknown, and no conversions: a number where text is meant is a surprise, not a convenience."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def form(value: object) -> str:
    """Of a setting that is a word or a mapping: which of the two this is meant to be."""
    return MAPPING if isinstance(value, dict | BaseModel) else WORD


def _one_or_many(value: object) -> object:
    if not isinstance(value, str | list):
        raise PydanticCustomError("spellings_type", "Input should be text or a list")
    return [value] if isinstance(value, str) else value


def _all_or_some(value: object) -> object:
    if value != "all" and not isinstance(value, dict):
        raise PydanticCustomError("rows_type", "Input should be all or a mapping")
    return {} if value == "all" else value


def _quoted_day(value: object) -> object:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def on_or_off(value: object) -> object:
    """To a reader of YAML 1.1 a bare off is false, a bare on true."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else value


Text = Annotated[str, Field(pattern=r"\S")]
Spellings = Annotated[list[Text], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])]
Words = dict[str, Spellings]
#: a day, in quotes or not
Day = Annotated[date, BeforeValidator(_quoted_day)]
RowsDue = Annotated[
    Words | None, BeforeValidator(_all_or_some, json_schema_input_type=Literal["all"] | dict[str, str | list[str]])
]
