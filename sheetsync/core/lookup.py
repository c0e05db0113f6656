"""The one formula we put into a person's tab: it shows beside each row what our tab holds for that row's own key.

It stands in the header cell of a managed column and spills down. Each row looks up its own key, so the values follow
their rows through sorts, inserts and moves with nobody at work. For the key in column C it reads, less the line breaks:

    =ARRAYFORMULA(IF(ROW(C)=ROW(); "ss:status"; IFERROR(LET(
        key; IF(EXACT(TO_TEXT(INDEX($C:$C;ROW())); "Ref") * EXACT(INDEX(sheetsync!$D:$D;1); "status") * LEN(C);
                "briefs␟"&TO_TEXT(C); NA());
        IF(EXACT(XLOOKUP(key; sheetsync!$A:$A; sheetsync!$A:$A); key); XLOOKUP(key; sheetsync!$A:$A; sheetsync!$D:$D);)
    ))))

Whatever goes wrong, a row stays blank; it never shows what belongs to another key. Why it reads as it does:

- `C` stands for `INDEX($C:$C;ROW()):INDEX($C:$C;ROWS($C:$C))`: from the formula's own row to the end of the grid,
  whatever is inserted above or right below it, and wherever a sort carries it. It reaches the grid's end so that a
  value typed anywhere in our column blocks it and is noticed
- `TO_TEXT`: the key as people see it, whether it is text, a number or a date
- the key's header is looked at: if people moved the columns just before the formula arrived, there is no key here
- the head of our tab's column is looked at: a copy of the formula that nobody keeps (in a tab somebody duplicated)
  shows nothing once that column holds something else
- `NA()` for a row without key: an error is its own answer, so only filled rows are searched for, however long the grid
- `XLOOKUP`, never `VLOOKUP` or `MATCH`: exact, a key with `*` or `?` means itself
- `EXACT`: XLOOKUP ignores case, and nobody says what else it takes for the same (`ß` and `ss`, `²` and `2`); the line
  that was found counts only if its key is this row's to the letter
- `;` between arguments: every locale takes it. Nothing else in it is bound to a locale
- omitted arguments instead of `""`: a row with nothing to say stays truly blank
"""

import re
from collections.abc import Sequence

#: managed columns and everything else we write in a person's tab start like this
OUR_PREFIX = "ss:"

#: U+241F SYMBOL FOR UNIT SEPARATOR, between the parts of a scoped key
SEPARATOR = "␟"

#: what may be written in several ways: texts (kept as they are), quoted titles, separators and spaces
_SPELLING = re.compile(r'("(?:[^"]|"")*")|\'((?:[^\']|\'\')*)\'!|([,\s])')
#: what this and every older version of our formula has in common
_SHAPE = re.compile(r'=ARRAYFORMULA\(IF\(ROW\([^"]*\)=ROW\(\);"((?:[^"]|"")*)";IFERROR\(.*␟.*\)\)\)', re.DOTALL)


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


def spilling_lookup(
    header: str,
    source: str,
    key: Sequence[tuple[int, str]],
    our_tab: str,
    value_column: int,
    value_head: str | None = None,
) -> str:
    """The formula of one managed column.

    `header` is what the column is headed with. `value_column` (0-based) is the column of our tab, titled `our_tab`,
    whose values are shown, and `value_head` its head: by default the header without our prefix. That tab's first column
    holds the scoped keys. `key` are the 0-based columns of the row's key in the person's tab, each with the text its
    header shows in the formula's own row.
    """
    keys = [_column_from_here(column) for column, _ in key]
    tab, value = _quoted_title(our_tab), column_letters(value_column)
    headed = [f"EXACT(TO_TEXT(INDEX({_column(column)};ROW()));{_text(shown)})" for column, shown in key]
    head = header.removeprefix(OUR_PREFIX) if value_head is None else value_head
    named = f"EXACT(INDEX({tab}!${value}:${value};1);{_text(head)})"
    addressable = "*".join([*headed, named, *(f"LEN({cells})" for cells in keys)])
    scoped = _text(source + SEPARATOR) + f"&{_text(SEPARATOR)}".join(f"&TO_TEXT({cells})" for cells in keys)
    line = f"XLOOKUP(key;{tab}!$A:$A;{tab}!$A:$A)"
    found = f"XLOOKUP(key;{tab}!$A:$A;{tab}!${value}:${value})"
    shown = f"LET(key;IF({addressable};{scoped};NA());IF(EXACT({line};key);{found};))"
    return f"=ARRAYFORMULA(IF(ROW({keys[0]})=ROW();{_text(header)};IFERROR({shown})))"


def header_alone(header: str) -> str:
    """A formula that shows a header and nothing else."""
    return f"={_text(header)}"


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
