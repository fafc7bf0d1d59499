"""A check-up finds what is wrong with each plugin, says what to do, and imports nothing deadly."""

import sys
from importlib.metadata import Distribution

import pytest

from textgen.plugins.checkup import check_up
from textgen.plugins.choice import PluginChoice

GOOD = """
from textgen import Component, hookimpl

@hookimpl
def textgen_models():
    yield Component("net", summary="a model", factory="{module}:build")

def build(vocab_size, options): ...
"""


@pytest.fixture
def point(tmp_path, monkeypatch):
    """Makes the entry point of a package whose plugin has the given code."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name, code=GOOD, requires="textgen-framework"):
        module = f"checked_{name}"
        (tmp_path / f"{module}.py").write_text(code.replace("{module}", module))
        sys.modules.pop(module, None)
        folder = tmp_path / f"textgen_{name}-1.5.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Name: textgen-{name}\nVersion: 1.5\nRequires-Dist: {requires}\n"
        )
        (folder / "entry_points.txt").write_text(f"[textgen]\n{name} = {module}\n")
        (made,) = Distribution.at(folder).entry_points
        return made

    return make


def findings(*points, choice=None):
    """Return what is found, by plugin."""
    checked = check_up(points, choice or PluginChoice())
    return {item.plugin.provider.plugin: item.findings for item in checked}


def test_nothing_is_found_of_one_that_is_well(point):
    (checked,) = check_up([point("well")], PluginChoice())
    assert checked.findings == ()
    row = checked.as_dict()
    assert (row["package"], row["state"], row["cause"], row["imports"]) == (
        "textgen-well",
        "loaded",
        "",
        [],
    )
    assert row["import_ms"] > 0


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise ValueError('no')", "not used: ValueError: no ("),
        ("textgen_contract = '99.0'", "written for version 99.0"),
        ("import os; os._exit(3)", "ends the whole program (exit code 3)"),
        ("import pandas", "imports pandas when it is imported"),
        (GOOD.replace("{module}:build", "nowhere:build"), "there is no module 'nowhere'"),
        (GOOD.replace("{module}:build", "{module}:biuld"), "has no 'biuld'"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(point, tmp_path, code, told):
    (tmp_path / "pandas.py").write_text("")  # whatever goes by that name
    (finding,) = findings(point("ill", code))["ill"]
    assert told in finding
    assert any(advice in finding for advice in ["textgen plugins", "its author", "Reinstall"])


def test_one_that_ends_the_process_spoils_nothing_for_those_before_and_after_it(point):
    points = [point("first"), point("deadly", "import os; os._exit(3)"), point("last", "")]
    checked = check_up(points, PluginChoice())
    assert [item.plugin.provider.plugin for item in checked] == ["first", "deadly", "last"]
    assert [item.plugin.state for item in checked] == ["loaded", "failed", "loaded"]
    assert [len(item.findings) for item in checked] == [0, 1, 0]


def test_a_blocked_plugin_is_not_imported(point, tmp_path):
    trace = tmp_path / "imported"
    code = f"open({str(trace)!r}, 'w')"
    choice = PluginChoice(without=("textgen-blocked",))
    (checked,) = check_up([point("blocked", code, "textgen-framework>=99")], choice)
    assert (checked.plugin.state, checked.findings, checked.probe) == ("blocked", (), None)
    assert not trace.exists()


def test_two_that_share_a_name_are_both_told_how_to_choose(point):
    two = [point("one"), point("two")]
    found = findings(*two)
    assert found["one"] == found["two"]
    (told,) = found["one"]
    assert "textgen-one/net" in told
    assert "--plugin-prefer" in told
    assert not any(findings(*two, choice=PluginChoice(prefer=("textgen-two",))).values())


def test_a_requirement_that_does_not_fit_is_told_also_of_one_that_fails(point):
    found = findings(point("future", "raise ValueError('no')", "textgen-framework>=99"))["future"]
    assert len(found) == 2
    assert "requires textgen-framework>=99" in found[1]
