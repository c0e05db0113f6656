"""What people read before they type: each command's help, and the README's commands."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from sheetsync.faces.cli import main
from tests.season import TOP

README = (TOP / "README.md").read_text()
#: where the shell takes over
_SHELL = {"|", ">", ">>", "&&"}


def every_command(group: click.Group = main, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """`conflicts show` -> the command."""
    for name, command in group.commands.items():
        yield f"{path} {name}".strip(), command
        if isinstance(command, click.Group):
            yield from every_command(command, f"{path} {name}".strip())


COMMANDS = dict(every_command())


def help_of(path: str) -> str:
    done = CliRunner().invoke(main, [*path.split(), "--help"], env={"COLUMNS": "80"}, terminal_width=80)
    assert done.exit_code == 0
    return done.stdout


def examples(path: str) -> list[str]:
    return re.findall(r"^ +(sheetsync .*)$", help_of(path), re.MULTILINE)


def parse(line: str) -> str:
    """What a line asks for, `conflicts show`. Raises `click.UsageError` where it cannot be parsed."""
    words = shlex.split(line, comments=True)
    words = words[1 : next((at for at, word in enumerate(words) if word in _SHELL), len(words))]
    command: click.Command = main
    path: list[str] = []
    with main.make_context("sheetsync", words) as context:
        while isinstance(command, click.Group):
            rest = [*context._protected_args, *context.args]
            if not rest and command.invoke_without_command:
                break
            name, found, rest = command.resolve_command(context, rest)
            assert found is not None
            assert name is not None
            command, context = found, found.make_context(name, rest, parent=context)
            path.append(name)
    return " ".join(path)


@pytest.mark.parametrize("path", COMMANDS)
def test_help_fits_80_columns_and_its_examples_parse(path: str) -> None:
    told = help_of(path)
    assert [line for line in told.splitlines() if cell_len(line) > 80] == []
    assert COMMANDS[path].help
    assert examples(path), "an example says more than a list of options"
    asked = {parse(line) for line in examples(path)}
    assert any(one == path or one.startswith(f"{path} ") for one in asked), asked


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_says_what_it_is_for_in_words_of_the_field(path: str) -> None:
    for option in COMMANDS[path].params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            typed = option.make_metavar(click.Context(COMMANDS[path]))
            assert typed not in ("TEXT", "PATH", "FILENAME", "INTEGER"), option.name


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_stands_in_the_readmes_table(path: str) -> None:
    first, *more = path.split()
    rows = [line for line in README.splitlines() if line.startswith(f"| `sheetsync {first}")]
    assert rows
    assert all(any(f"`{word}" in row for row in rows) for word in more), path


def typed_in_the_readme() -> list[str]:
    """Every `sheetsync …` in its code blocks, its tables and its text."""
    fenced = "\n".join(README.split("```")[1::2])
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
    lines = [line for line in [*fenced.splitlines(), *spans] if line.strip()]
    found = (re.search(r"(?:^|\s|\S*/)sheetsync( +[a-z-].*)$", line) for line in lines)
    return [f"sheetsync{one[1]}" for one in found if one]


@pytest.mark.parametrize("line", sorted(set(typed_in_the_readme())))
def test_what_the_readme_says_to_type_parses(line: str) -> None:
    # A command that is only named may lack what it needs.
    assert line.removeprefix("sheetsync ") in COMMANDS or parse(line)
