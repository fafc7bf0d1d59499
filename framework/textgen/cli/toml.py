"""Settings as the text of a TOML file; the standard library only reads such files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(settings: Mapping[str, Any]) -> str:
    """Return settings as ``--config`` reads them.

    Args:
        settings: Text, numbers, booleans, and lists and mappings of these.
    """
    return "".join(f"{line}\n" for line in _lines(settings)).lstrip("\n")


def _lines(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the plain entries first: below a table's heading they would belong to the table."""
    tables = {key: value for key, value in settings.items() if isinstance(value, Mapping)}
    yield from (_entry(key, value) for key, value in settings.items() if key not in tables)
    for name, table in tables.items():
        yield ""
        yield f"[{_key(name)}]"
        yield from (_entry(key, value) for key, value in table.items())


def _entry(key: str, value: object) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(_entry(key, item) for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)


def _string(text: str) -> str:
    """JSON's escapes are TOML's too, but for one character that only TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
