"""Where the tables of a tab are, and what kind of row each row is."""

from sheetsync.core.tables.finding import find_tables
from sheetsync.core.tables.found import Column, Found, Names, Table
from sheetsync.core.tables.layout import Layout, NoTable, find_table, named_in, nobody_knows
from sheetsync.core.tables.seen import our_columns_of
from sheetsync.core.tables.twins import names_of

__all__ = [
    "Column",
    "Found",
    "Layout",
    "Names",
    "NoTable",
    "Table",
    "find_table",
    "find_tables",
    "named_in",
    "names_of",
    "nobody_knows",
    "our_columns_of",
]
