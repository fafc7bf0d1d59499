"""The fault programs in short; `make faults` runs them at length."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent
ALONE = ["unshare", "--map-root-user", "--mount"]


def run(program, *words, before=()):
    command = [*before, sys.executable, "-W", "error", str(PROGRAMS / program), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_twenty_kills_leave_registries_that_open_verify_and_go_on():
    *_, table = run("kills.py", "--kills", "20").partition("broken\n")
    rows = [line.split() for line in table.splitlines() if line]
    assert sum(int(killed) + int(done) for _, killed, done, *_ in rows) == 20
    assert sum(int(killed) for _, killed, *_ in rows) > 0


def test_processes_that_write_at_once_lose_nothing():
    printed = run("crowd.py", "--processes", "4", "--runs", "5", "--points", "150")
    assert "20 of 20 runs" in printed
    assert "3,000 of 3,000 points, 0 complaints" in printed


@pytest.fixture
def mounts():
    """Skip where nobody is given a mount of their own."""
    there = shutil.which(ALONE[0]) is not None
    if not there or subprocess.run([*ALONE, "true"], capture_output=True).returncode:
        pytest.skip("this system gives nobody a mount of their own")


@pytest.mark.usefixtures("mounts")
def test_a_full_disk_and_a_read_only_folder_are_told_and_lose_nothing():
    run("storage.py", before=ALONE)
