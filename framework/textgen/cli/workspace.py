"""What commands work with: the installed plugins, the registry, and recorded runs' settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from textgen.cli.aside import prints_aside
from textgen.cli.texts import in_lines

if TYPE_CHECKING:
    from textgen.errors import TrainingError
    from textgen.pipeline import ReadFile
    from textgen.plugins import Plugins
    from textgen.plugins.choice import PluginChoice
    from textgen.plugins.lineage import RecordedPart
    from textgen.settings import RunSettings
    from textgen_registry import Registry, RunRecord


def tell(message: str) -> None:
    """Print a message for people, on stderr; what would steer the terminal is escaped.

    A progress bar takes the place of `sys.stderr`, and makes way for what is written there.
    """
    sys.stderr.write(f"{in_lines(message)}\n")


class _Said:
    """What the words before the command said of plugins, and what was told of it."""

    without: Sequence[str] = ()
    prefer: Sequence[str] = ()
    notices: Sequence[str] = ()


def say_of_plugins(*, without: Sequence[str], prefer: Sequence[str]) -> None:
    """Note which plugins `installed_plugins` shall leave out, and whose parts are meant.

    Names that no plugin goes by are told now: many a command loads none.
    """
    _Said.without, _Said.prefer, _Said.notices = without, prefer, ()
    if without or prefer:
        from textgen.plugins.choice import PluginChoice, notices_on
        from textgen.plugins.entry_points import installed_points
        from textgen.plugins.provided import provider_of

        names = [(it.plugin, it.package) for it in map(provider_of, installed_points())]
        said = PluginChoice(without=tuple(without), prefer=tuple(prefer))
        _Said.notices = notices_on(said, names)
        _tell_notices(_Said.notices)


def plugin_choice() -> PluginChoice:
    """Return what the user said of plugins, in the environment and before the command."""
    from textgen.plugins.choice import PluginChoice

    said = PluginChoice.from_environment(os.environ)
    return said.also(without=_Said.without, prefer=_Said.prefer)


def installed_plugins() -> Plugins:
    """Load the plugins that the user allows, and tell of each that could not be."""
    from textgen.plugins import load_plugins

    plugins = load_plugins(plugin_choice())
    for failure in plugins.failures:
        tell(f"textgen: {failure.provider} is not used: {failure.cause}")
    for plugin in plugins.installed:
        for warning in plugin.warnings:
            tell(f"note: {plugin.provider}: {warning}")
    _tell_notices([notice for notice in plugins.notices if notice not in _Said.notices])
    return plugins


def _tell_notices(notices: Sequence[str]) -> None:
    for notice in notices:
        tell(f"note: {notice}")


def open_registry(place: str | None) -> Registry:
    """Return the registry at ``place``, or in the user's data folder; nothing is made yet."""
    from platformdirs import user_data_path

    from textgen.cli.logged import tell_what_is_logged
    from textgen_registry import Registry

    tell_what_is_logged()
    artifacts = os.environ.get("TEXTGEN_ARTIFACTS") or None
    return Registry(place or user_data_path("textgen") / "registry", artifacts=artifacts)


def location_of(records: Registry) -> str:
    """Return how a message names a registry that holds nothing, which may not be there at all."""
    from textgen_registry.database.location import Folder

    place = records.location
    is_missing = isinstance(place, Folder) and not place.path.exists()
    return f"{place} (no such folder)" if is_missing else str(place)


@prints_aside()
def recorded_settings(
    plugins: Plugins, run: RunRecord, *layers: Mapping[str, Any], without: str | None = None
) -> RunSettings:
    """Return a recorded run's settings with ``layers`` laid over them.

    Args:
        plugins: The installed plugins.
        run: The run.
        layers: What has been set since, weakest first.
        without: A kind of part that is not needed; the plugin that provided it may be gone.

    Raises:
        UnknownNameError: A part is missing.
        OptionError: One has no more the options that it had, or a layer sets something wrong.
    """
    from textgen.cli.values import named
    from textgen.components import Kind
    from textgen.plugins.lineage import parts_meant, require_parts
    from textgen.settings import resolve_some
    from textgen.training.options import BEFORE

    needed, kept = (
        [kind for kind in Kind if kind.value != without],
        _parts_kept(run, layers, without),
    )
    require_parts(plugins, f"run {named(run)}", kept)
    recorded = [{"training": BEFORE}, run.config, parts_meant(plugins, run.config, kept)]
    return resolve_some(plugins, [*recorded, *layers], needed)


def tell_changes(
    plugins: Plugins, run: RunRecord, *layers: Mapping[str, Any], without: str | None = None
) -> None:
    """Tell which parts, of those that `recorded_settings` resolves, are not as they were."""
    from textgen.plugins.lineage import changes_of_parts

    for change in changes_of_parts(plugins, _parts_kept(run, layers, without)):
        tell(f"note: {change}")


def _parts_kept(
    run: RunRecord, layers: Sequence[Mapping[str, Any]], without: str | None
) -> list[RecordedPart]:
    """Return the run's recorded parts that are needed and that no layer replaces by another."""
    from textgen.components import Kind
    from textgen.plugins.lineage import recorded_parts

    replaced = {kind for layer in layers for kind in layer if "use" in (layer[kind] or ())}
    kept = [kind for kind in Kind if kind.value not in (without, *replaced)]
    return recorded_parts(run.config, run.parts, kept)


def assignments(
    texts: Sequence[str] | None, command: str, sections: Set[str]
) -> dict[str, dict[str, Any]]:
    """Return what ``--set`` said, as a layer, where it may only speak of some sections.

    Args:
        texts: The assignments, ``part.option=value`` each.
        command: Whose they are, for the message.
        sections: What can still be set: a trained run keeps its model, for example.

    Raises:
        UsageError: Another section is named.
    """
    from textgen.errors import UsageError
    from textgen.layers import layer_from_assignments

    layer = layer_from_assignments(texts or [])
    for section in layer.keys() - sections:
        settable = " or ".join(f"{name}." for name in sorted(sections))
        raise UsageError(f"{command} --set {section}.…: only {settable} options can be set here.")
    return {name: dict(values) for name, values in layer.items()}


def file_reader(registry: Registry, run: RunRecord) -> ReadFile:
    """Return a function that reads a run's files, or its version's, each checked by its sha256.

    Raises:
        TrainingError: The run has no checkpoint, without which its files are of no use.
    """
    from textgen.training.checkpoints import LAST

    names = {artifact.name for artifact in registry.artifacts(run)}
    if LAST not in names:
        raise _without_checkpoint(run)

    def read(name: str) -> bytes | None:
        return registry.read_artifact(run, name) if name in names else None

    return read


def _without_checkpoint(run: RunRecord) -> TrainingError:
    from textgen.cli.values import named
    from textgen.errors import TrainingError

    return TrainingError(
        f"run {named(run)}, recorded as {run.status}, has no checkpoint and so no "
        "weights: the first comes with the first evaluation. `textgen runs show "
        f"{run.id}` tells how far it came; `textgen run` begins another."
    )
