"""Real exports in and out: Excel workbooks and CSV files become the sandbox's spreadsheets, and go back.

openpyxl is known here and nowhere else.
"""

from sheetsync.sandbox.exchange.answering import answers
from sheetsync.sandbox.exchange.bringing import Brought, Settings, bring_in, find, take_out

__all__ = ["Brought", "Settings", "answers", "bring_in", "find", "take_out"]
