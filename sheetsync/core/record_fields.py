"""Something known of every field of many records, held per record: keys of three texts each would outweigh the rest.

What is alike is held once. Copies say mostly what their owner says, so a hundred sheets weigh little more than one.
"""

import sys
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

RecordField = tuple[str, str, str]
"""(source, record, field)"""

#: what is known of a field; hashable
Known = TypeVar("Known", bound=Hashable)


class RecordFields(Mapping[RecordField, Known], Generic[Known]):
    """A read-only mapping of `RecordField` that is as equal to a dict as it is like one, but for its order."""

    def __init__(self, entries: Iterable[tuple[RecordField, Known]] = ()) -> None:
        """Of entries with one key the last counts. Fastest and smallest where those of one record come together."""
        self._sources: dict[str, dict[str, Any]] = {}
        shared: dict[Any, Any] = {}
        about: tuple[str, str] | None = None
        fields: dict[str, Known] = {}
        for (source, record, field), known in entries:
            if about != (source, record):
                self._keep(about, fields, shared)
                about, fields = (source, record), dict(self.record(source, record))
            fields[field] = known
        self._keep(about, fields, shared)

    def _keep(self, about: tuple[str, str] | None, fields: dict[str, Known], shared: dict[Any, Any]) -> None:
        if about is not None:
            source, record = about
            # One name for a record wherever it stands: it does in most sources, and in several of these.
            self._sources.setdefault(source, {})[sys.intern(record)] = self._packed(fields, shared)

    def _packed(self, fields: Mapping[str, Known], shared: dict[Any, Any]) -> Any:
        """One record's fields, small: a tuple that begins with their names. `shared` is for `one_of`."""
        known = tuple(one_of(shared, it) for it in fields.values())
        return one_of(shared, (one_of(shared, tuple(fields)), one_of(shared, known)))

    def _unpacked(self, source: str, record: str, packed: Any) -> Mapping[str, Known]:  # noqa: ARG002
        names, known = packed
        return dict(zip(names, known, strict=True))

    @property
    def sources(self) -> Iterable[str]:
        """The sources of which anything is known."""
        return self._sources.keys()

    def records(self, source: str) -> Iterator[tuple[str, Mapping[str, Known]]]:
        """Each record of a source of which anything is known, with its fields."""
        for record, packed in self._sources.get(source, {}).items():
            yield record, self._unpacked(source, record, packed)

    def fields(self, source: str) -> Iterator[tuple[str, Collection[str]]]:
        """Each record of a source, with the names only of its fields."""
        for record, (names, *_) in self._sources.get(source, {}).items():
            yield record, names

    def record(self, source: str, record: str) -> Mapping[str, Known]:
        """The fields known of one record; none where nothing is."""
        packed = self._sources.get(source, {}).get(record)
        return {} if packed is None else self._unpacked(source, record, packed)

    def __getitem__(self, key: RecordField) -> Known:
        source, record, field = key
        packed = self._sources.get(source, {}).get(record)
        if packed is None:
            raise KeyError(key)
        return self._unpacked(source, record, packed)[field]

    def __iter__(self) -> Iterator[RecordField]:
        for source in self._sources:
            for record, fields in self.fields(source):
                yield from ((source, record, field) for field in fields)

    def __len__(self) -> int:
        return sum(len(fields) for source in self._sources for _, fields in self.fields(source))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"


def one_of(shared: dict[Any, Any], value: Any) -> Any:
    """The one object for everything equal to it."""
    return shared.setdefault(value, value)
