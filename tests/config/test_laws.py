"""Whatever is done to a configuration: it loads, or every problem has its file and line; every time the same."""

import re
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sheetsync.config import Config, load
from sheetsync.errors import ConfigError
from tests.config.conftest import EXAMPLE

Steps = tuple[str | int, ...]

_LINE = re.compile(r".+\.yaml:[1-9]\d*: \S.*")
_FILES = {file.name: file.read_text(encoding="utf-8") for file in sorted(EXAMPLE.glob("*.yaml"))}
_DOCUMENTS = {name: YAML(typ="safe", pure=True).load(text) for name, text in _FILES.items()}


def _ways(value: object, steps: Steps = ()) -> Iterator[Steps]:
    if steps:
        yield steps
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from _ways(item, (*steps, step))


_EVERYWHERE = [(name, steps) for name, document in _DOCUMENTS.items() for steps in _ways(document)]

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(max_size=20),
    st.sampled_from(["briefs", "offer", "campaign_id", "{offer}", "{", "by_tracking", "https://x.example/#gid=1", "~"]),
)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
_keys = st.text(max_size=12) | st.sampled_from(["offer", "flight_ende", "colums", "<<", "null", "private_key"])


@given(
    place=st.sampled_from(_EVERYWHERE), value=_values, key=_keys, how=st.sampled_from(["value", "key", "gone", "twice"])
)
@settings(deadline=None, max_examples=80)
def test_any_change_of_any_key_is_a_configuration_or_a_list_of_lines(
    place: tuple[str, Steps], value: object, key: str, how: str
) -> None:
    name, steps = place
    document = _changed(_DOCUMENTS[name], steps, value, key, how)
    _loads_or_tells({**_FILES, name: _written(document)})


@given(st.lists(st.tuples(st.sampled_from(_EVERYWHERE), _values), min_size=2, max_size=6))
@settings(deadline=None, max_examples=40)
def test_many_changes_at_once_are_told_together(changes: list[tuple[tuple[str, Steps], object]]) -> None:
    documents = deepcopy(_DOCUMENTS)
    for (name, steps), value in changes:
        try:
            documents[name] = _changed(documents[name], steps, value, "", "value")
        except (KeyError, IndexError, TypeError):  # an earlier change took the place away
            continue
    _loads_or_tells({name: _written(document) for name, document in documents.items()})


@given(
    name=st.sampled_from(sorted(_FILES)), start=st.integers(0, 4000), size=st.integers(0, 60), text=st.text(max_size=8)
)
@settings(deadline=None, max_examples=80)
def test_any_damage_to_a_text_is_a_configuration_or_a_list_of_lines(
    name: str, start: int, size: int, text: str
) -> None:
    whole = _FILES[name]
    start %= len(whole)
    damaged = whole[:start] + text + whole[start + size :]
    _loads_or_tells({**_FILES, name: damaged})


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=40)
def test_any_bytes_are_a_configuration_or_a_list_of_lines(content: bytes) -> None:
    _loads_or_tells({**_FILES, "more.yaml": content})


@given(place=st.sampled_from(_EVERYWHERE), value=_values)
@settings(deadline=None, max_examples=20)
def test_loading_twice_says_the_same_twice(place: tuple[str, Steps], value: object) -> None:
    name, steps = place
    files = {**_FILES, name: _written(_changed(_DOCUMENTS[name], steps, value, "", "value"))}
    assert _load(files) == _load(files)


@given(st.permutations(sorted(_FILES)))
@settings(deadline=None, max_examples=10)
def test_the_order_and_the_names_of_files_do_not_matter(order: list[str]) -> None:
    renamed = {f"{number}.yaml": _FILES[name] for number, name in enumerate(order)}
    first, second = _load(_FILES), _load(renamed)
    assert isinstance(first, Config)
    assert isinstance(second, Config)
    assert (first.rules, first.fingerprint, first.google) == (second.rules, second.fingerprint, second.google)


def _loads_or_tells(files: dict[str, Any]) -> None:
    outcome = _load(files)
    if isinstance(outcome, list):
        assert outcome
        assert [line for line in outcome if not _LINE.fullmatch(line)] == []
        assert len(set(outcome)) == len(outcome)


def _load(files: dict[str, Any]) -> Config | list[str]:
    """The configuration, or the lines of its problems; any other exception is a failure of the test."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            (Path(folder) / name).write_bytes(data)
        try:
            config = load(Path(folder), {})
        except ConfigError as error:
            return str(error).replace(folder, "").split("\n")
        return Config(Path(), config.rules, config.google, config.ledger.relative_to(folder), "", config.fingerprint)


def _changed(document: Any, steps: Steps, value: object, key: str, how: str) -> Any:
    document = deepcopy(document)
    holder = document
    for step in steps[:-1]:
        holder = holder[step]
    last = steps[-1]
    if how == "gone":
        del holder[last]
    elif how == "key" and isinstance(holder, dict):
        holder[key] = holder.pop(last)
    elif how == "twice" and isinstance(holder, list):
        holder.insert(int(last), deepcopy(holder[int(last)]))
    else:
        holder[last] = value
    return document


def _written(document: object) -> str:
    stream = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_unicode = True
    yaml.representer.ignore_aliases = lambda *_: True
    yaml.dump(document, stream)
    return stream.getvalue()
