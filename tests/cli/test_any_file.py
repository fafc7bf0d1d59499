"""A file that is no text: refused at first, then read as it is, trained on, and written again."""

import math
import os
import subprocess
import sys

import pytest

DATA = b"\x89PNG\r\n\x1a\n\0\xff" + bytes(range(256)) * 4 + "é數\r\n".encode() * 40
AS_IT_IS = ["--set", "source.encoding=bytes"]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(DATA)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_its_text_in_a_pipe_is_the_file(path, encoding):
    words = [sys.executable, "-m", "textgen", "sources", "text", f"file:{path}", *AS_IT_IS]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(words, capture_output=True, env=environment, timeout=100, check=True)
    escaped = DATA.replace("é數".encode(), rb"\xe9\u6578") if encoding == "ascii" else DATA
    assert done.stdout == escaped


@pytest.mark.parametrize("tokenizer", ["byte", "char"])
def test_a_model_is_trained_on_it_once_that_is_asked_for(textgen, path, tiny_words, tokenizer):
    words = ["run", "--source", f"file:{path}", "--tokenizer", tokenizer, *tiny_words]
    line = textgen(*words).error_line(1)
    assert "a PNG image" in line
    assert "any file at all is read byte by byte with --set source.encoding=bytes" in line
    assert textgen(*words, *AS_IT_IS, "--epochs", 1, "--name", "it").code == 0
    figures = textgen("evaluate", "it", "--json").json
    assert figures["tokens"] >= figures["characters"] >= 1
    bits = figures["validation_loss"] / math.log(2) * figures["tokens"]
    assert figures["bits_per_char"] == pytest.approx(bits / figures["characters"])
    assert textgen("generate", "it", "--length", 20, "--json").code == 0
