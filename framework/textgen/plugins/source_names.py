"""What may have been meant where no source goes by what stands before the colon.

A path or an address, most often, which users type where a source and its locator belong. Knows
sources by what their components say of themselves: their aliases, and whether they keep texts.
"""

from __future__ import annotations

import os
import string
from collections.abc import Sequence
from pathlib import Path

from textgen.components import Component


def source_meant(use: str, sources: Sequence[Component]) -> str | None:
    """Return what to do instead of naming a source that nobody provides, as a sentence.

    Args:
        use: What the user named.
        sources: Those that there are.

    Returns:
        None where it is like nothing but a wrong name.
    """
    readers = [source.name for source in sources if not source.aliases]
    if is_address(use):
        return _instead_of_an_address(sources, readers)
    meant = [f"{source.name}:{use}" for source in sources if use in source.aliases]
    if not meant and _is_path(use):
        meant = [f"{reader}:{use}" for reader in readers]
    return f"did you mean {' or '.join(map(_quoted, meant))}?" if meant else None


def is_address(use: str) -> bool:
    """Whether this is the address of something on the web, or in a file of this machine."""
    scheme, mark, _ = use.partition("://")
    return bool(mark) and scheme.isascii() and scheme.isalpha()


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
    name, _, rest = use.partition(":")
    on_a_drive = len(name) == 1 and name in string.ascii_letters and rest.startswith(("\\", "/"))
    return on_a_drive or use.startswith((".", "~", os.sep)) or bool(Path(name).suffix)


def _quoted(text: str) -> str:
    return f"'{text}'" if text.isprintable() else repr(text)
