"""A story of any number of workbooks: the briefs, pages, links, and then sheets of teams that copy the campaigns.

One source per workbook, 500 rows each, ten mapped columns, dates and money as teams in several countries write them.
Every fortieth row or so says something else than its owner, or nothing. It is the same story every time.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

ROWS = 500
CHANNELS = (("email", "E-Mail"), ("paid_social", "Paid Social"), ("paid_search", "SEA"), ("affiliate", "Affiliate"))
SOURCES = (("newsletter", "NL"), ("facebook", "FB"), ("google", "Google Ads"), ("awin", "AWIN"))
_FIRST_DAY = date(2026, 10, 1)
_PARTNERS = ("Harlow & Finch", "Café Zürich", "O'Malley's", "Nordlys", "Kestrel Outdoor", "Vela", "Tuli", "Brightwater")
_THINGS = ("Singles Day", "Cyber Week", "Advent", "Winter Sale", "New Year", "Back to Office", "Hampers", "Loyalty")


@dataclass(frozen=True)
class Campaign:
    """What the briefs say of one campaign."""

    number: int

    @property
    def id(self) -> str:
        return f"NL-{self.number:04d}"

    @property
    def partner(self) -> str:
        return _PARTNERS[self.number % len(_PARTNERS)]

    @property
    def name(self) -> str:
        return f"{_THINGS[self.number // 8 % len(_THINGS)]} {self.number}"

    @property
    def start(self) -> date:
        return _FIRST_DAY + timedelta(days=self.number % 90)

    @property
    def end(self) -> date:
        return self.start + timedelta(days=6 + self.number % 9)

    @property
    def offer(self) -> str:
        return f"{5 * (1 + self.number % 8)}% off"

    @property
    def code(self) -> str:
        return f"SAVE{self.number:04d}"

    @property
    def budget(self) -> int:
        return 1_000 + 250 * (self.number % 40)

    @property
    def page(self) -> str:
        return f"https://www.northlight.example/offers/{self.number}"


CAMPAIGNS = tuple(Campaign(number) for number in range(1, ROWS + 1))
_DATES: Mapping[str, Callable[[date], str]] = {
    "en_US": lambda day: f"{day.month}/{day.day}/{day.year}",
    "en_GB": lambda day: f"{day:%d/%m/%Y}",
    "de_DE": lambda day: f"{day:%d.%m.%Y}",
}
_MONEY: Mapping[str, Callable[[int], str]] = {
    "en_US": lambda amount: f"${amount:,}",
    "en_GB": lambda amount: f"${amount:,}.00",
    "de_DE": lambda amount: f"{amount},00 $",
}
_OF_CAMPAIGN = ("campaign_id", "partner", "campaign_name", "flight_start", "flight_end", "offer", "promo_code")
_EQUAL = ("partner", "campaign_name", "flight_start", "flight_end", "offer", "promo_code", "budget")


@dataclass(frozen=True)
class Sheet:
    """One workbook with one source."""

    name: str
    columns: tuple[str, ...]
    locale: str = "en_US"
    mode: str = "columns"
    placements: bool = False
    generated: tuple[str, ...] = ()

    @property
    def spreadsheet(self) -> str:
        return f"1Northlight{self.name.title().replace('_', '')}".ljust(44, "0")

    def rows(self) -> Iterator[list[str]]:
        """The header and 500 rows; what goes wrong in a row is told by the sheet's name, the same every time."""
        chance = Random(self.name)  # noqa: S311
        yield list(self.columns)
        for number in range(ROWS):
            # Placements: four of each of the first campaigns, else each campaign once.
            campaign = CAMPAIGNS[number // 4] if self.placements else CAMPAIGNS[number]
            row = [self._cell(column, campaign, number % 4) for column in self.columns]
            if self.name != "briefs" and chance.random() < 0.025:
                column = chance.randrange(len(_OF_CAMPAIGN), len(row)) if self.placements else chance.randrange(3, 7)
                row[column] = chance.choice(("", "TBD", self._cell(self.columns[column], CAMPAIGNS[-1], number % 4)))
            yield row

    def _cell(self, column: str, campaign: Campaign, at: int) -> str:
        written = _DATES[self.locale]
        own: Mapping[str, Callable[[], str]] = {
            "campaign_id": lambda: campaign.id,
            "partner": lambda: campaign.partner,
            "campaign_name": lambda: campaign.name,
            "flight_start": lambda: written(campaign.start),
            "flight_end": lambda: written(campaign.end),
            "offer": lambda: campaign.offer,
            "promo_code": lambda: campaign.code,
            "budget": lambda: _MONEY[self.locale](campaign.budget),
            "landing_page": lambda: campaign.page,
            "page_status": lambda: "Live",
            "channel": lambda: CHANNELS[at][1],
            "slot": lambda: f"Slot {1 + at}",
            "utm_source": lambda: SOURCES[at][1],
            "placement_status": lambda: "Planned",
            "tracking_url": lambda: "",
            "brand_approval": lambda: "yes" if campaign.number % 3 else "",
            "notes": lambda: f"{self.name}: ask {campaign.partner} about {campaign.number}" if at == 1 else "",
        }
        return own[column]()


def sheets(count: int) -> tuple[Sheet, ...]:
    """The first three own what the others copy; of those, four kinds take turns."""
    of_placement = (*_OF_CAMPAIGN, "channel", "slot")
    owning = (
        Sheet("briefs", (*_OF_CAMPAIGN, "budget", "brand_approval", "notes"), generated=("campaign_id",)),
        Sheet("landing", (*_OF_CAMPAIGN, "landing_page", "page_status", "notes"), "de_DE", "sidecar"),
        Sheet(
            "utm",
            (*of_placement, "utm_source", "placement_status", "tracking_url"),
            "en_GB",
            placements=True,
            generated=("tracking_url",),
        ),
    )
    kinds: Sequence[Callable[[str], Sheet]] = (
        lambda name: Sheet(f"legal_{name}", (*_OF_CAMPAIGN, "budget", "brand_approval", "notes"), "en_GB", "sidecar"),
        lambda name: Sheet(f"trafficking_{name}", (*of_placement, "notes"), "en_US", placements=True),
        lambda name: Sheet(f"plan_{name}", (*_OF_CAMPAIGN, "budget", "brand_approval", "notes"), "de_DE"),
        lambda name: Sheet(
            f"build_{name}", (*of_placement, "notes"), "de_DE", placements=True, generated=("tracking_url",)
        ),
    )
    more = (kinds[number % len(kinds)](f"{number:03d}") for number in range(max(0, count - len(owning))))
    return (*owning, *more)


def write(place: Path, count: int, example: Path) -> None:
    """The story, its register and its configuration, as `story`, `records.csv` and `config` below `place`.

    `example` is the folder of a configuration whose words and templates serve here too.
    """
    for sheet in sheets(count):
        folder = place / "story" / sheet.name
        folder.mkdir(parents=True)
        about = {"id": sheet.spreadsheet, "title": sheet.name, "locale": sheet.locale, "time_zone": "Europe/London"}
        tabs = [{"title": "Plan", "id": 7, "file": "plan", "frozen_rows": 1}]
        shared = {"owner": "ines.carrow@northlight.example", "shared_with": {"sheetsync": "writer"}}
        _write(folder / "workbook.yaml", about | shared | {"tabs": tabs})
        _write_csv(folder / "plan.csv", sheet.rows())
    _write_csv(place / "records.csv", _register())
    _configure(place / "config", sheets(count), example)


def _register() -> Iterator[Sequence[str]]:
    yield (*_OF_CAMPAIGN, "budget", "campaign_status")
    for each in CAMPAIGNS:
        days = (each.start.isoformat(), each.end.isoformat())
        yield each.id, each.partner, each.name, *days, each.offer, each.code, str(each.budget), "Ready"


def _configure(folder: Path, all_sheets: Sequence[Sheet], example: Path) -> None:
    folder.mkdir()
    for name in ("sheetsync.yaml", "tracking.yaml"):
        (folder / name).write_text((example / name).read_text(encoding="utf-8"), encoding="utf-8")
    official: dict[str, Any] = {
        "title": "Campaign register",
        "team": "Operations",
        "table": "campaigns",
        "writes": "off",
        "rows_are": "campaign",
        "key": ["campaign_id"],
        "match": [["campaign_id"]],
        "columns": {name: name for name in (*_OF_CAMPAIGN, "budget", "campaign_status")},
    }
    sources = {sheet.name: _source(sheet) for sheet in all_sheets} | {"official": official}
    _write(folder / "sources.yaml", {"sources": sources})
    owners = dict.fromkeys(_EQUAL, "briefs") | {"campaign_id": "official", "campaign_status": "official"}
    owners |= dict.fromkeys(("landing_page", "page_status"), "landing")
    owners |= dict.fromkeys(("channel", "slot", "utm_source", "placement_status"), "utm")
    handoffs = [
        {"from": "briefs", "to": name, "contracts": {f: "equal" for f in _EQUAL if f in source["columns"]}}
        for name, source in sources.items()
        if name != "briefs"
    ]
    _write(folder / "handoffs.yaml", {"owners": owners, "handoffs": handoffs})


def _source(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": sheet.name.replace("_", " ").title(),
        "team": "Team",
        "spreadsheet": sheet.spreadsheet,
        "tab_id": 7,
        "mode": sheet.mode,
        "readers_see": "full" if sheet.name < "m" else "fields",
        "rows_are": "placement" if sheet.placements else "campaign",
        "key": ["campaign_id", "channel", "slot"] if sheet.placements else ["campaign_id"],
        "match": [["campaign_id"], ["partner", "campaign_name"]],
        "columns": {name: name for name in sheet.columns},
        "generated": list(sheet.generated),
    }


def _write(path: Path, content: Mapping[str, Any]) -> None:
    # JSON is YAML.
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_csv(path: Path, rows: Iterator[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
