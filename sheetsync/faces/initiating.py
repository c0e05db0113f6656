"""From sheets nobody has described to a first configuration: a few questions, four files, and what a run would find."""

import csv
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from sheetsync import wiring
from sheetsync.adapters.seen_sheets import SeenSheets
from sheetsync.config import Config, load, unconfigured
from sheetsync.config.scope import shipped_fields
from sheetsync.config.settings import LEDGER_VARIABLE, RECORDS_VARIABLE
from sheetsync.config.writing import Draft, Remarks, write_files
from sheetsync.core.drafting import (
    REGISTER,
    REGISTER_FIELDS,
    REGISTER_TABLE,
    embedded_register,
    handoffs,
    likely_owner,
    likely_register,
    likely_season,
    shared_fields,
)
from sheetsync.core.graph import Source
from sheetsync.core.inspection import Inspected, Inspection, Names, propose
from sheetsync.core.lookup import a1
from sheetsync.core.mapping.guessed import Guess
from sheetsync.core.model import Entity, Place, Workbook
from sheetsync.engine.inspecting import InspectedBook
from sheetsync.errors import UsageError
from sheetsync.faces.dialogue import Ask, Question, yes_or_no
from sheetsync.faces.inspecting import Named, look, names_of, remarks_of, with_others
from sheetsync.faces.tables import Screen, folded

Say = Callable[[str], None]

_NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class Taken:
    """A tab that becomes a source."""

    workbook: Workbook
    tab: Inspection
    source: Source
    remarks: Remarks


def run_init(folder: Path, what: Sequence[str], locale: str, ask: Ask, say: Say, checked: Callable[[], None]) -> int:
    """Ask, write the configuration into a new folder, validate it, and say what a first run would find.

    `checked` is called when all has been asked. Raises `UsageError` where there is nothing to begin with, and what
    reading the sheets raises; then nothing is left behind.
    """
    refuse_taken(folder)
    config = unconfigured(os.environ)
    named = [Named.of(text) for text in what]
    sheets, books = look(config, named, locale)
    if not locale and (torn := _torn(books)) and (locale := _written(torn, ask)):
        sheets, books = look(config, named, locale)
    screen = Screen.here()

    def tell(*lines: str) -> None:
        for line in folded(screen, lines):
            say(line)

    taken = list(_taken(books, ask, tell))
    if not taken:
        raise UsageError("No tab of these sheets became a source.", "See why with `sheetsync inspect`.")
    draft = _draft(taken, ask, tell)
    checked()
    around = next(parent for parent in folder.absolute().parents if parent.exists())
    with tempfile.TemporaryDirectory(prefix=".sheetsync-init-", dir=around) as place:
        made = Path(place) / "config"
        made.mkdir()
        for name, text in write_files(draft).items():
            (made / name).write_text(text, encoding="utf-8")
        # A register or ledger the environment names belongs to another configuration.
        first = load(made, {k: v for k, v in os.environ.items() if k not in (LEDGER_VARIABLE, RECORDS_VARIABLE)})
        if REGISTER in first.rules.sources:
            _fill_register(first, taken)
        code = _first_look(first, sheets, screen, say)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    tell("", f"Written, everything in mode observe: {folder}")
    if left := sum(len(one.remarks.left) for one in taken):
        tell(f"{left} column{'s' * (left != 1)} in doubt left alone: as comments in {folder / 'sources.yaml'}")
    tell(f"Next: look through sources.yaml and handoffs.yaml there, then `sheetsync plan --config {folder}`.")
    return code


