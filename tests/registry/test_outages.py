"""A server that is away: whoever waits for it is told, once, and told when it is back."""

import re
import threading
import time

import pytest

from textgen.errors import RegistryError
from textgen_registry import Registry
from textgen_registry.database import database, outages

AWAY = r"registry postgresql\S+: its server cannot be reached; waiting up to 30 s for it"
BACK = r"registry postgresql\S+: its server is back, after \d+ s"


@pytest.fixture
def registry(url):
    return Registry(url)


@pytest.fixture
def write(registry, make_run):
    """Writes to the registry."""
    run = make_run(into=registry)
    return lambda: registry.set_sample(run.id, "Alice", "was")


@pytest.fixture
def _noticed_soon(monkeypatch):
    monkeypatch.setattr(outages, "_UNNOTICED_SECONDS", 0.2)


def assert_said(caplog, *patterns):
    said = [record.getMessage() for record in caplog.records if record.name == "textgen_registry"]
    assert len(said) == len(patterns), said
    assert all(map(re.fullmatch, patterns, said)), said


@pytest.mark.usefixtures("_noticed_soon")
def test_whoever_waits_is_told_and_told_when_it_is_back(postgresql, registry, write, caplog):
    def start_once_it_is_missed():
        while not caplog.records:
            time.sleep(0.02)
        postgresql.start()

    postgresql.stop("immediate")
    starter = threading.Thread(target=start_once_it_is_missed)
    starter.start()
    assert len(registry.runs()) == 1
    write()
    starter.join()
    assert_said(caplog, AWAY, BACK)


@pytest.mark.usefixtures("_noticed_soon")
def test_an_outage_is_told_once_however_many_writes_it_fails(
    postgresql, write, caplog, monkeypatch
):
    postgresql.stop("fast")
    with monkeypatch.context() as patch:
        patch.setattr(database, "PATIENCE_SECONDS", 0.5)
        for _ in range(2):
            with pytest.raises(RegistryError, match="cannot be reached"):
                write()
    postgresql.start()
    assert_said(caplog, AWAY)
    write()
    assert_said(caplog, AWAY, BACK)


def test_a_server_that_was_started_anew_is_not_worth_a_word(postgresql, write, caplog):
    postgresql.stop("fast")
    postgresql.start()
    write()
    assert_said(caplog)
