"""Settings written as TOML are read back as they were."""

import string
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen.cli.toml import toml_text

TEXT = st.text(st.characters(codec="utf-8"), max_size=9)
PLAIN = TEXT | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
)


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_any_settings_make_the_round_trip(settings):
    assert tomllib.loads(toml_text(settings)) == settings


@pytest.mark.parametrize("text", [*string.printable, "\x00", "\x7f", "\x85", "\u2028", "é", "😀"])
def test_every_character_makes_the_round_trip(text):
    assert tomllib.loads(toml_text({text: text, "table": {text: [text]}}))["table"] == {
        text: [text]
    }


def test_plain_entries_stand_above_the_tables():
    settings = {"model": {"use": "gru", "layers": (1, 2)}, "seed": 3, "learning rate": 1e-05}
    assert toml_text(settings) == (
        'seed = 3\n"learning rate" = 1e-05\n\n[model]\nuse = "gru"\nlayers = [1, 2]\n'
    )
