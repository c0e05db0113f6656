"""addConditionalFormatRule, updateConditionalFormatRule, deleteConditionalFormatRule: rules known by their index."""

from sheetsync.sandbox.batch.conditions import FORMAT, checked
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.colours import mirrored
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.grids import box_of
from sheetsync.sandbox.model import Rule, Tab
from sheetsync.sandbox.omission import omitted
from sheetsync.sandbox.views import rule_view


def _stated(editing: Editing, given: Json) -> tuple[Tab, Rule]:
    """The tab and rule of a ConditionalFormatRule; its ranges lie on one tab."""
    ranges = given.get("ranges", [])
    if not ranges:
        raise editing.refuse("rule.ranges must have at least one range.")
    kinds = [kind for kind in ("booleanRule", "gradientRule") if kind in given]
    if len(kinds) != 1:
        raise editing.refuse("rule must have exactly one of booleanRule and gradientRule.")
    tabs = {editing.area(each)[0].sheet_id for each in ranges}
    if len(tabs) > 1:
        raise editing.refuse("All ranges of a conditional format rule must be on the same sheet.")
    if "booleanRule" in kinds:
        checked(editing, given["booleanRule"].get("condition", {}), FORMAT, "rule.booleanRule.condition")
    boxes = tuple(box_of(each, editing.prefix) for each in ranges)
    return editing.tab(tabs.pop()), Rule(boxes, omitted({kinds[0]: mirrored(given[kinds[0]])}, "ConditionalFormatRule"))


def _at(editing: Editing, tab: Tab, index: int) -> Rule:
    if not 0 <= index < len(tab.rules):
        raise editing.refuse(f"No conditional format on sheet: {tab.sheet_id} at index: {index}")
    return tab.rules[index]


def add_conditional_format_rule(editing: Editing, request: Json) -> Json:
    """A new rule at `index` (0 when not given); later ones move down."""
    editing.require(request, "rule")
    tab, rule = _stated(editing, request["rule"])
    index = request.get("index", 0)
    if not 0 <= index <= len(tab.rules):
        raise editing.refuse(f"Index {index} is out of range; there are {len(tab.rules)} conditional format rules.")
    tab.rules.insert(index, rule)
    return {}


def update_conditional_format_rule(editing: Editing, request: Json) -> Json:
    """Replaces the rule at `index`, or moves it to `newIndex`."""
    index = request.get("index", 0)
    if "rule" in request:
        tab, rule = _stated(editing, request["rule"])
        old = _at(editing, tab, index)
        tab.rules[index] = rule
        views = {"newRule": rule_view(tab, rule), "oldRule": rule_view(tab, old)}
        return {"updateConditionalFormatRule": views | _indexes(newIndex=index)}
    tab = editing.tab(request.get("sheetId"))
    rule, new_index = _at(editing, tab, index), request.get("newIndex", 0)
    _at(editing, tab, new_index)
    tab.rules.insert(new_index, tab.rules.pop(index))
    moved = {"newRule": rule_view(tab, rule)} | _indexes(newIndex=new_index, oldIndex=index)
    return {"updateConditionalFormatRule": moved}


def _indexes(**indexes: int) -> Json:
    """proto3 leaves zeros out."""
    return {name: index for name, index in indexes.items() if index}


def delete_conditional_format_rule(editing: Editing, request: Json) -> Json:
    """Removes the rule at `index`; later ones move up."""
    tab = editing.tab(request.get("sheetId"))
    rule = _at(editing, tab, request.get("index", 0))
    del tab.rules[request.get("index", 0)]
    return {"deleteConditionalFormatRule": {"rule": rule_view(tab, rule)}}
