"""Checks of what a contract holds a field to: fields that can be compared, owners to ask, words that exist."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from sheetsync.config.check_sources import claimed_in, report_unmapped
from sheetsync.config.findings import Where
from sheetsync.config.scope import Scope
from sheetsync.config.shape import HandoffShape, TermsShape
from sheetsync.config.tolerances import FORMS, tolerance
from sheetsync.core.model import Entity

_KINDS: Final = (
    *("equal", "generated", "human_only", "within", "sum_at_most", "one_of", "before", "after", "varies_by"),
)
#: contracts that know how far apart two values are
_MEASURED: Final = ("equal", "within", "sum_at_most", "before", "after")
_IN_TIME: Final = ("day", "moment")
_AMOUNTS: Final = ("money", "number")
#: fields whose values are words
_WORDS: Final = ("choice", "checkbox", "code", "text", "name", "person")


def check_terms(scope: Scope, where: Where, handoff: HandoffShape, name: str, terms: TermsShape) -> None:
    """One contract that is more than a word."""
    said = [kind for kind in _KINDS if getattr(terms, kind) is not None]
    if not said and not scope.findings.told_within(where):
        scope.findings.report(where, f"says nothing; there is {', '.join(_KINDS)}")
    if len(said) > 1:
        scope.findings.report((*where, said[1]), f"stands beside {said[0]}; a field has one contract")
        return
    for receiver in handoff.receivers:
        if receiver in scope.shape.sources and not claimed_in(scope, receiver, name):
            report_unmapped(scope, where, receiver, name)
    if terms.within is not None:
        _check_within(scope, where, handoff, name, terms.within)
    if terms.before is not None:
        _check_held_to(scope, (*where, "before"), handoff, name, terms.before, _IN_TIME)
    if terms.after is not None:
        _check_held_to(scope, (*where, "after"), handoff, name, terms.after, _IN_TIME)
    if terms.sum_at_most is not None:
        _check_sum(scope, (*where, "sum_at_most"), handoff, name, terms.sum_at_most)
    if terms.one_of is not None:
        check_words_of(scope, (*where, "one_of"), name, terms.one_of)
    _check_variation(scope, where, handoff, name, terms)
    if terms.tolerance is not None:
        _check_tolerance(scope, (*where, "tolerance"), name, terms.tolerance, said)
    if terms.when and (terms.generated or terms.human_only):
        scope.findings.report((*where, "when"), f"goes with no field that is {said[0]}; nothing is compared there")
    check_condition(scope, (*where, "when"), handoff.receivers, terms.when)


def check_rows(scope: Scope, where: Where, handoff: HandoffShape) -> None:
    """Which rows are due: asked of owners there are, and of keys that name the same things on both sides."""
    if handoff.rows is None:
        return
    check_condition(scope, where, [handoff.giver], handoff.rows)
    sides = [name for name in (handoff.giver, *handoff.receivers) if name in scope.shape.sources]
    parts = {name: _placement_key(scope, name) for name in sides}
    for receiver in handoff.receivers:
        giver, taker = parts.get(handoff.giver), parts.get(receiver)
        if giver is not None and taker is not None and giver != taker:
            scope.findings.report(
                where,
                f"'{handoff.giver}' and '{receiver}' name their placements by other fields "
                f"({', '.join(giver)} and {', '.join(taker)}); give both the same key",
            )


def check_words_of(scope: Scope, where: Where, name: str, words: Sequence[str]) -> None:
    """Words stand for something: canonical words of the field's vocabulary, or of a field whose values are texts."""
    field = scope.fields[name]
    if not words and not scope.findings.doubtful(where):
        scope.findings.report(where, "names no word")
    if field.type not in _WORDS:
        scope.findings.report(where, f"'{name}' is of type {field.type}; only {', '.join(_WORDS)} have words")
    known = scope.shape.vocabularies.get(field.vocabulary or "") if field.type == "choice" else None
    if field.type == "checkbox":
        known = {"yes": [], "no": []}
    for number, word in enumerate(words if known is not None else ()):
        doubtful = scope.findings.doubtful(("vocabularies", field.vocabulary or "", word))
        if word not in (known or ()) and not doubtful:
            of = f"word of vocabularies.{field.vocabulary}" if field.type == "choice" else "word of a checkbox"
            scope.findings.report_unknown(where if len(words) == 1 else (*where, number), word, of, known or ())


def check_owned(scope: Scope, where: Where, name: str) -> None:
    """Somebody's word there must be to hold a field to."""
    if name not in scope.shape.owners and not scope.findings.doubtful(("owners", name)):
        scope.findings.report(where, f"nobody owns '{name}', so there is no word to hold to; add it to owners")
        scope.findings.doubt(("owners", name))


