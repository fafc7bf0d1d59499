"""What a plugin hands over for each part: a name, a summary, typed options, where the code is.

A component is cheap: listing a hundred of them imports no torch, because the heavy code is named
by an import string and loaded only when a run uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import Any

from textgen.errors import PluginError
from textgen.options import Options


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
    """

    name: str
    summary: str
    factory: str
    options: type[Options] = Options
    aliases: Mapping[str, str] = field(default_factory=dict)

    def load(self) -> Callable[..., Any]:
        """Import the factory.

        Raises:
            PluginError: The module or the function is not there.
        """
        module_name, _, attribute = self.factory.partition(":")
        try:
            factory: Callable[..., Any] = getattr(import_module(module_name), attribute)
        except (ImportError, AttributeError) as error:
            raise PluginError(
                f"{self.name}: its factory {self.factory!r} cannot be imported ({error}). "
                "Reinstall or update the plugin that provides it."
            ) from error
        return factory


@dataclass(frozen=True)
class Recipe:
    """A named set of settings, in the shape of a configuration file.

    Attributes:
        name: What users type after ``--recipe``.
        summary: One line for listings.
        settings: Sections and their settings, as ``textgen run --config`` reads them.
    """

    name: str
    summary: str
    settings: Mapping[str, Any]
