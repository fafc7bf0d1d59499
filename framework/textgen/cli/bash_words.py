"""Words as they were typed, of which bash makes several to complete them.

Knows nothing of what they mean.
"""

from __future__ import annotations

import shlex
from collections.abc import MutableMapping, Sequence


class Typed:
    """The part of the word at the cursor that bash takes for words before it."""

    before = ""


def join_words(environment: MutableMapping[str, str]) -> None:
    """Make words again of what bash, which breaks them at :, = and @, asks to complete.

    Bash completes what follows the last break, and an @ with it, so what is before it is noted and
    left out. This reads and changes the variables of Typer's protocol.
    """
    if environment.get("_TEXTGEN_COMPLETE") != "complete_bash":
        return
    words = _split(environment.get("COMP_WORDS", ""))
    cursor = int(environment.get("COMP_CWORD", len(words)))
    joined, Typed.before = _joined([*words, ""][: cursor + 1])
    last = joined.pop().removeprefix(Typed.before)
    environment["COMP_WORDS"] = shlex.join([*joined, last])
    environment["COMP_CWORD"] = str(len(joined))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quotation that has only begun
        return text.split()


def _joined(words: Sequence[str]) -> tuple[list[str], str]:
    """Return the words as they were typed, and what of the last one bash has broken off."""
    joined: list[str] = []
    before, glue = "", False
    for word in words:
        is_break = word in (":", "=", "@")
        if word == "=" and joined and joined[-1].startswith("--"):
            joined.append("")  # --option=value: two words
            before = ""
        elif joined and (glue or is_break):
            before = (joined[-1] + (word if is_break else "")).removesuffix("@")
            joined[-1] += word
        else:
            joined.append(word)
            before = ""
        glue = is_break
    return joined, before
