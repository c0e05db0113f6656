"""A configuration written down for people: what `load` reads back as the same sources, owners and handoffs.

What is in doubt stands beside the setting it is about, as a comment; nothing that people typed can end a comment or a
text, or begin another setting.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Final, assert_never

from sheetsync.config.shape import EVERY_OTHER
from sheetsync.core.graph import Handoff, Mode, SheetTab, Source, Visibility
from sheetsync.core.mapping.words import CHANNEL, STATUS
from sheetsync.core.terms import After, Before, Condition, Contract, OneOf, SumAtMost, Terms, VariesBy, Within

#: a blank at which no line ends, while it is being folded
_UNBROKEN: Final = "\u00a0"
_STARTER: Final = Path(__file__).with_name("starter")
_WIDTH: Final = 79
#: read as the very same text by every reader of YAML, without quotes
_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w./&()+-]| (?=[\w./&()+-]))*")
#: and these as something else
_WORDS: Final = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is said about a source in comments."""

    #: above the source
    above: tuple[str, ...] = ()
    #: what the tab is called, beside its id
    tab: str = ""
    #: field -> what is to be known of its column
    columns: Mapping[str, str] = field(default_factory=dict)
    #: columns that are not mapped: (what might be written, what is to be known)
    left: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A first configuration."""

    sources: tuple[tuple[Source, Remarks], ...]
    owners: Mapping[str, str] = field(default_factory=dict)
    handoffs: tuple[Handoff, ...] = ()
    season: date | None = None


def write_files(draft: Draft) -> Mapping[str, str]:
    """The files of a configuration's folder, by name, with their whole text."""
    season = "# season: 2026-12-01" if draft.season is None else f"season: {draft.season.isoformat()}"
    return {
        "sheetsync.yaml": _starter("sheetsync.yaml").replace("# SEASON", season),
        "sources.yaml": _starter("sources.yaml") + "\n" + write_sources(draft.sources),
        "handoffs.yaml": _starter("handoffs.yaml") + "\n" + _owners(draft.owners) + _handoffs(draft.handoffs),
        "tracking.yaml": _starter("tracking.yaml").replace("  # WORDS\n", _words()),
    }


def write_sources(sources: Sequence[tuple[Source, Remarks]]) -> str:
    """The section `sources`, one block for each."""
    blocks: list[str] = []
    whole: list[Source] = []
    for source, remarks in sources:
        model = next((one for one in whole if _is_like(source, one)), None)
        if model is None:
            whole.append(source)
        lines = _source(source, remarks) if model is None else _alike(source, model, remarks)
        blocks.append("\n".join(lines) + "\n")
    return "sources:\n" + "\n".join(blocks)


def commented(lines: Sequence[str], indent: int = 0) -> Iterator[str]:
    """Sentences as lines of comment, folded; whatever they hold, they stay comments."""
    start = " " * indent + "# "
    for line in lines:
        yield from wrap(_one_line(line), _WIDTH, initial_indent=start, subsequent_indent=start)


def _starter(name: str) -> str:
    return (_STARTER / name).read_text(encoding="utf-8")


def _words() -> str:
    """The words by which columns are told, as the vocabularies a team begins with."""
    lines: list[str] = []
    for name, words in {"status": STATUS, "channel": CHANNEL}.items():
        lines.append(f"  {name}:")
        for word, spellings in words.items():
            said = (
                f"{_text(word)}:{_UNBROKEN}[" + ", ".join(_text(one).replace(" ", _UNBROKEN) for one in spellings) + "]"
            )
            lines += wrap(said, _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6, break_on_hyphens=False)
    return "\n".join(lines).replace(_UNBROKEN, " ") + "\n"


def _is_like(source: Source, model: Source) -> bool:
    """Whether a tab is as another one in all that takes room to say: a tab a month.

    Which fields address a row is found out in each tab, and may be said in each.
    """
    if not isinstance(source.location, SheetTab) or not isinstance(model.location, SheetTab):
        return False
    own = replace(source, name=model.name, title=model.title, team=model.team, location=model.location, mode=model.mode)
    return replace(own, key=model.key, match=model.match) == model


def _alike(source: Source, model: Source, remarks: Remarks) -> Iterator[str]:
    """Only what is not as in the other source."""
    yield from commented(remarks.above, 2)
    yield f"  {_text(source.name)}:"
    settings = [("like", _text(model.name)), ("title", _text(source.title))]
    settings += [("team", _text(source.team))] if source.team != model.team else []
    where = _place(source, remarks.tab)
    settings += (said for said in where if said not in _place(model, "") or said[0] == "tab_id")
    settings += [("mode", _mode(source.mode))] if source.mode is not model.mode else []
    settings += [("key", _list(source.key))] if source.key != model.key else []
    settings += [("match", f"[{', '.join(map(_list, source.match))}]")] if source.match != model.match else []
    yield from (f"    {name}: {said}" for name, said in settings)
    for name, remark in remarks.columns.items():
        yield from commented([f"{name}: {remark}"], 4)
    for left, why in remarks.left:
        yield from commented([f"{left}  ({why})"], 4)


