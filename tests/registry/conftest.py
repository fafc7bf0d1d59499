"""A registry in a folder of its own, and runs in it."""

from __future__ import annotations

import pytest

from textgen_registry import Registry

SETTINGS = {
    "source": "gutenberg:alice",
    "tokenizer": "char",
    "model": "lstm-stacked",
    "sampler": "stateful",
    "config": {"model": {"hidden_size": 256}},
    "parts": {"model": {"name": "lstm-stacked", "package": "textgen-framework", "version": "0.1"}},
    "provenance": {"locator": "gutenberg:alice", "sha256_text": "aa"},
    "environment": {"python": "3.11", "torch": "2.6"},
    "plan": {"steps": 100},
}


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "registry")


@pytest.fixture
def make_run(registry):
    def make(name=None, *, into=registry, **changed):
        return into.create_run(name=name, **{**SETTINGS, **changed})

    return make


@pytest.fixture
def objects(registry):
    """Return the stored object files, whatever they are called."""

    def stored():
        return sorted(
            path for path in (registry.location.path / "objects").rglob("*") if path.is_file()
        )

    return stored
