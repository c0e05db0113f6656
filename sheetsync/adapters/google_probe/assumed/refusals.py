"""What Google refuses in batches and addresses, and how it says so; one row for each, and what cannot be tried."""

from collections.abc import Callable
from typing import Any

from sheetsync.adapters.google_errors import Complaint, Rejected
from sheetsync.adapters.google_probe.belief import Belief, Promise, Verdict, belief, judged, said, unknown
from sheetsync.adapters.google_probe.scratch import Probed, Scratch
from sheetsync.adapters.google_probe.wire import Declined, Json
from sheetsync.errors import Unreachable

_Request = Callable[[Probed], Json]


def _batch(name: str, sentence: str, sent: str, words: str, *requests: _Request) -> Belief:
    """Requests about a new tab, of which the last is answered 400 with these words."""

    def check(scratch: Scratch) -> Verdict:
        tab = scratch.tab()
        answer = scratch.refusal(tab.added, *(request(tab) for request in requests))
        return _as_worded(answer, words)

    return Belief(name, Promise.SANDBOX, sentence, sent, check)


def _as_worded(answer: Complaint | None, words: str) -> Verdict:
    return judged(answer is not None and answer.code == 400 and words in answer.message, said(answer))


def _validation(**condition: Any) -> _Request:
    return lambda tab: {"setDataValidation": {"range": tab.block(), "rule": {"condition": condition}}}


def _values(*texts: str) -> list[Json]:
    return [{"userEnteredValue": each} for each in texts]


def _merged(tab: Probed) -> Json:
    return {"mergeCells": {"range": tab.block(1, 4, 0, 1), "mergeType": "MERGE_ALL"}}


def _moved(start: int, end: int, to: int) -> _Request:
    return lambda tab: {"moveDimension": {"source": tab.lines("ROWS", start, end), "destinationIndex": to}}


def _filter_view(title: str) -> _Request:
    return lambda tab: {"addFilterView": {"filter": {"title": title, "range": tab.block(0, 3)}}}


_BATCHES = (
    _batch(
        "conditions-need-a-type",
        "A condition without a type is refused, and told the path to it.",
        "a validation rule whose condition has values and no type",
        "condition.type must be specified",
        _validation(values=_values("1")),
    ),
    _batch(
        "conditions-know-their-purpose",
        "A type of condition that is for formats and filters only is refused in a validation rule, by name.",
        "a validation rule of the type BLANK",
        "ConditionType 'BLANK' is not supported by data validation",
        _validation(type="BLANK"),
    ),
    _batch(
        "conditions-count-their-values",
        "A condition with too few values is refused, with how many there must be and are.",
        "a validation rule NUMBER_BETWEEN with one value",
        "ConditionType 'NUMBER_BETWEEN' must have 2 ConditionValue(s), but found 1",
        _validation(type="NUMBER_BETWEEN", values=_values("1")),
    ),
    _batch(
        "condition-values-are-not-empty",
        "A value of a condition that is neither a date by name nor typed is refused.",
        "a validation rule NUMBER_EQ with an empty value",
        "exactly one of relativeDate and userEnteredValue",
        _validation(type="NUMBER_EQ", values=[{}]),
    ),
    _batch(
        "relative-dates-are-for-formats-and-filters",
        "A date by name is refused in a validation rule.",
        "a validation rule DATE_BEFORE with the value TODAY",
        "Relative dates are not supported in data validation",
        _validation(type="DATE_BEFORE", values=[{"relativeDate": "TODAY"}]),
    ),
    _batch(
        "dropdown-ranges-must-be-there",
        "A dropdown over a range of a tab that does not exist is refused.",
        "a validation rule ONE_OF_RANGE over a tab that nobody has",
        "Invalid range: ",
        _validation(type="ONE_OF_RANGE", values=_values("='sheetsync-probe nowhere'!A1:A2")),
    ),
    _batch(
        "filter-view-titles-are-unique",
        "A second filter view under a title in use is refused, in any case of its letters.",
        "two filter views, `Probe` and `probe`",
        'A filter view with the name "probe" already exists',
        _filter_view("Probe"),
        _filter_view("probe"),
    ),
    _batch(
        "moves-cut-no-merge",
        "Moving one row out of merged rows is refused.",
        "three rows merged; one of them moved away",
        "through a merged cell",
        _merged,
        _moved(2, 3, 8),
    ),
    _batch(
        "moves-land-in-no-merge",
        "Moving a row in between merged rows is refused.",
        "three rows merged; another row moved in between",
        "through a merged cell",
        _merged,
        _moved(6, 7, 2),
    ),
)


@belief(
    "keys-are-looked-at-before-tokens",
    Promise.SANDBOX,
    "An address with both an API key and an access token that nobody issued is refused for its key.",
    "a read with `key` and `access_token` made up",
)
def keys_are_looked_at_before_tokens(scratch: Scratch) -> Verdict:
    return _as_worded(_asked_with(scratch, key="sheetsync-probe", access_token="sheetsync-probe"), "API key not valid")  # noqa: S106 (made up)


@belief(
    "parameters-come-once",
    Promise.SANDBOX,
    "A parameter that is no list is refused when it stands twice in an address, as a list in a body would be.",
    "a read with `includeGridData=false` twice",
)
def parameters_come_once(scratch: Scratch) -> Verdict:
    return _as_worded(_asked_with(scratch, includeGridData=["false", "false"]), "Proto field is not repeating")


def _asked_with(scratch: Scratch, **params: Any) -> Complaint | None:
    try:
        scratch.get("spreadsheetId", **params)
    except Declined as declined:
        return declined.complaint
    except Unreachable as error:
        # A 401 is for the wire the end of all requests; here it is one of the answers there may be.
        if isinstance(error.__cause__, Rejected):
            return Complaint.of(error.__cause__.response)
        raise
    return None


@belief(
    "quota-minutes-begin-with-a-request",
    Promise.SANDBOX,
    "A minute of the quota begins with the first request counted in it, and then all is granted anew.",
    "nothing: it shows only where the quota is used up",
)
def quota_minutes_begin_with_a_request(scratch: Scratch) -> Verdict:  # noqa: ARG001 (every check gets one)
    return unknown("cannot be tried without using up the quota")


BELIEFS = (
    *_BATCHES,
    keys_are_looked_at_before_tokens,
    parameters_come_once,
    quota_minutes_begin_with_a_request,
)
