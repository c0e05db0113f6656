"""Which column of a table nobody has described is which field: what its header names, as far as its values agree.

Nothing is decided by likeness. A header's spelling proposes, the values object, the columns beside it and what the rows
are settle a word that means several things; what is still open then is asked, once per column.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sheetsync.core.fields.texts import bare, quote
from sheetsync.core.mapping.expected import Fit, fit, kind, speaks_for
from sheetsync.core.mapping.guessed import Guess, Guesses
from sheetsync.core.mapping.profile import Profile, Trait, profile
from sheetsync.core.mapping.rows import key_of, rows_are, texts_of
from sheetsync.core.mapping.shifted import moved_right
from sheetsync.core.mapping.spellings import HeaderWords, Naming
from sheetsync.core.mapping.words import CHANNEL, listed
from sheetsync.core.model import Cell, Entity, Tab
from sheetsync.core.tables import Column, Table, our_columns_of

#: one word for the state of three things
_STATUSES: Final = {"campaign": "campaign_status", "placement": "placement_status", "page": "page_status"}
#: what a bare "Status" beside a column of this field speaks of; beside all others, of what the row is
_SPEAKS_OF: Final = {
    **dict.fromkeys(
        ("campaign_id", "campaign_name", "partner", "offer", "promo_code", "price", "utm_campaign"), "campaign"
    ),
    **dict.fromkeys(("slot", "channel", "platform", "subject", "send_time", "creative", "utm_content"), "placement"),
    **dict.fromkeys(("placement_budget", "tracking_url", "placement_status"), "placement"),
    **dict.fromkeys(("landing_page", "page_status"), "page"),
    **dict.fromkeys(("campaign_status", "budget"), "campaign"),
}
_BUDGETS: Final = {Entity.CAMPAIGN: "budget", Entity.PLACEMENT: "placement_budget"}
_APPROVALS: Final = frozenset({"brand_approval", "legal_approval"})
#: groups of columns that tell what became of the plan, or of another year's
_NOT_THE_PLAN: Final = frozenset(
    listed("actual, actuals, results, result, performance, reporting, ergebnis, resultats, last, previous, vorjahr")
)
_CHANNELS: Final = frozenset(bare(word) for name, words in CHANNEL.items() for word in (name, *words))


@dataclass(frozen=True)
class _Seen:
    """One column as it is looked at."""

    column: Column
    naming: Naming
    profile: Profile
    #: a formula of ours stands in its header, or it carries our mark
    ours: bool = False

    @property
    def index(self) -> int:
        return self.column.index

    @property
    def plain_status(self) -> bool:
        return len(set(self.naming.firmly) & set(_STATUSES.values())) > 1


@dataclass(frozen=True)
class _Choice:
    """What a column was taken for so far."""

    seen: _Seen
    field: str | None = None
    #: 3: only this field's spelling; 2: settled among several; 1: a loose word; 0: none
    strength: int = 0
    rivals: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    question: str = ""

    def asked(self, question: str, rivals: Iterable[str] = ()) -> "_Choice":
        return replace(
            self, field=None, strength=0, question=question, rivals=tuple(dict.fromkeys((*rivals, *self.rivals)))
        )

    def left(self, reason: str) -> "_Choice":
        """None of ours, without a question."""
        rivals = tuple(dict.fromkeys((*((self.field,) if self.field else ()), *self.rivals)))
        return replace(self, field=None, strength=0, rivals=rivals, reasons=(*self.reasons, reason))


def guess(tab: Tab, table: Table, words: HeaderWords, locale: str, season: date | None = None) -> Guesses:
    """What each column of a table is, what its rows are, and which fields address a row.

    `locale` is the workbook's (Google style, "de_DE"); `season` a day that dates without a year are near to. Never
    raises: a column that is none of ours, or in doubt, has no field, and says why.
    """
    seen = [*_look(tab, table, words, locale, season)]
    moved, question = moved_right([(one.index, one.naming.firmly, one.profile) for one in seen])
    choices = [_proposed(one) if one.index not in moved else _moved(one, question) for one in seen]
    entity = _entity(tab, table, choices)
    choices = _alone(_settled(choices, entity))
    columns = {choice.field: choice.seen.index for choice in choices if choice.field and not choice.question}
    merged = frozenset(name for name, column in columns.items() if _is_merged(tab, table, column))
    return Guesses(
        rows_are=entity,
        columns=tuple(map(_told, _days_asked(choices))),
        key=key_of(entity, texts_of(tab, table, columns), merged),
        questions=(question,) if question else (),
    )


# ---------------------------------------------------------------- one column by itself


def _look(tab: Tab, table: Table, words: HeaderWords, locale: str, season: date | None) -> Iterator[_Seen]:
    ours = frozenset(index for row in table.header_rows for index in our_columns_of(tab, row))
    groups = Counter(column.group.strip() for column in table.columns)
    for column in table.columns:
        cells: list[Cell] = [tab.cell(row, column.index) for row in table.data_rows]
        naming = _named(column, words, alone=groups[column.group.strip()] == 1)
        header = f"{column.group} {column.header}" if column.group else column.header
        yield _Seen(column, naming, profile(cells, header, locale, season), column.index in ours)


def _named(column: Column, words: HeaderWords, alone: bool) -> Naming:
    """A group over one column is its name in another language, or its name."""
    if set(bare(column.group).split()) & _NOT_THE_PLAN:
        return Naming()
    return words.naming(column.header, column.group) or (words.naming(column.group) if alone else Naming())


def _proposed(seen: _Seen) -> _Choice:
    """What the header names, as far as the values agree."""
    choice = _Choice(seen)
    header = seen.column.header or seen.column.group
    if seen.ours:
        return choice.left("a column of sheetsync's own")
    if not header.strip():
        return choice.left("has values but no header" if seen.profile.filled else "has neither header nor values")
    if not seen.naming:
        return choice.left(f"the header {quote(header)} is no spelling of any field")
    fits = {name: fit(name, seen.profile) for name in seen.naming.fields}
    firm = [name for name in seen.naming.firmly if fits[name] is not Fit.NO]
    loose = [name for name in seen.naming.loosely if fits[name] in (Fit.YES, Fit.EMPTY)]
    sure = [name for name in firm if fits[name] is Fit.YES]
    ranked = list(dict.fromkeys((*sure, *(name for name in loose if _plainly(name, seen.profile)), *firm, *loose)))
    if not ranked:
        return _contradicted(choice, header)
    best = ranked[0]
    strength = 1 if best in loose else 3 if len(seen.naming.firmly) == 1 else 2
    reason = f"the header {quote(header)} is a spelling of {_label(best)}"
    return replace(choice, field=best, strength=strength, rivals=tuple(ranked[1:]), reasons=(reason,))


def _plainly(name: str, values: Profile) -> bool:
    """Do the values say so much that a loose word may count before a firm one they say nothing about?"""
    return fit(name, values) is Fit.YES and (name != "campaign_id" or values.share(Trait.CODE) > 0.8)


def _contradicted(choice: _Choice, header: str) -> _Choice:
    """The header promises what the column does not hold. Only a word that is sure to promise it is worth a question."""
    values = choice.seen.profile
    names = choice.seen.naming
    holds = " and ".join(quote(sample) for sample in values.samples[:2])
    reason = f"the header {quote(header)} is a spelling of {_label(names.fields[0])}, but the column holds {holds}"
    told = replace(choice, reasons=(reason, *([values.said(what)] if (what := kind(values)) else ())))
    if not names.firmly:
        return replace(told, rivals=names.fields)
    return told.asked(f"The column is headed {quote(header)} but holds {holds}. What does it say?", names.firmly)


def _moved(seen: _Seen, question: str) -> _Choice:
    """What the header says is kept, and asked with its neighbours': nothing is put right by guessing."""
    reason = f"the header {quote(seen.column.header)} does not speak of the values under it"
    name = next(iter(seen.naming.fields), None)
    return _Choice(seen, name, strength=1 if name else 0, reasons=(reason,), question=question)


