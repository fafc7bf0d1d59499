"""What packages say they require, set against what is installed."""

from importlib.metadata import Distribution

import pytest

import textgen
from textgen.plugins.package_metadata import metadata_folder, misfits, origin_of


@pytest.fixture
def package(tmp_path):
    """Makes an installed package with the given requirements, or of the given bytes."""

    def make(*requirements, metadata=None):
        folder = tmp_path / "some_net-1.0.dist-info"
        folder.mkdir()
        lines = ["Name: some-net", "Version: 1.0", *(f"Requires-Dist: {it}" for it in requirements)]
        (folder / "METADATA").write_bytes(metadata or "\n".join(lines).encode())
        (folder / "RECORD").write_text("some_net-1.0.dist-info/METADATA,,\n")
        return Distribution.at(folder)

    return make


@pytest.mark.parametrize(
    "requirement",
    [
        "textgen-framework",
        f"textgen-framework=={textgen.__version__}",
        "Textgen_Framework>=0.0.1",
        "textgen-framework>=99; python_version < '3'",
        "textgen-framework>=99; extra == 'later'",
        "numpy>=99999",  # pip's to check
    ],
)
def test_what_fits_is_not_told(package, requirement):
    assert misfits(package(requirement)) == []


@pytest.mark.parametrize("requirement", ["textgen-framework>=99", "textgen.framework<0.1"])
def test_another_version_than_is_required_is_told_with_what_to_do(package, requirement):
    (told,) = misfits(package(requirement))
    for part in [f"requires {requirement}", textgen.__version__, "pip install --upgrade"]:
        assert part in told


def test_a_requirement_that_cannot_be_read_is_told_and_hides_no_other(package):
    broken, other = misfits(package("textgen-framework>>1", "textgen-framework>=99"))
    assert "'textgen-framework>>1' cannot be read" in broken
    assert "requires textgen-framework>=99" in other


def test_metadata_that_are_no_text_are_told_with_where_they_are(package, tmp_path):
    (told,) = misfits(package(metadata=b"Name: \xff"))
    assert str(tmp_path / "some_net-1.0.dist-info") in told


def test_who_has_no_package_requires_nothing():
    assert misfits(None) == []


def test_the_folder_of_the_metadata_is_the_one_with_the_record(package, tmp_path):
    assert metadata_folder(package()) == tmp_path / "some_net-1.0.dist-info"


@pytest.mark.parametrize(
    ("record", "url"),
    [
        (None, ""),
        ("{}", ""),
        ("no JSON", ""),
        ('{"url": "file:///home/ann/net", "dir_info": {"editable": true}}', "file:///home/ann/net"),
        (
            '{"url": "https://host/net.git", "vcs_info": {"vcs": "git", "commit_id": "ab12"}}',
            "git+https://host/net.git@ab12",
        ),
    ],
)
def test_where_a_package_came_from_is_read_as_pip_takes_it(package, tmp_path, record, url):
    dist = package()
    if record is not None:
        (tmp_path / "some_net-1.0.dist-info" / "direct_url.json").write_text(record)
    assert origin_of(dist).url == url
