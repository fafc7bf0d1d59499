"""The fault programs in short; `make faults` runs them at length."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cluster import what_is_missing
from places import DATABASES

PROGRAMS = Path(__file__).parent
ALONE = ["unshare", "--map-root-user", "--mount"]


def run(program, *words, before=()):
    command = [*before, sys.executable, "-W", "error", str(PROGRAMS / program), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def killed(*words):
    """Kill processes; return how many died in each scenario, and how many before they stored."""
    _, _, *rows = run("kills.py", *words).splitlines()
    cells = [row.split(" | ") for row in rows if row]
    return {scenario.strip("| "): (int(died), int(early)) for scenario, _, died, early, *_ in cells}


@pytest.fixture
def _server():
    """Skip where no server can be started."""
    if missing := what_is_missing():
        pytest.skip(missing)


def test_twenty_kills_leave_registries_that_open_verify_and_go_on():
    deaths = killed("--kills", "20")
    assert list(deaths) == ["training", "checkpointing", "import", "gc", "models", "migration"]
    assert sum(died for died, _ in deaths.values()) == 20
    assert sum(early for _, early in deaths.values()) < 20


@pytest.mark.usefixtures("_server")
def test_three_kills_leave_a_server_with_nothing_lost():
    words = [word for name in ("checkpointing", "import", "gc") for word in ("--only", name)]
    deaths = killed("--kills", "3", "--database", "postgresql", *words)
    assert [died for died, _ in deaths.values()] == [1, 1, 1]


@pytest.mark.usefixtures("_server")
def test_a_server_that_crashes_loses_nothing_that_it_acknowledged_and_its_writers_go_on():
    run("server.py", "--crashes", "2")


@pytest.fixture(params=DATABASES)
def database(request):
    """Each of the databases that can be had here."""
    if request.param == "postgresql":
        request.getfixturevalue("_server")
    return request.param


def test_processes_that_write_at_once_lose_nothing(database):
    words = ("--database", database, "--processes", "4", "--runs", "4", "--points", "150")
    printed = run("crowd.py", *words)
    assert "| 16 of 16 | 16 of 16 | 16 of 16 | 2,400 of 2,400 | 4 of 4 |" in printed


@pytest.fixture
def _mounts():
    """Skip where nobody is given a mount of their own."""
    there = shutil.which(ALONE[0]) is not None
    if not there or subprocess.run([*ALONE, "true"], capture_output=True).returncode:
        pytest.skip("this system gives nobody a mount of their own")


@pytest.mark.usefixtures("_mounts")
def test_a_full_disk_and_a_read_only_folder_are_told_and_lose_nothing():
    run("storage.py", before=ALONE)
