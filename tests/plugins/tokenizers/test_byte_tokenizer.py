"""The byte tokenizer: any text and any bytes, nothing to learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen import TokenizerError


def test_ids_are_the_bytes_of_utf8(made):
    assert made("byte").encode("é数").tolist() == list("é数".encode())


def test_it_knows_every_byte_before_it_has_learned(made):
    assert made("byte").vocab_size == 256
    assert made("byte").decode(np.arange(65, 70)) == "ABCDE"


def test_a_part_of_a_character_is_a_replacement_character(made):
    ids = made("byte").encode("a數b")
    assert made("byte").decode(ids[:3]) == "a\ufffd\ufffd"
    assert made("byte").decode(ids[2:]) == "\ufffd\ufffdb"


@pytest.mark.parametrize(
    "text", ["\ud800", "a\ud83d\ude00b", "\ud800é\udc00\udc7f\udd00", "😀\udfff"]
)
def test_lone_surrogates_come_back_also_side_by_side(made, text):
    assert made("byte").decode(made("byte").encode(text)) == text


@given(st.binary(max_size=40))
def test_any_bytes_are_a_text(made, data):
    text = made("byte").decode(np.frombuffer(data, dtype=np.uint8))
    assert text.replace("\ufffd", "") == data.decode(errors="ignore") or b"\xed" in data


def test_the_ids_may_be_written_to(made):
    ids = made("byte").encode("abc")
    ids[0] = 0
    assert made("byte").encode("abc")[0] == 97


def test_another_tokenizers_state_is_refused(made):
    with pytest.raises(TokenizerError, match=r"'byte'.*damaged.*'code_points'"):
        made("byte").load_state({"code_points": [97]})
