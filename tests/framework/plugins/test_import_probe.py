"""A plugin tried in a process of its own: the one that asks goes on, whatever it does."""

from importlib.metadata import EntryPoint

import pytest

import textgen.plugins.import_probe
from textgen.plugins.import_probe import probe


@pytest.fixture
def probed(tmp_path, monkeypatch):
    """Probes a plugin of the given code."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def run(code):
        (tmp_path / "probed_one.py").write_text(code)
        return probe(EntryPoint("one", "probed_one", "textgen"))

    return run


def test_a_plugin_that_is_well_has_a_time_and_nothing_else(probed):
    found = probed("from textgen import hookimpl")
    assert found.milliseconds > 0
    assert (found.heavy, found.trouble) == ((), "")


def test_what_every_listing_imports_is_there_before_and_counts_for_nobody(probed, tmp_path):
    """pydantic alone takes tens of milliseconds, and would be the first plugin's."""
    seen = tmp_path / "seen"
    probed(f"import pathlib, sys; pathlib.Path({str(seen)!r}).write_text(' '.join(sys.modules))")
    assert {"pydantic", "pluggy", "textgen.options"} <= set(seen.read_text().split())


def test_slow_libraries_that_it_imports_are_named(tmp_path, probed):
    (tmp_path / "torch.py").write_text("")  # whatever goes by that name
    assert probed("import torch").heavy == ("torch",)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import os; os._exit(0)", "exit code 0"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "signal SIGSEGV"),
        ("raise KeyboardInterrupt", "signal SIGINT"),
    ],
)
def test_one_that_ends_its_process_is_told_as_such(probed, code, told):
    found = probed(code)
    assert found.milliseconds is None
    assert found.trouble == f"its import ends the whole program ({told})"


def test_one_that_never_comes_back_is_told_as_such(probed, monkeypatch):
    monkeypatch.setattr(textgen.plugins.import_probe, "PATIENCE", 0.5)
    found = probed("import time\nwhile True: time.sleep(1)")
    assert found.trouble == "its import has not ended after 0.5 seconds"


def test_one_that_fails_by_an_exception_has_come_back(probed):
    """Whoever loads it for use hears of that exception."""
    assert probed("raise RuntimeError('no')").trouble == ""


@pytest.mark.parametrize(
    "code",
    ["print('welcome')", "import os; os.write(1, b'welcome')", "import os; os.system('echo hi')"],
)
def test_what_it_prints_by_whatever_way_spoils_nothing(probed, code, capfd):
    assert probed(code).trouble == ""
    assert capfd.readouterr() == ("", "")


def test_it_is_looked_for_where_this_process_looks_and_nowhere_else(probed, tmp_path, monkeypatch):
    """A module in the folder where a command happens to run is no part of the environment."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here" / "stray.py").write_text("import os; os._exit(3)")
    assert probed("import stray").trouble == ""
