"""`textgen plugins doctor`: what it prints, and its exit code."""

import json

import pytest
from rich.console import Console

from textgen.cli import display


@pytest.fixture(scope="module")
def ill(fresh_environment, put_package):
    """An environment with a plugin that is well and one that is not."""
    environment = fresh_environment("ill")
    put_package(environment, "textgen-well", "print('welcome')")
    put_package(
        environment, "textgen-ill", "import nothing", requires=["textgen-framework>=99", "what?!"]
    )
    return environment


def test_all_is_well_with_the_built_in_parts(textgen):
    done = textgen("plugins", "doctor")
    assert (done.code, done.err) == (0, "nothing is wrong\n")
    (builtin,) = textgen("plugins", "doctor", "--json").json
    assert (builtin["package"], builtin["state"], builtin["findings"]) == (
        "textgen-framework",
        "loaded",
        [],
    )


def test_every_finding_is_printed_and_told_by_the_exit_code(ill):
    done = ill.run("textgen plugins doctor")
    assert done.code == 1
    found = [line for line in done.out.splitlines() if line.startswith("plugin 'ill' of ")]
    for part, line in zip(
        ["No module named 'nothing'", "requires textgen-framework>=99", "'what?!' cannot be read"],
        found,
        strict=True,
    ):
        assert part in line
    assert "plugin 'well' of" not in done.out


def test_columns_that_hold_nothing_are_left_out(textgen):
    heading = textgen("plugins", "doctor").out.splitlines()[0]
    assert "import ms" in heading
    assert "slow imports" not in heading


def test_a_narrow_terminal_gets_fewer_columns_and_whole_names(textgen, monkeypatch):
    monkeypatch.setattr(display, "make_console", lambda: Console(width=55, highlight=False))
    heading, row = textgen("plugins", "doctor").out.splitlines()
    assert heading.split() == ["plugin", "package", "version", "state", "findings"]
    assert row.split()[1] == "textgen-framework"


def test_one_that_is_stopped_changes_nothing(textgen, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("textgen.plugins.checkup.check_up", stopped)
    done = textgen("plugins", "doctor")
    assert (done.code, done.err) == (130, "stopped; nothing was changed\n")


def test_json_holds_what_is_printed(ill):
    done = ill.run("textgen plugins doctor --json")
    assert done.code == 1
    rows = {row["plugin"]: row for row in json.loads(done.out)}
    assert {name: len(row["findings"]) for name, row in rows.items()} == {
        "builtin": 0,
        "well": 0,
        "ill": 3,
    }
    assert rows["ill"]["cause"].startswith("ModuleNotFoundError")


def test_a_blocked_plugin_is_shown_and_nothing_is_wrong_with_it(ill):
    done = ill.run("textgen --no-plugin ill plugins doctor --json")
    assert done.code == 0, done
    assert {row["plugin"]: row["state"] for row in json.loads(done.out)}["ill"] == "blocked"
