"""Which of the installed plugins a command uses, and whose part is meant where two share a name.

Knows names alone. A plugin goes by its entry point's name or by its package's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from textgen.errors import nearest

ALLOWED = "TEXTGEN_PLUGINS"
BLOCKED = "TEXTGEN_NO_PLUGIN"
NO_AUTOLOAD = "TEXTGEN_DISABLE_PLUGIN_AUTOLOAD"
PREFERRED = "TEXTGEN_PLUGIN_PREFER"


@dataclass(frozen=True)
class PluginChoice:
    """What a user said of plugins.

    Attributes:
        without: Plugins not to import.
        only: The only plugins to import; None allows all.
        autoload: Whether a plugin is imported that ``only`` does not name.
        prefer: Whose parts are meant where two packages share a name, the first one first.
    """

    without: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    autoload: bool = True
    prefer: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> PluginChoice:
        """Read the variables that `textgen plugins --help` describes."""
        return cls(
            without=_names(environment.get(BLOCKED, "")),
            only=_names(environment.get(ALLOWED, "")) or None,
            autoload=environment.get(NO_AUTOLOAD, "") in ("", "0"),
            prefer=_names(environment.get(PREFERRED, "")),
        )

    def also(self, *, without: Sequence[str], prefer: Sequence[str]) -> PluginChoice:
        """Return this choice with more said on the command line, whose preferences come first."""
        return replace(self, without=(*without, *self.without), prefer=(*prefer, *self.prefer))

    def why_blocked(self, plugin: str, package: str) -> str | None:
        """Return why a plugin is not to be imported; None where it is."""
        if _is_among(self.without, plugin, package):
            return "by --no-plugin or TEXTGEN_NO_PLUGIN"
        if self.only is None:
            return None if self.autoload else f"{NO_AUTOLOAD} is set, and no {ALLOWED} names it"
        return None if _is_among(self.only, plugin, package) else f"{ALLOWED} does not name it"

    def preference(self, plugin: str, package: str) -> int:
        """Return the rank of a plugin among those that share a name: the lowest is meant."""
        ranks = [rank for rank, name in enumerate(self.prefer) if same(name, plugin, package)]
        return min(ranks, default=len(self.prefer))

    def prefers(self, plugin: str, package: str) -> bool:
        """Whether a plugin is among those whose parts are meant."""
        return _is_among(self.prefer, plugin, package)

    def unmatched(self, plugins: Sequence[tuple[str, str]]) -> list[str]:
        """Return the names said that no installed plugin, (plugin, package) each, goes by."""
        said = (*self.without, *(self.only or ()), *self.prefer)
        return [name for name in said if not any(same(name, *item) for item in plugins)]


def notices_on(choice: PluginChoice, plugins: Sequence[tuple[str, str]]) -> list[str]:
    """Return what to tell a user of names that no installed plugin, (plugin, package), goes by."""
    known = [name for plugin in plugins for name in plugin]
    return [
        f"no installed plugin or package is named {name!r}: {nearest(name, known)}"
        for name in choice.unmatched(plugins)
    ]


def same(name: str, plugin: str, package: str) -> bool:
    """Whether ``name`` is that of a plugin or of its package, written in any of the usual ways."""
    return name == plugin or normal(name) == normal(package)


def normal(package: str) -> str:
    """Return the one spelling of a package's name (PyPA's specification of names)."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _is_among(names: Iterable[str], plugin: str, package: str) -> bool:
    return any(same(name, plugin, package) for name in names)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
