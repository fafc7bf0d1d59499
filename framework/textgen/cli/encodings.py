"""What an output's encoding lacks: textgen's own marks get look-alikes, all else escapes.

So that no work is lost, at its end, for a character, and tables and curves keep their shape.
"""

from __future__ import annotations

import codecs
import io
import sys

_HANDLER = "textgen"
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


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_instead, error.object[error.start : error.end])), error.end


def _instead(letter: str) -> str:
    escaped = letter.encode("ascii", "backslashreplace").decode("ascii")
    return _LOOK_ALIKES.get(letter, escaped)
