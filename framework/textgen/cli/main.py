"""The program `textgen`: its commands, and how an error reaches the terminal."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import textgen
from textgen.cli import evaluate, generate, plugins, resume, run, runs, sources
from textgen.errors import TextgenError

app = typer.Typer(
    name="textgen",
    help="Train and sample small text-generation models in which every part is a plugin.",
    epilog="Example: textgen run --source gutenberg:alice --model lstm-stacked",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("resume")(resume.resume)
app.command("generate")(generate.generate)
app.command("evaluate")(evaluate.evaluate)
app.add_typer(runs.app, name="runs")
app.add_typer(plugins.app, name="plugins")
app.add_typer(sources.app, name="sources")

_debug = False


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"textgen {textgen.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    global _debug
    _debug = debug


def main() -> None:
    """Run the command line and exit with 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    try:
        app()
    except TextgenError as error:
        _report(error, str(error), error.exit_code)
    except KeyboardInterrupt as error:
        _report(error, "interrupted", 130)
    except BrokenPipeError:
        # The reader of our output has gone (`textgen … | head`): nobody is left to tell.
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        hint = "" if _debug else " This is a fault in textgen or a plugin: see textgen --debug."
        _report(error, f"{type(error).__name__}: {error}.{hint}", 1)


def _report(error: BaseException, message: str, exit_code: int) -> None:
    if _debug:
        raise error
    typer.echo(f"textgen: {message}", err=True)
    sys.exit(exit_code)
