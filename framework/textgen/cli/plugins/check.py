"""`textgen plugins check`: whether a plugin's parts keep the contract, rule by rule."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.aside import each_aside, prints_aside
from textgen.cli.completion import complete_named
from textgen.cli.interruption import told_if_stopped
from textgen.cli.params import JsonParam, SetParam
from textgen.cli.workspace import assignments, installed_plugins

if TYPE_CHECKING:
    from textgen.plugins import Plugins
    from textgen.plugins.provided import Provider
    from textgen.testing import Listener, Outcome, Rule, Subject


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
    from textgen.cli.display import print_json, print_line
    from textgen.cli.plugins.check_page import STATES

    values = assignments(set_, "plugins check", {"source", "tokenizer", "model", "sampler"})
    with told_if_stopped():
        parts = _checked(_subjects(target, values, locator), shown=not json)
    states = [rule["state"] for part in parts for rule in part["rules"]]
    if json:
        print_json(parts)
    else:
        print_line(", ".join(f"{states.count(state)} {state}" for state in STATES))
    if "broken" in states:
        raise typer.Exit(1)


def _checked(subjects: Sequence[Subject | Listener], *, shown: bool) -> list[dict[str, Any]]:
    from textgen.testing import rules_of

    parts = []
    for subject, rules in [(subject, rules_of(subject.kind)) for subject in subjects]:
        outcomes = _outcomes(subject, rules, shown=shown)
        parts.append({**_heading(subject), "rules": [item.as_dict() for item in outcomes]})
    return parts


@prints_aside()
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
    _refuse_idle({subject.kind for subject in found}, target, values, locator)
    return found


def _refuse_idle(
    kinds: Set[str], target: str, values: Mapping[str, Mapping[str, Any]], locator: str | None
) -> None:
    """Refuse what was said of a kind of which nothing is to be checked."""
    from textgen.errors import UsageError

    said = {kind: f"--set {kind}.{next(iter(options))}" for kind, options in values.items()}
    said |= {} if locator is None else {"source": "--locator"}
    for kind in said.keys() - kinds:
        told = " and ".join(f"a {other}" for other in sorted(kinds))
        raise UsageError(
            f"plugins check {target} {said[kind]}: that is for a {kind}, and what there is to "
            f"check is {told}. Leave it out, or name a {kind}."
        )


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
    from textgen.errors import PluginError, UsageError, nearest
    from textgen.plugins.lookup import unknown_name

    used = [provider for provider, _ in plugins.registered()]
    if any(_is_meant(name, provider) for provider in used):
        return PluginError(f"{target}: it provides no part and hears no event: nothing to check.")
    if _is_path(target, used):
        return UsageError(
            f"plugins check {target}: there is no such folder. Name the folder of a plugin's "
            "project, the one with its pyproject.toml."
        )
    parts = [item.name for item in plugins.components()]
    near = nearest(target, [*parts, *(item.plugin for item in used)])
    return unknown_name("part, plugin or package", target, plugins.where_else(target) or near)


def _is_path(target: str, used: Sequence[Provider]) -> bool:
    """Whether a name that nothing goes by was meant as a path, not as ``package/name``."""
    package, separator, _ = target.replace(os.sep, "/").rpartition("/")
    is_package = any(_is_meant(package, provider) for provider in used)
    return target.startswith((".", "~")) or bool(separator and not is_package)


def _outcomes(subject: Subject | Listener, rules: Sequence[Rule], *, shown: bool) -> list[Outcome]:
    """Try every rule on a part; where it is shown, each as soon as it is known."""
    from textgen.cli.display import print_line
    from textgen.cli.plugins.check_page import print_outcome, widths_for
    from textgen.testing import outcomes_of

    widths = widths_for(rules)
    if shown:
        print_line("{kind} {name} of {package} {version}".format_map(_heading(subject)))
    outcomes = []
    for outcome in each_aside(outcomes_of(subject)):
        outcomes.append(outcome)
        if shown:
            print_outcome(outcome, widths)
    return outcomes


def _heading(subject: Subject | Listener) -> dict[str, str]:
    return {"kind": subject.kind, "name": subject.name, **subject.provider.as_dict()}
