"""What `textgen sources show --plot` draws: kinds of characters, and the text as a strip."""

from __future__ import annotations

import unicodedata
from collections import Counter

from textgen.cli.display import print_heading, print_in_columns, print_line
from textgen.cli.sources.drawing import page_width, print_bars, print_strip
from textgen.portrait.alphabet import Alphabet
from textgen.portrait.portrait import Portrait
from textgen.portrait.slices import measures_of, merged

_KINDS = {
    **{"Ll": "small letters", "Lu": "capital letters", "Lt": "capital letters"},
    **{"L": "other letters", "M": "marks on letters", "N": "digits and numbers"},
    **{"P": "punctuation", "S": "symbols", "Z": "spaces", "C": "others"},
}
_STRIPS = {
    "line_length": ("mean length of lines", "{:.0f} characters"),
    "non_ascii": ("characters that are not ASCII", "{:.1%}"),
    "digits": ("digits", "{:.1%}"),
    "capitals": ("capital letters", "{:.1%}"),
    "difference": ("unlike the whole text", "{:.2f} bits per character"),
}


def print_plot(portrait: Portrait) -> None:
    """Draw what characters a text is made of, and how it changes from beginning to end."""
    print_line()
    print_heading("kinds of characters")
    total = max(1, portrait.alphabet.total)
    kinds = _kinds_of(portrait.alphabet).most_common()
    print_bars([(kind, count, f"{count / total:.1%}") for kind, count in kinds])
    slices = merged(portrait.slices, page_width())
    print_line()
    print_heading(f"from beginning to end, in {len(slices)} slices")
    for name, values in measures_of(slices).items():
        highest = max(values, default=0.0)
        at = values.index(highest) / len(values) if values else 0.0
        what, words = _STRIPS[name]
        most = f"most at {at:.0%}: {words.format(highest)}" if highest else "none"
        print_in_columns([f"{what}; {most}"], [])
        if highest:
            print_strip(values)


def _kinds_of(alphabet: Alphabet) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in alphabet.characters:
        category = unicodedata.category(each.character)
        kind = _KINDS.get(category) or _KINDS[category[0]]
        counts["line ends" if each.character == "\n" else kind] += each.count
    return counts
