"""What contracts do not demand of single records: how long still, why, and which of these records nobody knows."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.exemptions import covers, holds
from sheetsync.core.graph import Exemption

Document = Mapping[str, Any]


def exceptions_document(config: Config, chosen: Iterable[Exemption] | None = None) -> list[Document]:
    """Exceptions, ended ones too, in configured order; what is unknown is as of the last run."""
    wanted = config.rules.exemptions if chosen is None else tuple(chosen)
    if not wanted:
        return []
    today = wiring.now().date()
    seen = _seen(config)
    return [
        {
            "contract": one.contract,
            "records": list(one.records),
            "reason": one.reason,
            "until": one.until.isoformat(),
            "ended": not holds(one, today),
            "unknown": [name for name in one.records if seen and not _is_known(one, name, seen)],
        }
        for one in wanted
    ]


def exception_text(one: Document) -> str:
    """One exception, on one line: for whom, until when, why."""
    ended = "ended" if one["ended"] else "until"
    after = ": the contract holds again" if one["ended"] else ""
    unknown = f"; nobody knows {', '.join(one['unknown'])}" if one["unknown"] else ""
    reason = " ".join(str(one["reason"]).split()).rstrip(".")
    return f"exception for {', '.join(one['records'])} {ended} {one['until']}{after} ({reason}){unknown}"


def _seen(config: Config) -> Collection[str]:
    """Every record of the last run; none where there was no run."""
    if not config.ledger.exists():
        return ()
    return {observation.record for observation in wiring.past(config).memory().observations.values()}


def _is_known(one: Exemption, name: str, seen: Collection[str]) -> bool:
    alone = Exemption(one.contract, (name,), one.reason, one.until)
    return any(covers(alone, record) for record in seen)
