"""A folder of YAML files as one document that still knows its lines.

The nodes of the YAML are walked here rather than constructed by the library: only so is every key known by its file and
line, every duplicate told, and nothing converted that somebody meant as a word (keys are always text).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from sheetsync.config.findings import SECRET, Findings, Mark, Where
from sheetsync.config.shape import SECTIONS
from sheetsync.errors import ConfigError

#: what ruamel.yaml says (a part of it) -> what a person can do about it
_IN_OUR_WORDS: Final = {
    r"'\t'": "a tab; YAML indents with spaces",
    "cannot start any token": "a text that starts with a special character; put it in quotes",
    "mapping values are not allowed": "a ':' where none may stand; check the indentation, or put the text in quotes",
    "could not find expected ':'": "a ':' is missing, or a text over several lines is not in quotes",
    "another document": "a second document ('---'); each file is one",
    "alias": "aliases (*name) are not used here; write it out, or put the text in quotes",
    "end of stream": "a quote that is never closed",
    "parsing a flow": "a bracket that is never closed, or a comma missing in it",
    "block end": "the indentation does not fit the lines above",
}
_PLAIN_KINDS: Final = ("str", "int", "float", "bool", "null", "timestamp")
_PLAIN_TAGS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _PLAIN_KINDS)
_SECTION: Final = re.compile(r"""^["']?(\w+)["']?[ \t]*:""", re.MULTILINE)

SECRET_MESSAGE: Final = "holds a key itself; keep it in a file of its own and give the path of that file"  # noqa: S105


@dataclass(frozen=True, slots=True)
class _File:
    """One file as read: its sections, or what it may have held when it could not be read."""

    name: str
    sections: dict[str, object]
    marks: dict[Where, Mark]
    #: sections that stand in an unreadable file; None: nobody knows which
    lost: frozenset[str] | None = frozenset()


def find_files(folder: Path) -> list[Path]:
    """The configuration's files by name. ConfigError with what to do next when there are none."""
    remedy = "Try `sheetsync demo` for a complete example, or copy the folder config/ of the project and change it."
    try:
        entries = list(folder.iterdir())
    except FileNotFoundError:
        raise ConfigError(f"{folder}: there is no such folder.", remedy) from None
    except NotADirectoryError:
        raise ConfigError(f"{folder}: is a file; the configuration is the folder it stands in.", remedy) from None
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be read ({error.strerror}).", "Check its permissions.") from None
    files = [file for file in entries if file.suffix in {".yaml", ".yml"} and not file.name.startswith(".")]
    if not files:
        raise ConfigError(f"{folder}: holds no *.yaml file.", remedy)
    return sorted(files)


def read_document(files: list[Path], findings: Findings) -> dict[str, object]:
    """All sections of all files; the lines go to `findings.marks`, every problem of reading to its report."""
    document: dict[str, object] = {}
    read = [_read(file, findings) for file in files]
    for file in read:
        for section, value in file.sections.items():
            if section in document:
                findings.report_line(
                    file.marks[section,], f"{section}: stands in {findings.marks[section,]} too; keep one of them"
                )
                findings.doubt((section,))
            else:
                document[section] = value
                findings.marks |= {where: mark for where, mark in file.marks.items() if where[0] == section}
    findings.marks[()] = findings.marks.get(("version",), Mark(str(files[0]), 1))
    _doubt_lost(read, findings)
    return {section: without_secrets(value, (section,), findings) for section, value in document.items()}


def parse(text: str, name: str, findings: Findings) -> tuple[dict[str, object], dict[Where, Mark]] | None:
    """One file's text as sections and their lines; None when it is no YAML at all (told by then)."""
    yaml = YAML(typ="safe", pure=True)
    try:
        walk = _Walk(name, yaml, findings)
        root = yaml.compose(text)
        if root is None:
            return {}, {}
        if not isinstance(root, MappingNode):
            findings.report_line(Mark(name, root.start_mark.line + 1), "not sections (name: ...) but something else")
            return None
        return walk.mapping(root, ()), walk.marks
    except MarkedYAMLError as error:
        findings.report_line(Mark(name, _line(error)), _in_our_words(error))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        findings.report_line(Mark(name, line), "a control character, which YAML does not allow")
    except YAMLError:
        findings.report_line(Mark(name, 1), "cannot be read as YAML")
    except RecursionError:
        findings.report_line(Mark(name, 1), "is nested deeper than any configuration")
    return None


def without_secrets(value: object, where: Where, findings: Findings) -> object:
    """The same value without pasted keys; each one is told, none is shown."""
    if isinstance(value, str) and SECRET.search(value):
        findings.report(where, SECRET_MESSAGE)
        return None
    if isinstance(value, list):
        return [without_secrets(item, (*where, number), findings) for number, item in enumerate(value)]
    if isinstance(value, dict):
        pasted = [key for key in value if SECRET.search(key)]
        if pasted:  # a whole key file: its other lines are no settings either
            findings.report((*where, pasted[0]), SECRET_MESSAGE)
            findings.pass_over(where)
            findings.doubt(where)
            return {}
        return {key: without_secrets(item, (*where, key), findings) for key, item in value.items()}
    return value


def _read(file: Path, findings: Findings) -> _File:
    name = str(file)
    try:
        content = file.read_bytes()
    except OSError as error:
        findings.report_line(Mark(name, 1), f"cannot be read ({error.strerror}); check its permissions")
        return _File(name, {}, {}, None)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        findings.report_line(Mark(name, line), "not UTF-8; save the file in that encoding")
        return _File(name, {}, {}, None)
    parsed = parse(text, name, findings)
    return _File(name, {}, {}, frozenset(_SECTION.findall(text)) or None) if parsed is None else _File(name, *parsed)


def _doubt_lost(files: list[_File], findings: Findings) -> None:
    """What stands in a file nobody can read is not missing."""
    for file in files:
        for section in SECTIONS if file.lost is None else file.lost:
            findings.doubt((section,))


class _Walk:
    """From nodes to plain values, noting the line of everything."""

    def __init__(self, name: str, yaml: YAML, findings: Findings) -> None:
        self.marks: dict[Where, Mark] = {}
        self._name = name
        self._yaml = yaml
        self._findings = findings
        self._seen: set[int] = set()

    def mapping(self, node: MappingNode, where: Where) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            mark = self._mark(key_node)
            if not isinstance(key_node, ScalarNode) or _broken(key_node.value):
                self._findings.report_line(mark, "a key that is no plain name")
                continue
            key = str(key_node.value)
            here = (*where, key)
            if key in values:
                self._findings.report_line(mark, f"{key}: stands on line {self.marks[here].line} already; keep one")
                continue
            self.marks[here] = mark
            values[key] = self._value(value_node, here)
        return values

    def _value(self, node: Node, where: Where) -> object:
        if id(node) in self._seen:  # an alias brings its node a second time, or a first time into itself
            self._tell(where, _IN_OUR_WORDS["alias"])
            return None
        self._seen.add(id(node))
        if isinstance(node, MappingNode):
            return self.mapping(node, where)
        if isinstance(node, SequenceNode):
            return list(self._items(node, where))
        return self._scalar(node, where)

    def _items(self, node: SequenceNode, where: Where) -> Iterator[object]:
        for number, item in enumerate(node.value):
            here = (*where, number)
            self.marks[here] = self._mark(item)
            yield self._value(item, here)

    def _scalar(self, node: Node, where: Where) -> object:
        if node.tag not in _PLAIN_TAGS:
            self._tell(where, "a tag ('!', '<<' or '='); put the text in quotes")
            return None
        try:
            value: object = self._yaml.constructor.construct_object(node)
        except ValueError:  # 2026-13-45, or a number of five thousand digits
            self._tell(where, "looks like a date or a number but is none; put it in quotes if it is text")
            return None
        if isinstance(value, str) and _broken(value):
            self._tell(where, "half a character (a lone surrogate)")
            return None
        return value

    def _tell(self, where: Where, message: str) -> None:
        self._findings.marks |= {where: self.marks[where]}
        self._findings.report(where, message)

    def _mark(self, node: Node) -> Mark:
        return Mark(self._name, node.start_mark.line + 1)


def _broken(text: str) -> bool:
    """Whether it holds half a character, which no file and no database would take."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _line(error: MarkedYAMLError) -> int:
    """Where the trouble begins: for something never closed that is where it was opened."""
    never_closed = "end of stream" in str(error.problem) or "parsing a flow" in str(error.context)
    mark = error.context_mark if never_closed else error.problem_mark
    return 1 if mark is None else int(mark.line) + 1


def _in_our_words(error: MarkedYAMLError) -> str:
    said = f"{error.problem} {error.context}"
    return next((ours for theirs, ours in _IN_OUR_WORDS.items() if theirs in said), "cannot be read as YAML")
