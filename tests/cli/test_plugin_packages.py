"""`textgen plugins install` and `uninstall` in a fresh environment, by the real pip."""

import re
import subprocess

import pytest

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "textgen-tiny"
version = "2.3.4"
{dependencies}
[project.entry-points.textgen]
tiny = "textgen_tiny"
"""

TINY = """
from textgen import Component, hookimpl

@hookimpl
def textgen_models():
    yield Component("small", summary="a tiny model", factory="textgen_tiny:build")
    yield Component("smaller", summary="a tinier model", factory="textgen_tiny:build")
"""
SAMPLER = TINY.replace("models", "samplers")


@pytest.fixture
def project(tmp_path):
    """Writes the project of a plugin of the given code; returns its folder."""

    def write(code=TINY, dependencies=""):
        (tmp_path / "textgen_tiny").mkdir(exist_ok=True)
        (tmp_path / "textgen_tiny" / "__init__.py").write_text(code)
        (tmp_path / "pyproject.toml").write_text(PYPROJECT.format(dependencies=dependencies))
        return tmp_path

    return write


@pytest.fixture
def environment(fresh_environment):
    return fresh_environment("packages")


def test_what_was_installed_is_shown_and_goes_by_the_name_of_a_part(environment, project):
    done = environment.run(f"textgen plugins install {project()}")
    assert (done.code, done.err) == (0, f"installing {project()} …\n")
    heading, *rows = (line.split() for line in done.out.splitlines())
    assert heading[:2] == ["kind", "name"]
    assert [row[:2] for row in rows] == [["model", "small"], ["model", "smaller"]]
    again = environment.run("textgen plugins install textgen-tiny")
    assert (again.code, again.out) == (0, done.out)
    gone = environment.run("textgen plugins uninstall smaller --yes")
    assert (gone.code, gone.err) == (0, "uninstalled textgen-tiny\n")
    assert "textgen-tiny" not in environment.run("textgen plugins list").out


def test_what_pip_says_is_shown_where_it_fails_or_on_request(environment, project):
    failed = environment.run("textgen plugins install textgen-that-nobody-wrote")
    assert failed.code == 1
    assert failed.out == ""
    *said, last = failed.err.splitlines()
    assert any("No matching distribution" in line for line in said)
    assert last.startswith("textgen: plugins install: pip failed")
    shown = environment.run(f"textgen plugins install --verbose --upgrade {project()}")
    assert shown.code == 0
    assert "Successfully installed textgen-tiny-2.3.4" in shown.err
    assert "Successfully" not in shown.out


def test_one_that_does_not_work_is_said_to_have_failed(environment, project):
    done = environment.run(f"textgen plugins install {project('import nothing_of_the_kind')}")
    assert done.code == 1
    assert done.out == ""
    line = done.err.splitlines()[1]
    assert line.startswith(
        "plugin 'tiny' of textgen-tiny 2.3.4 is not used: ModuleNotFoundError: No module named "
        "'nothing_of_the_kind'"
    )
    ways_out = f". Mend it in {project()} and install it again, or textgen plugins uninstall "
    assert line.endswith(f"{ways_out}textgen-tiny")


def test_an_editable_one_is_used_where_it_lies_until_it_is_replaced(environment, project):
    folder = project("import nothing_of_the_kind")
    done = environment.run("textgen plugins install -e .", cwd=folder)
    assert f"Mend it in {folder}, or textgen plugins uninstall" in done.err
    found = environment.run("textgen plugins doctor").out
    assert f"Mend it in {folder}, or" in found
    assert "install --upgrade" not in found
    project(TINY)
    assert "smaller" in environment.run("textgen plugins list").out
    done = environment.run(f"textgen plugins install {folder}")
    assert f"textgen-tiny 2.3.4 replaces textgen-tiny 2.3.4 (editable, in {folder})" in done.err
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("2.3.4", "2.4"))
    done = environment.run(f"textgen plugins install {folder}")
    assert "textgen-tiny 2.4 replaces textgen-tiny 2.3.4" in done.err.splitlines()


def test_a_name_that_another_package_has_is_warned_of(environment, project, put_package):
    put_package(environment, "textgen-other", TINY.replace('"smaller"', '"larger"'))
    done = environment.run(f"textgen plugins install {project()}")
    assert done.code == 0
    (note,) = done.err.splitlines()[1:]
    assert note == (
        "note: model 'small' is also of textgen-other. From now on say whose: textgen-tiny/small, "
        "or for all names textgen --plugin-prefer textgen-tiny …"
    )


def test_the_same_by_hand_can_be_typed(environment, project):
    folder = project("", dependencies='dependencies = ["textgen-that-nobody-wrote"]')
    failed = environment.run(f"textgen plugins install --editable {folder}")
    command = failed.err.splitlines()[-1].partition("The same by hand: ")[2]
    words = "-m pip install --disable-pip-version-check --editable"
    assert re.fullmatch(rf"\S+/python\S* {words} {re.escape(str(folder))}", command)


def test_one_that_writes_past_python_does_not_keep_others_from_being_uninstalled(
    environment, put_package
):
    put_package(environment, "textgen-noise", "import os; os.write(1, b'noise')")
    put_package(environment, "textgen-tiny", TINY)
    unknown = environment.run("textgen plugins uninstall small --yes")
    assert unknown.code == 2
    assert "no part, plugin or package is named 'small'" in unknown.err
    assert environment.run("textgen plugins uninstall tiny noise --yes").code == 0


@pytest.mark.parametrize("words", [["install", "textgen-tiny"], ["uninstall", "tiny", "--yes"]])
def test_pip_that_is_stopped_says_what_has_changed(textgen, monkeypatch, words):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", stopped)
    monkeypatch.setattr("textgen.cli.plugins.owners.package_of", lambda name: f"textgen-{name}")
    done = textgen("plugins", *words)
    assert (done.code, done.out) == (130, "")
    assert done.err.splitlines()[-1] == "stopped; nothing was changed"


def test_what_pip_had_changed_when_it_was_stopped_is_named(textgen, monkeypatch, tmp_path):
    def stopped_late(*_, **__):
        (tmp_path / "half_way-1.0.dist-info").mkdir()
        (tmp_path / "half_way-1.0.dist-info" / "METADATA").write_text("Name: half-way\nVersion: 1")
        raise KeyboardInterrupt

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(subprocess, "run", stopped_late)
    done = textgen("plugins", "install", "half-way")
    assert done.code == 130
    assert done.err.splitlines()[-1] == (
        "stopped; pip had changed half-way already. See: textgen plugins doctor"
    )


def test_one_that_ends_every_program_is_told_with_where_to_look(environment, project):
    done = environment.run(f"textgen plugins install {project('import os; os._exit(3)')}")
    assert done.code == 1
    assert "textgen-tiny: installed, but" in done.err
    assert "textgen plugins doctor" in done.err


def test_a_package_without_plugins_is_told_as_such(environment):
    done = environment.run("textgen plugins install numpy")
    assert (done.code, done.out) == (0, "")
    assert "numpy provides no plugin for textgen" in done.err


def test_without_pip_it_says_what_to_type(textgen, monkeypatch):
    monkeypatch.setattr("textgen.cli.plugins.pip.find_module", lambda name: None)
    line = textgen("plugins", "install", "textgen-tiny").error_line(1)
    assert "uv pip install --python " in line
    assert line.endswith(" textgen-tiny")


def test_uninstall_asks(environment, put_package):
    put_package(environment, "textgen-tiny", TINY)
    asked = environment.run("textgen plugins uninstall tiny")
    assert asked.code == 2
    assert "--yes" in asked.err
    assert "textgen-tiny" in environment.run("textgen plugins list").out


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("textgen-framework", "which is textgen itself"),
        ("builtin", "which is textgen itself"),
        ("char", "which is textgen itself"),
        ("numpy", "numpy is no plugin of textgen"),
        ("lstm-stakked", "did you mean 'lstm-stacked'?"),
        ("", "no part, plugin or package is named ''"),
    ],
)
def test_uninstall_refuses_what_is_no_plugin_of_others(textgen, name, told):
    assert told in textgen("plugins", "uninstall", name, "--yes").error_line(2)


def test_a_name_of_two_packages_is_asked_about(environment, put_package):
    for name in ["textgen-one", "textgen-two"]:
        put_package(environment, name, TINY, entry=f"net = {name.replace('-', '_')}")
    for name in ["net", "small"]:
        refused = environment.run(f"textgen plugins uninstall {name} --yes")
        assert refused.code == 2
        assert "is of textgen-one and textgen-two. Say which package" in refused.err
    assert environment.run("textgen plugins uninstall textgen-one/small --yes").code == 0
    assert environment.run("textgen plugins uninstall net --yes").code == 0
    assert "small" not in environment.run("textgen plugins list").out


def test_one_of_another_environment_is_said_to_be_left(environment, put_package, fresh_environment):
    other = fresh_environment("beneath")
    folder = put_package(other, "textgen-tiny", TINY)
    left = environment.run(
        f"PYTHONPATH=$PYTHONPATH:{folder.parent} textgen plugins uninstall tiny --yes"
    )
    assert left.code == 1
    assert f"pip left textgen-tiny where it is, in {folder}" in left.err
