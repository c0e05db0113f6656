"""The one formula we put into a person's tab: it shows beside each row what our tab holds for that row's own key.

It stands in the header cell of a managed column and spills down. Each row looks up its own key, so the values follow
their rows through sorts, inserts and moves with nobody at work. Why it reads as it does:

- `INDEX(C:C;ROW()):INDEX(C:C;ROWS(C:C))` starts at the formula's own row, whatever is inserted above or right below it
- `XLOOKUP`, never `VLOOKUP`: exact, a key with `*` or `?` means itself
- `TO_TEXT`: the key as people see it, whether it is text, a number or a date
- `;` between arguments: every locale takes it
- omitted arguments instead of `""`: a row with nothing to say stays truly blank
- the key's headers are looked at too: if people moved the columns just before the formula arrived, it shows nothing
  instead of what belongs to another key
"""

import re
from collections.abc import Sequence

#: U+241F SYMBOL FOR UNIT SEPARATOR, between the parts of a scoped key
SEPARATOR = "␟"

#: what may be written in several ways: texts (kept as they are), quoted titles, separators and spaces
_SPELLING = re.compile(r'("(?:[^"]|"")*")|\'((?:[^\']|\'\')*)\'!|([,\s])')
_SHAPE = re.compile(r'=ARRAYFORMULA\(IF\(ROW\([^"]*\)=ROW\(\);"((?:[^"]|"")*)";IFERROR\(.*\)\)\)', re.DOTALL)


def column_letters(column: int) -> str:
    """A1 letters of a 0-based column: 0 -> A, 26 -> AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def a1(row: int | None, column: int | None) -> str:
    """A1 notation of a 0-based place; a missing row or column is left out."""
    return (column_letters(column) if column is not None else "") + (str(row + 1) if row is not None else "")


def scoped_key(source: str, address: Sequence[str]) -> str:
    """The text by which one row of one source is found in our tab."""
    return SEPARATOR.join((source, *address))


def spilling_lookup(header: str, source: str, key: Sequence[tuple[int, str]], our_tab: str, value_column: int) -> str:
    """The formula of one managed column.

    `key` are the 0-based columns of the row's key in the person's tab, each with the text its header shows in the
    formula's own row; `value_column` is the 0-based column of our tab (title `our_tab`) whose values it shows. Our
    tab's first column holds the scoped keys.
    """
    keys = [_column_from_here(column) for column, _ in key]
    texts = [f"TO_TEXT({cells})" for cells in keys]
    headed = [f"(TO_TEXT(INDEX({_column(column)};ROW()))={_text(shown)})" for column, shown in key]
    unheaded_or_blank = "*".join([*headed, *(f"LEN({text})" for text in texts)]) + "=0"
    scoped = f'&"{SEPARATOR}"&'.join([_text(source), *texts])
    tab = _quoted_title(our_tab)
    value = column_letters(value_column)
    found = f"XLOOKUP({scoped};{tab}!$A:$A;{tab}!${value}:${value})"
    return f"=ARRAYFORMULA(IF(ROW({keys[0]})=ROW();{_text(header)};IFERROR(IF({unheaded_or_blank};;{found});)))"


def same_formula(one: str | None, other: str) -> bool:
    """Whether two formulas are one: Google writes `;` as its locale does and quotes a title only where it must."""
    return one is not None and _respelled(one) == _respelled(other)


def header_shown(formula: str | None) -> str | None:
    """The header that a formula made by `spilling_lookup` shows; None for any other, whatever it mentions."""
    shape = _SHAPE.fullmatch(_respelled(formula)) if formula is not None else None
    return None if shape is None else shape[1].replace('""', '"')


def _respelled(formula: str) -> str:
    return _SPELLING.sub(_one_spelling, formula)


def _one_spelling(part: re.Match[str]) -> str:
    text, title, separator = part.groups()
    if title is not None:
        return f"{title}!"
    return text or (";" if separator == "," else "")


def _column(column: int) -> str:
    return f"${column_letters(column)}:${column_letters(column)}"


def _column_from_here(column: int) -> str:
    letters = _column(column)
    return f"INDEX({letters};ROW()):INDEX({letters};ROWS({letters}))"


def _text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _quoted_title(title: str) -> str:
    """A tab title as a formula needs it: plain words bare, anything else in quotes (as Google writes it itself)."""
    return title if title.isascii() and title.isalpha() else "'" + title.replace("'", "''") + "'"
