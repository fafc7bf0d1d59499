"""What is wrong with a value, in plain words: pydantic's findings as a message tells them.

Knows pydantic, which options and the command line are checked by, and nothing of either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textgen.errors import nearest

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_WORDS: Mapping[str, str] = {
    "int_parsing": "is no whole number",
    "int_from_float": "is no whole number",
    "int_type": "is no whole number",
    "int_parsing_size": "has more digits than can be read",
    "float_parsing": "is no number",
    "float_type": "is no number",
    "finite_number": "must be a finite number",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "string_type": "is no text",
    "greater_than_equal": "must be {ge:,} or more",
    "greater_than": "must be more than {gt:,}",
    "less_than_equal": "must be {le:,} or less",
    "less_than": "must be less than {lt:,}",
}


def in_plain_words(finding: ErrorDetails) -> str:
    """Return what is wrong with a value, as a clause that follows the value."""
    kind, details = finding["type"], finding.get("ctx", {})
    if kind == "literal_error":
        return _not_among(finding["input"], details["expected"])
    if kind in _WORDS:
        return _WORDS[kind].format(**details)
    return finding["msg"].removeprefix("Value error, ").replace("Input should", "must", 1)


def of_all(error: ValidationError) -> str:
    """Return what is wrong with the values of one error, each with what it is."""
    return "; ".join(_with_value(finding) for finding in error.errors())


def _with_value(finding: ErrorDetails) -> str:
    words = in_plain_words(finding)
    return words if finding["type"] == "value_error" else f"{finding['input']!r} {words}"


def _not_among(value: object, expected: str) -> str:
    """Say what a value must be one of, as pydantic lists it, and which of them was meant."""
    meant = nearest(str(value), re.findall("'([^']*)'", expected))
    return f"must be {expected}" + f"; {meant}" * meant.startswith("did you mean")
