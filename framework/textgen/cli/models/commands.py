"""`textgen models`: runs registered as versions of named models, without ever importing torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.asking import confirm
from textgen.cli.completion import complete_model, complete_version
from textgen.cli.params import JsonParam, RegistryParam, RunParam, YesParam
from textgen.cli.workspace import location_of, open_registry, tell

if TYPE_CHECKING:
    from textgen.errors import UsageError
    from textgen_registry import NamedModels, VersionRecord

app = typer.Typer(
    help="Keep runs as versions of named models, with aliases for them.",
    epilog="""A version stands wherever a run is named: NAME@3, NAME@best, NAME@latest.

Example: textgen generate alice@best""",
    no_args_is_help=True,
)

ModelParam = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Name of a model.", autocompletion=complete_model),
]
VersionParam = Annotated[
    str,
    typer.Argument(
        metavar="NAME[@VERSION]",
        help="A model; or a version of it: its number, an alias or latest.",
        autocompletion=complete_version,
    ),
]


@app.command("register")
def register(
    run: RunParam,
    name: ModelParam,
    again: Annotated[
        bool, typer.Option("--again", help="Also where the same files are a version already.")
    ] = False,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Make a run the next version of a model.

    The version keeps the run's files and figures as they are now, whatever becomes of the run.

    Example: textgen models register latest alice
    """
    from textgen.cli.display import print_json, print_line
    from textgen.cli.values import named
    from textgen.errors import command
    from textgen_registry import NamedModels

    records = open_registry(registry)
    record = records.find(run)
    version, is_new = NamedModels(records).register(record, name, again=again)
    if json:
        print_json({**version.as_dict(), "new": is_new})
    else:
        print_line(str(version.name))
    if not is_new:
        tell(
            f"run {named(record)} is {version.name} already, with the same files; "
            "--again makes another"
        )
    elif record.status == "running" and record.version is None:
        tell(
            f"note: run {named(record)} is being trained: this is its checkpoint after step "
            f"{version.step:,}"
        )
    promote = command("models", "alias", f"{version.model}@best", version.number)
    tell(f"text from it with: {command('generate', version.name)}")
    tell(f"give it an alias with: {promote}")


@app.command("alias")
def alias(
    alias: Annotated[
        str,
        typer.Argument(
            metavar="NAME@ALIAS",
            help="A model, and a word for one of its versions.",
            autocompletion=complete_version,
        ),
    ],
    version: Annotated[
        str | None,
        typer.Argument(metavar="VERSION", help="Its number, latest, or another alias."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the alias away.")] = False,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Let an alias stand for a version, or take it away.

    Example: textgen models alias alice@best 3
    """
    from textgen.cli.display import print_json

    name, mark, word = alias.rpartition("@")
    if not mark or remove == (version is not None):
        raise _half_said(alias)
    models = _models(registry)
    before: int | None
    after: int | None = None
    if version is None:
        before = models.remove_alias(name, word).number
    else:
        after = models.version(f"{name}@{version}").number
        before = models.alias(name, word, after)
    if json:
        print_json({"model": name, "alias": word, "before": before, "after": after})
    else:
        tell(_moved(alias, before, after))


@app.command("list")
def list_(registry: RegistryParam = None, json: JsonParam = False) -> None:
    """List the named models: versions, newest, best, aliases.

    Example: textgen models list
    """
    from textgen.cli.display import print_json
    from textgen.cli.models.page import print_models
    from textgen_registry import NamedModels

    records = open_registry(registry)
    models = NamedModels(records).all()
    if json:
        print_json([model.as_dict() for model in models])
    elif models:
        print_models(models)
    else:
        tell(f"no models yet in {location_of(records)}. Make one: textgen models register RUN NAME")


@app.command("show")
def show(model: VersionParam, registry: RegistryParam = None, json: JsonParam = False) -> None:
    """Show a model's versions, or one version with its files.

    Example: textgen models show alice
    """
    from textgen.cli.display import print_json
    from textgen.cli.models.page import print_version, print_versions
    from textgen.errors import command

    models = _models(registry)
    if "@" in model:
        version = models.version(model)
        print_json(version.as_dict()) if json else print_version(version)
        return
    versions = models.versions(model)
    if json:
        print_json({"name": model, "versions": [item.as_dict() for item in versions]})
    elif versions:
        print_versions(versions)
    else:
        history_of = command("models", "history", model)
        tell(f"{model} has no versions any more; what was done: {history_of}")


@app.command("history")
def history(model: ModelParam, registry: RegistryParam = None, json: JsonParam = False) -> None:
    """Show who registered, promoted or deleted what, and when.

    Example: textgen models history alice
    """
    from textgen.cli.display import print_json
    from textgen.cli.models.page import print_history

    events = _models(registry).history(model)
    if json:
        print_json([event.as_dict() for event in events])
    else:
        print_history(events)


@app.command("delete")
def delete(
    model: VersionParam,
    force: Annotated[
        bool, typer.Option("--force", help="Also what an alias stands for, and the alias.")
    ] = False,
    yes: YesParam = False,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Delete a version, or a model with all its versions, for good.

    Their runs and the history stay.

    Example: textgen models delete alice@3 --yes
    """
    from textgen.cli.display import print_json

    models = _models(registry)
    name, number = model, None
    if "@" in model:
        name, number = models.version(model).name
    doomed = models.to_delete(name, number, force=force)
    what = f"{name} with {_counted(doomed)}" if number is None else f"{name}@{number}"
    if not yes:
        confirm(f"models delete {model}", f"Delete {what} for good?")
    models.delete(name, number, force=force)
    if json:
        print_json({"deleted": [str(version.name) for version in doomed]})
    else:
        tell(f"deleted {what}")


def _models(registry: str | None) -> NamedModels:
    from textgen_registry import NamedModels

    return NamedModels(open_registry(registry))


def _moved(alias: str, before: int | None, after: int | None) -> str:
    if after is None:
        return f"{alias} is no more; it stood for version {before}"
    if before == after:
        return f"{alias} stands for version {after} already"
    return f"{alias} stands for version {after} now" + (f", before for {before}" if before else "")


def _counted(versions: Sequence[VersionRecord]) -> str:
    from textgen.cli.display import counted

    return "its only version" if len(versions) == 1 else f"its {counted(len(versions), 'version')}"


def _half_said(alias: str) -> UsageError:
    from textgen.errors import UsageError

    return UsageError(
        f"models alias {alias!r}: say a model and an alias, NAME@ALIAS, and then either the "
        "version that it is to stand for, or --remove. Example: textgen models alias alice@best 3"
    )
