"""What follows from a decision, in one text short enough for a cell of a decisions tab.

Nothing in it ages: days are named, never counted from today. Usual durations move as the ledger sees more handoffs; who
writes them into a sheet gives `usual` with what the very run has seen, or its next run has something to write.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sheetsync.core.consequences import Impact
from sheetsync.core.graph import GENERATED, Rules, Visibility
from sheetsync.core.truth import campaign_of
from sheetsync.core.visibility import Audience

LONGEST: Final = 300
NOTHING: Final = "nothing else changes"
_BETWEEN: Final = "; "
#: of one kind of thing no more are named
_NAMED: Final = 4


_Said = tuple[str, str]
"""What is to be done or happens, and where: those of one kind are told together."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing that follows, in two versions."""

    message: _Said
    #: names of fields and sources only
    discreet: _Said
    #: the sources whose values, rows or doings it speaks of
    sources: frozenset[str]


def impact_text(impact: Impact, readers: Audience) -> str:
    """What follows, gravest first, at most `LONGEST` characters, as far as these readers may learn of it.

    Empty where they may learn nothing of what follows; what has no room is counted.
    """
    parts = list(_parts(impact))
    together: dict[str, dict[str, None]] = {}
    for what, where in filter(None, (_heard(part, readers) for part in parts)):
        together.setdefault(what, {})[where] = None
    texts = [f"{what}: {', '.join(filter(None, where))}".removesuffix(": ") for what, where in together.items()]
    return _fitting(texts if parts else [NOTHING])


def _heard(part: _Part, readers: Audience) -> _Said | None:
    match readers.may_learn(part.sources):
        case Visibility.FULL:
            return part.message
        case Visibility.FIELDS:
            return part.discreet
        case _:
            return None


def _fitting(texts: list[str]) -> str:
    """As many as there is room for, one at least, and how many more there are."""
    for shown in range(len(texts), 0, -1):
        more = f" (+{len(texts) - shown} more)" if shown < len(texts) else ""
        text = _BETWEEN.join(texts[:shown]) + more
        if len(text) <= LONGEST:
            return text
    more = f"… (+{len(texts) - 1} more)" if len(texts) > 1 else "…"
    return texts[0][: LONGEST - len(more)] + more if texts else ""


# ---------------------------------------------------------------- the parts, gravest first


def _parts(impact: Impact) -> Iterator[_Part]:
    yield from _launches(impact)
    yield from _stale(impact)
    yield from _broken(impact)
    yield from _copies(impact)
    yield from _values(impact)
    yield from _builds(impact)
    yield from _steps(impact)
    yield from _settled(impact)
    yield from (_Part((why, ""), (why, ""), _made_of(impact)) for why in impact.unsure)


def _launches(impact: Impact) -> Iterator[_Part]:
    for one in impact.launches:
        owner = _owners(("flight_start",), impact)
        if one.day is not None and one.was != one.day:
            yield _Part((f"launch on {one.day}", ""), ("the launch moves", ""), owner)
        if one.day is not None and one.needs:
            usually = f"begin by {one.begin_by} for the launch on {one.day}"
            yield _Part((usually, ""), ("the launch is close to what must be built again", ""), owner)


def _stale(impact: Impact) -> Iterator[_Part]:
    for one in impact.stale:
        fields = _labels((it.field for it in one.fields), impact.rules)
        where = impact.rules.sources[one.source].title
        about = frozenset((one.source, *(it.owner_source for it in one.fields)))
        said = f"approval {one.given.approval} goes stale ({fields})", where
        yield _Part(said, (f"an approval goes stale ({fields})", where), about)


def _broken(impact: Impact) -> Iterator[_Part]:
    for flag in impact.broken:
        label, where = impact.rules.fields[flag.field].label, impact.rules.sources[flag.place.source].title
        about = flag.sources | {flag.place.source}
        yield _Part((where, flag.message), (f"{label} breaks its contract", where), about)


