"""The program around the subcommands: its options, how errors are told, and with which code it ends."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from click.exceptions import Abort, Exit

from kg.cli.printing import tell_error
from kg.errors import KgError
from kg.names import suggest
from kg.workspace import DEFAULT_FOLDER, Workspace, open_workspace, software

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

INTERRUPTED = 130
_FAULT = "This is a fault in claims-kg, not in your material: please report it with the lines above."
_EPILOGUE = """A terminal gets tables, a pipe or a file gets TSV unless --format says
otherwise. Answers go to standard output, everything else to standard error.

\b
Exit codes:
  0    done; an answer without rows is an answer
  1    the input was refused, or nothing answers to what was asked for
  2    the command line does not fit what is offered
  3    add --keep-going loaded only a part
  130  interrupted

Start with: kg demo
"""


@dataclass
class Settings:
    """What holds for every subcommand: the folder of the workspace."""

    workspace: Path

    def open(self, *, create: bool = False) -> Workspace:
        """The workspace, to change it. With `create` a missing one is made."""
        return open_workspace(self.workspace, create=create)

    def to_read(self) -> Workspace:
        """The workspace for a command that changes nothing; such commands run while `kg serve` does."""
        return open_workspace(self.workspace, to_read=True)

    @property
    def program(self) -> str:
        """How a command for this workspace begins: `kg`, with its --workspace where that is not the default."""
        is_default = self.workspace == Path(os.environ.get("KG_WORKSPACE") or DEFAULT_FOLDER)
        return "kg" if is_default else f"kg --workspace {shlex.quote(str(self.workspace))}"


def _use_workspace(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        context.ensure_object(Settings).workspace = folder


def in_workspace(command: _Decorated) -> _Decorated:
    """Lets a subcommand take --workspace too: people type it in both places. The later one holds."""
    return click.option(
        "--workspace",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        expose_value=False,
        callback=_use_workspace,
        help="Where the data are kept.",
    )(command)


class Program(click.Group):
    """The group of all subcommands. It turns errors into words and codes, here and nowhere else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, "bench"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "bench":
            from kg.bench import command  # brings rdflib, which no other command waits for

            return command
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = suggest(args[0], self.list_commands(ctx), most=1)
        if near and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KgError as error:
            try:
                tell_error(error)
            except BrokenPipeError:
                _let_go_of_output()
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            _let_go_of_output()
            ctx.exit(0)
        except (click.ClickException, Exit, Abort):
            raise
        except Exception as error:
            error.add_note(_FAULT)
            raise
        return result


def _let_go_of_output() -> None:
    """After the reader of a pipe has closed it: what Python still wants to flush at the end goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def _speak_utf8() -> None:
    """UTF-8 whatever the locale: names in Arabic must not depend on the settings of a machine."""
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(software())
        context.exit()


@click.group(
    cls=Program,
    epilog=_EPILOGUE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--workspace",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    envvar="KG_WORKSPACE",
    show_default=True,
    show_envvar=True,
    help="Where the data are kept; may also stand after the command.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
@click.pass_context
def main(context: click.Context, workspace: Path) -> None:
    """Who said what, on whose word, and does it hold together?

    A knowledge graph of attributed claims: load dossiers, ask saved questions or SPARQL, and look at the graph.
    """
    _speak_utf8()
    context.obj = Settings(workspace)
