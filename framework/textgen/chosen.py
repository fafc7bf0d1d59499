"""A part that settings chose: who provides it, and with which options.

Knows how a part is made and whose fault it is where that fails; nothing of how it was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textgen.blame import told
from textgen.errors import PluginError, TextgenError
from textgen.options import Options, options_sha256
from textgen.plugins.provided import Provided
from textgen.shelf import Shelf


@dataclass(frozen=True)
class Choice:
    """One part of a run: who provides it and with which options.

    Attributes:
        use: What the user named: the part's name and, for a source, its locator.
        locator: What follows the colon; empty except for sources.
        provided: The component and its provider.
        options: Its options, checked.
    """

    use: str
    locator: str
    provided: Provided
    options: Options

    def make(self, *arguments: Any) -> Any:
        """Call the part's factory with ``arguments`` and the options.

        Raises:
            PluginError: The factory failed for a reason of its own.
            TextgenError: Whatever the factory raised on purpose.
        """
        return self._made_by(self.provided.component.load(), "factory", *arguments)

    def shelf(self) -> Shelf | None:
        """Make the source's shelf; None where it has none.

        Raises:
            PluginError: What it names makes none.
            TextgenError: Whatever that raised on purpose.
        """
        load = self.provided.component.load_shelf()
        if load is None:
            return None
        made = self._made_by(load, "shelf")
        if not isinstance(made, Shelf):
            raise self.broken(f"its shelf is a {type(made).__name__}, no textgen.Shelf")
        return made

    def _made_by(self, function: Callable[..., Any], what: str, *arguments: Any) -> Any:
        try:
            return function(*arguments, self.options)
        except TextgenError:
            raise
        except (Exception, SystemExit) as error:
            raise self.broken(f"its {what} failed: {told(error, self.package)}") from error

    @property
    def package(self) -> str:
        """The import package that its code is in."""
        return self.provided.component.factory.partition(":")[0].partition(".")[0]

    def record(self) -> dict[str, str]:
        """Return what a run records of this part."""
        return {**self.provided.record(), "options_sha256": options_sha256(self.options)}

    def broken(self, what: str) -> PluginError:
        """Return the error that says how this part breaks the contract, and whose it is."""
        part, provider = self.provided, self.provided.provider
        return PluginError(
            f"{part.kind} {part.component.name!r} of {provider.package} {provider.version}: "
            f"{what}. Update that package, or tell its author; textgen --debug … shows more."
        )