def _copies(impact: Impact) -> Iterator[_Part]:
    for it in impact.differ:
        where, label = impact.rules.sources[it.place.source].title, impact.rules.fields[it.field].label
        about = {it.place.source} | _made_of(impact) if it.owner == GENERATED else {it.place.source, it.owner}
        to = f" to {it.should}" if it.owner != GENERATED else ""
        yield _Part((f"correct {label}{to}", where), (f"correct {label}", where), frozenset(about))


def _values(impact: Impact) -> Iterator[_Part]:
    kinds = (
        ("new {}", impact.remade),
        ("{} withheld", impact.withheld),
        ("{} made again", impact.released),
        ("{} live, stays", tuple(one for one in impact.kept if one.instead is not None)),
    )
    for how, ones in kinds:
        for name, source in dict.fromkeys((one.field, one.place.source) for one in ones):
            rows = _names(one.record for one in ones if (one.field, one.place.source) == (name, source))
            what, where = how.format(impact.rules.fields[name].label), impact.rules.sources[source].title
            yield _Part((what, where + rows), (what, where), _made_of(impact) | {source})


def _builds(impact: Impact) -> Iterator[_Part]:
    rules = impact.rules
    for edge in {build.handoff.id: build.handoff for build in impact.builds}.values():
        builds = [build for build in impact.builds if build.handoff.id == edge.id]
        fields = list(dict.fromkeys(name for build in builds for name in build.built_from))
        what = "build again" + (f" for {_labels(fields, rules)}" if fields else "")
        where, rows = rules.sources[edge.receiver].title, _names(build.record for build in builds)
        about = frozenset((edge.giver, edge.receiver)) | _owners(fields, impact)
        yield _Part((what, where + rows), (what, where), about)


def _steps(impact: Impact) -> Iterator[_Part]:
    """Handoffs that come to be in another state, but for those that were begun: they are told as builds."""
    builds = {(build.handoff.id, build.record) for build in impact.builds}
    handoffs = {handoff.id: handoff for handoff in impact.rules.handoffs}
    steps = [one for one in impact.steps if (one.handoff, one.record) not in builds]
    for name, new in dict.fromkeys((one.handoff, one.new) for one in steps):
        edge, rows = handoffs[name], _names(one.record for one in steps if (one.handoff, one.new) == (name, new))
        titles = f"{impact.rules.sources[edge.giver].title} to {impact.rules.sources[edge.receiver].title}"
        state = new.replace("_", " ") if new is not None else "nothing to hand over"
        yield _Part((state, titles + rows), (state, titles), _made_of(impact) | {edge.giver, edge.receiver})


def _settled(impact: Impact) -> Iterator[_Part]:
    for it in impact.agree:
        where, what = impact.rules.sources[it.place.source].title, f"settles {impact.rules.fields[it.field].label}"
        about = _made_of(impact) | {it.place.source} | ({it.owner} - {GENERATED})
        yield _Part((what, where), (what, where), about)


# ---------------------------------------------------------------- names


def _labels(names: Iterable[str], rules: Rules) -> str:
    return ", ".join(rules.fields[name].label for name in dict.fromkeys(names))


def _names(records: Iterable[str]) -> str:
    """Which placements, in brackets: by what tells them apart within their campaign. Of a campaign nothing."""
    found = list(dict.fromkeys(record for record in records if record != campaign_of(record)))
    campaigns = {campaign_of(record) for record in found}
    short = [record.removeprefix(f"{campaign_of(record)} / ") if len(campaigns) == 1 else record for record in found]
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f" ({', '.join(short[:_NAMED])}{more})" if found else ""


def _made_of(impact: Impact) -> frozenset[str]:
    """Whose words change."""
    return frozenset(said.place.source for said in impact.said)


def _owners(names: Iterable[str], impact: Impact) -> frozenset[str]:
    owners = impact.rules.owners
    return frozenset(owners[name] for name in names if name in owners)
