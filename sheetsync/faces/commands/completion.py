"""What a shell may fill in: commands and options by themselves, and names from the configuration and the ledger."""

import os
from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from sheetsync.errors import SheetsyncError

_VARIABLE = "_SHEETSYNC_COMPLETE"


@click.command(short_help="Teach your shell our commands and names.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what teaches a shell to complete commands, options, and the names of sources, campaigns and flags.

    \b
      echo 'eval "$(sheetsync completion bash)"' >> ~/.bashrc
      echo 'eval "$(sheetsync completion zsh)"' >> ~/.zshrc
      sheetsync completion fish > ~/.config/fish/completions/sheetsync.fish
    """
    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(context.find_root().command, {}, "sheetsync", _VARIABLE).source())


def sources(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of sources, with their titles."""
    from sheetsync.config import load

    try:
        known = load(_folder(context), os.environ).rules.sources
    except SheetsyncError:
        return []
    return _beginning(begun, ((name, source.title) for name, source in known.items()))


def records(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Campaigns and placements as last seen."""
    from sheetsync.core.truth import campaign_of

    seen = {record for _, record, _ in _memory(context)}
    return _beginning(begun, ((name, "") for name in sorted(seen | {campaign_of(record) for record in seen})))


def sources_and_campaigns(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """What `--only` takes."""
    from sheetsync.core.truth import campaign_of

    campaigns = sorted({campaign_of(record) for _, record, _ in _memory(context)})
    return [*sources(context, parameter, begun), *_beginning(begun, ((name, "") for name in campaigns))]


def fields(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of fields, with their labels."""
    from sheetsync.config import load

    try:
        known = load(_folder(context), os.environ).rules.fields
    except SheetsyncError:
        return []
    return _beginning(begun, ((name, field.label) for name, field in known.items()))


def contracts(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Handoffs and their contracts, in the spelling that needs no quotes."""
    from sheetsync.config import load

    try:
        handoffs = load(_folder(context), os.environ).rules.handoffs
    except SheetsyncError:
        return []
    edges = [(f"{it.giver}:{it.receiver}", it) for it in handoffs]
    return _beginning(
        begun, ((name, "") for edge, it in edges for name in (edge, *(f"{edge}.{f}" for f in it.contracts)))
    )


def handoffs(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Handoffs by their ids."""
    from sheetsync.config import load

    try:
        known = load(_folder(context), os.environ).rules.handoffs
    except SheetsyncError:
        return []
    return _beginning(begun, ((handoff.id, "") for handoff in known))


def channels(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Channels that are told of conflicts."""
    from sheetsync.config import load

    try:
        known = load(_folder(context), os.environ).notify.channels
    except SheetsyncError:
        return []
    return _beginning(begun, ((channel.name, "") for channel in known))


def flags(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Ids of open flags, with what they are about."""
    from sheetsync import wiring
    from sheetsync.config import load

    try:
        ledger = wiring.past(load(_folder(context), os.environ))
        told = [(flag.id, f"{flag.document['record']} / {flag.document['field']}") for flag in ledger.open_flags()]
    except SheetsyncError:
        return []
    return _beginning(begun, told)


def claims(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Ids of claims that were filed, with what they are about."""
    from sheetsync import wiring
    from sheetsync.config import load

    try:
        heard = wiring.past(load(_folder(context), os.environ)).hearsay()
    except SheetsyncError:
        return []
    return _beginning(begun, ((it.id, f"{it.record} / {it.field} = {it.value}") for it in heard))


def _memory(context: click.Context) -> Iterable[tuple[str, str, str]]:
    from sheetsync import wiring
    from sheetsync.config import load

    try:
        return wiring.past(load(_folder(context), os.environ)).memory().observations
    except SheetsyncError:
        return ()


def _folder(context: click.Context) -> Path:
    return Path(context.params.get("folder") or "config")


def _beginning(begun: str, names: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    typed = begun.casefold()
    return [CompletionItem(name, help=told or None) for name, told in names if name.casefold().startswith(typed)]
