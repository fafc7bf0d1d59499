"""What rules are tried on: a part with its options, or a plugin that listens to runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from textgen.components import Kind
from textgen.errors import UnknownNameError, nearest
from textgen.options import Options

if TYPE_CHECKING:
    from textgen.plugins import Plugins
    from textgen.plugins.provided import Provided, Provider

LISTENER = "listener"
KINDS = (*(kind.value for kind in Kind), LISTENER)


@dataclass(frozen=True)
class Subject:
    """A part on trial.

    Attributes:
        provided: The component and who provides it.
        options: Its options, checked.
        locator: For a source, what to open; None: its first alias, else nothing.
        seed: Where random numbers begin.
    """

    provided: Provided
    options: Options
    locator: str | None = None
    seed: int = 1

    @property
    def kind(self) -> str:
        """The kind of the part."""
        return self.provided.kind.value

    @property
    def name(self) -> str:
        """The part's name."""
        return self.provided.component.name

    @property
    def provider(self) -> Provider:
        """Who provides it."""
        return self.provided.provider

    @property
    def package(self) -> str:
        """The import package that its code is in."""
        return self.provided.component.factory.partition(":")[0].partition(".")[0]

    def make(self, *arguments: Any) -> Any:
        """Call the part's factory with ``arguments`` and the options; its errors are its own."""
        return self.provided.component.load()(*arguments, self.options)

    def with_options(self, values: Mapping[str, Any]) -> Subject:
        """Return the same part with other values of some options.

        Raises:
            OptionError: A value breaks its option's rule.
        """
        return replace(self, options=_parse(self.provided, {**dict(self.options), **values}))


@dataclass(frozen=True)
class Listener:
    """A plugin whose event hooks are on trial.

    Attributes:
        provider: The plugin and its package.
        plugin: What its entry point names: the module that has the hooks.
    """

    provider: Provider
    plugin: Any
    kind = LISTENER

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.provider.plugin

    @property
    def package(self) -> str:
        """The import package that its code is in."""
        return str(getattr(self.plugin, "__name__", "")).partition(".")[0]


def subject_of(
    kind: str,
    name: str,
    values: Mapping[str, Any] | None = None,
    *,
    locator: str | None = None,
    plugins: Plugins | None = None,
) -> Subject | Listener:
    """Find a part, or for the kind ``listener`` a plugin, and return it ready to be tried.

    Args:
        kind: ``source``, ``tokenizer``, ``model``, ``sampler`` or ``listener``.
        name: The part's name, which may be ``package/name``, or the plugin's.
        values: Options that differ from their defaults, typed or as text.
        locator: For a source, what to open.
        plugins: Where to look; None: what is installed.

    Raises:
        UnknownNameError: There is no such kind, or nobody provides this name.
        OptionError: An option is unknown, or its value breaks its rule.
        PluginError: Two packages provide the name, or a plugin of this name cannot be loaded.
    """
    if kind not in KINDS:
        raise UnknownNameError(f"no kind of part is called {kind!r}: {nearest(kind, KINDS)}")
    if plugins is None:
        from textgen.plugins import load_plugins

        plugins = load_plugins()
    if kind == LISTENER:
        return _listener(plugins, name)
    try:
        provided = plugins.find(Kind(kind), name)
    except UnknownNameError as error:
        raise _with_failures(plugins, error) from error
    return Subject(provided, _parse(provided, values or {}), locator)


def listeners(plugins: Plugins) -> list[Listener]:
    """Return every plugin as a listener, whether or not it hears anything."""
    return [Listener(provider, plugin) for provider, plugin in plugins.registered()]


def _listener(plugins: Plugins, name: str) -> Listener:
    known = {item.name: item for item in listeners(plugins)}
    if name in known:
        return known[name]
    raise _with_failures(
        plugins, UnknownNameError(f"no plugin is named {name!r}: {nearest(name, known)}")
    )


def _with_failures(plugins: Plugins, error: UnknownNameError) -> UnknownNameError:
    """Return an error that also tells of plugins that cannot be loaded."""
    if not plugins.failures:
        return error
    told = "; ".join(
        f"{failure.provider} cannot be loaded: {failure.cause}" for failure in plugins.failures
    )
    return UnknownNameError(f"{error} What fails: {told}")


def _parse(provided: Provided, values: Mapping[str, Any]) -> Options:
    name = provided.component.name
    return provided.component.options.parse(
        values,
        owner=f"{provided.kind} {name!r}",
        help_command=f"textgen plugins show {name}",
    )
