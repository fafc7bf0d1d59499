"""What the registry logs while a command runs, told as notes."""

from __future__ import annotations

import logging

from textgen.cli.workspace import tell


class _Notes(logging.Handler):
    """Tells what is logged by the same door as all else, which a progress bar makes way for."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell it."""
        tell(f"note: {record.getMessage()}")


def tell_what_is_logged() -> None:
    """Have what the registry logs told from now on, once however often this is called."""
    logger = logging.getLogger("textgen_registry")
    if not any(isinstance(handler, _Notes) for handler in logger.handlers):
        logger.addHandler(_Notes(logging.WARNING))