def _check_within(scope: Scope, where: Where, handoff: HandoffShape, name: str, ends: Sequence[str]) -> None:
    here = (*where, "within")
    if len(ends) != 2:
        if not scope.findings.doubtful(here):
            scope.findings.report(here, "is two fields, first and last: [flight_start, flight_end]")
        return
    for number, end in enumerate(ends):
        _check_held_to(scope, (*here, number), handoff, name, end, _IN_TIME)


def _check_variation(scope: Scope, where: Where, handoff: HandoffShape, name: str, terms: TermsShape) -> None:
    """A field that varies is one row's in one channel, and the channels demanded are there to be had."""
    given = terms.model_fields_set
    for setting in ("every", "copies"):
        if setting in given and terms.varies_by is None:
            scope.findings.report((*where, setting), "goes with varies_by only")
    if terms.varies_by is None:
        return
    if scope.fields[name].of is not Entity.PLACEMENT:
        scope.findings.report(where, f"'{name}' is a campaign's; only a placement's field differs by channel")
    for receiver in handoff.receivers:
        shape = scope.shape.sources.get(receiver)
        if shape is not None and shape.rows_are is Entity.CAMPAIGN:
            scope.findings.report(where, f"the rows of '{receiver}' are campaigns; they have no channel")
    check_owned(scope, (*where, "varies_by"), terms.varies_by)
    if "every" in given:
        check_words_of(scope, (*where, "every"), terms.varies_by, terms.every)


def _check_tolerance(scope: Scope, where: Where, name: str, text: str, said: Sequence[str]) -> None:
    of, found = scope.fields[name].type, tolerance(text)
    if not set(said) & set(_MEASURED):
        scope.findings.report(where, f"goes with {', '.join(_MEASURED)} only")
    elif found is None:
        scope.findings.report(where, f"is none; write {FORMS}")
    elif of not in (*_IN_TIME, *_AMOUNTS):
        scope.findings.report(where, f"'{name}' is of type {of}; only {', '.join((*_IN_TIME, *_AMOUNTS))} are measured")
    elif isinstance(found, timedelta) != (of in _IN_TIME):
        wanted = "a time (2 days, 30 minutes)" if of in _IN_TIME else "an amount or a share (5, 1%)"
        scope.findings.report(where, f"'{name}' is of type {of}; its tolerance is {wanted}")
    elif of == "day" and isinstance(found, timedelta) and found % timedelta(days=1):
        scope.findings.report(where, f"'{name}' is of type day; its tolerance is in whole days")


def _check_sum(scope: Scope, where: Where, handoff: HandoffShape, name: str, whole: str) -> None:
    _check_held_to(scope, where, handoff, name, whole, _AMOUNTS)
    if whole in scope.fields and scope.fields[whole].of is not Entity.CAMPAIGN:
        scope.findings.report(where, f"'{whole}' is a placement's; rows are added up against a field of their campaign")


def _check_held_to(
    scope: Scope, where: Where, handoff: HandoffShape, name: str, other: str, kinds: Sequence[str]
) -> None:
    """Two fields that can be compared, and an owner of the other one to ask."""
    if scope.fields[name].type not in kinds:
        scope.findings.report(
            where, f"'{name}' is of type {scope.fields[name].type}; this compares {' or '.join(kinds)}"
        )
    if not scope.knows_field(where, other):
        return
    if scope.fields[other].type not in kinds:
        scope.findings.report(
            where, f"'{other}' is of type {scope.fields[other].type}; this compares {' or '.join(kinds)}"
        )
    check_owned(scope, where, other)
    _check_reached(scope, where, handoff.receivers, other)


def check_condition(scope: Scope, where: Where, sources: Sequence[str], condition: Mapping[str, Sequence[str]]) -> None:
    """Words of fields somebody owns, of which rows of these sources can know whose are meant."""
    for name, words in condition.items():
        here = (*where, name)
        if scope.knows_field(here, name):
            check_words_of(scope, here, name, words)
            check_owned(scope, here, name)
            _check_reached(scope, here, sources, name)


def _check_reached(scope: Scope, where: Where, sources: Sequence[str], name: str) -> None:
    """A campaign's row is about many placements: which one's word is meant, nobody could say."""
    for source in sources:
        of = scope.shape.sources.get(source)
        if of is not None and of.rows_are is Entity.CAMPAIGN and scope.fields[name].of is Entity.PLACEMENT:
            scope.findings.report(where, f"'{name}' is a placement's, and the rows of '{source}' are campaigns")


def _placement_key(scope: Scope, source: str) -> list[str] | None:
    """The key fields that tell a source's placements apart; None where its rows are campaigns."""
    shape = scope.shape.sources[source]
    if shape.rows_are is Entity.CAMPAIGN or scope.findings.doubtful(("sources", source, "key")):
        return None
    return [name for name in shape.key if name in scope.fields and scope.fields[name].of is Entity.PLACEMENT]