# ---------------------------------------------------------------- columns beside each other


def _entity(tab: Tab, table: Table, choices: Sequence[_Choice]) -> Entity:
    """By the columns that need nothing else to be understood."""
    columns: dict[str, int] = {}
    for choice in sorted(choices, key=lambda one: -one.strength):
        if choice.field and not choice.seen.plain_status and not _is_plain_budget(choice):
            columns.setdefault(choice.field, choice.seen.index)
    return rows_are(frozenset(columns), texts_of(tab, table, columns))


def _is_plain_budget(choice: _Choice) -> bool:
    return set(_BUDGETS.values()) <= set(choice.seen.naming.firmly)


def _settled(choices: Sequence[_Choice], entity: Entity) -> list[_Choice]:
    """Words that mean several things, settled by what stands around them."""
    named = frozenset(choice.field for choice in choices if choice.field and choice.strength == 3)
    statuses = [choice for choice in choices if choice.field and choice.seen.plain_status]
    settled = []
    for at, choice in enumerate(choices):
        firmly = frozenset(choice.seen.naming.firmly)
        if choice.field is None:
            settled.append(choice)
        elif choice.seen.plain_status:
            settled.append(_status(choice, choices[:at], entity, named, alone=len(statuses) == 1))
        elif _is_plain_budget(choice):
            settled.append(
                replace(choice, field=_BUDGETS[entity], rivals=tuple(set(_BUDGETS.values()) - {_BUDGETS[entity]}))
            )
        elif firmly >= _APPROVALS:
            settled.append(_approval(choice))
        elif firmly == {"flight_start", "send_time"}:
            settled.append(_date(choice, entity, named))
        elif {"channel", "utm_medium"} <= firmly:
            settled.append(_medium(choice, choices))
        else:
            settled.append(choice)
    return settled


