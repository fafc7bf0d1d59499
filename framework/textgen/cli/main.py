"""The program `textgen`: its commands, and how an error reaches the terminal."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated

import typer

import textgen
from textgen.cli import bench, evaluate, generate, resume, run
from textgen.cli.bash_words import join_words
from textgen.cli.completion import complete_plugin
from textgen.cli.encodings import replace_what_cannot_be_encoded
from textgen.cli.models import commands as models
from textgen.cli.plugins import commands as plugins
from textgen.cli.runs import commands as runs
from textgen.cli.sources import commands as sources
from textgen.cli.workspace import say_of_plugins, tell
from textgen.errors import TextgenError

app = typer.Typer(
    name="textgen",
    help="Train and sample small text-generation models in which every part is a plugin.",
    epilog="Example: textgen run --source gutenberg:alice --model lstm-stacked",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # half of the time that help takes would be that of loading Rich
)
app.command("run", epilog=run.EPILOG)(run.run)
app.command("resume")(resume.resume)
app.command("generate")(generate.generate)
app.command("evaluate")(evaluate.evaluate)
app.command("bench")(bench.bench)
app.add_typer(runs.app, name="runs")
app.add_typer(models.app, name="models")
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
    no_plugin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Do not import this plugin; repeatable.",
            autocompletion=complete_plugin,
        ),
    ] = None,
    plugin_prefer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PACKAGE",
            help="Whose part is meant where two share a name.",
            autocompletion=complete_plugin,
        ),
    ] = None,
) -> None:
    global _debug
    _debug = debug
    say_of_plugins(without=no_plugin or (), prefer=plugin_prefer or ())


# How long libgomp's threads spin for each other before they sleep, which is read when torch is
# loaded. Its own choice halves the speed of training on cores that others use too; this one costs
# nothing on idle cores.
_SPIN_COUNT = "1000"

# pydantic looks for plugins of its own in every installed package, for which each command would
# wait, and which one package's malformed entry points end. textgen uses none.
_NO_PYDANTIC_PLUGINS = "__all__"


def main() -> None:
    """Run the command line and exit with 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    os.environ.setdefault("GOMP_SPINCOUNT", _SPIN_COUNT)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", _NO_PYDANTIC_PLUGINS)
    replace_what_cannot_be_encoded()
    join_words(os.environ)
    try:
        exit_code = app(standalone_mode=False) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output has gone (`textgen … | head`): nobody is left to tell, and
        # what is still to be flushed at exit has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        exit_code = 1
    except Exception as error:
        exit_code = _report(error)
    sys.exit(exit_code)


def _report(error: Exception) -> int:
    """Tell what went wrong; return the exit code."""
    if type(error).__name__ == "NoArgsIsHelpError":  # of a private module; its message is the help
        tell(str(error))
        return 2
    message, exit_code = _explain(error)
    if _debug:
        traceback.print_exception(error)
    if message:
        tell(f"textgen: {message}")
    return exit_code


def _explain(error: Exception) -> tuple[str, int]:
    """Return what to tell about an error, empty where it has been told, and the exit code."""
    if isinstance(error, TextgenError):
        return str(error), error.exit_code
    if isinstance(error, typer.TyperException):
        return _about_usage(error), error.exit_code
    if isinstance(error, typer.Abort):
        return "stopped; nothing was changed", 1
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{what}. This is a fault in textgen or a plugin: see textgen --debug COMMAND …", 1


def _about_usage(error: typer.TyperException) -> str:
    """Say what the command line's parser found, in one line, and where to read more."""
    from pydantic import ValidationError

    from textgen.rule_words import of_all

    if isinstance(error, typer.BadParameter) and isinstance(error.__cause__, ValidationError):
        error.message = of_all(error.__cause__)
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    if not message or context is None:
        return message
    option = getattr(error, "option_name", None)
    if any(option in parameter.opts for parameter in context.find_root().command.params):
        return f"{option} stands before the command: textgen {option} … {context.info_name} …"
    end = "" if message.endswith("?") else "."
    return f"{message}{end} See: {context.command_path} --help"
