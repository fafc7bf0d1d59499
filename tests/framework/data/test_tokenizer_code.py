"""What tells one state of a tokenizer's code from another."""

import importlib.metadata
import sys

import pytest

from textgen.data import tokenizer_code
from textgen.data.tokenizer_code import code_of


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Writes a module with a tokenizer, and makes one."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def tokenizer(code):
        (tmp_path / "someones_tokenizer.py").write_text(f"{code}\nclass Own: ...\n")
        sys.modules.pop("someones_tokenizer", None)
        importlib.invalidate_caches()
        return importlib.import_module("someones_tokenizer").Own()

    yield tokenizer
    for name in ("someones_tokenizer", "someones_helper"):
        sys.modules.pop(name, None)


def test_built_in_tokenizers_name_the_libraries_that_they_call():
    from textgen_plugins.tokenizers.char import CharTokenizer
    from textgen_plugins.tokenizers.options import CharOptions

    libraries = code_of(CharTokenizer(CharOptions()))["libraries"]
    assert {"numpy", "regex", "tokenizers"} <= set(libraries)
    assert libraries["regex"] == importlib.metadata.version("regex")


def test_another_version_of_a_library_is_another_state(make, monkeypatch):
    own = make("def encode(text):\n    from regex import compile")
    before = code_of(own)
    monkeypatch.setattr(tokenizer_code, "version", lambda name: "2099.1")
    assert code_of(own) == {**before, "libraries": {"regex": "2099.1"}}
    assert before["libraries"] == {"regex": importlib.metadata.version("regex")}


def test_a_module_that_is_called_otherwise_than_its_distribution_tells_its_version(make, tmp_path):
    (tmp_path / "someones_helper.py").write_text("__version__ = '3.1'\n")
    own = make("import someones_helper")
    assert code_of(own)["libraries"] == {"someones_helper": "3.1"}


def test_the_standard_library_and_a_module_that_is_not_there_count_for_nothing(make):
    own = make("import json\ntry:\n    import no_such_module\nexcept ImportError:\n    pass")
    assert code_of(own)["libraries"] == {}


def test_another_code_is_another_state(make):
    assert code_of(make("A = 1"))["code"] != code_of(make("A = 2"))["code"]
