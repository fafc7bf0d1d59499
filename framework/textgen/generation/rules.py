"""What a choice of tokens goes by."""

from __future__ import annotations

from typing import NamedTuple


class Rules(NamedTuple):
    """What a choice goes by; see `textgen.TokenChooser`."""

    temperature: float
    top_k: int | None
    top_p: float | None

    @property
    def only_temperature(self) -> bool:
        """Whether every token may be chosen."""
        return self.top_k is None and self.top_p is None
