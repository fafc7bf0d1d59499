"""What is asked of a run, in a file or on a command line, and which of them is wrong.

Knows TOML, and what to do where that lacks a value. What the settings mean, and whether they are
right, is for `textgen.settings` to say.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from textgen.errors import OptionError, TextgenError, UsageError
from textgen.layers import Heading, Layer

T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """What a file, or a command line, asks of a run.

    Attributes:
        recipe: A recipe to begin with; None: not said, as for the others.
        name: A name for the run.
        tags: Tags for the run.
        layers: Settings, from the weakest to the strongest.
    """

    recipe: str | None = None
    name: str | None = None
    tags: Sequence[str] = ()
    layers: Sequence[Layer] = ()

    def over(self, weaker: Request) -> Request:
        """Return both as one; what only the weaker one says still holds."""
        return Request(
            recipe=weaker.recipe if self.recipe is None else self.recipe,
            name=weaker.name if self.name is None else self.name,
            tags=self.tags or weaker.tags,
            layers=[*weaker.layers, *self.layers],
        )


def with_file(path: Path | None, attempt: Callable[[Request], T]) -> T:
    """Return what ``attempt`` makes of the request in a file; None is an empty one.

    An error that would not happen without the file is the file's: it is named first.

    Raises:
        UsageError: The file cannot be read, is not TOML, or asks for something wrong.
    """
    if path is None:
        return attempt(Request())
    try:
        return attempt(_read(path))
    except UsageError as error:
        if str(error) == _failure(lambda: attempt(Request())):
            raise
        raise type(error)(f"--config {path}: {error}") from error


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file holds.

    Raises:
        UsageError: It cannot be read, or is not TOML; the message does not name the file.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UsageError("cannot be read (it is not UTF-8).") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"is not valid TOML: {error}.") from error


def _failure(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except TextgenError as error:
        return str(error)
    return ""


def _read(path: Path) -> Request:
    content = read_toml(path)
    said = {key: content.pop(key) for key in Heading.model_fields if key in content}
    heading = Heading.parse(said, owner="setting", help_command="textgen run --help")
    layers = [content, *_from_json(heading.as_json)]
    return Request(heading.recipe, heading.name, heading.tags, layers)


def _from_json(settings: Mapping[str, str]) -> Iterator[Layer]:
    """Yield a layer for each of the settings, which go by dotted names.

    Raises:
        OptionError: One of them is not JSON.
    """
    for key, text in settings.items():
        section, dot, name = key.partition(".")
        try:
            value = json.loads(text)
        except ValueError as error:
            raise OptionError(f"as_json: {key} = {text!r}: is not JSON ({error}).") from error
        yield {section: {name: value} if dot else value}
