"""A check-up: what is wrong with the installed plugins, and what a user can do about it.

Each is imported in another process first; one that ends or holds up that process is never
imported in this one. Knows nothing of how findings are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint
from typing import Any

from textgen.errors import PluginError
from textgen.plugins import Plugins
from textgen.plugins.choice import BLOCKED, PluginChoice
from textgen.plugins.import_probe import Probe, probe
from textgen.plugins.import_strings import missing
from textgen.plugins.package_metadata import misfits, ways_out
from textgen.plugins.provided import Plugin, location_of, provider_of

_SLOW = 1000.0  # milliseconds


@dataclass(frozen=True)
class CheckedPlugin:
    """A plugin and how it is doing.

    Attributes:
        plugin: What became of it in this process.
        probe: What came of importing it in another; None for one that is blocked.
        findings: What is wrong, each with what to do about it; empty where all is well.
    """

    plugin: Plugin
    probe: Probe | None
    findings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: who it is, ``state``, ``cause``, ``import_ms`` and more."""
        return {
            **self.plugin.provider.as_dict(),
            "state": self.plugin.state,
            "cause": self.plugin.cause,
            "path": self.plugin.path,
            "import_ms": self.probe and self.probe.milliseconds,
            "imports": list(self.probe.heavy) if self.probe else [],
            "findings": list(self.findings),
        }


def check_up(points: Sequence[EntryPoint], choice: PluginChoice) -> list[CheckedPlugin]:
    """Check every plugin, in the order given; one that ``choice`` blocks is not imported."""
    probes = [None if _is_blocked(point, choice) else probe(point) for point in points]
    pairs = list(zip(points, probes, strict=True))
    plugins = Plugins([point for point, probed in pairs if not _trouble(probed)], choice)
    loaded = iter(plugins.installed)
    checked = []
    for point, probed in pairs:
        plugin = _lost(point, _trouble(probed)) if _trouble(probed) else next(loaded)
        findings = _findings(plugin, probed, plugins)
        if plugin.state != "blocked":
            findings += misfits(point.dist)
        checked.append(CheckedPlugin(plugin, probed, tuple(findings)))
    return checked


def _is_blocked(point: EntryPoint, choice: PluginChoice) -> bool:
    provider = provider_of(point)
    return choice.why_blocked(provider.plugin, provider.package) is not None


def _trouble(probed: Probe | None) -> str:
    return probed.trouble if probed else ""


def _lost(point: EntryPoint, trouble: str) -> Plugin:
    return Plugin(provider_of(point), location_of(point), "failed", trouble)


def _findings(plugin: Plugin, probed: Probe | None, plugins: Plugins) -> list[str]:
    return [
        *_failure(plugin, _trouble(probed)),
        *(_delays(probed) if probed else ()),
        *_clashes(plugin, plugins),
        *_lost_factories(plugin),
        *(f"{warning} (to be changed by its author)" for warning in plugin.warnings),
    ]


def _failure(plugin: Plugin, trouble: str) -> Iterator[str]:
    ways = ways_out(plugin.provider.package, plugin.provider.origin)
    if trouble:
        yield (
            f"{trouble}, and with it any command that uses plugins. {ways}; till then, leave it "
            f"out: textgen --no-plugin {plugin.provider.plugin} … or {BLOCKED}"
        )
    elif plugin.state == "failed":
        yield f"not used: {plugin.cause.rstrip('.')}. {ways}"


def _delays(probed: Probe) -> Iterator[str]:
    if probed.heavy:
        yield (
            f"imports {', '.join(probed.heavy)} when it is imported, for which every listing "
            "waits: only a factory's own module should (to be changed by its author)"
        )
    elif probed.milliseconds is not None and probed.milliseconds > _SLOW:
        yield (
            f"takes {probed.milliseconds:,.0f} ms to import, for which every listing waits: "
            "what is slow belongs into a factory's own module (to be changed by its author)"
        )


def _clashes(plugin: Plugin, plugins: Plugins) -> Iterator[str]:
    looked_up: list[Callable[[], object]] = [
        *(partial(plugins.find, part.kind, part.name) for part in plugin.parts),
        *(partial(plugins.recipe, recipe.name) for recipe in plugin.recipes),
    ]
    for look_up in looked_up:
        try:
            look_up()
        except PluginError as error:
            yield str(error)


def _lost_factories(plugin: Plugin) -> Iterator[str]:
    for part in plugin.parts:
        places = {"factory": part.component.factory, "shelf": part.component.shelf}
        for what, location in places.items():
            lost = location and missing(location)
            if lost:
                yield (
                    f"{part.kind} {part.name!r} cannot be used: its {what} is {location!r}, and "
                    f"{lost}. Reinstall or update {plugin.provider.package}"
                )
