"""From a checked document to what the core works with. Nothing is decided here, and nothing can go wrong."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta

from sheetsync.config.ga4 import ga4
from sheetsync.config.places import place, spreadsheet_id
from sheetsync.config.scope import Scope
from sheetsync.config.shape import (
    EVERY_OTHER,
    DecisionsShape,
    FieldShape,
    FreezeShape,
    GuardsShape,
    HandoffShape,
    ReadyShape,
    Shape,
    SourceShape,
    TermsShape,
    TrackingShape,
    Words,
)
from sheetsync.config.tolerances import span, tolerance
from sheetsync.core.fields import Field, field_type
from sheetsync.core.graph import (
    READY_WHEN,
    Approval,
    Exemption,
    Freeze,
    Handoff,
    Limits,
    Naming,
    Readiness,
    RowsDue,
    Rules,
    Source,
    Visibility,
)
from sheetsync.core.terms import PLAIN, After, Before, Contract, FinePrint, OneOf, SumAtMost, Terms, VariesBy, Within
from sheetsync.core.tracking import CLICK_IDS, SHORT_HOSTS, STAGING_MARKS, TrackingRules
from sheetsync.core.tracking.defects import INSEPARABLE
from sheetsync.core.tracking.ga4 import NO_GROUPS
from sheetsync.core.where_decided import DecidedAbout, WhereDecided


def freeze(scope: Scope) -> Rules:
    """The rules a checked document stands for."""
    shape = scope.shape
    return Rules(
        fields={name: field for name, of in scope.fields.items() if (field := _field(name, of, shape)) is not None},
        sources={name: _source(name, source) for name, source in shape.sources.items()},
        owners=dict(shape.owners),
        handoffs=tuple(handoff for edge in shape.handoffs for handoff in _edges(edge)),
        aliases={name: _words(words) for name, words in shape.aliases.items()},
        severities=dict(shape.severities),
        templates={name: made.template for name, made in shape.templates.items()},
        tracking=_tracking(shape.tracking),
        media={name: channel.medium for name, channel in shape.channels.items()},
        season=shape.season,
        limits=_limits(shape.guards),
        rows_due=tuple(
            RowsDue(edge.giver, tuple(edge.receivers), _words(edge.rows))
            for edge in shape.handoffs
            if edge.rows is not None
        ),
        approvals=tuple(
            Approval(
                name,
                one.source,
                one.state,
                tuple(one.granted),
                tuple(one.covers),
                one.who or "",
                one.when or "",
                tuple(address.casefold() for address in one.approvers),
                dict(one.claims),
            )
            for name, one in shape.approvals.items()
        ),
        groups={name: tuple(fields) for name, fields in shape.groups.items()},
        exemptions=tuple(
            Exemption(one.contract, tuple(one.records), one.reason, one.until) for one in shape.exceptions
        ),
        freezes=tuple(_frozen(one, shape) for one in shape.freeze),
        namings={
            name: Naming(made.case, made.separator, made.max_length)
            for name, made in shape.templates.items()
            if made.model_fields_set - {"template"}
        },
        codes={name: dict(words) for name, words in shape.codes.items()},
        tagged_by={name: channel.tagged_by for name, channel in shape.channels.items() if channel.tagged_by},
        ga4=NO_GROUPS if shape.tracking is None else ga4(shape.tracking.ga4),
        hosts_of=_hosts_of(shape.tracking),
        macros={name: frozenset(one.macros) for name, one in shape.channels.items() if one.macros is not None},
        placed_on={name: tuple(one.placed_on) for name, one in shape.channels.items() if one.placed_on},
        decisions=None if shape.decisions is None else _decisions(shape.decisions),
        fingerprint=fingerprint(shape),
    )


def _decisions(shape: DecisionsShape) -> WhereDecided:
    about = frozenset(DecidedAbout(one) for one in shape.about)
    return WhereDecided(spreadsheet_id(shape.spreadsheet), tuple(shape.teams), about)


def fingerprint(shape: Shape) -> str:
    """sha256 of what the document says, however its files, its comments and its keys are arranged."""
    # Header spellings only help to describe new sheets, links are looked at by themselves, and who is told of what is
    # written changes nothing of it: a saved plan need not be made again because of any of them.
    content = shape.model_dump(mode="json", by_alias=True, exclude={"headers", "links", "notify"})
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _frozen(one: FreezeShape, whole: Shape) -> Freeze:
    """A rule with its groups written out: what changes together is frozen together."""
    groups = whole.groups
    group_of = {name: fields for fields in groups.values() for name in fields}
    fields = (name for named in one.fields for name in groups.get(named) or group_of.get(named) or (named,))
    within = span(one.within) or timedelta()
    return Freeze(within, tuple(dict.fromkeys(fields)), tuple(one.needs), one.severity, one.until == "end")


def _field(name: str, shape: FieldShape, whole: Shape) -> Field | None:
    """A field of the model; None for a shipped choice that has no words here, and so (checked) no use."""
    vocabulary = whole.vocabularies.get(shape.vocabulary or "")
    if shape.type == "choice" and vocabulary is None:
        return None
    words = None if vocabulary is None else _words(vocabulary)
    kind = field_type(shape.type, words, shape.case_sensitive, shape.tagged)
    return Field(name, shape.label, shape.of, kind, shape.human_only, shape.until or "")


def _source(name: str, shape: SourceShape) -> Source:
    return Source(
        name=name,
        title=shape.title or name,
        team=shape.team,
        location=place(shape),
        rows_are=shape.rows_are,
        key=tuple(shape.key),
        match=tuple(tuple(names) for names in shape.match),
        columns=_words(shape.columns),
        mode=shape.mode,
        readers_see=shape.readers_see.get(EVERY_OTHER, Visibility.FIELDS),
        readers_see_of={other: seen for other, seen in shape.readers_see.items() if other != EVERY_OTHER},
        generated=tuple(shape.generated),
        struck_means=shape.struck_means,
        reads=dict(shape.reads),
        publish=tuple(shape.publish),
        writes=shape.writes == "on",
        version=shape.version or "",
    )


def _edges(shape: HandoffShape) -> Iterator[Handoff]:
    """The same handoff to each of its receivers."""
    contracts = {name: _terms(terms) for name, terms in shape.contracts.items()}
    prints = {name: _fine_print(name, terms, shape) for name, terms in shape.contracts.items()}
    prints[READY_WHEN] = FinePrint(severity=shape.severity)
    return (
        Handoff(
            shape.giver,
            receiver,
            contracts,
            {name: one for name, one in prints.items() if one != PLAIN},
            _readiness(shape.ready_when),
            _words(shape.taken_when),
            _words(shape.done_when),
        )
        for receiver in shape.receivers
    )


def _terms(shape: Contract | TermsShape) -> Terms:
    if isinstance(shape, Contract):
        return shape
    when = _words(shape.when)
    if shape.within is not None:
        start, end = shape.within
        return Within(start, end, when)
    if shape.sum_at_most is not None:
        return SumAtMost(shape.sum_at_most, when)
    if shape.before is not None:
        return Before(shape.before, when)
    if shape.after is not None:
        return After(shape.after, when)
    if shape.varies_by is not None:
        return VariesBy(shape.varies_by, tuple(shape.every), shape.copies == "allowed", when)
    if shape.one_of is not None:
        return OneOf(tuple(shape.one_of), when)
    return Contract.GENERATED if shape.generated else Contract.HUMAN_ONLY if shape.human_only else Contract.EQUAL


def _fine_print(name: str, shape: Contract | TermsShape, handoff: HandoffShape) -> FinePrint:
    sentence = handoff.describe.get(name, "")
    if isinstance(shape, Contract):
        return FinePrint(severity=handoff.severity, sentence=sentence)
    return FinePrint(
        tolerance=None if shape.tolerance is None else tolerance(shape.tolerance),
        severity=shape.severity or handoff.severity,
        when=_words(shape.when) if shape.equal else {},
        sentence=sentence,
    )


def _readiness(shape: ReadyShape | None) -> Readiness | None:
    if shape is None:
        return None
    return Readiness(
        tuple(shape.agree), tuple(shape.filled), _words(shape.says), tuple(shape.production), tuple(shape.approved)
    )


def _tracking(shape: TrackingShape | None) -> TrackingRules:
    if shape is None:  # no link is ever made, so any rules will do
        return TrackingRules(INSEPARABLE, ())
    return TrackingRules(
        parameters=tuple(shape.parameters),
        hosts=tuple(shape.hosts),
        staging_marks=STAGING_MARKS if shape.staging_marks is None else tuple(shape.staging_marks),
        short_hosts=SHORT_HOSTS if shape.short_hosts is None else tuple(shape.short_hosts),
        click_ids=CLICK_IDS if shape.click_ids is None else frozenset(name.lower() for name in shape.click_ids),
        max_length=shape.max_length,
    )


def _hosts_of(shape: TrackingShape | None) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    return {} if shape is None else {name: _words(words) for name, words in shape.hosts_of.items()}


def _limits(shape: GuardsShape) -> Limits:
    return Limits(
        shrunken_share=shape.shrunken_share,
        shrunken_rows=shape.shrunken_rows,
        shrunken_within=timedelta(hours=shape.shrunken_hours),
        changed_share=shape.changed_share,
        changed_rows=shape.changed_rows,
    )


def _words(words: Words) -> Mapping[str, tuple[str, ...]]:
    return {word: tuple(spellings) for word, spellings in words.items()}
