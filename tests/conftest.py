"""What all tests share: repeatable properties, the texts beside the project, fresh environments."""

import gc
import os
import shutil
import site
import subprocess
import tempfile
import venv
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    """No test touches the user's registry or cache, or hears of the user's mirrors."""
    monkeypatch.setenv("TEXTGEN_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.delenv("TEXTGEN_ARTIFACTS", raising=False)
    monkeypatch.setenv("TEXTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", str(tmp_path / "no-mirror"))


@pytest.fixture(scope="session")
def corpora():
    """The folder of real texts."""
    folder = SHARED / "corpora"
    if not folder.is_dir():
        pytest.skip(f"the texts are not beside the project ({os.path.relpath(folder)})")
    return folder


@pytest.fixture
def public_folder():
    """A folder that every user may enter, which a test's own is not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def without_rights():
    """A context in which the superuser, who may write anywhere, is nobody."""

    @contextmanager
    def context():
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield
        finally:
            if root:
                os.seteuid(0)

    return context


class Done(NamedTuple):
    """What a command line left."""

    code: int
    out: str
    err: str


class FreshEnvironment:
    """A virtual environment with nothing of its own; what runs the tests lies beneath it.

    Packages that the environment of the tests has are found here too, also by pip. What is
    installed here stays here, and pip takes nothing away that lies beneath.
    """

    def __init__(self, folder):
        self.folder = folder
        self.python = folder / "bin" / "python"
        venv.create(folder, symlinks=True)
        self._see(site.getsitepackages())
        for command in entry_points(group="console_scripts"):
            if command.name in {"pip", "pytest", "textgen"}:
                self._install(command)
        (folder / "home").mkdir()

    def _see(self, folders):
        """Put folders beneath the environment's own, with the .pth files that they hold."""
        (packages,) = self.folder.glob("lib/python*/site-packages")
        line = f"import site; list(map(site.addsitedir, {folders!r}))\n"
        (packages / "beneath.pth").write_text(line)

    def _install(self, command):
        """Write the script that pip writes for a command, for this environment's Python."""
        script = self.folder / "bin" / command.name
        script.write_text(
            f"#!/bin/sh\n'''exec' '{self.python}' \"$0\" \"$@\"\n' '''\n"
            f"import sys\n\nfrom {command.module} import {command.attr}\n\n"
            f"sys.exit({command.attr}())\n"
        )
        script.chmod(0o755)

    def run(self, line, *, cwd=None, **environment):
        """Run a line as in a shell where the environment is active; return what it left."""
        done = subprocess.run(
            line,
            shell=True,
            cwd=cwd or self.folder,
            env={**os.environ, **self._variables(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=100,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def _variables(self):
        return {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": str(self.folder),
            "HOME": str(self.folder / "home"),
            "TEXTGEN_REGISTRY": str(self.folder / "registry"),
            "TEXTGEN_CACHE": str(self.folder / "cache"),
            "TEXTGEN_GUTENBERG_MIRRORS": str(self.folder / "no-mirror"),
            "OMP_NUM_THREADS": "1",  # sharing tiny tensors out slows them
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # says what `build_isolation` is: there is none
            "PIP_NO_WARN_CONFLICTS": "0",  # likewise; half of pip's time is to look for any beneath
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }


@pytest.fixture(scope="session")
def fresh_environment(tmp_path_factory):
    """Makes a `FreshEnvironment` in a folder of the given name, in a fraction of a second."""

    def make(name):
        return FreshEnvironment(tmp_path_factory.mktemp(name))

    return make


def pytest_collection_finish():
    """Spare the collector what is imported by now: each full round would walk through all of it."""
    gc.freeze()


def pytest_runtest_setup(item):
    """Skip what needs a GPU where there is none."""
    if item.get_closest_marker("cuda"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs an NVIDIA GPU")