def _status(choice: _Choice, before: Sequence[_Choice], entity: Entity, named: frozenset[str], alone: bool) -> _Choice:
    """A bare "Status": of its group, the page beside it, the column to its left if there are several, or the row."""
    header = quote(choice.seen.column.header)
    left = next((one for one in reversed(before) if one.seen.column.header.strip() and not one.seen.plain_status), None)
    beside = _SPEAKS_OF.get(left.field or "", str(entity)) if left and left.field else None
    if group := _group_speaks_of(choice.seen, before):
        name, why = _STATUSES[group], f"under the group {quote(choice.seen.column.group)}"
    elif alone and beside == "page" and "page_status" not in named:
        name, why = "page_status", "it stands beside the landing page"
    elif alone:
        name, why = _STATUSES[entity], f"each row is a {entity}"
    elif left is None or beside is None:
        return choice.asked(f"Several columns are headed {header}. What is this one the status of?", _STATUSES.values())
    else:
        name, why = _STATUSES[beside], f"it stands to the right of {quote(left.seen.column.header)}"
    rivals = tuple(other for other in _STATUSES.values() if other != name)
    return replace(choice, field=name, rivals=rivals, reasons=(f"{header} is the {_label(name)}: {why}",))


def _group_speaks_of(seen: _Seen, before: Sequence[_Choice]) -> str | None:
    """What the group over a column is about: a channel, or a field that stands under the same group."""
    group = seen.column.group.strip()
    if not group:
        return None
    if bare(group) in _CHANNELS:
        return "placement"
    fellows = (one.field for one in reversed(before) if one.seen.column.group.strip() == group and one.field)
    return next((_SPEAKS_OF[name] for name in fellows if name in _SPEAKS_OF), None)


def _approval(choice: _Choice) -> _Choice:
    """ "Approved" does not say by whom, and one person's yes is not another's."""
    header = choice.seen.column.header
    group = bare(choice.seen.column.group)
    for name, word in (("legal_approval", "legal"), ("brand_approval", "brand")):
        if word in group.split():
            return replace(choice, field=name, rivals=())
    if not choice.seen.profile.filled:
        return replace(choice, rivals=()).left("does not say whose approval it is")
    return choice.asked(f"The column is headed {quote(header)}. Whose approval is it?", sorted(_APPROVALS))


def _date(choice: _Choice, entity: Entity, named: frozenset[str]) -> _Choice:
    """A bare "Date" with times of day is when a mail goes out."""
    sends = entity is Entity.PLACEMENT and choice.seen.profile.share(Trait.CLOCK) >= 0.5 and "send_time" not in named
    name, other = ("send_time", "flight_start") if sends else ("flight_start", "send_time")
    return replace(choice, field=name, rivals=(other,))


def _medium(choice: _Choice, choices: Sequence[_Choice]) -> _Choice:
    """ "Medium" is a parameter of a link where its fellows stand beside it, otherwise a channel."""
    fellows = {"utm_source", "utm_campaign", "utm_content"}
    tagging = any(fellows & {one.field} for one in choices) or any(
        one.field == "channel" and one.strength == 3 for one in choices
    )
    name, other = ("utm_medium", "channel") if tagging else ("channel", "utm_medium")
    return replace(choice, field=name, rivals=(other,))


def _alone(choices: Sequence[_Choice]) -> list[_Choice]:
    """Each field in one column: the header that says it most surely counts; two that say it alike are asked."""
    best = {choice.field: max(_claim(one) for one in choices if one.field == choice.field) for choice in choices}
    first = Counter(choice.field for choice in choices if _claim(choice) == best[choice.field])
    free = {name for one in choices for name in one.rivals} - {one.field for one in choices if one.field}
    return [_only(choice, choices, best, first, free) for choice in choices]


