"""`textgen plugins new`: a plugin that works, for its author to change."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.completion import complete_kind
from textgen.cli.workspace import installed_plugins, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textgen.plugins import Plugins
    from textgen.plugins.provided import Provider
    from textgen.plugins.scaffolding import NewPlugin


def new(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="source, tokenizer, model, sampler or listener.",
            autocompletion=complete_kind,
        ),
    ],
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="What users will type; the package is textgen-NAME."),
    ],
    folder: Annotated[Path, typer.Option(help="Where the folder textgen-NAME is made.")] = Path(),
) -> None:
    """Make a plugin that works: code, tests, packaging.

    Example: textgen plugins new model gru
    """
    from textgen.errors import TextgenError, UsageError
    from textgen.files import write_folder
    from textgen.plugins.scaffolding import NewPlugin

    plugin = NewPlugin(kind, name)
    path, files = folder / plugin.package, plugin.files()
    try:
        if path.exists():
            raise UsageError(
                f"{path} exists already: choose another name or --folder, or remove it."
            )
        write_folder(path, files)
    except OSError as error:
        raise TextgenError(f"{path} cannot be made: {error}. Choose another --folder.") from error
    _warn_of_namesakes(installed_plugins(), plugin)
    _print_made(path, files)
    _print_next(path, plugin)


def _warn_of_namesakes(plugins: Plugins, plugin: NewPlugin) -> None:
    for provider in dict.fromkeys(_namesakes(plugins, plugin)):
        tell(
            f"note: the name {plugin.name!r} is in use by {provider}; another one spares those "
            "who install both a choice"
        )


def _namesakes(plugins: Plugins, plugin: NewPlugin) -> Iterator[Provider]:
    """Yield who provides a part of this kind and name, or a plugin of this name."""
    from textgen.plugins.choice import same

    for item in plugins.installed:
        provider = item.provider
        parts = {(part.kind.value, part.name) for part in item.parts}
        is_plugin = same(plugin.name, provider.plugin, provider.package)
        if (plugin.kind, plugin.name) in parts or is_plugin:
            yield provider


def _print_made(path: Path, files: dict[str, str]) -> None:
    from textgen.cli.display import print_line

    print_line(f"made {path}:")
    for name in files:
        print_line(f"    {name}")


def _print_next(path: Path, plugin: NewPlugin) -> None:
    from textgen.cli.display import print_line

    commands = [
        f"cd {shlex.quote(str(path))}",
        "pip install -e '.[test]'",
        "pytest",
        f"textgen plugins check {plugin.name}",
        plugin.trial,
    ]
    print_line("\nIt works as it is. Try it, then make it yours:")
    print_line("    " + " &&\n    ".join(commands))
    print_line("\nBefore you publish it, choose a licence: README.md says how.")
