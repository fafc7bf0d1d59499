"""What decides what a tokenizer makes of a text, besides its options: its code and its libraries.

Who is still writing a tokenizer changes it without a new version, and a library that it calls may
be exchanged below it.
"""

from __future__ import annotations

import ast
import inspect
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from textgen.files import sha256_of
from textgen.parts import Tokenizer


def code_of(tokenizer: Tokenizer) -> dict[str, Any]:
    """Return what tells one state of a tokenizer's code from another, as plain JSON values.

    That is the checksum of its file and those beside it in its package, the versions of the
    libraries that these import, and Python's version of Unicode.
    """
    files = _files_of(tokenizer)
    return {
        "code": sha256_of(b"".join(files)) if files else None,
        "libraries": dict(_libraries(files)),
        "unicode": unicodedata.unidata_version,
    }


def _files_of(tokenizer: Tokenizer) -> list[bytes]:
    """Return what is in the files; none where the tokenizer comes from no file."""
    try:
        file = Path(inspect.getfile(type(tokenizer)))
        is_in_package = "." in type(tokenizer).__module__
        files = sorted(file.parent.glob("*.py")) if is_in_package else [file]
        return [each.read_bytes() for each in files]
    except (OSError, TypeError):
        return []


def _libraries(files: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """Yield the libraries that files import anywhere, and their versions."""
    imported = {name.partition(".")[0] for file in files for name in _imported(file)}
    for name in sorted(imported - sys.stdlib_module_names):
        found = _version(name)
        if found is not None:
            yield name, found


def _imported(file: bytes) -> Iterator[str]:
    try:
        nodes = list(ast.walk(ast.parse(file)))
    except (SyntaxError, ValueError):  # lies beside the tokenizer, and is nothing that it imports
        return
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _version(name: str) -> str | None:
    """Return the version of a library; None where it has none, as what is part of a plugin."""
    try:
        return version(name)
    except PackageNotFoundError:
        found = getattr(sys.modules.get(name), "__version__", None)
        return None if found is None else str(found)
