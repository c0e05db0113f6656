"""One link, or one name, for two placements or two partners: told at each row, and withheld where we made it.

Visits through such a link are counted for one of the two, and nobody can say afterwards for which.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld
from sheetsync.core.generate import BY_CHANNEL, BY_TRACKING, Generator
from sheetsync.core.graph import Rules
from sheetsync.core.making import Made, cell_of
from sheetsync.core.match import Identified, Matched
from sheetsync.core.model import Claim, Entity
from sheetsync.core.telling import Told, flag_on, identified_by, rows_listed
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import identity, presentable, read
from sheetsync.core.truth import campaign_of

_URL = "url"


@dataclass(frozen=True, slots=True)
class _Stands:
    """What one row says, or is given, of a link or a name."""

    item: Identified
    claim: Claim
    text: str


@dataclass(frozen=True)
class Twice:
    """What stands for more than one placement although it may stand for one only."""

    generator: Generator
    matched: Matched

    def withheld(self, made: Sequence[Made]) -> Iterator[Made]:
        """The same, but a value that would be made for two is withheld for both; one that is live stays."""
        users: defaultdict[Hashable, set[str]] = defaultdict(set)
        for one in made:
            if isinstance(one.outcome, Generated) and (key := self._key(one.outcome)) is not None:
                users[key].add(self._user(one.outcome.field, one.outcome.record))
        for one in made:
            key = self._key(one.outcome) if isinstance(one.outcome, Generated) and not one.live else None
            mine = self._user(one.outcome.field, one.outcome.record)
            others = users[key] - {mine} if key is not None else set()
            yield Made(one.item, self._same(one.outcome, others)) if others else one

    def _same(self, one: Generated | Withheld, others: Collection[str]) -> Withheld:
        reason = alike_reason(one.field, self._rules)
        about = self.generator.speaks_of(one.field)
        return Withheld(one.place, one.record, one.field, reason, " and ".join(sorted(others)), about)

    def flags(self, made: Sequence[Made]) -> Iterator[Flag]:
        """At every cell of a link, or a name, that two rows of one source have; `made` before it was withheld."""
        standing: defaultdict[Hashable, list[_Stands]] = defaultdict(list)
        for one in self._standing(made):
            if (key := self._key_of(one.claim.field, one.text)) is not None:
                standing[one.item.record.source, key].append(one)
        for rows in standing.values():
            if len({self._user(one.claim.field, one.item.key) for one in rows}) > 1:
                yield from (self._flag(one, rows) for one in rows)

    def users(self, given: Iterable[Generated]) -> Iterator[tuple[Hashable, str]]:
        """(a link or a name that may stand for one placement only, its campaign), of what is given and typed."""
        made = ((one.field, one.value, campaign_of(one.record)) for one in given)
        typed = ((one.claim.field, one.text, one.item.campaign) for one in self._standing(()))
        for name, text, campaign in chain(made, typed):
            if (key := self._key_of(name, text)) is not None:
                yield key, campaign

    def _flag(self, one: _Stands, rows: Sequence[_Stands]) -> Flag:
        label, mine = self._rules.fields[one.claim.field].label, self._user(one.claim.field, one.item.key)
        others = [it.item for it in rows if self._user(it.claim.field, it.item.key) != mine]
        names = " and ".join(sorted({item.key for item in others}))
        where = rows_listed([item.record.place for item in others])
        told = Told(
            f"{label} is the same as that of {names} ({where}): nobody can tell the two apart",
            f"{label} is the same as in {where}: nobody can tell the two apart",
            identified_by([it.item for it in rows], self._rules) - {one.item.record.source},
        )
        is_url = self._rules.fields[one.claim.field].type.kind == _URL
        found = None if one.claim.parsed is None else presentable(one.text) if is_url else one.claim.raw
        return flag_on(
            one.claim,
            one.item.key,
            FlagKind.URL_DEFECT,
            told,
            Severity.HIGH,
            found=found,
            # Beside a defect of the same link this is another trouble.
            subject=f"{one.item.key} {one.claim.field} twice",
        )

    def _standing(self, made: Iterable[Made]) -> Iterator[_Stands]:
        """Per row what somebody typed, or else what is given to it."""
        typed = set()
        for item in self.matched.identified:
            for name in self._own_columns(item.record.source):
                claim = item.record.claims.get(name)
                if claim is not None and isinstance(claim.parsed, str) and claim.parsed.strip():
                    typed.add((item.record.source, item.key, name))
                    yield _Stands(item, claim, claim.parsed.strip())
        for one in made:
            given = one.outcome
            if isinstance(given, Generated) and (given.place.source, given.record, given.field) not in typed:
                yield _Stands(one.item, cell_of(one.item, given.field), given.value)

    def _key(self, one: Generated) -> Hashable | None:
        return self._key_of(one.field, one.value)

    def _key_of(self, name: str, text: str) -> Hashable | None:
        """Equal for two texts that are one link or one name; None where they may be: a bare page is everybody's."""
        if not self._is_own(name):
            return None
        if (name, text) not in self._known:
            is_url = self._rules.fields[name].type.kind == _URL
            self._known[name, text] = (
                (name, text.casefold()) if not is_url else (name, identity(text)) if read(text) else None
            )
        return self._known[name, text]

    def _own_columns(self, source: str) -> tuple[str, ...]:
        return self._columns.setdefault(
            source, tuple(name for name in self._rules.sources[source].columns if self._is_own(name))
        )

    def _is_own(self, name: str) -> bool:
        """Whether a field is a link of a placement, or a name that is put together and not part of another one."""
        field = self._rules.fields[name]
        return field.of is Entity.PLACEMENT if field.type.kind == _URL else name in self._names

    def _user(self, name: str, record: str) -> str:
        """Whose a link or a name is: the placement's, unless its template does not tell placements apart.

        Two placements may show one file; its name is the campaign's then.
        """
        return campaign_of(record) if name in self._shared_names else record

    @cached_property
    def _names(self) -> frozenset[str]:
        texts = {name: text for name, text in self._rules.templates.items() if name != CAMPAIGN_ID}
        parts = {need for name in texts for need in self.generator.inputs(name)}
        return frozenset(name for name, text in texts.items() if text not in (BY_CHANNEL, BY_TRACKING)) - parts

    @cached_property
    def _shared_names(self) -> frozenset[str]:
        fields, sources = self._rules.fields, self._rules.sources.values()
        keys = {name for source in sources for name in source.key if fields[name].of is Entity.PLACEMENT}
        return frozenset(name for name in self._names if not keys <= self.generator.words(name))

    @cached_property
    def _known(self) -> dict[tuple[str, str], Hashable | None]:
        return {}

    @cached_property
    def _columns(self) -> dict[str, tuple[str, ...]]:
        return {}

    @property
    def _rules(self) -> Rules:
        return self.generator.rules


def alike_reason(name: str, rules: Rules) -> str:
    """Why a value is withheld that would be made for two."""
    return f"{rules.fields[name].label} would be the same as another placement's"
