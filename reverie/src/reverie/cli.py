"""The ``reverie`` command: its own options, then a tool, then the command to run.

What a tool's author needs is ``tool_command``; what runs the tool is ``reverie.cli_launch``.
"""

import atexit
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reverie.cli_launch import Launch, LaunchOptions, end_like, open_closed_streams, report_failure
from reverie.errors import ReverieError
from reverie.offers import load, offered
from reverie.run import RunResult

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

TOOL_GROUP = "reverie.tools"
"""The entry-point group under which tools register their commands."""

USAGE_ERROR = 2

Runner = Callable[..., RunResult[Any]]


def _process_ids(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[int, ...]:
    """Read ids of processes, separated as ``pidof`` or a person does it: by blanks, commas or line ends."""
    found: list[int] = []
    for value in values:
        words = value.replace(",", " ").split()
        if not words or not all(word.isdecimal() and 0 < int(word) < 1 << 31 for word in words):
            raise click.BadParameter(f"{value!r} is no list of process ids", context, option)
        found += map(int, words)
    return tuple(found)


_ATTACH = click.Option(
    ["-p", "--attach", "pids"],
    multiple=True,
    metavar="PID[,PID]",
    callback=_process_ids,
    help="Trace processes that run already, until they end or Ctrl-C leaves them, in place of a COMMAND.",
)


def tool_command(name: str | None = None) -> Callable[[Runner], click.Command]:
    """Make a tool's command out of a function. Every tool can also be put on running processes, by ``-p``.

    The function gets a ``Launch`` first and the tool's own options by name. It returns the
    run's result, and the command then ends as the guest did. Options are read up to the
    first word that is none, which begins the command to run::

        @tool_command()
        @click.option("--quiet", is_flag=True)
        def command(launch: Launch, quiet: bool) -> RunResult[Totals]:
            \"""Count system calls.\"""
            return launch(Counter)
    """

    def decorate(function: Runner) -> click.Command:
        def callback(command: tuple[str, ...], pids: tuple[int, ...], **options: Any) -> RunResult[Any]:
            launch_options = click.get_current_context().ensure_object(LaunchOptions)
            if bool(command) == bool(pids):
                raise click.UsageError(
                    "-p PID and a COMMAND exclude each other" if command else "Missing argument 'COMMAND...'."
                )
            try:
                return function(Launch(list(command), launch_options, pids), **options)
            except BrokenPipeError as error:  # click would end with status 1 for it
                raise ReverieError("nobody reads the tool's output any more") from error

        callback.__doc__ = function.__doc__
        callback.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]  # click's way to collect options
        decorated = click.argument("command", nargs=-1, type=click.UNPROCESSED)(callback)
        settings = {"allow_interspersed_args": False, "help_option_names": ["-h", "--help"]}
        made = click.command(name, context_settings=settings)(decorated)
        made.params.append(_ATTACH)
        return made

    return decorate


class ToolGroup(click.Group):
    """Finds tools by entry point, and loads only the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of our own commands and of all installed tools."""
        return sorted({*super().list_commands(ctx), *_tools()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading its module."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        loaded = load(TOOL_GROUP, cmd_name)
        return loaded if isinstance(loaded, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown tool with the nearest names."""
        name = args[0]
        if self.get_command(ctx, name) is None:
            from difflib import get_close_matches  # only wanted for a mistake

            known = self.list_commands(ctx)
            nearest = get_close_matches(name, known)
            hint = f"did you mean {', '.join(nearest)}?" if nearest else f"there are {', '.join(known)}"
            raise click.UsageError(f"there is no tool {name!r}: {hint}", ctx)
        return super().resolve_command(ctx, args)


def _tools() -> "dict[str, EntryPoint]":
    return offered(TOOL_GROUP)


@click.group(
    cls=ToolGroup,
    subcommand_metavar="TOOL [TOOL OPTIONS] [--] COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=False,
)
@click.option("--backend", default="ptrace", show_default=True, metavar="NAME", help="How the guest is stopped.")
@click.option(
    "--colocate/--no-colocate",
    default=True,
    show_default=True,
    help="Keep tracer and guest on one CPU while they only talk to each other.",
)
@click.option(
    "--log-level",
    default="warning",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="debug shows where an error came from.",
)
@click.option("--log-file", type=click.Path(dir_okay=False), metavar="FILE", help="Write the log there, not to stderr.")
@click.option(
    "-E",
    "--env",
    "environment",
    multiple=True,
    metavar="VAR[=VAL]",
    help="Set a variable for the command, or remove it.",
)
@click.version_option(package_name="reverie", prog_name="reverie")
@click.pass_context
def cli(
    ctx: click.Context,
    backend: str,
    colocate: bool,
    log_level: str,
    log_file: str | None,
    environment: tuple[str, ...],
) -> None:
    """Run COMMAND with TOOL watching or changing its system calls.

    \b
    Examples:
      reverie strace ls -l             every system call, as strace prints it
      reverie strace -c make           a table of them
      reverie counter1 -- ls -l        how many there are
      reverie list                     which tools and backends are installed
      reverie doctor                   what this machine can do
    """
    for edit in environment:
        if edit[:1] in ("", "="):
            raise click.UsageError(f"-E {edit!r} names no variable: write -E VAR=VALUE, or -E VAR to remove it", ctx)
    _set_up_logging(log_level, log_file)
    ctx.obj = LaunchOptions(backend, environment, colocate)


def _set_up_logging(level: str, file: str | None) -> None:
    try:
        handler: logging.Handler = logging.FileHandler(file) if file else logging.StreamHandler()
    except OSError as error:
        raise click.UsageError(f"cannot write the log to {file}: {error.strerror}") from error
    handler.setFormatter(logging.Formatter("reverie: %(message)s"))
    logging.getLogger("reverie").addHandler(handler)
    logging.getLogger("reverie").setLevel(level.upper())


@cli.command("list")
def list_command() -> None:
    """Show the tools and backends that are installed, and where each comes from."""
    from reverie.backend.registry import installed

    for title, entries in (("tools", _tools()), ("backends", installed())):
        click.echo(f"{title}:")
        for name, entry in sorted(entries.items()):
            package = entry.dist
            origin = f"{package.name} {package.version}" if package is not None else "unknown"
            click.echo(f"  {name:<16} {origin:<26} {entry.value}")


@cli.command("doctor")
def doctor_command() -> int:
    """Say what this machine and container can do, and for each "no" what to change."""
    from reverie.doctor import examine

    return examine(click.echo)


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end as the guest did."""
    gc.freeze()  # what is imported stays: later collections need not walk it,
    atexit.register(gc.freeze)  # nor the last one, which took 30 ms to find nothing
    open_closed_streams()
    try:
        outcome = cli.main(args=argv, prog_name="reverie", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.ClickException as error:
        _complain_of_usage(error)
    except click.Abort:
        sys.exit(130)
    except Exception as error:
        report_failure(error)
    if isinstance(outcome, RunResult):
        end_like(outcome.status)
    sys.exit(outcome if isinstance(outcome, int) else 0)


def _complain_of_usage(error: click.ClickException) -> NoReturn:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "reverie"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
    else:
        message = " ".join(error.format_message().split())
        click.echo(f"reverie: {message.removesuffix('.')} ({path} --help tells more)", err=True)
    sys.exit(USAGE_ERROR)


__all__ = ["Launch", "RunResult", "cli", "main", "tool_command"]
