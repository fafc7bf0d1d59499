"""What a plugin hands over for each part: a name, a summary, typed options, where the code is.

A component is cheap: listing a hundred of them imports no torch, because the heavy code is named
by an import string and loaded only when a run uses it. What it says of itself is checked when it
is made, so that a plugin's author hears of a mistake and not its users.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import Any

from textgen.errors import OptionError, PluginError
from textgen.options import Options

_LOCATION = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
_NOT_IN_A_NAME = re.compile(r"[\s:/=]")


DEFAULT_RECIPE = "default"
"""The recipe that fills in what nobody sets."""


class Kind(StrEnum):
    """The four parts that a run is assembled from."""

    SOURCE = "source"
    TOKENIZER = "tokenizer"
    MODEL = "model"
    SAMPLER = "sampler"


@dataclass(frozen=True)
class Component:
    """One part as its plugin announces it.

    Attributes:
        name: What users type after ``--model`` and the like; unique among parts of its kind.
        summary: One line for listings.
        factory: ``"package.module:function"``, imported when the part is first used. Each hook
            in `textgen.hookspecs` says what its factory is called with and must return.
        options: The part's options, a subclass of `textgen.Options`.
        aliases: For sources, short locators and what they stand for, shown by
            ``textgen plugins show``.
        shelf: For sources that keep texts on this machine, ``"package.module:function"`` of
            ``function(options) -> textgen.Shelf``, which ``textgen sources`` works with.
    """

    name: str
    summary: str
    factory: str
    options: type[Options] = Options
    aliases: Mapping[str, str] = field(default_factory=dict)
    shelf: str | None = None

    def __post_init__(self) -> None:
        who = f"component {self.name!r}"
        _check_name(who, self.name)
        _check_summary(who, self.summary)
        if not (isinstance(self.options, type) and issubclass(self.options, Options)):
            raise PluginError(
                f"{who}: options={self.options!r} is no class derived from textgen.Options. "
                "Give the class itself, not an instance; leave it out where nothing can be set."
            )
        _check_defaults(who, self.options)
        _check_location(who, "factory", self.factory)
        if self.shelf is not None:
            _check_location(who, "shelf", self.shelf)
        _check_aliases(who, self.aliases)

    def load(self) -> Callable[..., Any]:
        """Import the factory.

        Raises:
            PluginError: The module cannot be imported, for whatever reason, or lacks the function.
        """
        return self._imported("factory", self.factory)

    def load_shelf(self) -> Callable[..., Any] | None:
        """Import what makes the source's shelf; None where it has none.

        Raises:
            PluginError: The module cannot be imported, for whatever reason, or lacks the function.
        """
        return None if self.shelf is None else self._imported("shelf", self.shelf)

    def _imported(self, what: str, location: str) -> Callable[..., Any]:
        module_name, _, attribute = location.partition(":")
        try:
            found: Callable[..., Any] = getattr(import_module(module_name), attribute)
        except (Exception, SystemExit) as error:
            cause = " ".join(f"{type(error).__name__}: {error}".split())
            raise PluginError(
                f"component {self.name!r}: its {what} {location!r} cannot be imported "
                f"({cause}). Reinstall or update the plugin that provides it."
            ) from error
        return found


@dataclass(frozen=True)
class Recipe:
    """A named set of settings, in the shape of a configuration file and able to be one.

    Attributes:
        name: What users type after ``--recipe``.
        summary: One line for listings.
        settings: Sections and their settings, as ``textgen run --config`` reads them.
    """

    name: str
    summary: str
    settings: Mapping[str, Any]

    def __post_init__(self) -> None:
        who = f"recipe {self.name!r}"
        _check_name(who, self.name)
        _check_summary(who, self.summary)
        if not isinstance(self.settings, Mapping):
            raise PluginError(
                f"{who}: settings={self.settings!r} is no mapping. Give sections and their "
                "settings, such as {'model': {'use': 'NAME'}}."
            )
        for key, value in self.settings.items():
            _check_setting(who, str(key), value)


@dataclass(frozen=True)
class KnownPart:
    """A part of a package that may not be installed, for those who ask for it by name.

    Attributes:
        kind: ``source``, ``tokenizer``, ``model`` or ``sampler``.
        name: The part's name.
        package: The package that provides it.
        install: How it is installed: a command.
    """

    kind: str
    name: str
    package: str
    install: str


def _check_name(who: str, name: object) -> None:
    typed = isinstance(name, str) and name and name.isprintable() and not name.startswith("-")
    if not typed or _NOT_IN_A_NAME.search(str(name)):
        raise PluginError(
            f"{who}: a name is text that users type, without white space, signs that do not show, "
            "a dash at the beginning, and without : / =, which mean something else on the command "
            "line. Rename it."
        )


def _check_defaults(who: str, options: type[Options]) -> None:
    """Refuse options that cannot be left alone: whose defaults are missing or break their rules."""
    try:
        options.parse({}, owner=who, help_command="its plugin's code")
    except OptionError as error:
        raise PluginError(f"{error}. Every option needs a default that keeps its rules.") from error


def _check_summary(who: str, summary: object) -> None:
    if not isinstance(summary, str) or not summary.strip() or summary.splitlines() != [summary]:
        raise PluginError(f"{who}: summary={summary!r} must be one line of text for listings.")


def _check_location(who: str, what: str, location: object) -> None:
    if not (isinstance(location, str) and _LOCATION.fullmatch(location)):
        raise PluginError(
            f"{who}: {what}={location!r} must be text of the form "
            "'package.module:function', so that nothing is imported before it is used."
        )


def _check_aliases(who: str, aliases: object) -> None:
    pairs = aliases.items() if isinstance(aliases, Mapping) else [(aliases, None)]
    if not all(isinstance(text, str) for pair in pairs for text in pair):
        raise PluginError(
            f"{who}: aliases={aliases!r} must map text to text: what users may write after the "
            "colon to the locator that it stands for, such as {'alice': '11'}."
        )


def _check_setting(who: str, where: str, value: object) -> None:
    """Refuse what a TOML file cannot hold, so that a recipe can be shown and used as one."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_setting(who, f"{where}.{key}", item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_setting(who, where, item)
    elif not isinstance(value, str | int | float):
        raise PluginError(
            f"{who}: its setting {where} = {value!r} is nothing that a configuration file can "
            "hold. Use text, numbers, booleans, lists and tables; 'none' empties an option."
        )
