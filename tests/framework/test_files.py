"""A folder of files appears whole or not at all."""

import pytest

from textgen.files import write_folder


def test_a_folder_holds_what_was_given_and_nothing_lies_beside_it(tmp_path):
    write_folder(tmp_path / "new" / "folder", {"a": "ä", "b/c": ""})
    assert (tmp_path / "new" / "folder" / "a").read_bytes() == "ä".encode()
    assert sorted(path.name for path in (tmp_path / "new").rglob("*")) == ["a", "b", "c", "folder"]


def test_one_that_cannot_be_finished_leaves_nothing(tmp_path):
    with pytest.raises((FileExistsError, NotADirectoryError)):
        write_folder(tmp_path / "folder", {"a": "", "a/b": "which is no folder"})
    assert list(tmp_path.iterdir()) == []


def test_one_that_exists_is_left_as_it_is(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileExistsError):
        write_folder(tmp_path / "folder", {"a": ""})
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]
