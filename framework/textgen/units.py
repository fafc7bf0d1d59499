"""Amounts as messages show them, in the unit that fits."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def epochs_text(epochs: float) -> str:
    """Return a number of epochs with one place behind the point, or the first that is not 0."""
    return f"{epochs:,.1f}" if epochs == 0 or epochs >= 0.05 else f"{epochs:.1g}"


def bytes_text(amount: float) -> str:
    """Return a number of bytes with two significant digits or all before the point: ``1.2 GB``."""
    for unit in _UNITS:
        if amount < 999.5 or unit == _UNITS[-1]:
            break
        amount /= 1000
    exact = amount >= 9.95 or unit == _UNITS[0]
    return f"{amount:,.0f} {unit}" if exact else f"{amount:.1f} {unit}"
