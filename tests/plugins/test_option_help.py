"""The options of the built-in parts read as one list, whoever wrote the part."""

import pytest

from textgen.options import describe
from textgen.plugins import load_plugins

OPTIONS = {
    f"{item.kind}.{row['name']}": row["help"]
    for item in load_plugins().components()
    if item.provider.plugin == "builtin"
    for row in describe(item.component.options)
}


@pytest.mark.parametrize("name", OPTIONS)
def test_help_is_a_fragment_that_starts_small_and_has_no_full_stop(name):
    first = OPTIONS[name].split()[0]
    assert first.islower() or first.isupper()
    assert not OPTIONS[name].endswith(".")
