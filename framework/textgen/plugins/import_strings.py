"""Whether what an import string names is there, found out without importing it.

Looks as Python does when it imports, then reads the source; what only running it would show is
taken to be there.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Any


def missing(location: str) -> str:
    """Return what of ``"package.module:attribute"`` is not there; empty where all is."""
    module, _, attribute = location.partition(":")
    spec = find_module(module)
    if spec is None:
        return f"there is no module {module!r}"
    names = set(_names(spec))
    if not names or names & {attribute, "*", "__getattr__"}:
        return ""
    return f"the module {module!r} has no {attribute!r}"


def find_module(name: str) -> Any:
    """Return the ``ModuleSpec`` of a module or None, without importing its parents either."""
    path = spec = None
    parents = name.split(".")
    for depth in range(1, len(parents) + 1):
        spec = _find(".".join(parents[:depth]), path)
        path = getattr(spec, "submodule_search_locations", None)
        if path is None:
            break
    return spec if spec is not None and spec.name == name else None


def _find(name: str, path: Any) -> Any:
    for finder in sys.meta_path:
        spec = finder.find_spec(name, path)
        if spec is not None:
            return spec
    return None


def _names(spec: Any) -> Iterator[str]:
    """Yield every name that a module's source gives a value, anywhere in it."""
    read = getattr(spec.loader, "get_source", None)
    try:
        tree = ast.parse((read(spec.name) if read else None) or "")
    except (SyntaxError, ImportError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.alias():
                yield node.asname or node.name
