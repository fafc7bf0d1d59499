"""A file that the user named for a command to write into."""

from __future__ import annotations

from pathlib import Path

from textgen.errors import TextgenError, UsageError
from textgen.files import write_atomic

STREAM = Path("-")
"""What stands for stdin or stdout where a file is named."""


def refuse_unwritable(path: Path, option: str) -> None:
    """Refuse what no file may replace: a folder, a device, a pipe, a stream.

    Args:
        path: What the user named.
        option: Where ("--html"), for the message.

    Raises:
        UsageError: It is one of these.
    """
    if path == STREAM:
        raise UsageError(f"{option} -: that is no file. Name one.")
    if path.is_dir():
        raise UsageError(f"{option} {path}: that is a folder. Name a file in it.")
    if path.exists() and not path.is_file():
        raise UsageError(f"{option} {path}: that is no regular file. Name one, or a new one.")


def write_page(path: Path, text: str, option: str) -> None:
    """Write a page, whole or not at all; a file of that name is replaced, a link followed.

    Args:
        path: Where to.
        text: The page.
        option: Who named the file ("--html"), for messages.

    Raises:
        UsageError: A folder or a device is there.
        TextgenError: The file cannot be written; what was there is as before.
    """
    refuse_unwritable(path, option)
    try:
        write_atomic(path.resolve(), text.encode("utf-8"))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise TextgenError(
            f"{option} {path}: cannot be written ({why}). Nothing was changed; name another file."
        ) from error
