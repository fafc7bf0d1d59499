"""A recorded run's parts beside the plugins of today: what is missing, and what has changed.

Knows what a run records of its parts, as plain values, and nothing of where that is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textgen.components import Kind
from textgen.errors import OptionError, UnknownNameError, command
from textgen.options import describe
from textgen.plugins import Plugins
from textgen.plugins.choice import normal
from textgen.plugins.provided import Provided, Provider


@dataclass(frozen=True)
class RecordedPart:
    """A part as a run recorded it.

    Attributes:
        kind: The kind of part.
        name: Its name.
        package: The distribution that provided it.
        version: That distribution's version.
        options: Its options, every default filled in.
        url: What that distribution was installed from; empty where that was an index.
    """

    kind: Kind
    name: str
    package: str
    version: str
    options: Mapping[str, Any]
    url: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}"

    @property
    def origin(self) -> str:
        """Its package and version."""
        return f"{self.package} {self.version}"

    @property
    def install(self) -> str:
        """The command that brings its package back."""
        return command("plugins", "install", self.url or f"{self.package}=={self.version}")


def recorded_parts(
    config: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]], kinds: Iterable[Kind]
) -> list[RecordedPart]:
    """Return what a run recorded of its parts of some kinds.

    Args:
        config: The run's settings, every default filled in.
        parts: For each kind, the part's ``name``, ``package`` and ``version``.
        kinds: Which.
    """
    return [
        RecordedPart(
            kind=kind,
            name=parts[kind]["name"],
            package=parts[kind]["package"],
            version=parts[kind]["version"],
            options={key: value for key, value in config[kind].items() if key != "use"},
            url=parts[kind].get("url", ""),
        )
        for kind in kinds
        if kind in parts
    ]


def require_parts(plugins: Plugins, run: str, recorded: Sequence[RecordedPart]) -> None:
    """Refuse to use a run whose parts are not here as they were.

    Args:
        plugins: The plugins of today.
        run: What the run is called, for the message.
        recorded: The parts that are needed.

    Raises:
        UnknownNameError: A part is missing; says which package and version to install.
        OptionError: A part has lost an option that the run was made with.
    """
    for part in recorded:
        now, made = _found(plugins, part), f"{run} was made with {part} of {part.origin}"
        if now is None:
            raise UnknownNameError(f"{made}, {_why_missing(plugins, part)}")
        gone = [name for name in part.options if name not in now.component.options.model_fields]
        if gone:
            raise OptionError(
                f"{made}, with its {_options(gone)}; {_origin(now)} is installed, which does not "
                f"have that: {part.install}"
            )


def parts_meant(
    plugins: Plugins, config: Mapping[str, Any], recorded: Sequence[RecordedPart]
) -> dict[str, dict[str, str]]:
    """Return settings that name each part so that it is the recorded package's, if that has it."""
    return {
        part.kind.value: {"use": plugins.meant(part.kind, config[part.kind]["use"], part.package)}
        for part in recorded
    }


def changes_of_parts(plugins: Plugins, recorded: Sequence[RecordedPart]) -> list[str]:
    """Return what is not as it was when a run was made, one line for each package."""
    parts: dict[tuple[str, str], list[RecordedPart]] = defaultdict(list)
    news: dict[tuple[str, str], list[str]] = defaultdict(list)
    for part in recorded:
        now = _found(plugins, part)
        new = [] if now is None else _new_options(part, now)
        if now is not None and (new or _origin(now) != part.origin):
            parts[part.origin, _origin(now)].append(part)
            news[part.origin, _origin(now)] += new
    return [_change(*key, of_package, news[key]) for key, of_package in parts.items()]


def _found(plugins: Plugins, part: RecordedPart) -> Provided | None:
    """Return the recorded package's part of today; another's if the user prefers that one."""
    named = [item for item in plugins.components(part.kind) if item.name == part.name]
    preferred = [item for item in named if plugins.is_preferred(item.provider)]
    same = [item for item in named if _is_from(item.provider, part)]
    return next(iter([*preferred, *same]), None)


def _why_missing(plugins: Plugins, part: RecordedPart) -> str:
    """Return the end of the sentence: where the part is now, and what to do."""
    here = [item for item in plugins.installed if _is_from(item.provider, part)]
    for plugin in here:
        if plugin.state == "failed":
            return (
                f"and {plugin.provider} is installed but not used: {plugin.cause}. Put that right, "
                f"or install it anew: {part.install}"
            )
        if plugin.state == "blocked":
            return f"and {plugin.provider} is blocked: {plugin.cause}. Allow it."
    if here:
        package = here[0].provider
        return (
            f"which {package.package} {package.version}, which is installed, does not provide: "
            f"{part.install}"
        )
    others = [item for item in plugins.components(part.kind) if item.name == part.name]
    if others:
        other = others[0].provider.package
        return (
            f"which is not installed: {part.install}. Or take that of {other}: "
            f"textgen --plugin-prefer {other} …"
        )
    return f"which is not installed: {part.install}"


def _is_from(provider: Provider, part: RecordedPart) -> bool:
    return normal(provider.package) == normal(part.package)


def _origin(now: Provided) -> str:
    return f"{now.provider.package} {now.provider.version}"


def _new_options(part: RecordedPart, now: Provided) -> list[str]:
    return [
        f"{part.kind} option {option['name']} is new (default {option['default']})"
        for option in describe(now.component.options)
        if option["name"] not in part.options
    ]


def _change(then: str, now: str, parts: Sequence[RecordedPart], news: Sequence[str]) -> str:
    made = "was made" if len(parts) == 1 else "were made"
    what = f"{_listed(list(map(str, parts)))} {made} by {then}; {now} is installed"
    return ": ".join([what, *([", ".join(news)] if news else [])])


def _options(names: Sequence[str]) -> str:
    return f"option{'s' if len(names) > 1 else ''} {_listed(names)}"


def _listed(items: Sequence[str]) -> str:
    return " and ".join([*filter(None, [", ".join(items[:-1])]), items[-1]])
