"""The token cache among full disks, killed processes and whatever else lies in its folder."""

import os
import tempfile

import numpy as np
import pytest

from textgen.data.leftovers import claim
from textgen.data.token_cache import TokenCache
from textgen.errors import CorpusError

IDS = np.arange(50_000, dtype=np.uint16)


@pytest.fixture
def cache(tmp_path):
    return TokenCache(tmp_path / "tokens")


@pytest.fixture
def entry(cache):
    return cache.entry("ids", {"text": "abc"})


def keep(entry, ids=IDS):
    with entry.new_ids(ids.dtype) as new:
        new.write(ids)
        new.documents = np.zeros(1, np.int64)
        made = new.mapped()
    assert np.array_equal(made.ids, ids)


def files_in(cache):
    return sorted(path.name for path in cache.folder.glob("*/*"))


WHOLE = ["documents.bin", "ids.bin", "index.json"]


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_full_disk_is_told_and_nothing_is_kept(cache, entry, is_kept, request):
    """The file takes its first half, as a disk does that is full after it."""
    resource = pytest.importorskip("resource")
    if not is_kept:
        cache.folder.write_text("a file where the folder should be")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    request.addfinalizer(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)))
    place = cache.folder if is_kept else tempfile.gettempdir()
    resource.setrlimit(resource.RLIMIT_FSIZE, (IDS.nbytes // 2, hard))
    with pytest.raises(CorpusError, match=rf"written to {place}.*File too large.*TEXTGEN_CACHE"):
        keep(entry)
    assert files_in(cache) == []


def test_where_nothing_can_be_written_at_all_that_is_told(cache, entry, monkeypatch):
    def nowhere():
        raise FileNotFoundError(2, "No usable temporary directory found")

    cache.folder.write_text("a file where the folder should be")
    monkeypatch.setattr(tempfile, "TemporaryFile", nowhere)
    with pytest.raises(CorpusError, match=r"No usable temporary directory.*TEXTGEN_CACHE"):
        keep(entry)


def test_what_a_killed_process_was_writing_is_cleared_by_the_next(cache, entry):
    keep(entry)
    (index,) = cache.folder.glob("*/index.json")
    left = index.with_name(".ids.bin.0123abcd.part")
    left.write_bytes(b"half")
    keep(entry)
    assert files_in(cache) == WHOLE


@pytest.mark.skipif(os.name == "nt", reason="Windows itself removes no file that is open")
def test_what_another_process_is_writing_is_left_alone(cache, entry):
    keep(entry)
    (index,) = cache.folder.glob("*/index.json")
    with index.with_name(".ids.bin.0123abcd.part").open("x+b") as written:
        claim(written)
        keep(entry)
        assert files_in(cache) == [".ids.bin.0123abcd.part", *WHOLE]


def to_folder(path):
    path.mkdir()
    (path / "something").touch()


def to_endless_link(path):
    path.symlink_to("/dev/zero")


def to_silent_pipe(path):
    os.mkfifo(path)


@pytest.mark.skipif(os.name == "nt", reason="has no such files")
@pytest.mark.parametrize("damage", [to_folder, to_endless_link, to_silent_pipe])
@pytest.mark.parametrize("name", WHOLE)
def test_what_is_no_file_is_made_anew(cache, entry, name, damage):
    keep(entry)
    (path,) = cache.folder.glob(f"*/{name}")
    path.unlink()
    damage(path)
    assert entry.read_ids() is None
    keep(entry)
    assert np.array_equal(entry.read_ids().ids, IDS)


def test_clearing_takes_along_what_is_no_entry(cache, entry):
    keep(entry)
    (cache.folder / ".DS_Store").write_bytes(b"left by a file manager")
    cache.clear()
    assert not list(cache.folder.iterdir())
