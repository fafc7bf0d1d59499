"""The public names: one explicit list, all importable, all documented."""

from pathlib import Path

import pytest

import textgen

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", textgen.__all__)
def test_every_public_name_can_be_imported_and_is_explained(name):
    assert getattr(textgen, name).__doc__ or name == "hookimpl"


def test_the_list_is_the_documented_one():
    documented = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = documented.split("## Public names", 1)[1].split("\n## ", 1)[0]
    listed = {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}
    assert listed == set(textgen.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = textgen.no_such_name


def test_the_lazy_table_and_the_list_agree():
    assert set(textgen._HOMES) == set(textgen.__all__)
    assert textgen.__all__ == sorted(textgen.__all__)
    assert set(textgen.__all__) <= set(dir(textgen))
