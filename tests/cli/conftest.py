"""Drives the command line: in this process for speed, or as the installed program."""

import functools
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import typer.main

from textgen.cli.main import main
from textgen.plugins import Plugins
from textgen_registry import Registry

RHYME = "one, two, buckle my shoe; three, four, open the door. " * 28
TINY = [
    *("--set", "model.hidden_size=12"),
    *("--set", "training.batch_size=4"),
    *("--set", "training.sequence_length=10"),
    *("--set", "training.validation_fraction=0.2"),
    *("--device", "cpu"),
    *("--length", "20"),
]


PROBE = """
import json, pathlib, sys
from textgen.cli.main import main

_, commands, listed = sys.argv
for words in json.loads(commands):
    sys.argv = ["textgen", *words]
    try:
        main()
    except SystemExit as stop:
        assert not stop.code, words
pathlib.Path(listed).write_text(json.dumps(sorted(sys.modules)))
"""


class Outcome(SimpleNamespace):
    """What a command left: ``code``, ``out`` and ``err``."""

    @property
    def json(self):
        """The one JSON document on stdout; NaN and the like are refused."""
        return json.loads(self.out, parse_constant=lambda word: pytest.fail(f"{word} in JSON"))

    def error_line(self, code):
        """The one line on stderr of a command that must have failed with ``code``."""
        assert self.code == code, self
        assert self.out == ""
        assert "Traceback" not in self.err
        (line,) = self.err.splitlines()
        assert line.startswith("textgen: ")
        return line


@pytest.fixture(scope="session")
def single_thread():
    """A context of one thread, here and in other processes.

    Sharing tiny tensors out slows them; on a busy machine, by a factor of hundreds.
    """

    @contextmanager
    def context():
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OMP_NUM_THREADS", "1")
            yield
        torch.set_num_threads(threads)

    return context


@pytest.fixture(autouse=True)
def _single_thread(single_thread):
    with single_thread():
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_tree_of_commands():
    """Build the commands once: a process of a user's runs one, and ours would build all for each.

    That is half of the time that a short command takes. They keep nothing of how they were called.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", functools.cache(typer.main.get_command))
        yield


@pytest.fixture
def textgen(monkeypatch, capsys):
    """Runs a command in this process; arguments are made text."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["textgen", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        return Outcome(code=stop.value.code, out=out, err=err)

    return run


@pytest.fixture(scope="session")
def program():
    """Runs the program in a process of its own, with more of the environment where given."""

    def run(*arguments, launcher=(sys.executable, "-m", "textgen"), **environment):
        done = subprocess.run(
            [*launcher, *map(str, arguments)],
            env={**os.environ, **{key: str(value) for key, value in environment.items()}},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=100,
        )
        return Outcome(code=done.returncode, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture
def probe(program, tmp_path):
    """Runs commands in one process, one by one; the outcome has the ``modules`` it imported."""

    def run(*commands, **environment):
        listed = tmp_path / "modules.json"
        words = [list(map(str, command)) for command in commands]
        launcher = (sys.executable, "-c", PROBE)
        done = program(json.dumps(words), listed, launcher=launcher, **environment)
        assert done.code == 0, done
        done.modules = set(json.loads(listed.read_text()))
        return done

    return run


@pytest.fixture(scope="session")
def rhyme(tmp_path_factory):
    """A text with structure to learn."""
    path = tmp_path_factory.mktemp("texts") / "rhyme.txt"
    path.write_text(RHYME)
    return path


@pytest.fixture
def tiny_words():
    """The words of a command line that make a run tiny."""
    return list(TINY)


@pytest.fixture
def tiny(textgen, rhyme):
    """Trains a tiny run in this process, in the test's own registry, on the rhyme or a --source."""

    def run(*more):
        source = [] if "--source" in more else ["--source", f"file:{rhyme}"]
        return textgen("run", *source, *TINY, "--epochs", 1, *more)

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory, rhyme, single_thread):
    """A registry with two finished runs, `plain` and `wider`, that no test changes."""
    registry = tmp_path_factory.mktemp("trained")
    for name, size in [("plain", 12), ("wider", 16)]:
        hidden = ["--set", f"model.hidden_size={size}"]
        words = ["--source", f"file:{rhyme}", *TINY, *hidden, "--name", name, "--epochs", 2]
        with single_thread():
            assert _in_this_process("run", *words, "--registry", registry) == 0
    return registry


def _in_this_process(*arguments):
    """Run a command where a test's own fixtures cannot be had; its output is nobody's."""
    before, sys.argv = sys.argv, ["textgen", *map(str, arguments)]
    try:
        with Path(os.devnull).open("w") as nowhere, pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", nowhere)
            patch.setattr(sys, "stderr", nowhere)
            main()
    except SystemExit as stop:
        return stop.code
    finally:
        sys.argv = before


@pytest.fixture
def records():
    """The test's own registry, opened."""
    return Registry(Path(os.environ["TEXTGEN_REGISTRY"]))


@pytest.fixture
def uninstall(monkeypatch):
    """Takes all parts of a kind away, as if nobody provided them any more."""

    def take_away(kind):
        components = Plugins.components

        def others(self, wanted=None):
            return [item for item in components(self, wanted) if item.kind.value != kind]

        monkeypatch.setattr(Plugins, "components", others)

    return take_away


@pytest.fixture
def running(tiny, records):
    """A run called `alive` with steps left that has not ended: its process was killed, say."""
    tiny("--name", "alive", "--epochs", 3, "--max-seconds", "0.001")
    run = records.find("alive")
    records.hold(run.id)
    records.resume_run(run.id, run.step, environment=run.environment, parts=run.parts)
    records.release(run.id)


@pytest.fixture
def held(running, records):
    """The same run, and another process is training it."""
    run = records.find("alive")
    records.hold(run.id)
    yield
    records.release(run.id)


@pytest.fixture
def artifact_path():
    """Returns where a run's file is kept, by the run as ``runs show --json`` gives it."""

    def path(registry, run, name):
        (sha256,) = (item["sha256"] for item in run["artifacts"] if item["name"] == name)
        return registry / "objects" / "sha256" / sha256[:2] / sha256

    return path


@pytest.fixture(scope="session")
def put_package():
    """Puts a package of one module into a fresh environment, as pip would leave it there."""

    def put(environment, name, code, *, version="1.5", entry=None, requires=()):
        (site,) = environment.folder.glob("lib/python*/site-packages")
        module = name.replace("-", "_")
        plugin = name.removeprefix("textgen-")
        known = [f"Name: {name}", *([f"Version: {version}"] if version else [])]
        metadata = ["Metadata-Version: 2.1", *known, *(f"Requires-Dist: {it}" for it in requires)]
        folder = f"{module}-{version or 0}.dist-info"
        files = {
            f"{module}.py": code,
            f"{folder}/METADATA": "\n".join(metadata) + "\n",
            f"{folder}/entry_points.txt": f"[textgen]\n{entry or f'{plugin} = {module}'}\n",
            f"{folder}/INSTALLER": "pip\n",
        }
        files[f"{folder}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{folder}/RECORD"])
        for path, text in files.items():
            (site / path).parent.mkdir(exist_ok=True)
            (site / path).write_text(text)
        return site / folder

    return put
