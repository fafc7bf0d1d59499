"""What an output's encoding lacks: textgen's own marks get look-alikes, all else escapes.

So that no work is lost, at its end, for a character, and tables and curves keep their shape.
"""

from __future__ import annotations

import codecs
import io
import sys

from textgen.utf8 import STRAY_BYTES, utf8_of

_HANDLER = "textgen"
_BYTES_HANDLER = "textgen-bytes"
_LOOK_ALIKES = {
    **{"–": "-", "…": "~", "→": ">"},  # in tables
    **{"│": "|", "┤": "+", "└": "+", "─": "-", "┬": "+"},  # around curves
    **dict(zip("▁▂▃▄▅▆▇█", "._-=+*##", strict=True)),  # in bars and strips
}


def replace_what_cannot_be_encoded() -> None:
    """Let stdout and stderr write any text, whatever their encoding."""
    codecs.register_error(_HANDLER, _replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def write_bytes_as_they_are() -> None:
    """Let a file or pipe that stdout goes to have bytes that are no character; terminals do not."""
    codecs.register_error(_BYTES_HANDLER, _bytes_or_replaced)
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(errors=_BYTES_HANDLER, newline="")


def _bytes_or_replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    if found := STRAY_BYTES.match(error.object, error.start, error.end):
        return utf8_of(found.group()), found.end()
    return _instead(error.object[error.start]), error.start + 1


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_instead, error.object[error.start : error.end])), error.end


def _instead(letter: str) -> str:
    escaped = letter.encode("ascii", "backslashreplace").decode("ascii")
    return _LOOK_ALIKES.get(letter, escaped)