def _claim(choice: _Choice) -> tuple[bool, int]:
    """What counts between columns of one field: values at all, then the header's word."""
    return (choice.strength > 1 and choice.seen.profile.told > 0, choice.strength)


def _only(
    choice: _Choice,
    choices: Sequence[_Choice],
    best: Mapping[str | None, tuple[bool, int]],
    first: Mapping[str | None, int],
    free: set[str],
) -> _Choice:
    if choice.field is None or (_claim(choice) == best[choice.field] and first[choice.field] == 1):
        return choice
    others = [one for one in choices if one.field == choice.field and one is not choice]
    names = ", ".join(dict.fromkeys(quote(_header(one.seen.column)) for one in others))
    other = next((name for name in choice.rivals if name in free and _may_be_instead(name, choice, choices)), None)
    if other is not None:
        reason = f"the header {quote(_header(choice.seen.column))} is a spelling of {_label(other)}"
        return replace(choice, field=other, strength=1, reasons=(reason,), rivals=(choice.field,))
    if choice.strength == 1 or _claim(choice) < best[choice.field]:
        return choice.left(f"{_label(choice.field)} is the column {names} already")
    where = f"{quote(_header(choice.seen.column))} and {names} both say {_label(choice.field)}"
    return choice.asked(f"{where}. Which of them counts, and what is the other?", (choice.field,))


def _may_be_instead(name: str, choice: _Choice, choices: Sequence[_Choice]) -> bool:
    """A column that lost its first field may be its second where its values are that, and nobody else is after it."""
    settled = choice.seen.plain_status or _is_plain_budget(choice) or set(choice.seen.naming.firmly) >= _APPROVALS
    if settled or not _is_told_by_its_values(name, choice.seen.profile):
        return False
    return sum(name in one.rivals and one.field == choice.field for one in choices) == 1


def _is_told_by_its_values(name: str, values: Profile) -> bool:
    if name == "tracking_url":
        return values.share(Trait.TAGGED) >= 0.5
    if name == "send_time":
        return values.share(Trait.CLOCK) >= 0.5
    return fit(name, values) is Fit.YES and speaks_for(name, values) is not None


def _days_asked(choices: Sequence[_Choice]) -> Iterator[_Choice]:
    """Days that can be read two ways are asked, unless another column of days shows how this sheet writes them."""
    days = [one for one in choices if one.field in ("flight_start", "flight_end", "asset_due", "send_time")]
    orders = {one.seen.profile.dialect.day_first for one in days if one.seen.profile.shows_order}
    for choice in choices:
        torn = choice.seen.profile.torn_days if choice in days else ()
        if torn and len(orders) != 1:
            which = ", ".join(quote(text) for text in torn[:3])
            question = (
                f"{which} can be read day first or month first, and nothing in the sheet says which. Which is it?"
            )
            yield replace(choice, question=question)
        else:
            yield choice


def _is_merged(tab: Tab, table: Table, column: int) -> bool:
    return any(block.holds(row, column) for block in tab.merges for row in table.data_rows)


# ---------------------------------------------------------------- for people


def _told(choice: _Choice) -> Guess:
    values = choice.seen.profile
    evidence = [*choice.reasons]
    if choice.field and values.told and (trait := speaks_for(choice.field, values)):
        evidence.append(values.said(trait))
    elif choice.field is None and not choice.question and values.told and (what := kind(values)):
        evidence.append(values.said(what))
    if choice.field and not values.told:
        evidence.append("nothing stands under it yet")
    if values.formulas * 2 >= values.filled > 0:
        evidence.append(f"{values.formulas} of {values.filled} cells are made by a formula")
    return Guess(
        column=choice.seen.column,
        field=choice.field,
        confidence=_confidence(choice),
        evidence=tuple(dict.fromkeys(evidence)),
        rivals=choice.rivals,
        question=choice.question,
    )


def _confidence(choice: _Choice) -> float:
    if choice.field is None:
        return 0.0
    header = {3: 0.95, 2: 0.85, 1: 0.7}[choice.strength]
    agrees = {Fit.YES: 1.0, Fit.MAYBE: 0.8, Fit.EMPTY: 0.45, Fit.NO: 0.0}[fit(choice.field, choice.seen.profile)]
    return round(header * agrees * (0.5 if choice.question else 1), 2)


def _header(column: Column) -> str:
    return column.header or column.group


def _label(name: str) -> str:
    return name.replace("_", " ")
