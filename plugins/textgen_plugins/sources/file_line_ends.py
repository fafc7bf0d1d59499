"""Line ends become LF, whichever they were, in text or in the bytes of text."""

from __future__ import annotations

from typing import AnyStr, Generic


class LineEnds(Generic[AnyStr]):
    """Goes over a text piece by piece; a pair of CR and LF may lie in two of them."""

    def __init__(self, cr: AnyStr, lf: AnyStr) -> None:
        self._cr: AnyStr = cr
        self._lf: AnyStr = lf
        self._waiting: AnyStr = cr[:0]

    def unify(self, piece: AnyStr, *, final: bool = False) -> AnyStr:
        """Return a piece with LF alone; a CR at its end waits for the next, but at the end."""
        cr, lf = self._cr, self._lf
        text = self._waiting + piece
        if cr not in text:
            self._waiting = cr[:0]
            return text
        self._waiting = cr if text.endswith(cr) and not final else cr[:0]
        text = text[: len(text) - len(self._waiting)]
        return text.replace(cr + lf, lf).replace(cr, lf)
