"""The source ``file:<path>``: a text file of yours, or standard input as ``file:-``.

The text stays as it is, a byte-order mark included; only line ends become LF, as Python's own
text files do. Project Gutenberg's header and footer go when asked for.
"""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

from textgen import Corpus, LocatorError, SourceError, corpus_from_text, nearest
from textgen_plugins.sources.gutenberg_text import read_book
from textgen_plugins.sources.options import FileOptions
from textgen_plugins.sources.plain_text import decode_strictly, refuse_binary

_STDIN = "-"
_DEFAULT_ENCODING = FileOptions().encoding
_MOST_NAMES = 10
_CONVERT = "Convert it to text; text in UTF-16 is read with --set source.encoding=utf-16"
_NAME_ENCODING = "Name the right encoding, such as: --set source.encoding=windows-1252"


def open_corpus(locator: str, options: FileOptions) -> Corpus:
    """Return the file's text.

    Args:
        locator: A path, whose ``~`` is the home folder, or ``-`` for standard input.
        options: The encoding, and what to cut off.

    Raises:
        SourceError: The file cannot be read, is empty, or is no text in this encoding.
    """
    who = f"file:{locator}"
    data, origin, name = _read(locator)
    complete = who if locator == _STDIN else f"file:{origin}"
    if options.strip == "gutenberg":
        return _gutenberg_corpus(data, origin, name, complete, options)
    refuse_binary(data, who, options.encoding, _CONVERT)
    text = decode_strictly(data, who, options.encoding, _NAME_ENCODING)
    return corpus_from_text(
        re.sub(r"\r\n?", "\n", text),
        received=data,
        locator=complete,
        title=name,
        origin=origin,
    )


def _gutenberg_corpus(
    data: bytes, origin: str, name: str, locator: str, options: FileOptions
) -> Corpus:
    declared = options.encoding if options.encoding != _DEFAULT_ENCODING else None
    book = read_book(data, locator, declared)
    return corpus_from_text(
        book.text,
        received=data,
        locator=locator,
        title=book.title or name,
        origin=origin,
        cuts=book.cuts,
        licence=book.licence,
        notes=book.notes,
        warnings=book.warnings,
    )


def _read(locator: str) -> tuple[bytes, str, str]:
    """Return the bytes, where they came from, and a name for people."""
    if locator == _STDIN:
        return _read_stdin(), "standard input", "standard input"
    if not locator:
        raise LocatorError("file: no path is given. Write --source file:PATH, or file:- for stdin")
    path, data = _read_file(locator)
    if not data:
        raise SourceError(
            f"file:{locator}: the file is empty; a corpus needs text. Name another file."
        )
    return data, str(path), path.name


def _read_file(locator: str) -> tuple[Path, bytes]:
    path = Path(locator)
    try:
        path = path.expanduser().absolute()
        return path, path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"file:{locator}: no such file; {_near(path)}") from error
    except IsADirectoryError as error:
        raise SourceError(f"file:{locator}: that is a folder. Name a file in it.") from error
    except PermissionError as error:
        raise SourceError(
            f"file:{locator}: you may not read this file. Change its permissions, or copy it."
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(f"file:{locator}: cannot be read ({error}). Check the path.") from error


def _read_stdin() -> bytes:
    """Return what is piped in; nobody types a corpus, and a silent wait would look like a fault."""
    if sys.stdin is None or sys.stdin.isatty():
        raise SourceError(
            f"file:{_STDIN}: nothing is piped into standard input. Pipe a text into it, such as: "
            f"textgen run --source file:{_STDIN} < book.txt"
        )
    data = sys.stdin.buffer.read()
    if not data:
        raise SourceError(f"file:{_STDIN}: standard input is empty; pipe a text into it.")
    return data


def _near(path: Path) -> str:
    """Say which file in the same folder has the nearest name."""
    names: list[str] = []
    with contextlib.suppress(OSError):
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    if not names:
        return f"there is no file in {path.parent}."
    near = nearest(path.name, names)
    listed = len(names) <= _MOST_NAMES or near.startswith("did you mean")
    return near if listed else f"no name in {path.parent} is near it."
