"""The shelves of sources, found by a locator or by the source's name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.completion import complete_part
from textgen.cli.workspace import assignments, installed_plugins

if TYPE_CHECKING:
    from textgen.plugins import Plugins
    from textgen.shelf import Shelf

SourceParam = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="Which source is meant, where several keep texts.",
        autocompletion=complete_part("source"),
    ),
]


class Shelves:
    """The shelves of the installed sources.

    Attributes:
        plugins: The installed plugins.
    """

    def __init__(self, set_: Sequence[str] | None, command: str) -> None:
        """Load the plugins.

        Args:
            set_: Options of the sources, as users give them.
            command: The command's name, for messages ("sources list").
        """
        self.plugins: Plugins = installed_plugins()
        self._command = command
        self._layer = assignments(set_, command, {"source"}).get("source", {})

    def of(self, locator: str) -> tuple[Shelf, str]:
        """Return the shelf of the source that ``locator`` begins with, and the locator's rest.

        Raises:
            UnknownNameError: There is no such source.
            UsageError: It keeps nothing on this machine.
        """
        from textgen.components import Kind
        from textgen.settings import resolve_part

        layer = {"source": {**self._layer, "use": locator}}
        choice = resolve_part(self.plugins, Kind.SOURCE, [layer])
        shelf = choice.shelf()
        if shelf is None:
            raise self._wrong(
                f"{locator!r}: the source {choice.provided.name!r} keeps nothing on this machine. "
                f"{self._known()}"
            )
        return shelf, choice.locator

    def one(self, source: str | None) -> Shelf:
        """Return the shelf of a source; where None is named, the only one.

        Raises:
            UsageError: None is named and there is not exactly one.
        """
        if source is None and len(self.names()) != 1:
            raise self._wrong(f"which source is meant? Say --source NAME. {self._known()}")
        return self.of(source or self.names()[0])[0]

    def each(self, source: str | None) -> Iterator[tuple[str, Shelf]]:
        """Yield the name and the shelf of each source that has one, or of the one that is named."""
        for name in [source] if source else self.names():
            yield name, self.of(name)[0]

    def names(self) -> list[str]:
        """Return which sources have a shelf."""
        from textgen.components import Kind

        sources = self.plugins.components(Kind.SOURCE)
        return list(dict.fromkeys(item.name for item in sources if item.component.shelf))

    def _known(self) -> str:
        return f"Sources that keep texts: {', '.join(self.names()) or 'none'}."

    def _wrong(self, what: str) -> Exception:
        from textgen.errors import UsageError

        return UsageError(f"{self._command}: {what}")
