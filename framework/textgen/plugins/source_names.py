"""What may have been meant where no source goes by what stands before the colon.

A path or an address, most often, which users type where a source and its locator belong. Knows
sources by what their components say of themselves: their aliases, and whether they keep texts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from textgen.components import Component

_ADDRESS = re.compile(r"[A-Za-z][\w+.-]+://")
_ON_A_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def source_meant(use: str, sources: Sequence[Component]) -> str | None:
    """Return what to do instead of naming a source that nobody provides, as a sentence.

    Args:
        use: What the user named.
        sources: Those that there are.

    Returns:
        None where it is like nothing but a wrong name.
    """
    readers = [source.name for source in sources if not source.aliases]
    if _is_address(use):
        return _instead_of_an_address(sources, readers)
    meant = [f"{source.name}:{use}" for source in sources if use in source.aliases]
    if not meant and _is_path(use):
        meant = [f"{reader}:{use}" for reader in readers]
    return f"did you mean {' or '.join(map(_quoted, meant))}?" if meant else None


def _is_address(use: str) -> bool:
    """Whether this is the address of something on the web, or in a file of this machine."""
    return _ADDRESS.match(use) is not None


def _instead_of_an_address(sources: Sequence[Component], readers: Sequence[str]) -> str:
    files = " or ".join(f"{reader}:PATH" for reader in readers)
    catalogues = [source.name for source in sources if source.shelf]
    found = " or ".join(f"{source}:…" for source in catalogues)
    return (
        "addresses are not read."
        + f" Download the text and name its file, {files}." * bool(readers)
        + f" What a catalogue has ({found}) is found by textgen sources search." * bool(catalogues)
    )


def _is_path(use: str) -> bool:
    name = use.partition(":")[0]
    return (
        _ON_A_DRIVE.match(use) is not None
        or use.startswith((".", "~", os.sep))
        or bool(Path(name).suffix)
    )


def _quoted(text: str) -> str:
    return f"'{text}'" if text.isprintable() else repr(text)
