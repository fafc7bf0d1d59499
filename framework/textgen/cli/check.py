"""`textgen plugins check`: whether a plugin's parts keep the contract, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.completion import complete_named
from textgen.cli.params import JsonParam, SetParam
from textgen.cli.workspace import assignments, installed_plugins

if TYPE_CHECKING:
    from textgen.plugins import Plugins
    from textgen.plugins.provided import Provider
    from textgen.testing import Listener, Outcome, Rule, Subject

_STATES = ("kept", "broken", "not applicable")


def check(
    target: Annotated[
        str,
        typer.Argument(
            metavar="NAME|PATH",
            autocompletion=complete_named,
            help="Name of a part, plugin or package; or the folder of a plugin's project, "
            "which need not be installed.",
        ),
    ],
    set_: SetParam = None,
    locator: Annotated[
        str | None, typer.Option("--locator", help="What a source opens, such as alice.")
    ] = None,
    json: JsonParam = False,
) -> None:
    """Check that parts keep the contract, rule by rule.

    Example: textgen plugins check lstm-stacked --set model.hidden_size=32

    Example: textgen plugins check path/to/textgen-gru
    """
    from textgen.cli.display import print_json
    from textgen.testing import rules_of

    values = assignments(set_, "plugins check", {"source", "tokenizer", "model", "sampler"})
    work = [(subject, rules_of(subject.kind)) for subject in _subjects(target, values, locator)]
    parts: list[dict[str, Any]] = []
    for subject, rules in work:
        outcomes = _outcomes(subject, rules, shown=not json)
        parts.append({**_heading(subject), "rules": [item.as_dict() for item in outcomes]})
    states = [rule["state"] for part in parts for rule in part["rules"]]
    if json:
        print_json(parts)
    else:
        typer.echo(", ".join(f"{states.count(state)} {state}" for state in _STATES))
    if "broken" in states:
        raise typer.Exit(1)


def _subjects(
    target: str, values: Mapping[str, Mapping[str, Any]], locator: str | None
) -> list[Subject | Listener]:
    """Return what there is to check, all of it found before any of it is tried."""
    folder = Path(target).expanduser()
    if folder.is_dir():
        from textgen.testing.projects import plugins_in

        plugins, name = plugins_in(folder), None
    else:
        plugins, name = installed_plugins(), target
    _refuse_failed(plugins, name)
    found = [*_parts(plugins, name, values, locator), *_listeners(plugins, name)]
    if not found:
        raise _nothing(plugins, target, name)
    return found


def _parts(
    plugins: Plugins,
    name: str | None,
    values: Mapping[str, Mapping[str, Any]],
    locator: str | None,
) -> Iterator[Subject | Listener]:
    from textgen.testing import subject_of

    for item in plugins.components():
        kind, whole = item.kind.value, f"{item.provider.package}/{item.name}"
        if name == item.name or _is_meant(name, item.provider, item.name):
            yield subject_of(kind, whole, values.get(kind), locator=locator, plugins=plugins)


def _listeners(plugins: Plugins, name: str | None) -> Iterator[Listener]:
    from textgen.testing.listeners import hears_anything
    from textgen.testing.subjects import listeners

    for listener in listeners(plugins):
        if _is_meant(name, listener.provider) and hears_anything(listener):
            yield listener


def _is_meant(name: str | None, provider: Provider, part: str = "") -> bool:
    """Whether ``name`` is a plugin's or its package's, or ``package/part``; None means all."""
    from textgen.plugins.choice import same

    if name is None:
        return True
    package, slash, plain = name.rpartition("/")
    return same(package if slash and plain == part else name, provider.plugin, provider.package)


def _refuse_failed(plugins: Plugins, name: str | None) -> None:
    from textgen.errors import PluginError

    for failure in plugins.failures:
        if _is_meant(name, failure.provider):
            raise PluginError(f"{failure.provider} cannot be loaded: {failure.cause}")


def _nothing(plugins: Plugins, target: str, name: str | None) -> Exception:
    from textgen.errors import PluginError, UnknownNameError, nearest

    used = [provider for provider, _ in plugins.registered()]
    if any(_is_meant(name, provider) for provider in used):
        return PluginError(f"{target}: it provides no part and hears no event: nothing to check.")
    parts = [item.name for item in plugins.components()]
    near = nearest(target, [*parts, *(item.plugin for item in used)])
    return UnknownNameError(
        f"no part, plugin or package is named {target!r}, and no folder: "
        f"{plugins.where_else(target) or near} See: textgen plugins list"
    )


def _outcomes(subject: Subject | Listener, rules: Sequence[Rule], *, shown: bool) -> list[Outcome]:
    """Try every rule on a part; where it is shown, each as soon as it is known."""
    from textgen.testing import try_rule

    width = max(len(rule.name) for rule in rules)
    if shown:
        typer.echo("{kind} {name} of {package} {version}".format_map(_heading(subject)))
    outcomes = []
    for rule in rules:
        outcomes.append(try_rule(rule, subject))
        if shown:
            typer.echo(f"  {_line(outcomes[-1], width)}")
    return outcomes


def _line(outcome: Outcome, width: int) -> str:
    told = outcome.message or outcome.rule.promise
    return f"{outcome.state:<14}  {outcome.rule.name:<{width}}  {told}"


def _heading(subject: Subject | Listener) -> dict[str, str]:
    return {"kind": subject.kind, "name": subject.name, **subject.provider.as_dict()}
