"""What a plugin's module must be like to be taken in; each function refuses one mistake.

pluggy is silent about some of these: a hook without its mark is a function like any other.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from typing import Any

import pluggy

from textgen import hookspecs
from textgen.errors import PluginError, nearest

_CONTRACT = "textgen_contract"


def imported(point: EntryPoint) -> Any:
    """Return the module that an entry point names."""
    if not point.pattern.match(point.value):
        raise PluginError(
            f"its entry point {point.name} = {point.value!r} must name a module: 'package.module'"
        )
    return point.load()


def refuse_second_entry(manager: pluggy.PluginManager, module: object, point: EntryPoint) -> None:
    """Refuse a module that is a plugin already."""
    first = manager.get_name(module)
    if first is not None:
        raise PluginError(
            f"it is {point.value!r}, which is registered already, as {first}: a module is one "
            "plugin. Remove one of the two entry points."
        )


def require_contract(module: object) -> None:
    """Refuse a plugin of another contract: of another major version, or of a later minor one."""
    written_for = getattr(module, _CONTRACT, hookspecs.CONTRACT)
    ours, theirs = _version(hookspecs.CONTRACT), _version(written_for)
    if theirs is None:
        raise PluginError(f"{_CONTRACT} = {written_for!r} must be a version such as '1.0'")
    if ours is not None and (theirs[0] != ours[0] or theirs > ours):
        which = "Update textgen-framework." if theirs > ours else "Update this plugin."
        raise PluginError(
            f"it is written for version {written_for} of the contract, and this textgen keeps "
            f"{hookspecs.CONTRACT}. {which}"
        )


def require_right_hooks(manager: pluggy.PluginManager, module: object) -> None:
    """Refuse hooks that the contract lacks, that lack their mark, or take what they do not get."""
    hooks = {name: caller.spec for name, caller in vars(manager.hook).items() if caller.spec}
    for name in dir(module):
        marked = manager.parse_hookimpl_opts(module, name)
        if marked is not None:
            _require_right_hook(getattr(module, name), marked.get("specname") or name, hooks)
        elif name in hooks:
            raise PluginError(
                f"{name} is there and is no hook: it must be a function, with @textgen.hookimpl "
                "in the line above it"
            )


def _require_right_hook(function: Any, name: str, hooks: Mapping[str, Any]) -> None:
    if name not in hooks:
        raise PluginError(f"there is no hook {name!r}: {nearest(name, hooks)}")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise PluginError(f"{name} is asynchronous, and nobody would wait for it: write 'def'")
    known = hooks[name].argnames
    for argument in inspect.signature(function).parameters:
        if argument not in known:
            may = f"it may take {', '.join(known)}" if known else "it takes nothing"
            raise PluginError(f"{name} cannot take {argument!r}: {may}")


def _version(text: object) -> tuple[int, int] | None:
    try:
        major, _, minor = str(text).partition(".")
        return int(major), int(minor or 0)
    except ValueError:
        return None
