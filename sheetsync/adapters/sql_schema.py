"""The ledger's tables as they stand at the newest revision; `migrations` brings older files there."""

import json
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Dialect, ForeignKey, Index, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator

#: every revision in `migrations/versions`, oldest first: known here so that opening a current file needs no Alembic
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
)
HEAD = REVISIONS[-1]
#: our own name, so that another program's Alembic database is not taken for a ledger of the future
REVISION_TABLE = "sheetsync_revision"


class ExactText(TypeDecorator[str]):
    """Any Python text, byte for byte: SQLite's text cannot hold half of a surrogate pair, but JSON from outside can."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        if value is None:
            return None
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode(errors="surrogatepass")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value.decode(errors="surrogatepass") if isinstance(value, bytes) else value


def utc_text(moment: datetime) -> str:
    """An aware time as ISO text in UTC. Raises ValueError for one without zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without its zone has no place in the ledger: {moment}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class UtcText(TypeDecorator[datetime]):
    """An aware time as ISO text in UTC with microseconds, so that text order is time order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


class JsonText(TypeDecorator[Any]):
    """A document, or rows of texts, that we only ever read whole."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value, default=dict)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


class PackedJson(TypeDecorator[Iterable[Any]]):
    """Any number of documents that together are long: written and packed one after the other, never all at once.

    Read as many, in their order; what an older sheetsync wrote is one document.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        if value is None:
            return None
        packing = zlib.compressobj(1)
        packed = [packing.compress(f"{json.dumps(each)}\n".encode()) for each in value]
        return b"".join([*packed, packing.flush()])

    def process_result_value(self, value: Any, dialect: Dialect) -> Iterable[Any] | None:  # noqa: ARG002
        if value is None:
            return None
        lines = zlib.decompress(value).splitlines() if isinstance(value, bytes) else [value]
        return [json.loads(line) for line in lines]


def _about(*, primary_key: bool = True) -> list[Column[Any]]:
    """What a line is about: `ports.RecordField`."""
    return [Column(name, ExactText, primary_key=primary_key, nullable=False) for name in ("source", "record", "field")]


def _place() -> list[Column[Any]]:
    """`core.model.Place`, whole: its source is kept too, so that what comes out is what went in."""
    return [
        Column("place_source", ExactText, nullable=False),
        Column("spreadsheet", ExactText, nullable=False),
        Column("tab", ExactText, nullable=False),
        Column("tab_id", Integer),
        Column("row", Integer),
        Column("column", Integer),
        Column("column_name", ExactText, nullable=False),
    ]


def _flag() -> list[Column[Any]]:
    """`ports.OpenFlag`."""
    return [
        Column("kind", ExactText, nullable=False),
        #: source, severity and row repeat what the document says, to choose and to order by
        Column("source", ExactText, nullable=False),
        Column("severity", ExactText, nullable=False),
        Column("row", Integer),
        Column("document", JsonText, nullable=False),
        Column("since", UtcText, nullable=False),
        #: run ids; NULL where an older ledger did not note them
        Column("first", ExactText),
        Column("last", ExactText),
    ]


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", ExactText, primary_key=True, nullable=False),
    Column("started", UtcText, nullable=False),
    Column("ended", UtcText, nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("counts", JsonText, nullable=False),
    Column("unfit", JsonText),
    Column("troubles", JsonText),
    Column("written", JsonText),
)

baselines = Table("baselines", metadata, *_about(), Column("value", ExactText, nullable=False))

observations = Table(
    "observations",
    metadata,
    *_about(),
    Column("value", ExactText),
    Column("raw", ExactText, nullable=False),
    *_place(),
    Column("since", UtcText, nullable=False),
)

#: append-only: the file itself refuses UPDATE, DELETE and REPLACE
history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("run", ExactText, ForeignKey("runs.id"), nullable=False),
    Column("at", UtcText, nullable=False),
    *_about(primary_key=False),
    Column("old", ExactText),
    Column("new", ExactText),
    Column("raw", ExactText, nullable=False),
    *_place(),
    Index("history_record", "record"),
)

#: append-only as well; a batch is written down before its run is, so `run` refers to nothing yet
journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("run", ExactText, nullable=False),
    Column("spreadsheet", ExactText, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("state", ExactText, nullable=False),
    #: beside "intended": what the batch may replace, until a run's commit puts it into the history
    Column("events", JsonText),
    Index("journal_batch", "run", "spreadsheet", "generation"),
)

#: what stands in our tab after a batch: one line per workbook, more only while nobody knows which batch came last
standing = Table(
    "standing",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("spreadsheet", ExactText, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("run", ExactText, nullable=False),
    Column("rows", JsonText, nullable=False),
    Column("told", JsonText, nullable=False),
    Index("standing_batch", "spreadsheet", "generation", "run", unique=True),
)

#: open ones
flags = Table("flags", metadata, Column("id", ExactText, primary_key=True, nullable=False), *_flag())

#: a flag may close more than once: its id stays with what it is about
closed_flags = Table(
    "closed_flags",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", ExactText, nullable=False),
    *_flag(),
    #: the run that raised it no more, and its start
    Column("by", ExactText, nullable=False),
    Column("closed", UtcText, nullable=False),
    Index("closed_flags_by", "by"),
)

#: generated values that do not stand in their sheet after the last run; rows that share a key are several lines
withheld = Table(
    "withheld",
    metadata,
    Column("seq", Integer, primary_key=True),
    *_about(primary_key=False),
    Column("reason", ExactText, nullable=False),
)

published = Table(
    "published",
    metadata,
    *_about(),
    Column("value", ExactText, nullable=False),
    Column("since", UtcText, nullable=False),
)

#: every version of a generated value (`core.versions.Version`); append-only
versions = Table(
    "versions",
    metadata,
    *_about(),
    Column("number", Integer, primary_key=True, nullable=False),
    Column("value", ExactText, nullable=False),
    Column("issued", UtcText, nullable=False),
    Column("run", ExactText, nullable=False),
    Column("changed", JsonText, nullable=False),
    Column("waits_for_live", Integer, nullable=False),
    Column("made_of", JsonText, nullable=False),
)

proposed_ids = Table(
    "proposed_ids",
    metadata,
    Column("natural_key", ExactText, primary_key=True, nullable=False),
    Column("proposed", ExactText, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", ExactText, primary_key=True, nullable=False),
    Column("value", Integer, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", ExactText, primary_key=True, nullable=False),
    #: user@host
    Column("owner", ExactText, nullable=False),
    Column("pid", Integer, nullable=False),
    #: tells one holding from the next one by the same process
    Column("token", ExactText, nullable=False),
    Column("acquired", UtcText, nullable=False),
    Column("expires", UtcText, nullable=False),
)

#: what the guards compare with (`core.guards.Accepted`)
accepted = Table(
    "accepted",
    metadata,
    Column("source", ExactText, primary_key=True, nullable=False),
    Column("headers", JsonText, nullable=False),
    Column("visibility", JsonText, nullable=False),
    Column("written_at", ExactText),
    #: row -> ISO time
    Column("lost", JsonText, nullable=False),
    #: the run that was taken back, and when
    Column("undone", JsonText),
)

#: guards that held after the last run
held = Table(
    "held",
    metadata,
    #: the order they were told in
    Column("position", Integer, primary_key=True, nullable=False),
    Column("source", ExactText, nullable=False),
    Column("guard", ExactText, nullable=False),
    Column("what", ExactText, nullable=False),
    Column("since", UtcText, nullable=False),
    #: what to do first; NULL in a ledger of before
    Column("first", ExactText),
)

#: what each of the newest runs moved, and how it was before (`ports.Footprint`)
footprints = Table(
    "footprints",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("run", ExactText, ForeignKey("runs.id"), nullable=False),
    Column("ended", UtcText, nullable=False),
    #: in pieces; NULL where the run moved nothing
    Column("document", PackedJson),
    Column("undoes", ExactText, nullable=False),
    Column("undone_by", ExactText, nullable=False),
    Index("footprints_run", "run", unique=True),
)

#: what people said about rows (`core.answers.Answer`), oldest first; nothing is ever taken out
answers = Table(
    "answers",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("source", ExactText, nullable=False),
    Column("row", ExactText, nullable=False),
    Column("words", ExactText, nullable=False),
    Column("verdict", ExactText, nullable=False),
    Column("campaign", ExactText, nullable=False),
    Column("by", ExactText, nullable=False),
    Column("at", UtcText, nullable=False),
)

#: between whom and under which contract the baselines of a source's field were agreed (`core.agreements`)
agreed_under = Table(
    "agreed_under",
    metadata,
    Column("source", ExactText, primary_key=True, nullable=False),
    Column("field", ExactText, primary_key=True, nullable=False),
    Column("terms", ExactText, nullable=False),
)

#: how far each handoff of each record is (`ports.HandoffState`)
handed = Table(
    "handed",
    metadata,
    Column("handoff", ExactText, primary_key=True, nullable=False),
    Column("record", ExactText, primary_key=True, nullable=False),
    Column("state", ExactText, nullable=False),
    Column("evidence", ExactText, nullable=False),
    Column("since", UtcText, nullable=False),
    Column("run", ExactText, nullable=False),
)

#: append-only like the history (`ports.HandoffEvent`)
handoff_events = Table(
    "handoff_events",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("run", ExactText, ForeignKey("runs.id"), nullable=False),
    Column("at", UtcText, nullable=False),
    Column("handoff", ExactText, nullable=False),
    Column("record", ExactText, nullable=False),
    Column("old", ExactText),
    Column("new", ExactText),
    Column("evidence", ExactText, nullable=False),
    Index("handoff_events_record", "record"),
)

#: every approval ever seen, as its row said it last, with what was approved (`ports.ApprovalSeen`)
approvals = Table(
    "approvals",
    metadata,
    Column("approval", ExactText, primary_key=True, nullable=False),
    Column("record", ExactText, primary_key=True, nullable=False),
    Column("state", ExactText, nullable=False),
    Column("granted", Integer, nullable=False),
    #: NULL where no cell was ever read
    Column("who", ExactText),
    Column("when", ExactText),
    #: field -> what was approved; null where it was not known
    Column("covered", JsonText, nullable=False),
    #: of what is covered, for whoever wants to compare without us
    Column("fingerprint", ExactText, nullable=False),
    Column("away", ExactText, nullable=False),
    *_place(),
    Column("since", UtcText, nullable=False),
    #: run ids
    Column("first", ExactText, nullable=False),
    Column("taken", ExactText, nullable=False),
    Column("attested", Integer, nullable=False),
    Column("why", ExactText, nullable=False),
)

#: what counts under a freeze (`core.late.Frozen`)
frozen = Table(
    "frozen",
    metadata,
    Column("source", ExactText, primary_key=True, nullable=False),
    Column("record", ExactText, primary_key=True, nullable=False),
    Column("field", ExactText, primary_key=True, nullable=False),
    #: NULL where the cell said nothing
    Column("value", ExactText),
    Column("since", UtcText, nullable=False),
    Column("run", ExactText, nullable=False),
    #: empty where nobody had to say yes
    Column("accepted_by", ExactText, nullable=False),
)

#: what people said about columns (`core.column_answers.ColumnAnswer`), oldest first; nothing is ever taken out
column_answers = Table(
    "column_answers",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("source", ExactText, nullable=False),
    Column("field", ExactText, nullable=False),
    Column("header", ExactText, nullable=False),
    Column("verdict", ExactText, nullable=False),
    Column("by", ExactText, nullable=False),
    Column("at", UtcText, nullable=False),
)

#: columns that are asked about after the last run (`core.mapping.doubts.Doubt`), in the order they were told in
doubts = Table(
    "doubts",
    metadata,
    Column("position", Integer, primary_key=True, nullable=False),
    Column("source", ExactText, nullable=False),
    Column("field", ExactText, nullable=False),
    Column("header", ExactText, nullable=False),
    Column("is_key", Integer, nullable=False),
    Column("what", ExactText, nullable=False),
    Column("remedy", ExactText, nullable=False),
    Column("candidates", JsonText, nullable=False),
    Column("evidence", JsonText, nullable=False),
)

#: what was found out last about each address (`ports.links.LastLook`)
link_looks = Table(
    "link_looks",
    metadata,
    Column("url", ExactText, primary_key=True, nullable=False),
    Column("at", UtcText, nullable=False),
    #: answered, gone or stopped
    Column("what", ExactText, nullable=False),
    #: HTTP's, and where the answer came from; of what answered only
    Column("status", Integer),
    Column("final", ExactText, nullable=False),
    #: empty for what answered
    Column("reason", ExactText, nullable=False),
)

#: the life of each conflict, an episode a line (`core.conflicts.Conflict`)
conflicts = Table(
    "conflicts",
    metadata,
    Column("id", ExactText, primary_key=True, nullable=False),
    Column("flag", ExactText, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("state", ExactText, nullable=False),
    Column("since", UtcText, nullable=False),
    Column("changed", UtcText, nullable=False),
    Column("said", ExactText, nullable=False),
    Column("document", JsonText, nullable=False),
    Index("conflicts_flag", "flag"),
)

#: what people decided (`core.rulings.Ruling`), oldest first; nothing is ever taken out
rulings = Table(
    "rulings",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("matter", ExactText, nullable=False),
    Column("run", ExactText, nullable=False),
    Column("document", JsonText, nullable=False),
    Column("end", ExactText),
    Column("ended", UtcText),
    #: a run's id
    Column("ended_by", ExactText, nullable=False),
    Index("rulings_matter", "matter", "run", unique=True),
)

#: each line of a decisions tab as it was last looked at (`core.judging.Look`)
looks = Table(
    "looks",
    metadata,
    Column("spreadsheet", ExactText, primary_key=True, nullable=False),
    Column("id", ExactText, primary_key=True, nullable=False),
    *(Column(name, ExactText, nullable=False) for name in ("version", "digest", "under", "judged", "said")),
)

#: decisions left on the command line (`ports.Filed`), in that order
filed = Table(
    "filed",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", UtcText, nullable=False),
    Column("document", JsonText, nullable=False),
    Column("judged", ExactText, nullable=False),
    Column("said", ExactText, nullable=False),
)

#: append-only: every decision that was ever typed, and what became of it (`ports.Heard`)
heard = Table(
    "heard",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("run", ExactText, ForeignKey("runs.id"), nullable=False),
    Column("at", UtcText, nullable=False),
    Column("matter", ExactText, nullable=False),
    Column("where", ExactText, nullable=False),
    Column("typed", JsonText, nullable=False),
    Column("refused", ExactText, nullable=False),
)

#: messages to people (`ports.notifying.Kept`); no line is ever taken out, so that nothing is told twice
notices = Table(
    "notices",
    metadata,
    Column("seq", Integer, primary_key=True),
    #: with the state and the channel it is there once, ever
    Column("about", ExactText, nullable=False),
    Column("state", ExactText, nullable=False),
    Column("channel", ExactText, nullable=False),
    Column("severity", ExactText, nullable=False),
    Column("made", UtcText, nullable=False),
    #: empty for a digest
    Column("run", ExactText, nullable=False),
    #: empty again some time after
    Column("title", ExactText, nullable=False),
    Column("text", ExactText, nullable=False),
    Column("attempts", Integer, nullable=False),
    #: since when somebody is about to send it
    Column("taken", UtcText),
    Column("first_tried", UtcText),
    Column("tried", UtcText),
    Column("sent", UtcText),
    Column("given_up", UtcText),
    Column("trouble", ExactText, nullable=False),
    Index("notices_once", "about", "state", "channel", unique=True),
)

#: one line: this ledger's own mark, which its workbooks carry
installation = Table("installation", metadata, Column("mark", ExactText, primary_key=True, nullable=False))

#: outside `metadata`, because Alembic keeps it
revision = Table(REVISION_TABLE, MetaData(), Column("version_num", Text))

#: what was said elsewhere (`core.hearsay.Hearsay`), oldest first; nothing is ever taken out
hearsay = Table(
    "hearsay",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", ExactText, nullable=False, unique=True),
    Column("record", ExactText, nullable=False),
    Column("field", ExactText, nullable=False),
    Column("value", ExactText, nullable=False),
    Column("origin", ExactText, nullable=False),
    Column("by", ExactText, nullable=False),
    Column("note", ExactText, nullable=False),
)

#: every change of state (`core.hearsay.Move`), numbered from 0; nothing is ever taken out
hearsay_moves = Table(
    "hearsay_moves",
    metadata,
    Column("hearsay", ExactText, ForeignKey("hearsay.id"), primary_key=True, nullable=False),
    Column("number", Integer, primary_key=True, nullable=False),
    Column("state", ExactText, nullable=False),
    Column("by", ExactText, nullable=False),
    Column("at", UtcText, nullable=False),
    Column("until", UtcText),
    Column("seen", ExactText),
)
