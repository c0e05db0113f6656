"""Which links are out, and how they fare: asked once each, remembered, judged anew whenever somebody looks."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import chain, zip_longest

from sheetsync.core.graph import Rules
from sheetsync.core.link_health import Flight, Health, Looked, Manners, Stopped, judge, loudness, worst
from sheetsync.core.model import Entity
from sheetsync.core.tracking import presentable
from sheetsync.core.tracking.urls import split, trimmed
from sheetsync.core.truth import campaign_of
from sheetsync.ports import Clock, Memory, Observation
from sheetsync.ports.links import LastLook, LinkMemory, Links

_STATUS = {Entity.PLACEMENT: "placement_status", Entity.CAMPAIGN: "page_status"}
_LIVE = "live"
_URL = "url"


class Standing(StrEnum):
    """By whose hand a link is out."""

    PUBLISHED = "published"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Use:
    """One row that sends people to an address."""

    source: str
    record: str
    field: str
    standing: Standing
    #: since when this version of the link stands there
    since: datetime
    flight: Flight
    #: the row says it is live, or its flight has begun
    live: bool


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and every row that sends people there."""

    url: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A link and what is known of it; `look` and `health` are None where nobody has looked yet."""

    link: Link
    look: LastLook | None
    health: Health | None
    #: it was asked just now
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Rounds:
    """Who looks, who remembers, and the time."""

    links: Links
    memory: LinkMemory
    clock: Clock


def links_of(rules: Rules, memory: Memory, now: datetime) -> tuple[Link, ...]:
    """Every address that is out by what the ledger remembers, once each, in the order of sources and rows."""
    out = _Out(rules, memory, now.date())
    uses: defaultdict[str, list[Use]] = defaultdict(list)
    for url, use in chain(out.published(), out.typed()):
        uses[trimmed(url)].append(use)
    return tuple(Link(url, tuple(these)) for url, these in uses.items() if url)


def about(links: Sequence[Link], record: str) -> tuple[Link, ...]:
    """Those of one campaign and its placements, or of one placement, with their rows only."""
    chosen = (
        Link(it.url, tuple(use for use in it.uses if record in (use.record, campaign_of(use.record)))) for it in links
    )
    return tuple(it for it in chosen if it.uses)


def seen(links: Sequence[Link], looks: Mapping[str, LastLook], rules: Rules, now: datetime) -> tuple[Seen, ...]:
    """What is known of links without asking anybody, in the order given."""
    return tuple(_judged(link, looks.get(link.url), rules, now) for link in links)


def check(
    rounds: Rounds,
    links: Sequence[Link],
    rules: Rules,
    manners: Manners,
    *,
    fresh: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Seen, ...]:
    """Ask all that was not asked lately (`fresh`: all), remember what they say, and tell of every link, worst first.

    What is found out is kept at once, so that a check that is stopped begins where it ended.
    """
    now = rounds.clock.now()
    looks = dict(rounds.memory.looks())
    wanted = [it.url for it in links if fresh or not _is_recent(looks.get(it.url), manners, now)]
    # What may not be asked, or shown, is not written down beside it either.
    asked = {it for it in wanted if presentable(it) == it}
    with ThreadPoolExecutor(manners.at_once, "links") as pool:
        try:
            coming = {pool.submit(_look, rounds.links, url): url for url in _taking_turns(asked, wanted)}
            for number, done in enumerate(as_completed(coming), 1):
                look = LastLook(coming[done], rounds.clock.now(), done.result())
                rounds.memory.keep(look)
                looks[look.url] = look
                tell(f"looking at links, {number} of {len(coming)}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    found = (_judged(link, looks.get(link.url), rules, now, asked=link.url in asked) for link in links)
    return tuple(sorted(found, key=lambda it: loudness(it.health) if it.health else (-1, 0), reverse=True))


def _look(links: Links, url: str) -> Looked:
    """What somebody saw; one that fails says nothing about the page."""
    try:
        return links.look(url)
    except Exception as error:
        return Stopped(f"looking failed ({type(error).__name__})")


def _is_recent(look: LastLook | None, manners: Manners, now: datetime) -> bool:
    return look is not None and now - look.at < manners.remembered


def _taking_turns(asked: set[str], order: Sequence[str]) -> Iterator[str]:
    """One of each host after the other, so that not everybody waits for the same one."""
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for url in order:
        if url in asked:
            hosts[split(url).authority].append(url)
    return (url for turn in zip_longest(*hosts.values()) for url in turn if url is not None)


def _judged(link: Link, look: LastLook | None, rules: Rules, now: datetime, *, asked: bool = False) -> Seen:
    if presentable(link.url) != link.url:
        look = LastLook(link.url, now, Stopped("carries a password or somebody's personal data: never asked"))
    if look is None:
        return Seen(link, None, None)
    health = worst(judge(link.url, look.looked, use.flight, now, rules.tracking) for use in link.uses)
    return Seen(link, look, health, asked)


@dataclass(frozen=True)
class _Out:
    """What the ledger says of the links that are out."""

    rules: Rules
    memory: Memory
    today: date

    def published(self) -> Iterator[tuple[str, Use]]:
        """Ours, placement by placement."""
        for about_it in sorted(self.memory.published, key=self._order):
            it = self.memory.published[about_it]
            if self._is_url(it.field) and it.source in self.rules.sources:
                yield it.value, self._use(*about_it, Standing.PUBLISHED, it.since)

    def typed(self) -> Iterator[tuple[str, Use]]:
        """People's own: the pages their owners name, and links in a column of ours that we did not fill."""
        for source in self.rules.sources.values():
            names = [name for name in source.columns if self._is_url(name) and self._counts(source.name, name)]
            for record, cells in self.memory.observations.records(source.name) if names else ():
                for name in names:
                    it = cells.get(name)
                    key = (source.name, record, name)
                    if it is not None and it.value is not None and key not in self.memory.published:
                        yield it.value, self._use(*key, Standing.TYPED, it.since)

    def _use(self, source: str, record: str, name: str, standing: Standing, since: datetime) -> Use:
        status = self._said(source, record, _STATUS[self.rules.fields[name].of], own=True)
        is_live = status is not None and status.value == _LIVE
        flight = Flight(self._day(source, record, "flight_start"), self._day(source, record, "flight_end"), is_live)
        begun = flight.start is not None and flight.start <= self.today
        return Use(source, record, name, standing, since, flight, is_live or begun)

    def _counts(self, source: str, name: str) -> bool:
        """Whether people follow what stands there: a copy of the owner's word is compared, not followed."""
        made_somewhere = any(name in it.generated for it in self.rules.sources.values())
        return made_somewhere or self.rules.owners.get(name, source) == source

    def _is_url(self, name: str) -> bool:
        field = self.rules.fields.get(name)
        return field is not None and field.type.kind == _URL

    def _day(self, source: str, record: str, name: str) -> date | None:
        said = self._said(source, record, name)
        if said is None or said.value is None:
            return None
        with suppress(ValueError):  # the field has changed its kind since
            value = self.rules.fields[name].type.read(said.value)
            return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
        return None

    def _said(self, source: str, record: str, name: str, *, own: bool = False) -> Observation | None:
        """What its owner says of a field, or else the row itself; `own`: the row itself first."""
        owner = self.rules.owners.get(name, source)
        for where in (source, owner) if own else (owner, source):
            # The owner of a campaign's field may itself have a row per placement.
            for about_it in (record, campaign_of(record)):
                it = self.memory.observations.get((where, about_it, name))
                if it is not None and it.value is not None:
                    return it
        return None

    def _order(self, about_it: tuple[str, str, str]) -> tuple[int, str, str]:
        source, record, name = about_it
        order = list(self.rules.sources)
        return (order.index(source) if source in order else len(order)), record, name
