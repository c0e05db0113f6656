"""What is written down is read back as the same; nothing people typed gets out of its place."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.config import Config, load
from sheetsync.config.scope import shipped_fields
from sheetsync.config.writing import Draft, Remarks, write_files
from sheetsync.core.fields import Choice
from sheetsync.core.graph import Handoff, Mode, SheetTab, Source, Table, Visibility
from sheetsync.core.header_texts import fold_header
from sheetsync.core.mapping.words import CHANNEL, STATUS
from sheetsync.core.model import Entity
from sheetsync.core.terms import Contract, Terms, Within

#: anything a cell can hold: the configuration takes no half characters, and no text without any sign in it
typed = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(lambda text: text.strip())
headers = typed.filter(lambda text: fold_header(text) != "" and "PRIVATE KEY" not in text)
names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
remarks = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@st.composite
def a_source(draw: st.DrawFn, name: str = "briefs", number: int = 0) -> Source:
    fields = draw(st.lists(st.sampled_from(sorted(shipped_fields())), min_size=1, max_size=6, unique=True))
    texts = draw(st.lists(headers, min_size=len(fields), max_size=2 * len(fields), unique_by=fold_header))
    columns = {name: tuple(texts[at :: len(fields)]) for at, name in enumerate(fields)}
    some = st.lists(st.sampled_from(fields), min_size=1, max_size=3, unique=True).map(tuple)
    in_sheet = draw(st.booleans())
    location = SheetTab(draw(st.from_regex(r"[A-Za-z0-9_-]{30,44}", fullmatch=True)), number)
    return Source(
        name,
        title=draw(typed),
        team=draw(typed),
        location=location if in_sheet else Table(draw(typed)),
        rows_are=draw(st.sampled_from(Entity)),
        key=draw(some),
        match=tuple(draw(st.lists(some, min_size=1, max_size=3))),
        columns=columns,
        mode=draw(st.sampled_from(Mode)) if in_sheet else Mode.OBSERVE,
        readers_see=draw(st.sampled_from(Visibility)) if in_sheet else Visibility.FIELDS,
    )


@st.composite
def said_of(draw: st.DrawFn, source: Source) -> Remarks:
    columns = draw(st.dictionaries(st.sampled_from(sorted(source.columns)), remarks, max_size=3))
    left = draw(st.lists(st.tuples(remarks, remarks), max_size=2).map(tuple))
    return Remarks(draw(st.lists(remarks, max_size=2).map(tuple)), draw(remarks), columns, left)


def read_back(files: Mapping[str, str]) -> Config:
    with TemporaryDirectory() as place:
        for name, text in files.items():
            (Path(place) / name).write_text(text, encoding="utf-8")
        return load(Path(place), {})


@given(data=st.data())
def test_a_source_is_read_back_as_it_was_whatever_its_headers_hold(data: st.DataObject) -> None:
    source = data.draw(a_source())
    config = read_back(write_files(Draft(((source, data.draw(said_of(source))),))))
    assert config.rules.sources == {source.name: source}


@given(data=st.data())
def test_a_tab_a_month_is_written_by_what_it_is_not_like_and_read_back_whole(data: st.DataObject) -> None:
    november = replace(data.draw(a_source()), location=SheetTab("1" * 40, 0))
    december = replace(
        november,
        name="december",
        title=data.draw(typed),
        team=data.draw(st.just(november.team) | typed),
        location=SheetTab("1" * 40, 7),
        mode=data.draw(st.sampled_from(Mode)),
        key=data.draw(st.sampled_from([november.key, tuple(november.columns)])),
        match=data.draw(st.sampled_from([november.match, (tuple(november.columns), november.key)])),
    )
    sources = ((november, data.draw(said_of(november))), (december, data.draw(said_of(december))))
    files = write_files(Draft(sources))
    assert len(re.findall("(?m)^    like: briefs$", files["sources.yaml"])) == 1
    assert len(re.findall("(?m)^    columns:$", files["sources.yaml"])) == 1
    assert read_back(files).rules.sources == {"briefs": november, "december": december}


@given(data=st.data())
def test_who_may_see_what_is_read_back(data: st.DataObject) -> None:
    there = replace(data.draw(a_source("there")), location=SheetTab("1" * 40, 0))
    seen = {"there": data.draw(st.sampled_from(Visibility))}
    here = replace(data.draw(a_source("here")), location=SheetTab("2" * 40, 0), readers_see_of=seen)
    config = read_back(write_files(Draft(((there, Remarks()), (here, Remarks())))))
    assert config.rules.sources == {"there": there, "here": here}


def test_owners_handoffs_and_season_are_read_back() -> None:
    columns = {name: (name,) for name in ("campaign_id", "flight_start", "flight_end", "offer")}
    base = Source(
        "briefs", "Briefs", "P", SheetTab("1" * 40, 0), Entity.CAMPAIGN, ("campaign_id",), (("campaign_id",),), columns
    )
    media = replace(base, name="media", location=SheetTab("2" * 40, 3), rows_are=Entity.PLACEMENT)
    within = Within("flight_start", "flight_end")
    contracts: dict[str, Terms] = {"flight_start": within, "flight_end": within, "offer": Contract.EQUAL}
    owners = dict.fromkeys(columns, "briefs")
    draft = Draft(
        ((base, Remarks()), (media, Remarks())), owners, (Handoff("briefs", "media", contracts),), date(2026, 12, 1)
    )
    rules = read_back(write_files(draft)).rules
    assert (rules.owners, rules.handoffs, rules.season) == (owners, draft.handoffs, draft.season)


def test_without_owners_season_and_handoffs_it_is_valid_too() -> None:
    source = Source("a", "A", "T", Table("t"), Entity.CAMPAIGN, ("offer",), (("offer",),), {"offer": ("Offer",)})
    rules = read_back(write_files(Draft(((source, Remarks()),)))).rules
    assert (rules.owners, rules.handoffs, rules.season) == ({}, (), None)


def test_the_words_a_team_begins_with_are_those_by_which_columns_are_told() -> None:
    source = Source(
        "briefs", "Briefs", "Sales", SheetTab("a" * 30, 0), Entity.CAMPAIGN, ("campaign_id",), (("campaign_id",),),
        {"campaign_id": ("ID",), "campaign_status": ("Status",), "channel": ("Channel",)},
    )  # fmt: skip
    fields = read_back(write_files(Draft(((source, Remarks()),)))).rules.fields
    for name, words in {"campaign_status": STATUS, "page_status": STATUS, "channel": CHANNEL}.items():
        kind = fields[name].type
        assert isinstance(kind, Choice)
        assert kind.vocabulary == words
        assert all(kind.named(spelling) == [word] for word, spellings in words.items() for spelling in spellings)
