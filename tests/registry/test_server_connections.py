"""What becomes of what the driver of a server says."""

from __future__ import annotations

import subprocess
import sys

import pytest

SAY = "logging.getLogger('psycopg').warning('the connection is lost')"


@pytest.mark.parametrize(("first", "printed"), [("pass", False), ("logging.basicConfig()", True)])
def test_what_the_driver_logs_is_printed_only_where_logging_was_set_up(first, printed):
    script = f"import logging, textgen_registry; {first}; {SAY}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ("the connection is lost" in done.stderr) == printed
