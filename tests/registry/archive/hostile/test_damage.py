"""Whatever an archive has suffered: it is imported as it was exported, or refused."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from textgen.errors import ArchiveError
from textgen_registry.archive import Archive


def content_of(data):
    """Return all that an import would store."""
    archive = Archive(io.BytesIO(data), "bad.zip")
    runs = {run: (repr(archive.run(run)), repr(list(archive.points(run)))) for run in archive.runs}
    return runs, {sha256: archive.content(sha256) for sha256 in archive.objects}


def is_refused(data):
    try:
        content_of(data)
    except ArchiveError as refusal:
        return str(refusal).isprintable()
    return False


@settings(max_examples=1500)
@given(data=st.data())
def test_any_damage_is_refused_or_changes_nothing_that_is_imported(good, data):
    damaged = bytearray(good)
    match data.draw(st.sampled_from(["flip", "cut", "insert", "swap"])):
        case "flip":
            damaged[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
        case "cut":
            start = data.draw(st.integers(0, len(good) - 1))
            del damaged[start : start + data.draw(st.integers(1, len(good)))]
        case "insert":
            place = data.draw(st.integers(0, len(good)))
            damaged[place:place] = data.draw(st.binary(min_size=1, max_size=30))
        case "swap":
            one, two = sorted(data.draw(st.tuples(*[st.integers(0, len(good) - 1)] * 2)))
            damaged = damaged[two:] + damaged[one:two] + damaged[:one]
    assert is_refused(bytes(damaged)) or content_of(bytes(damaged)) == content_of(good)


def test_any_bit_of_the_directory_that_is_flipped_is_refused_or_changes_nothing(good):
    """There zip files keep names, sizes and places of their members."""
    content = content_of(good)
    for place in range(good.index(b"PK\x01\x02"), len(good)):
        for bit in range(8):
            damaged = bytearray(good)
            damaged[place] ^= 1 << bit
            assert is_refused(bytes(damaged)) or content_of(bytes(damaged)) == content
