"""What a person lets pass: `--accept first_write:briefs`, or `--accept first_write` for every source."""

from collections.abc import Iterable, Iterator

from sheetsync.config.findings import did_you_mean, nearest
from sheetsync.core.graph import Rules
from sheetsync.core.guards import Guard
from sheetsync.core.where_decided import DECISIONS
from sheetsync.errors import UsageError

Acceptance = tuple[Guard, str]


def accepted(texts: Iterable[str], rules: Rules) -> frozenset[Acceptance]:
    """The guards and sources meant. Raises `UsageError` for an unknown name, or a guard nobody can accept."""
    return frozenset(one for text in texts for one in _meant(text, rules))


def _meant(text: str, rules: Rules) -> Iterator[Acceptance]:
    name, colon, source = text.partition(":")
    guard = _guard(name)
    known = (*rules.sources, *([DECISIONS] if rules.decisions is not None else []))
    if colon and source not in known:
        remedy = f"Sources: {', '.join(rules.sources)}."
        raise UsageError(f"no source is called {source!r}{did_you_mean(nearest(source, known))}.", remedy)
    yield from ((guard, one) for one in ([source] if colon else known))


def _guard(name: str) -> Guard:
    can_be = [str(guard) for guard in Guard if guard.can_be_accepted]
    if name not in list(Guard):
        raise UsageError(
            f"no guard is called {name!r}{did_you_mean(nearest(name, can_be))}.", f"Guards: {', '.join(can_be)}."
        )
    if name not in can_be:
        raise UsageError(
            f"the guard {name} cannot be accepted: without its header a tab cannot be read.",
            "`sheetsync status` says what to put back.",
        )
    return Guard(name)
