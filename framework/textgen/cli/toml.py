"""Settings as the text of a TOML file; the standard library only reads such files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def toml_text(settings: Mapping[str, Any]) -> str:
    """Return settings as ``--config`` reads them.

    What TOML cannot hold, a null or a lone surrogate, stands as JSON in the table ``as_json``.

    Args:
        settings: Plain JSON values, and infinities and NaN.
    """
    return "".join(f"{line}\n" for line in _lines(_without_the_unsayable(settings))).lstrip("\n")


def toml_comment(lines: Iterable[str]) -> str:
    """Return lines as a comment, which nothing in them can end."""
    return "".join(f"# {_printable(line)}\n" for line in lines)


def _without_the_unsayable(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with a last table of those that TOML cannot hold, each as JSON."""
    plain: dict[str, Any] = {}
    as_json: dict[str, str] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            plain[key] = {name: item for name, item in value.items() if _is_sayable(item)}
            rest = {f"{key}.{name}": item for name, item in value.items() if name not in plain[key]}
        else:
            rest = {} if _is_sayable(value) else {key: value}
            plain |= {} if rest else {key: value}
        as_json |= {name: json.dumps(item) for name, item in rest.items()}
    return {**plain, "as_json": as_json} if as_json else plain


def _is_sayable(value: object) -> bool:
    if isinstance(value, str):
        return not _SURROGATE.search(value)
    if isinstance(value, Mapping):
        return all(_is_sayable(part) for item in value.items() for part in item)
    if isinstance(value, list | tuple):
        return all(map(_is_sayable, value))
    return value is not None


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


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
