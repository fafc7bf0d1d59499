"""What all tests share: quiet, repeatable properties, and the texts beside the project."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    """No test touches the user's registry or cache, or hears of the user's mirrors."""
    monkeypatch.setenv("TEXTGEN_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("TEXTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", str(tmp_path / "no-mirror"))


@pytest.fixture(scope="session")
def corpora():
    """The folder of real texts."""
    folder = SHARED / "corpora"
    if not folder.is_dir():
        pytest.skip(f"the texts are not beside the project ({os.path.relpath(folder)})")
    return folder


def pytest_runtest_setup(item):
    """Skip what needs a GPU where there is none."""
    if item.get_closest_marker("cuda"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs an NVIDIA GPU")
