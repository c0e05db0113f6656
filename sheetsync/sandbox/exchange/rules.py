"""Conditions, between Excel's and Google's: data validation and conditional formats."""

import re
from collections.abc import Callable
from typing import Any

from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.datavalidation import DataValidation

from sheetsync.sandbox.colours import mirrored
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.exchange.styles import Palette, hex_colour, text_format
from sheetsync.sandbox.exchange.texts import escaped, unescaped

#: Excel's comparison -> the end of Google's name, as in NUMBER_GREATER
_COMPARED = {
    "greaterThan": "GREATER",
    "greaterThanOrEqual": "GREATER_THAN_EQ",
    "lessThan": "LESS",
    "lessThanOrEqual": "LESS_THAN_EQ",
    "equal": "EQ",
    "notEqual": "NOT_EQ",
    "between": "BETWEEN",
    "notBetween": "NOT_BETWEEN",
}
_NUMBERS = {f"NUMBER_{end}": operator for operator, end in _COMPARED.items()}
_DATES = {
    "DATE_EQ": "equal",
    "DATE_BEFORE": "lessThan",
    "DATE_AFTER": "greaterThan",
    "DATE_ON_OR_BEFORE": "lessThanOrEqual",
    "DATE_ON_OR_AFTER": "greaterThanOrEqual",
    "DATE_BETWEEN": "between",
    "DATE_NOT_BETWEEN": "notBetween",
}
_OPERATORS_DATES = {operator: name for name, operator in _DATES.items()}
_CONTAINED = {
    "containsText": "TEXT_CONTAINS",
    "notContainsText": "TEXT_NOT_CONTAINS",
    "beginsWith": "TEXT_STARTS_WITH",
    "endsWith": "TEXT_ENDS_WITH",
}
_TEXT = re.compile(r'"((?:[^"]|"")*)"')
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DATE_CALL = re.compile(r"DATE\((\d+),(\d+),(\d+)\)")
#: an Excel list written out may not be longer
_LONGEST_LIST = 255

#: an American formula without `=` as a condition's value, and back
FromFile = Callable[[str], str]


#: openpyxl's stubs want literals where the names come from a table
_validation: Any = DataValidation
_rule: Any = Rule
_point: Any = FormatObject


class NoCounterpart(Exception):
    """The condition cannot be said on the other side; the message says what kind it is."""


def _values(*texts: str) -> list[Json]:
    return [{"userEnteredValue": text} for text in texts]


def _entered(values: list[Json]) -> list[str]:
    if any("relativeDate" in value for value in values):
        raise NoCounterpart("conditions on dates relative to today")
    texts = [str(value.get("userEnteredValue", "")) for value in values]
    if any(escaped(text) != text for text in texts):
        raise NoCounterpart("conditions with signs a file cannot hold")
    return texts


# ---------------------------------------------------------------- validation from a file


def validation_rule(given: DataValidation, from_file: FromFile) -> Json:
    """Google's DataValidationRule. Raises NoCounterpart."""
    condition = _validated(given, from_file)
    rule: Json = {"condition": condition}
    if given.prompt:
        rule["inputMessage"] = unescaped(given.prompt)
    if given.showErrorMessage and given.errorStyle in (None, "stop"):
        rule["strict"] = True
    if condition["type"].startswith("ONE_OF") and not given.showDropDown:
        rule["showCustomUi"] = True
    return rule


def _validated(given: DataValidation, from_file: FromFile) -> Json:
    first, second = given.formula1 or "", given.formula2 or ""
    if given.type == "list":
        written = _TEXT.fullmatch(first)
        if written is None:
            return {"type": "ONE_OF_RANGE", "values": _values(from_file(first))}
        items = [item.strip() for item in written[1].replace('""', '"').split(",")]
        return {"type": "ONE_OF_LIST", "values": _values(*items)}
    if given.type == "custom":
        return {"type": "CUSTOM_FORMULA", "values": _values(from_file(first))}
    operator = given.operator or "between"
    texts = [first, second] if operator in ("between", "notBetween") else [first]
    if given.type in ("whole", "decimal"):
        return {
            "type": f"NUMBER_{_COMPARED[operator]}",
            "values": _values(*(_constant(text, from_file) for text in texts)),
        }
    if given.type == "date" and operator in _OPERATORS_DATES:
        return {"type": _OPERATORS_DATES[operator], "values": _values(*(_day(text, from_file) for text in texts))}
    raise NoCounterpart(f"validation by {given.type or 'nothing'}")


def _constant(text: str, from_file: FromFile) -> str:
    """A number as typed in the locale, anything else as a formula."""
    written = from_file(text)
    return written[1:] if re.fullmatch(r"=[+-]?[\d.,]+(?:[eE][+-]?\d+)?", written) else written