def _source(source: Source, remarks: Remarks) -> Iterator[str]:
    yield from commented(remarks.above, 2)
    yield f"  {_text(source.name)}:"
    settings = [("title", _text(source.title)), ("team", _text(source.team)), *_place(source, remarks.tab)]
    if isinstance(source.location, SheetTab):
        settings += [("mode", _mode(source.mode)), *_readers(source)]
    settings += [("rows_are", str(source.rows_are)), ("key", _list(source.key))]
    yield from (f"    {name}: {said}" for name, said in settings)
    yield "    match:"
    yield from (f"      - {_list(names)}" for names in source.match)
    yield "    columns:"
    for name, spellings in source.columns.items():
        yield from _column(f"{_text(name)}: {_one_or_list(spellings)}", remarks.columns.get(name, ""))
    for left, why in remarks.left:
        yield from _column(f"# {_one_line(left)}", why)
    if source.generated:
        yield f"    generated: {_list(source.generated)}"


def _place(source: Source, tab: str) -> Iterator[tuple[str, str]]:
    if isinstance(source.location, SheetTab):
        yield "spreadsheet", _text(source.location.spreadsheet)
        yield "tab_id", f"{source.location.tab_id}" + (f"  # {_one_line(tab)}" if tab else "")
    else:
        yield "table", _text(source.location.name)


def _mode(mode: Mode) -> str:
    return f"{mode}  # nothing is written" if mode is Mode.OBSERVE else str(mode)


def _readers(source: Source) -> Iterator[tuple[str, str]]:
    if source.readers_see_of:
        seen = {EVERY_OTHER: source.readers_see, **source.readers_see_of}
        yield "readers_see", _mapping({name: str(word) for name, word in seen.items()})
    elif source.readers_see is not Visibility.FIELDS:
        yield "readers_see", str(source.readers_see)


def _column(line: str, remark: str) -> Iterator[str]:
    """A setting with its remark behind it, or above it where there is no room."""
    beside = f"      {line}  # {_one_line(remark)}"
    if not remark or len(beside) <= _WIDTH:
        yield beside if remark else f"      {line}"
        return
    yield from commented([remark], 6)
    yield f"      {line}"


def _owners(owners: Mapping[str, str]) -> str:
    if not owners:
        return "owners: {}\n"
    return "owners:\n" + "".join(f"  {_text(name)}: {_text(owner)}\n" for name, owner in owners.items())


def _handoffs(handoffs: Sequence[Handoff]) -> str:
    if not handoffs:
        return "\nhandoffs: []\n"
    return "\nhandoffs:\n" + "\n".join("\n".join(_handoff(handoff)) + "\n" for handoff in handoffs)


def _handoff(handoff: Handoff) -> Iterator[str]:
    yield f"  - from: {_text(handoff.giver)}"
    yield f"    to: {_text(handoff.receiver)}"
    yield "    contracts:"
    yield from (f"      {_text(name)}: {_terms(terms)}" for name, terms in handoff.contracts.items())


def _terms(terms: Terms) -> str:
    match terms:
        case Contract():
            return str(terms)
        case Within(start, end, when):
            return _held("within", _list((start, end)), when)
        case SumAtMost(whole, when):
            return _held("sum_at_most", _text(whole), when)
        case OneOf(words, when):
            return _held("one_of", _list(words), when)
        case Before(other, when):
            return _held("before", _text(other), when)
        case After(other, when):
            return _held("after", _text(other), when)
        case VariesBy(by, when=when):
            return _held("varies_by", _text(by), when)
        case _:
            assert_never(terms)


def _held(name: str, said: str, when: Condition) -> str:
    condition = ", ".join(f"{_text(field)}: {_list(words)}" for field, words in when.items())
    return f"{{{name}: {said}" + (f", when: {{{condition}}}" if when else "") + "}"


def _one_or_list(texts: Sequence[str]) -> str:
    return _text(texts[0]) if len(texts) == 1 else _list(texts)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(_text(text) for text in texts)}]"


def _mapping(words: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{_text(name)}: {_text(word)}' for name, word in words.items())}}}"


def _text(text: str) -> str:
    """A text as YAML: bare where that is safe, else in double quotes with everything odd escaped."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _one_line(text: str) -> str:
    """What people typed, where it may not end the line."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
