"""Which plugins are installed is found whatever the metadata of other packages look like."""

import pytest

from textgen.plugins.entry_points import installed_points

METADATA = b"Name: {name}\nVersion: 1.0\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Puts a package's metadata where they are found."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(name, points, metadata=METADATA):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_bytes(metadata.replace(b"{name}", name.encode()))
        (folder / "entry_points.txt").write_bytes(points)

    return put


def found():
    return {point.name: point.value for point in installed_points()}


def test_what_is_malformed_hides_nothing_and_is_found_itself_where_it_is_a_plugins(package):
    package("good", b"[textgen]\nnet = good_net\n")
    package("none", b"[other]\nno equals sign\n")
    package("odd", b"[other]\na = b\n[textgen]\nno equals\n sign\n")
    package("bytes", b"[textgen]\n\xff = x\n")
    names = found()
    assert names["builtin"] == "textgen_plugins"
    assert names["net"] == "good_net"
    assert names["odd"] == "[textgen] no equals sign"
    assert not {"none", "bytes"} & set(names)


def test_packages_without_a_name_hide_each_other_no_more_than_others(package):
    for name in ["one", "two"]:
        package(name, f"[textgen]\n{name} = {name}\n".encode(), metadata=b"Version: 1\n")
    package("odd", b"[textgen]\nno equals sign\n")
    assert {"one", "two", "odd"} <= set(found())


def test_the_built_in_parts_come_first_and_the_others_by_name(package):
    """Whatever lies earlier on the path; an entry point of the same module takes nobody's place."""
    package("thief", b"[textgen]\nthief = textgen_plugins\n")
    package("alone", b"[textgen]\nb = b\na = a\n")
    names = [point.name for point in installed_points()]
    assert names[0] == "builtin"
    assert [name for name in names if name in ("a", "b", "thief")] == ["a", "b", "thief"]
