"""Import strings are followed without importing anything."""

import sys

import pytest

from textgen.plugins.import_strings import find_module, missing

MODULE = """
raise AssertionError("imported")

if True:
    from os.path import join as joined
    made = int
else:
    def build(): ...
class Net: ...
async def later(): ...
"""


@pytest.fixture(autouse=True)
def package(tmp_path, monkeypatch):
    """A package that must not be imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "not_imported" / "deep"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text(MODULE)
    (folder / "__init__.py").write_text(MODULE)
    (folder / "net.py").write_text(MODULE)
    (folder / "odd.py").write_text("def __getattr__(name): return 3")
    (folder / "all.py").write_text("from os.path import *")
    (folder / "wrong.py").write_text("def build(:")
    yield
    assert not {name for name in sys.modules if name.startswith("not_imported")}


@pytest.mark.parametrize("name", ["build", "Net", "later", "made", "joined"])
@pytest.mark.parametrize("module", ["not_imported", "not_imported.deep", "not_imported.deep.net"])
def test_what_is_there_is_found(module, name):
    assert missing(f"{module}:{name}") == ""


@pytest.mark.parametrize("module", ["odd", "all", "wrong"])
def test_what_only_running_it_would_show_is_taken_to_be_there(module):
    assert missing(f"not_imported.deep.{module}:build") == ""


@pytest.mark.parametrize("module", ["nowhere", "not_imported.nowhere", "not_imported.deep.net.x"])
def test_a_module_that_is_not_there_is_named(module):
    assert missing(f"{module}:build") == f"there is no module {module!r}"


def test_a_name_that_a_module_lacks_is_named():
    assert missing("not_imported.deep.net:biuld") == (
        "the module 'not_imported.deep.net' has no 'biuld'"
    )


@pytest.mark.parametrize("module", ["sys", "json.decoder", "textgen.errors"])
def test_modules_of_any_kind_are_found(module):
    assert find_module(module) is not None
