"""Amounts as messages show them, in the unit that fits."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def bytes_text(amount: float) -> str:
    """Return a number of bytes with two significant digits or all before the point: ``1.2 GB``."""
    for unit in _UNITS:
        if amount < 999.5 or unit == _UNITS[-1]:
            break
        amount /= 1000
    exact = amount >= 9.95 or unit == _UNITS[0]
    return f"{amount:,.0f} {unit}" if exact else f"{amount:.1f} {unit}"