def _day(text: str, from_file: FromFile) -> str:
    called = _DATE_CALL.fullmatch(text)
    return f"{int(called[1]):04d}-{int(called[2]):02d}-{int(called[3]):02d}" if called else _constant(text, from_file)


# ---------------------------------------------------------------- validation into a file


def data_validation(rule: Json, to_file: FromFile) -> DataValidation:
    """Excel's validation for Google's rule. Raises NoCounterpart."""
    condition = rule.get("condition", {})
    kind, texts = condition.get("type", ""), _entered(condition.get("values", []))
    kind_in_excel, operator, formulas = _validating(kind, texts, to_file)
    result: DataValidation = _validation(type=kind_in_excel, operator=operator, allow_blank=True)
    result.formula1, result.formula2 = formulas[0], formulas[1] if len(formulas) > 1 else None
    result.showErrorMessage, result.errorStyle = True, "stop" if rule.get("strict") else "warning"
    result.showDropDown = kind.startswith("ONE_OF") and not rule.get("showCustomUi", False)
    if rule.get("inputMessage"):
        result.prompt, result.showInputMessage = escaped(str(rule["inputMessage"]))[:255], True
    return result


def _validating(kind: str, texts: list[str], to_file: FromFile) -> tuple[str, str | None, list[str]]:
    if kind == "ONE_OF_LIST":
        written = ",".join(texts)
        if any("," in text or text != text.strip() for text in texts) or len(written) > _LONGEST_LIST or not texts:
            raise NoCounterpart("lists of choices with commas, or too long for Excel")
        return "list", None, ['"' + written.replace('"', '""') + '"']
    if kind in ("ONE_OF_RANGE", "CUSTOM_FORMULA"):
        return "list" if kind == "ONE_OF_RANGE" else "custom", None, [to_file(text) for text in texts]
    if kind in _NUMBERS:
        return "decimal", _NUMBERS[kind], [_american(text, to_file) for text in texts]
    if kind in _DATES:
        return "date", _DATES[kind], [_american(text, to_file) for text in texts]
    raise NoCounterpart(f"validation of the kind {kind}")


def _american(text: str, to_file: FromFile) -> str:
    """A number, a day or a formula as Excel's files write it."""
    day = _ISO.fullmatch(text)
    if day is not None:
        return f"DATE({int(day[1])},{int(day[2])},{int(day[3])})"
    return to_file(text if text.startswith("=") else f"={text}")


# ---------------------------------------------------------------- conditional formats from a file


def rule_body(rule: Any, palette: Palette, from_file: FromFile) -> Json:
    """Google's `{"booleanRule": …}` or `{"gradientRule": …}`. Raises NoCounterpart."""
    if rule.type == "colorScale":
        return {"gradientRule": mirrored_points(_gradient(rule.colorScale, palette, from_file))}
    return {"booleanRule": mirrored({"condition": _condition(rule, from_file), "format": _shape(rule.dxf, palette)})}


def mirrored_points(points: Json) -> Json:
    """Each point with both spellings of its colour."""
    return {name: mirrored(point) for name, point in points.items()}


def _condition(rule: Any, from_file: FromFile) -> Json:
    formulas = list(rule.formula or [])
    if rule.type == "expression":
        return {"type": "CUSTOM_FORMULA", "values": _values(from_file(formulas[0]))}
    if rule.type in ("containsBlanks", "notContainsBlanks"):
        return {"type": "BLANK" if rule.type == "containsBlanks" else "NOT_BLANK"}
    if rule.type in _CONTAINED and rule.text is not None:
        return {"type": _CONTAINED[rule.type], "values": _values(rule.text)}
    if rule.type == "cellIs" and rule.operator in _COMPARED and formulas:
        text = _TEXT.fullmatch(formulas[0])
        if text is not None and rule.operator in ("equal", "notEqual"):
            name = "TEXT_EQ" if rule.operator == "equal" else "TEXT_NOT_EQ"
            return {"type": name, "values": _values(text[1].replace('""', '"'))}
        days = [_DATE_CALL.fullmatch(formula) for formula in formulas]
        if all(days) and rule.operator in _OPERATORS_DATES:
            return {"type": _OPERATORS_DATES[rule.operator], "values": _values(*(_day(f, from_file) for f in formulas))}
        values = _values(*(_constant(formula, from_file) for formula in formulas))
        return {"type": f"NUMBER_{_COMPARED[rule.operator]}", "values": values}
    raise NoCounterpart(f"conditional formats of Excel's kind {rule.type}")


