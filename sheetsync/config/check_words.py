"""Checks of the words: fields, vocabularies, aliases, severities."""

import re
from collections.abc import Iterator
from typing import Final

from sheetsync.config.findings import Where
from sheetsync.config.scope import Scope, shipped_fields
from sheetsync.config.shape import FieldShape, Words
from sheetsync.core.campaigns import fold_key
from sheetsync.core.fields.lists import is_list_word

_FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def check_fields(scope: Scope) -> None:
    """Own fields: names that templates can use, no shipped field turned into another, vocabularies that exist."""
    for name, field in scope.shape.fields.items():
        where: Where = ("fields", name)
        if not _FIELD_NAME.fullmatch(name):
            scope.findings.report(where, "a field's name is lower case a-z, digits and _")
        shipped = shipped_fields().get(name)
        if shipped and shipped.of != field.of:
            scope.findings.report((*where, "of"), f"'{name}' ships as a field of a {shipped.of}; choose another name")
        if field.type == "choice" and field.vocabulary is None:
            if not scope.findings.doubtful((*where, "vocabulary")):
                scope.findings.report((*where, "vocabulary"), "is missing: a choice needs one")
        elif field.type == "choice" and field.vocabulary is not None:
            scope.knows_vocabulary((*where, "vocabulary"), field.vocabulary)
        elif field.type == "list" and field.vocabulary is not None:
            _check_list(scope, (*where, "vocabulary"), field.vocabulary)
        elif field.vocabulary is not None and not scope.findings.doubtful((*where, "type")):
            scope.findings.report((*where, "vocabulary"), "goes with type choice and list only")
        _check_until(scope, where, name, field)
    _check_shipped_choices(scope)


def _check_list(scope: Scope, where: Where, vocabulary: str) -> None:
    """Words that can be told apart when they stand beside each other."""
    if not scope.knows_vocabulary(where, vocabulary):
        return
    for word in scope.shape.vocabularies[vocabulary]:
        if not is_list_word(word):
            scope.findings.report(("vocabularies", vocabulary, word), "holds a comma, which parts the words of a list")


def _check_until(scope: Scope, where: Where, name: str, field: FieldShape) -> None:
    """A range begins and ends in two days of one entity."""
    if field.until is None:
        return
    here = (*where, "until")
    if field.type != "day":
        scope.findings.report(here, "goes with type day only")
    elif scope.knows_field(here, field.until):
        end = scope.fields[field.until]
        if field.until == name or (end.type, end.of) != (field.type, field.of):
            scope.findings.report(here, f"is another field of type day, of a {field.of}")


def check_words(scope: Scope) -> None:
    """Aliases and severities name fields; no spelling stands for two words."""
    for name in scope.shape.severities:
        scope.knows_field(("severities", name), name)
    for name, words in scope.shape.aliases.items():
        if scope.knows_field(("aliases", name), name):
            _check_spellings(scope, ("aliases", name), words)
    for name, words in scope.shape.vocabularies.items():
        if not words and not scope.findings.doubtful(("vocabularies", name)):
            scope.findings.report(("vocabularies", name), "holds no word")
        _check_spellings(scope, ("vocabularies", name), words)


def _check_shipped_choices(scope: Scope) -> None:
    """A shipped choice may lack its vocabulary as long as nobody uses the field."""
    missing = {
        name: field.vocabulary
        for name, field in scope.fields.items()
        if name not in scope.shape.fields and field.vocabulary and field.vocabulary not in scope.shape.vocabularies
    }
    for where, name in _uses(scope):
        vocabulary = missing.pop(name, None)
        if vocabulary and not scope.findings.doubtful(("vocabularies", vocabulary)):
            scope.findings.report(where, f"is a choice; it needs its words: add them as vocabularies.{vocabulary}")


def _uses(scope: Scope) -> Iterator[tuple[Where, str]]:
    for source, shape in scope.shape.sources.items():
        yield from ((("sources", source, "columns", name), name) for name in shape.columns)
    yield from ((("generated", name), name) for name in scope.shape.generated)
    if tracking := scope.shape.tracking:
        yield from ((("tracking", "parameters", number), name) for number, name in enumerate(tracking.parameters))


def _check_spellings(scope: Scope, where: Where, words: Words) -> None:
    meanings: dict[str, str] = {fold_key(word): word for word in words}
    for word, spellings in words.items():
        if meanings[fold_key(word)] != word:
            scope.findings.report((*where, word), f"is the same word as '{meanings[fold_key(word)]}'")
        for number, spelling in enumerate(spellings):
            other = meanings.setdefault(fold_key(spelling), word)
            if other != word:
                scope.findings.report((*where, word, number), f"stands for '{other}' already")
