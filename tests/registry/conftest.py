"""A registry in a folder of its own, and runs in it; a PostgreSQL server to throw away."""

from __future__ import annotations

import pytest
from cluster import thrown_away, what_is_missing

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


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    """The user's data folder, where the files of a registry on a server go by default."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "registry")


@pytest.fixture
def make_run(registry):
    def make(name=None, *, into=registry, **changed):
        return into.create_run(name=name, **{**SETTINGS, **changed})

    return make


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server that is thrown away, as safe against a crash as any."""
    missing = what_is_missing()
    if missing:
        pytest.skip(missing)
    with thrown_away() as cluster:
        yield cluster


@pytest.fixture
def url(postgresql):
    """The URL of a registry without runs on that server."""
    return postgresql.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_place(request, tmp_path):
    """Where there is no registry yet: a folder, a database without tables."""
    if request.param == "sqlite":
        return tmp_path / "registry"
    return request.getfixturevalue("postgresql").empty_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_registry(request, tmp_path):
    """A registry without runs, in a folder or on a server."""
    if request.param == "sqlite":
        return Registry(tmp_path / "registry")
    return Registry(request.getfixturevalue("postgresql").new_database())


@pytest.fixture
def objects(registry):
    """Return the stored object files, whatever they are called."""

    def stored():
        return sorted(
            path for path in (registry.location.path / "objects").rglob("*") if path.is_file()
        )

    return stored