def _shape(look: Any, palette: Palette) -> Json:
    """The part of a CellFormat a rule may set."""
    found: Json = {}
    if look is None:
        return found
    if look.font is not None:
        text = text_format(look.font, Font(), palette)
        text = {name: value for name, value in text.items() if name not in ("fontFamily", "fontSize")}
        found |= {"textFormat": text} if text else {}
    fill = look.fill
    if isinstance(fill, PatternFill) and fill.fill_type in (None, "solid"):
        # A rule's fill states its colour as the pattern's background.
        colour = palette.rgb(fill.bgColor) if fill.bgColor is not None else None
        found |= {"backgroundColor": colour} if colour is not None else {}
    return found


_POINTS = {
    "min": "MIN",
    "max": "MAX",
    "num": "NUMBER",
    "percent": "PERCENT",
    "percentile": "PERCENTILE",
    "formula": "NUMBER",
}


def _gradient(scale: Any, palette: Palette, from_file: FromFile) -> Json:
    names = ["minpoint", "maxpoint"] if len(scale.cfvo) == 2 else ["minpoint", "midpoint", "maxpoint"]
    points: Json = {}
    for name, value, colour in zip(names, scale.cfvo, scale.color, strict=False):
        point: Json = {"color": palette.rgb(colour) or {}, "type": _POINTS[value.type]}
        if value.type not in ("min", "max"):
            point["value"] = _constant(_plain(value.val), from_file)
        points[name] = point
    return points


def _plain(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# ---------------------------------------------------------------- conditional formats into a file


def excel_rule(body: Json, first_cell: str, to_file: FromFile) -> Any:
    """Excel's rule; `first_cell` is the top left one it covers. Raises NoCounterpart."""
    if "gradientRule" in body:
        return _rule(type="colorScale", colorScale=_scale(body["gradientRule"], to_file))
    stated = body["booleanRule"]
    rule = _stated(stated.get("condition", {}), first_cell, to_file)
    rule.dxf = _differential(stated.get("format", {}))
    return rule


def _stated(condition: Json, cell: str, to_file: FromFile) -> Any:
    kind, texts = condition.get("type", ""), _entered(condition.get("values", []))
    quoted = '"' + texts[0].replace('"', '""') + '"' if texts else '""'
    contained = {name: ours for ours, name in _CONTAINED.items()}
    if kind == "CUSTOM_FORMULA" and texts:
        return _rule(type="expression", formula=[to_file(texts[0])])
    if kind in ("BLANK", "NOT_BLANK"):
        blank = f"LEN(TRIM({cell}))=0" if kind == "BLANK" else f"LEN(TRIM({cell}))>0"
        return _rule(type="containsBlanks" if kind == "BLANK" else "notContainsBlanks", formula=[blank])
    if kind in contained and texts:
        own = contained[kind]
        tests = {
            "containsText": f"NOT(ISERROR(SEARCH({quoted},{cell})))",
            "notContainsText": f"ISERROR(SEARCH({quoted},{cell}))",
            "beginsWith": f"LEFT({cell},LEN({quoted}))={quoted}",
            "endsWith": f"RIGHT({cell},LEN({quoted}))={quoted}",
        }
        operator = "notContains" if own == "notContainsText" else own
        return _rule(type=own, operator=operator, text=texts[0], formula=[tests[own]])
    if kind in ("TEXT_EQ", "TEXT_NOT_EQ") and texts:
        return _rule(type="cellIs", operator="equal" if kind == "TEXT_EQ" else "notEqual", formula=[quoted])
    if kind in _NUMBERS or kind in _DATES:
        operator = _NUMBERS.get(kind) or _DATES[kind]
        return _rule(type="cellIs", operator=operator, formula=[_american(text, to_file) for text in texts])
    raise NoCounterpart(f"conditional formats of the kind {kind}")


def _differential(shape: Json) -> DifferentialStyle:
    text, colour = shape.get("textFormat", {}), hex_colour(shape, "backgroundColor")
    font = None
    if text:
        font = Font(
            b=text.get("bold") or None,
            i=text.get("italic") or None,
            strike=text.get("strikethrough") or None,
            u="single" if text.get("underline") else None,
            color=hex_colour(text, "foregroundColor"),
        )
    return DifferentialStyle(font=font, fill=None if colour is None else PatternFill(bgColor=colour))


def _scale(gradient: Json, to_file: FromFile) -> ColorScale:
    kinds = {name: ours for ours, name in _POINTS.items() if ours != "formula"}
    points, colours = [], []
    for name in ("minpoint", "midpoint", "maxpoint"):
        point = gradient.get(name)
        if point is None:
            continue
        kind = kinds.get(point.get("type", ""), "min")
        value = None if kind in ("min", "max") else _american(str(point.get("value", "0")), to_file)
        points.append(_point(type=kind, val=value))
        colours.append(Color(hex_colour(point, "color") or "FFFFFFFF"))
    return ColorScale(cfvo=points, color=colours)
