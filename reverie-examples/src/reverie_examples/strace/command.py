"""The command line of ``reverie strace``: strace's letters, with strace's meaning."""

from typing import Any

import click

from reverie import RunResult
from reverie.cli import Launch, tool_command
from reverie_examples.strace.options import Clock, OutputForm, StraceConfig, parse_signal_set, parse_trace_set
from reverie_examples.strace.sink import Sink
from reverie_examples.strace.summary import summary_table
from reverie_examples.strace.tool import Strace

_CLOCKS = (Clock.NONE, Clock.SECONDS, Clock.MICROSECONDS, Clock.EPOCH)


@tool_command("strace")
@click.option(
    "-e",
    "--expr",
    "expressions",
    multiple=True,
    metavar="trace=SET|signal=SET",
    help="What to print; -e SET is -e trace=SET.",
)
@click.option("--trace", "traces", multiple=True, metavar="SET", help="The same as -e trace=SET.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write the trace there.")
@click.option("-A", "--output-append-mode", "append", is_flag=True, help="Append to the file of -o.")
@click.option("-f", "--follow-forks", "follow", count=True, help="Accepted: threads and children are always followed.")
@click.option(
    "-s", "--string-limit", type=click.IntRange(0), default=32, show_default=True, help="Bytes shown of a string."
)
@click.option("-t", "times", count=True, help="Begin lines with the time; -tt with microseconds, -ttt since the epoch.")
@click.option("-r", "--relative-timestamps", "relative", is_flag=True, help="Begin lines with the time since the last.")
@click.option("-T", "--syscall-times", "durations", is_flag=True, help="End lines with the time spent in the call.")
@click.option(
    "-c", "--summary-only", "summary", is_flag=True, help="Print a table of calls, errors and wall time instead."
)
@click.option("-v", "--no-abbrev", "verbose", is_flag=True, help="Print structures in full.")
@click.option("-q", "--quiet", "quiet", count=True, help="-qq leaves out the lines about exits.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
def command(launch: Launch, **options: Any) -> RunResult[Sink]:
    """Print the system calls of COMMAND and all that it starts."""
    config = _config(**options)
    run = launch(Strace, config)
    if config.form is OutputForm.SUMMARY:
        run.global_state.write_raw(summary_table(run.global_state.tallies))
    run.global_state.close()
    return run


def _config(
    *,
    expressions: tuple[str, ...],
    traces: tuple[str, ...],
    output: str | None,
    append: bool,
    follow: int,
    string_limit: int,
    times: int,
    relative: bool,
    durations: bool,
    summary: bool,
    verbose: bool,
    quiet: int,
    as_json: bool,
) -> StraceConfig:
    if follow > 1:
        raise click.UsageError("-ff, one file per process, is not supported yet: use -o FILE, which names the thread")
    if output is not None and output[:1] in ("|", "!"):
        raise click.UsageError("-o '|COMMAND' is not supported yet: use a file, or 2> >(COMMAND)")
    if summary and as_json:
        raise click.UsageError("-c and --json exclude each other")
    wanted, signals = StraceConfig().wanted, StraceConfig().signals
    try:
        for expression in [*expressions, *(f"trace={text}" for text in traces)]:
            name, equals, value = expression.partition("=")
            if not equals:
                name, value = "trace", expression
            match name:
                case "trace" | "t":
                    wanted = parse_trace_set(value)
                case "signal" | "signals" | "s":
                    signals = parse_signal_set(value)
                case _:
                    raise click.UsageError(f"-e {name}= is not supported; -e trace= and -e signal= are")
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return StraceConfig(
        wanted=wanted,
        signals=signals,
        form=OutputForm.SUMMARY if summary else OutputForm.JSON if as_json else OutputForm.TEXT,
        output=output,
        append=append,
        clock=Clock.RELATIVE if relative else _CLOCKS[min(times, 3)],
        durations=durations,
        string_limit=string_limit,
        verbose=verbose,
        quiet=quiet > 1,
    )


__all__ = ["command"]
