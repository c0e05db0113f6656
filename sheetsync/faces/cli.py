"""The command line: what there is, in the order people meet it, and what becomes of trouble."""

import os
import sys
from typing import Any

import click

from sheetsync.errors import SheetsyncError
from sheetsync.faces.commands import (
    claiming,
    completion,
    daemon,
    deciding,
    exporting,
    foreseeing,
    handing,
    links,
    looking,
    matching,
    notifying,
    ours,
    running,
    sandbox,
    setting_up,
    undoing,
)


class _Commands(click.Group):
    """Turns every trouble we know into one line on stderr and its exit code; a traceback is a bug of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SheetsyncError as error:
            click.echo(f"{click.style('error:', fg='red')} {error}", err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:
            # The reader (head, less) has gone; nothing more can be said to anyone.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sheetsync-ops", prog_name="sheetsync")
@click.pass_context
def main(context: click.Context) -> None:
    """Everyone keeps their sheets; sheetsync says where they disagree, whose word counts, and fills what nobody should
    type.

    Exit codes: 0 done, 1 runtime error, 2 usage or configuration, 12 a guard stopped writes, 13 another run holds the
    lock, 14 some sources unreachable and the rest done; with --exit-code also 10 changes pending and 11 open conflicts.
    """
    context.color = None if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else False


for command in (
    *(setting_up.demo, setting_up.inspect, setting_up.init, setting_up.validate, setting_up.doctor, setting_up.probe),
    *(running.plan, running.apply, running.reconcile, daemon.daemon, undoing.undo),
    *(looking.status, looking.conflicts, deciding.decisions),
    *(looking.truth, looking.approvals, looking.history, looking.runs),
    *(looking.graph, looking.contract),
    *(handing.handoffs, handing.changes),
    foreseeing.impact,
    matching.match,
    *(claiming.claim, claiming.claims),
    exporting.export,
    links.links,
    notifying.notify,
    *(ours.adopt, ours.detach),
    *(sandbox.sandbox, completion.completion),
):
    main.add_command(command)
