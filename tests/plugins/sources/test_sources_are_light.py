"""What a first look at the parts, and a book in the cache, must not cost."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["sources.options", "sources.gutenberg", "sources.file", "sources.pydoc"]
)
def test_importing_a_source_loads_no_network_code_and_no_torch(module):
    code = (
        f"import sys, textgen_plugins.{module}; "
        "print([name for name in ('httpx', 'platformdirs', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_book_in_the_cache_is_opened_without_network_code(tmp_path, book):
    path = tmp_path / "mirror" / "cache" / "epub" / "5" / "pg5.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(book)
    code = (
        "import sys; from pathlib import Path; "
        "from textgen_plugins.sources.gutenberg import open_corpus; "
        "from textgen_plugins.sources.options import GutenbergOptions; "
        f"kept = Path({str(tmp_path / 'kept')!r}); "
        f"open_corpus('5', GutenbergOptions(mirrors=({str(tmp_path / 'mirror')!r},), cache=kept)); "
        "open_corpus('5', GutenbergOptions(mirrors=('https://127.0.0.1:1',), cache=kept)); "
        "print('httpx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
