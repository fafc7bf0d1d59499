"""Grapheme clusters: a text is shown whole, and no cluster of it in parts, however it comes."""

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textgen.generation.clusters import LONGEST, Clusters

JOINING = "ae\u0301\u200d\r\n\t \u0600👩🏽🚀🇩🇪🇫\u1100\u1161\u11a8कष\u094d\u093f\ufe0f"
TEXTS = st.text(JOINING, max_size=40) | st.text(max_size=40)


def shown(pieces):
    clusters = Clusters()
    return [*map(clusters.go_on, pieces), clusters.rest()]


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.lists(st.integers(1, 5), min_size=40, max_size=40))
@example("\r\n\r\n", [1] * 40)
def test_each_piece_shown_is_of_whole_clusters_and_all_together_are_the_text(text, lengths):
    pieces, begin = [], 0
    for length in lengths:
        pieces.append(text[begin : begin + length])
        begin += length
    parts = shown(pieces)
    assert "".join(parts) == text
    whole = regex.findall(r"\X", text)
    assert [cluster for part in parts for cluster in regex.findall(r"\X", part)] == whole


@pytest.mark.parametrize(
    "cluster",
    [
        "e\u0301",
        "👩\u200d👩\u200d👧",
        "🇩🇪",
        "👍🏽",
        "\u1100\u1161\u11a8",
        "\r\n",
        "\u0600a",
        "❤\ufe0f",
    ],
)
def test_what_readers_take_for_one_character_is_shown_at_once(cluster):
    parts = shown(["x", *cluster, "y"])
    assert [part for part in parts if part] == ["x", cluster, "y"]


def test_plain_text_waits_for_one_character_and_lines_for_none():
    assert shown("ab\nc") == ["", "a", "b\n", "", "c"]
    assert shown(["", "plain text", "", "\n"]) == ["", "plain tex", "", "t\n", ""]


def test_a_cluster_without_end_is_not_waited_for():
    parts = shown(["\u0301"] * (LONGEST + 2))
    assert parts[LONGEST] == "\u0301" * (LONGEST + 1)
    assert "".join(parts) == "\u0301" * (LONGEST + 2)
