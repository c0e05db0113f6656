"""Small workbooks holding everything an Excel file can carry, for laws about taking them there and back."""

from typing import Any

from hypothesis import strategies as st

from sheetsync.sandbox.a1 import Area, Box
from sheetsync.sandbox.codec import export_book
from sheetsync.sandbox.colours import mirrored
from sheetsync.sandbox.model import Cell, NamedRange, Protection, Rule, Tab, Workbook

Json = dict[str, Any]

LEVELS = st.integers(0, 255).map(lambda level: level / 255)
COLOURS = st.fixed_dictionaries({}, optional={"red": LEVELS, "green": LEVELS, "blue": LEVELS}).map(
    lambda colour: {name: level for name, level in colour.items() if level}
)
TEXTS = st.one_of(
    st.sampled_from(
        [
            "0042",
            "=1+1",
            "'quoted",
            "#N/A",
            "TRUE",
            "1e5",
            " blanks ",
            "two\nlines",
            "\r\n",
            "_x0041_",
            "_x005F_",
            "\x01",
            "😀 Grüße",
            "@cmd",
            "27.11.2026",
            "<b>&amp;",
            "\ud800",
            "\ufffe",
        ]
    ),
    st.text(min_size=1, max_size=12),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
FONTS = st.fixed_dictionaries(
    {},
    optional={
        "bold": st.just(True),
        "italic": st.just(True),
        "strikethrough": st.just(True),
        "underline": st.just(True),
        "fontSize": st.integers(6, 40).filter(lambda size: size != 10),
        "fontFamily": st.sampled_from(["Courier New", "Calibri"]),
        "foregroundColor": COLOURS,
    },
)
PATTERNS = st.sampled_from(
    [
        {"type": "TEXT", "pattern": "@"},
        {"type": "NUMBER", "pattern": "#,##0.00"},
        {"type": "NUMBER", "pattern": "0000"},
        {"type": "PERCENT", "pattern": "0.00%"},
        {"type": "CURRENCY", "pattern": '"$"#,##0.00'},
        {"type": "CURRENCY", "pattern": '#,##0.00\\ "€"'},
        {"type": "SCIENTIFIC", "pattern": "0.00E+00"},
        {"type": "DATE", "pattern": "yyyy-mm-dd"},
        {"type": "DATE", "pattern": "ddd d mmm"},
        {"type": "DATE", "pattern": "mm-dd-yy"},
        {"type": "DATE", "pattern": "mmmm"},
        {"type": "DATE_TIME", "pattern": "d.m.yyyy h:mm"},
        {"type": "DATE_TIME", "pattern": "m/d/yy h:mm"},
        {"type": "TIME", "pattern": "h:mm:ss am/pm"},
        {"type": "TIME", "pattern": "[h]:mm"},
    ]
)
LINES = st.sampled_from(
    [("SOLID", 1), ("SOLID_MEDIUM", 2), ("SOLID_THICK", 3), ("DOTTED", 1), ("DASHED", 1), ("DOUBLE", 3)]
)
BORDERS = st.dictionaries(
    st.sampled_from(["top", "bottom", "left", "right"]),
    st.builds(lambda line, colour: {"style": line[0], "width": line[1], "color": colour}, LINES, COLOURS),
    min_size=1,
)
FORMATS: st.SearchStrategy[Json | None] = st.fixed_dictionaries(
    {},
    optional={
        "textFormat": FONTS.filter(bool),
        "backgroundColor": COLOURS,
        "horizontalAlignment": st.sampled_from(["LEFT", "CENTER", "RIGHT"]),
        "verticalAlignment": st.sampled_from(["TOP", "MIDDLE"]),
        "wrapStrategy": st.just("WRAP"),
        "textRotation": st.integers(-90, 90).filter(bool).map(lambda angle: {"angle": angle})
        | st.just({"vertical": True}),
        "textDirection": st.sampled_from(["LEFT_TO_RIGHT", "RIGHT_TO_LEFT"]),
        "borders": BORDERS,
        "numberFormat": PATTERNS,
    },
).map(lambda given: mirrored(given) or None)
#: in a file's own spelling; the locale's is made of it
FORMULAS = (
    "=SUM(A1,B2)*1.5",
    "=A1",
    "='two words'!$B$2&\"a;b,c\"",
    "=IF(A1>2,XLOOKUP(A1,A:A,C2:C),-0.5)",
    "=ARRAYFORMULA(A1:A3*2)",
    "=FILTER(A1:A5,A1:A5>1)",
    "={1,2;3,4.5}",
    '=QUERY(A1:B,"select A where B > 1.5")',
    "=COUNTUNIQUE(A1,A2:2)",
    "=LET(x,2.5,x+A1)",
    "=#N/A",
    "=IFERROR(A1/0,)",
    '=HYPERLINK("https://example.com/a?b=1","x")',
    "=TEXTJOIN(\" \",TRUE,A1:B2)&TO_TEXT(A1)",
    "=A1:INDEX(B:B,3)",
    "=no such formula)(",
)  # fmt: skip


def localized(formula: str, locale: str) -> str:
    """By hand, without the code under test: outside quotes and braces, the marks of a decimal comma."""
    if locale != "de_DE":
        return formula
    return {
        "=SUM(A1,B2)*1.5": "=SUM(A1;B2)*1,5",
        "=IF(A1>2,XLOOKUP(A1,A:A,C2:C),-0.5)": "=IF(A1>2;XLOOKUP(A1;A:A;C2:C);-0,5)",
        "=FILTER(A1:A5,A1:A5>1)": "=FILTER(A1:A5;A1:A5>1)",
        "={1,2;3,4.5}": "={1\\2;3\\4,5}",
        '=QUERY(A1:B,"select A where B > 1.5")': '=QUERY(A1:B;"select A where B > 1.5")',
        "=COUNTUNIQUE(A1,A2:2)": "=COUNTUNIQUE(A1;A2:2)",
        "=LET(x,2.5,x+A1)": "=LET(x;2,5;x+A1)",
        "=IFERROR(A1/0,)": "=IFERROR(A1/0;)",
        '=HYPERLINK("https://example.com/a?b=1","x")': '=HYPERLINK("https://example.com/a?b=1";"x")',
        '=TEXTJOIN(" ",TRUE,A1:B2)&TO_TEXT(A1)': '=TEXTJOIN(" ";TRUE;A1:B2)&TO_TEXT(A1)',
        "=A1:INDEX(B:B,3)": "=A1:INDEX(B:B;3)",
    }.get(formula, formula)


def values(*texts: str) -> list[Json]:
    """ConditionValues."""
    return [{"userEnteredValue": text} for text in texts]


VALIDATIONS: st.SearchStrategy[Json] = st.sampled_from(
    [
        {
            "condition": {"type": "ONE_OF_LIST", "values": values("a", "b c", 'say "x"')},
            "strict": True,
            "showCustomUi": True,
        },
        {"condition": {"type": "ONE_OF_LIST", "values": values("1", "2")}},
        {"condition": {"type": "ONE_OF_RANGE", "values": values("=Plan!$A$1:$A$9")}, "showCustomUi": True},
        {
            "condition": {"type": "NUMBER_BETWEEN", "values": values("1", "=B2")},
            "strict": True,
            "inputMessage": "how many?",
        },
        {"condition": {"type": "DATE_AFTER", "values": values("2026-11-27")}},
        {"condition": {"type": "CUSTOM_FORMULA", "values": values("=A1>B1")}, "strict": True},
    ]
)
CONDITIONS = st.sampled_from(
    [
        {"type": "NUMBER_GREATER", "values": values("5")},
        {"type": "NUMBER_NOT_BETWEEN", "values": values("1", "=B1")},
        {"type": "TEXT_CONTAINS", "values": values('late "x"')},
        {"type": "TEXT_NOT_CONTAINS", "values": values("a")},
        {"type": "TEXT_STARTS_WITH", "values": values("ß")},
        {"type": "TEXT_ENDS_WITH", "values": values("z")},
        {"type": "TEXT_EQ", "values": values("DIFFERS")},
        {"type": "DATE_BEFORE", "values": values("2026-11-27")},
        {"type": "BLANK"},
        {"type": "NOT_BLANK"},
        {"type": "CUSTOM_FORMULA", "values": values("=$A1>2")},
    ]
)
RULE_FORMATS: st.SearchStrategy[Json | None] = st.fixed_dictionaries(
    {},
    optional={
        "backgroundColor": COLOURS,
        "textFormat": st.just({"bold": True}) | COLOURS.map(lambda colour: {"foregroundColor": colour, "italic": True}),
    },
)
POINTS = st.builds(
    lambda low, high: {"minpoint": mirrored({"color": low, "type": "MIN"}), "maxpoint": mirrored(high)},
    COLOURS,
    COLOURS.map(lambda colour: {"color": colour, "type": "NUMBER", "value": "9"}),
)
BOXES = st.sampled_from([Box(0, 9, 0, 1), Box(1, None, 2, 3), Box(None, None, 1, 2), Box(4, 5, 4, 5)])
RULES = st.one_of(
    st.builds(
        lambda box, condition, look: Rule((box,), {"booleanRule": mirrored({"condition": condition, "format": look})}),
        BOXES,
        CONDITIONS,
        RULE_FORMATS,
    ),
    st.builds(lambda box, points: Rule((box, Box(20, 22, 3, 5)), {"gradientRule": points}), BOXES, POINTS),
)


@st.composite
def runs(draw: st.DrawFn, text: str) -> tuple[Json, ...]:
    """Runs over a text, each unlike the one before it."""
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if not text.isascii() or length < 3 or not draw(st.booleans()):
        return ()
    cut = draw(st.integers(1, length - 1))
    first = mirrored(draw(FONTS.filter(bool)))
    second = mirrored(draw(FONTS.filter(lambda font: mirrored(font) != first)))
    return ({"format": first}, {"startIndex": cut, "format": second})


@st.composite
def cells(draw: st.DrawFn, locale: str) -> Cell:
    """A cell with anything in it."""
    value: Any = draw(st.none() | st.booleans() | NUMBERS | TEXTS)
    formula = localized(draw(st.sampled_from(FORMULAS)), locale) if draw(st.integers(0, 3)) == 0 else None
    own = draw(runs(value)) if isinstance(value, str) and formula is None else ()
    look = draw(FORMATS)
    if value is not None and formula is None and draw(st.integers(0, 5)) == 0:
        text = (look or {}).get("textFormat", {})
        look = (look or {}) | {"textFormat": text | {"link": {"uri": draw(LINKS)}}}
    note = draw(st.just("") | TEXTS)
    validation = draw(st.none() | VALIDATIONS)
    return Cell(None if formula else value, formula, look, note, validation, own)


LINKS = st.sampled_from(
    ["https://example.com/x?a=1&b=2", "mailto:a@brand.example", "#gid=0&range=B2", "https://ü.example/#top"]
)
LINE_PROPERTIES = st.fixed_dictionaries(
    {}, optional={"hiddenByUser": st.just(True), "pixelSize": st.integers(22, 99)}
).filter(bool)


@st.composite
def tabs(draw: st.DrawFn, sheet_id: int, title: str, locale: str, owner: str) -> Tab:
    """A tab; merges and filters stand below and beside its cells, where nothing is in their way."""
    tab = Tab(sheet_id, title)
    places = st.tuples(st.integers(0, 6), st.integers(0, 5))
    for place, cell in draw(st.dictionaries(places, cells(locale), max_size=8)).items():
        tab.put(*place, cell)
    tab.frozen_rows, tab.frozen_columns = draw(st.integers(0, 3)), draw(st.integers(0, 2))
    tab.row_properties = draw(st.dictionaries(st.integers(30, 40), LINE_PROPERTIES, max_size=2))
    tab.column_properties = draw(st.dictionaries(st.integers(0, 9), LINE_PROPERTIES, max_size=2))
    tab.merges = draw(st.sampled_from([[], [Area(50, 52, 0, 3)], [Area(50, 51, 0, 2), Area(60, 63, 1, 2)]]))
    tab.rules = draw(st.lists(RULES, max_size=3))
    if draw(st.booleans()):
        holes = draw(st.sampled_from([(), (Box(10, 12, 0, 2),), (Box(10, 12, 0, 1), Box(14, 15, 3, 4))]))
        tab.protections = [Protection(1, Box(), creator=owner, unprotected=holes)]
    if draw(st.booleans()):
        tab.filter, tab.filter_box = {}, Box(70, 74, 0, 2)
        for row, text in enumerate(["head", "a", "b", "b"], start=70):
            tab.put(row, 1, Cell(text))
        if draw(st.booleans()):
            tab.filter = {"filterSpecs": [{"columnIndex": 1, "filterCriteria": {"hiddenValues": ["b"]}}]}
    if draw(st.booleans()):
        tab.extra = {"rightToLeft": True} | mirrored({"tabColor": {"red": 1.0}})
        tab.extra_grid = {"hideGridlines": True}
    return tab


@st.composite
def workbooks(draw: st.DrawFn) -> Workbook:
    """A workbook of everything the format can carry."""
    locale = draw(st.sampled_from(["en_US", "de_DE"]))
    book = Workbook("x", "Plan", locale, "Europe/Berlin", "person@x")
    titles = draw(st.permutations(["Plan", "two words", "D3"]))[: draw(st.integers(1, 3))]
    titles = list(dict.fromkeys([*titles, "Plan", "two words"]))  # formulas speak of these
    book.tabs = [draw(tabs(number, title, locale, book.owner)) for number, title in enumerate(titles)]
    for tab in book.tabs[1:]:
        tab.hidden = draw(st.booleans())
    for name in draw(st.lists(st.sampled_from(["Codes", "whole_column", "Grüße"]), unique=True)):
        book.named.append(NamedRange(name, name, draw(st.integers(0, 1)), draw(BOXES)))
    return book


def without_ids(book: Workbook) -> Json:
    """Everything but what an import gives anew."""
    stored = export_book(book)
    for name in ("id", "created", "modified", "modified_by", "version", "shared_with"):
        del stored[name]
    for named in stored["named"]:
        del named["id"]
    for tab in stored["tabs"]:
        for protection in tab["protections"]:
            del protection["id"]
    return stored