def refuse_taken(folder: Path) -> None:
    """Raises `UsageError` unless the folder is new, or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already.", "Name a new folder with --config.")


# ---------------------------------------------------------------- which sources


def _torn(books: Sequence[InspectedBook]) -> str:
    """A column of a file without a locale whose days can be read two ways, as it is asked; else nothing."""
    tables = [table for book in books if not book.workbook.locale for tab in book.tabs for table in tab.tables]
    return next((one.question for table in tables for one in table.guesses.columns if one.torn), "")


def _written(torn: str, ask: Ask) -> str:
    text = "As which locale do people write the files (de_DE, en_GB, …)? Enter: nobody knows, its column is left alone."
    return ask(Question("locale", f"{torn} {text}", "")).strip()


def _taken(books: Sequence[InspectedBook], ask: Ask, tell: Callable[..., None]) -> Iterator[Taken]:
    names = {REGISTER}
    for book in books:
        tell("", f"{book.workbook.title}")
        for tab in book.tabs:
            if not tab.tables:
                tell(f"  {tab.tab.title}: no table" + (f" ({tab.found.instead})" if tab.found.instead else ""))
            here: list[Taken] = []
            others = 0
            for table in tab.tables:
                called = names_of(book, tab, names, len(here))
                beside = [one.source for one in here]
                if not _worth_asking(tab, table, called, beside):
                    others += 1
                elif (one := _take(book, tab, table, called, beside, ask, tell)) is not None:
                    names.add(called.source)
                    here.append(one)
            if others:
                tell(f"    {others} more table{'s' * (others != 1)} in this tab: left alone")
            yield from (
                replace(one, remarks=with_others(one.remarks, 0 if at else others)) for at, one in enumerate(here)
            )


def _worth_asking(tab: Inspection, table: Inspected, called: Names, beside: Sequence[Source]) -> bool:
    """The table of which most is understood, and whatever else is a source as it stands."""
    proposal = propose(tab.tab, table, called, shipped_fields(), beside=beside, words=tab.words)
    return table is tab.main or proposal.source is not None


def _take(
    book: InspectedBook,
    tab: Inspection,
    main: Inspected,
    called: Names,
    beside: Sequence[Source],
    ask: Ask,
    tell: Callable[..., None],
) -> Taken | None:
    tell(*_in_short(tab, main))
    if ask(yes_or_no(f"{called.source}.take", f"Take it as source {called.source}?", not tab.tab.hidden)) != "yes":
        return None
    known = shipped_fields()
    decided: dict[int, str | None] = {}
    for one in main.guesses.columns:
        if one.question and one.question not in main.guesses.questions:
            answer = ask(_doubt(called.source, one, frozenset(known)))
            # What nobody decides stays in doubt, and is said so.
            if answer != _NOBODY:
                decided[one.column.index] = answer
    proposal = propose(tab.tab, main, called, known, decided, beside, tab.words)
    if proposal.source is None:
        tell(f"  left out: {proposal.trouble}")
        return None
    team = ask(Question(f"{called.source}.team", f"Which team keeps {called.title!r}?", called.team)).strip()
    source = replace(proposal.source, team=team or called.team)
    return Taken(book.workbook, tab, source, remarks_of(tab, main, proposal))


def _in_short(tab: Inspection, main: Inspected) -> Iterator[str]:
    table, fields = main.table, main.guesses.fields
    block = table.block
    where = f"{a1(block.top, block.left)}:{a1(block.bottom - 1, block.right - 1)}"
    rows = len(table.data_rows)
    yield f"  {tab.tab.title}, {where}: {rows} {main.guesses.rows_are}{'s' * (rows != 1)}"
    headers = {guess.column.index: guess.column.header for guess in main.guesses.columns}
    said = ", ".join(f"{name} ({' '.join(headers[column].split())})" for name, column in fields.items())
    yield f"    {said or 'no column was recognised without doubt'}"
    yield from (f"    {question}" for question in main.guesses.questions)


def _doubt(source: str, one: Guess, known: frozenset[str]) -> Question:
    letter = a1(None, one.column.index)
    fields = dict.fromkeys(name for name in (one.field, *one.rivals) if name in known)
    choices = (*((name, shipped_fields()[name].label) for name in fields if name), (_NOBODY, "leave it alone"))
    return Question(f"{source}.column.{letter}", f"    {letter}: {one.question}", _NOBODY, choices, known)


# ---------------------------------------------------------------- whose word counts


def _draft(taken: Sequence[Taken], ask: Ask, tell: Callable[..., None]) -> Draft:
    sources = [one.source for one in taken]
    remarks = {one.source.name: one.remarks for one in taken}
    register = _register(sources, ask)
    if register not in sources:
        sources = [*sources, register]
    owners = _owners(sources, register, ask, tell)
    fields = shipped_fields()
    notes = frozenset(name for name, one in fields.items() if one.human_only and one.type != "money")
    season = _season(taken, ask)
    described = tuple((source, remarks.get(source.name, Remarks())) for source in sources)
    return Draft(described, owners, handoffs(sources, owners, notes), season)


def _register(sources: Sequence[Source], ask: Ask) -> Source:
    """The source that says which campaigns there are."""
    likely = likely_register(sources)
    sheets = [(one.name, one.title) for one in sources if one.rows_are is Entity.CAMPAIGN]
    ours = (REGISTER, "none of them: a table of sheetsync's own, filled with the campaigns found now")
    default = likely.name if likely else REGISTER
    text = "Which of them is the register that says which campaigns there are?"
    answer = ask(Question("register", text, default, (*sheets, ours)))
    return next((one for one in sources if one.name == answer), None) or embedded_register("Campaign operations")


def _owners(sources: Sequence[Source], register: Source, ask: Ask, tell: Callable[..., None]) -> Mapping[str, str]:
    fields, having = shipped_fields(), shared_fields(sources)
    likely = {name: likely_owner(name, fields[name].of, sources, register) for name in having}
    several = [name for name, among in having.items() if len(among) > 1]
    if several:
        tell("", "Whose word counts, of what several sheets hold:")
        tell(*(f"  {name}: {likely[name] or 'each its own'} ({_others(name, having, likely)})" for name in several))
        if ask(yes_or_no("owners", "Is that right?")) == "no":
            for name in several:
                choices = (*((one, "") for one in having[name]), (_NOBODY, "each its own; nothing is compared"))
                asked = Question(f"owner.{name}", f"Who owns {name}?", likely[name] or _NOBODY, choices)
                likely[name] = None if (answer := ask(asked)) == _NOBODY else answer
    return {name: owner for name, owner in likely.items() if owner}


def _others(name: str, having: Mapping[str, Sequence[str]], likely: Mapping[str, str | None]) -> str:
    others = [one for one in having[name] if one != likely[name]]
    return f"also in {', '.join(others[:2])}" + (f" and {len(others) - 2} more" if len(others) > 2 else "")


def _season(taken: Sequence[Taken], ask: Ask) -> date:
    likely = likely_season([(one.tab.tab, one.source) for one in taken]) or wiring.now().date()
    text = "A day in the season these sheets are about (dates without a year come near it)?"
    answer = ask(Question("season", text, likely.isoformat()))
    try:
        return date.fromisoformat(answer)
    except ValueError:
        raise UsageError(f"season: {answer!r} is no day.", "Write it as 2026-12-01.") from None


# ---------------------------------------------------------------- what comes of it


def _fill_register(config: Config, taken: Sequence[Taken]) -> None:
    """The embedded register, with every campaign the first sheet with ids has."""
    from sheetsync.core.normalize import normalize

    rows: dict[str, list[str]] = {}
    for one in taken:
        if "campaign_id" not in one.source.columns or rows:
            continue
        place = Place(one.source.name, one.workbook.id, one.tab.tab.title, one.tab.tab.id)
        source, words = config.rules.sources[one.source.name], one.tab.words
        seen = normalize(one.tab.tab, one.workbook.locale, source, config.rules, place, names=words)
        for record in getattr(seen, "records", ()):
            values = [(name, record.value(name)) for name in REGISTER_FIELDS]
            said = ["" if value is None else config.rules.fields[name].type.format(value) for name, value in values]
            if said[0]:
                rows.setdefault(said[0].casefold(), said)
    with tempfile.TemporaryDirectory() as place_of_csv:
        path = Path(place_of_csv) / "campaigns.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([REGISTER_FIELDS, *rows.values()])
        wiring.load_records(config, REGISTER_TABLE, path)


def _first_look(config: Config, sheets: SeenSheets, screen: Screen, say: Say) -> int:
    """What `validate` says of it, and what a run would find; nothing is written."""
    from sheetsync.engine.cycle import reconcile
    from sheetsync.engine.world import Request
    from sheetsync.faces.configuration import configuration_document, configuration_text
    from sheetsync.faces.planning import plan_document, plan_text
    from sheetsync.faces.views import told

    say("")
    for line in folded(screen, configuration_text(configuration_document(config))):
        say(line)
    world = wiring.looking(config, sheets)
    done = told(reconcile(world, config.rules, Request(dry_run=True)), world)
    document = plan_document(config, done)
    say("")
    for line in plan_text(screen, document, done, False):
        say(line)
    return int(document["run"]["exit_code"])
