"""docs/tokenizers.md: it names every built-in tokenizer and every option, and its commands work."""

import re
import shlex
from pathlib import Path

import pytest

from textgen.components import Kind
from textgen.plugins import load_plugins

PAGE = (Path(__file__).parents[2] / "docs" / "tokenizers.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (textgen .+)$", PAGE, re.MULTILINE)
TOLD = set(re.findall(r"`(?:tokenizer\.)?(\w+)", PAGE))


@pytest.fixture(scope="module")
def tokenizers():
    components = load_plugins().components(Kind.TOKENIZER)
    return {item.component.name: item.component.options for item in components}


def test_it_tells_of_every_tokenizer_every_option_and_every_form(tokenizers):
    assert tokenizers.keys() <= TOLD
    for options in tokenizers.values():
        for name in options.model_fields:
            assert f"tokenizer.{name}" in PAGE
    assert {"none", "NFC", "NFD", "NFKC", "NFKD"} <= TOLD


def test_what_its_commands_set_can_be_set(tokenizers):
    every = {name for options in tokenizers.values() for name in options.model_fields}
    words = [word for command in COMMANDS for word in shlex.split(command)]
    settings = [word.partition("=")[0] for word in words if word.startswith("tokenizer.")]
    assert len(settings) == 3
    assert {setting.removeprefix("tokenizer.") for setting in settings} <= every
    assert set(words) & tokenizers.keys()
