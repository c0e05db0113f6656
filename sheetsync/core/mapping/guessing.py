"""Which column of a table nobody has described is which field: what its header names, as far as its values agree.

Nothing is decided by likeness. A header's spelling proposes, the values object, the columns beside it and what the rows
are settle a word that means several things; what is still open then is asked, once per column.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from sheetsync.core.fields.texts import bare, quote
from sheetsync.core.mapping.apart import apart
from sheetsync.core.mapping.choices import Choice, Seen, label
from sheetsync.core.mapping.dressing import numbers_its_own
from sheetsync.core.mapping.expected import Fit, fit, kind, speaks_for
from sheetsync.core.mapping.guessed import Guess, Guesses
from sheetsync.core.mapping.profile import Profile, Trait, profile
from sheetsync.core.mapping.rows import key_of, rows_are, texts_of
from sheetsync.core.mapping.settling import is_plain, settle
from sheetsync.core.mapping.shifted import moved_right
from sheetsync.core.mapping.spellings import HeaderWords, Naming
from sheetsync.core.mapping.words import listed
from sheetsync.core.model import Cell, Entity, Tab
from sheetsync.core.tables import Column, Table, our_columns_of

#: groups of columns that tell what became of the plan, or of another year's
_NOT_THE_PLAN: Final = frozenset(
    listed("actual, actuals, results, result, performance, reporting, ergebnis, resultats, last, previous, vorjahr")
)


def guess(
    tab: Tab, table: Table, words: HeaderWords, locale: str, season: date | None = None, said: bool = False
) -> Guesses:
    """What each column of a table is, what its rows are, and which fields address a row.

    `locale` is the workbook's (Google style, "de_DE"); `said` that a person named it, so that it is how its texts are
    written; `season` a day that dates without a year are near to. Never raises: a column that is none of ours, or in
    doubt, has no field, and says why.
    """
    seen = [*_look(tab, table, words, locale, season)]
    moved, question = moved_right([(one.index, one.naming.firmly, one.profile) for one in seen])
    choices = [_proposed(one) if one.index not in moved else _moved(one, question) for one in seen]
    entity = _entity(tab, table, choices)
    choices = settle(choices, entity)
    columns = {choice.field: choice.seen.index for choice in choices if choice.field and not choice.question}
    merged = frozenset(name for name, column in columns.items() if _is_merged(tab, table, column))
    return Guesses(
        rows_are=entity,
        columns=tuple(map(_told, choices if said else _days_asked(choices))),
        key=key_of(entity, texts_of(tab, table, columns), merged),
        questions=(*((question,) if question else ()), *apart(tab, table)),
    )


# ---------------------------------------------------------------- one column by itself


def _look(tab: Tab, table: Table, words: HeaderWords, locale: str, season: date | None) -> Iterator[Seen]:
    ours = frozenset(index for row in table.header_rows for index in our_columns_of(tab, row))
    groups = Counter(column.group.strip() for column in table.columns)
    for column in table.columns:
        cells: list[Cell] = [tab.cell(row, column.index) for row in table.data_rows]
        naming = _named(column, words, alone=groups[column.group.strip()] == 1)
        header = f"{column.group} {column.header}" if column.group else column.header
        values = profile(cells, header, locale, season)
        if not naming and numbers_its_own(column.header, values.samples):
            naming = Naming((), ("campaign_id",))
        about = words.naming(column.group) if column.group else Naming()
        yield Seen(column, naming, values, about, column.index in ours)


def _named(column: Column, words: HeaderWords, alone: bool) -> Naming:
    """A group over one column is its name in another language, or its name."""
    if set(bare(column.group).split()) & _NOT_THE_PLAN:
        return Naming()
    return words.naming(column.header, column.group) or (words.naming(column.group) if alone else Naming())


def _proposed(seen: Seen) -> Choice:
    """What the header names, as far as the values agree."""
    choice = Choice(seen)
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
    reason = f"the header {quote(header)} is a spelling of {label(best)}"
    return replace(choice, field=best, strength=strength, rivals=tuple(ranked[1:]), reasons=(reason,))


def _plainly(name: str, values: Profile) -> bool:
    """Do the values say so much that a loose word may count before a firm one they say nothing about?"""
    return fit(name, values) is Fit.YES and (name != "campaign_id" or values.share(Trait.CODE) > 0.8)


def _contradicted(choice: Choice, header: str) -> Choice:
    """The header promises what the column does not hold. Only a word that is sure to promise it is worth a question."""
    values = choice.seen.profile
    names = choice.seen.naming
    holds = " and ".join(quote(sample) for sample in values.samples[:2])
    reason = f"the header {quote(header)} is a spelling of {label(names.fields[0])}, but the column holds {holds}"
    told = replace(choice, reasons=(reason, *([values.said(what)] if (what := kind(values)) else ())))
    if not names.firmly:
        return replace(told, rivals=names.fields)
    return told.asked(f"The column is headed {quote(header)} but holds {holds}. What does it say?", names.firmly)


def _moved(seen: Seen, question: str) -> Choice:
    """What the header says is kept, and asked with its neighbours': nothing is put right by guessing."""
    reason = f"the header {quote(seen.column.header)} does not speak of the values under it"
    name = next(iter(seen.naming.fields), None)
    return Choice(seen, name, strength=1 if name else 0, reasons=(reason,), question=question)


# ---------------------------------------------------------------- columns beside each other


def _entity(tab: Tab, table: Table, choices: Sequence[Choice]) -> Entity:
    """By the columns that need nothing else to be understood."""
    columns: dict[str, int] = {}
    for choice in sorted(choices, key=lambda one: -one.strength):
        if choice.field and not is_plain(choice.seen):
            columns.setdefault(choice.field, choice.seen.index)
    return rows_are(frozenset(columns), texts_of(tab, table, columns))


def _days_asked(choices: Sequence[Choice]) -> Iterator[Choice]:
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
            yield replace(choice, question=question, torn=True)
        else:
            yield choice


def _is_merged(tab: Tab, table: Table, column: int) -> bool:
    return any(block.holds(row, column) for block in tab.merges for row in table.data_rows)


# ---------------------------------------------------------------- for people


def _told(choice: Choice) -> Guess:
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
        torn=choice.torn,
    )


def _confidence(choice: Choice) -> float:
    if choice.field is None:
        return 0.0
    header = {3: 0.95, 2: 0.85, 1: 0.7}[choice.strength]
    agrees = {Fit.YES: 1.0, Fit.MAYBE: 0.8, Fit.EMPTY: 0.45, Fit.NO: 0.0}[fit(choice.field, choice.seen.profile)]
    return round(header * agrees * (0.5 if choice.question else 1), 2)
