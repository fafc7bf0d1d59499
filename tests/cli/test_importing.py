"""Ctrl-C while modules are imported: it is never lost, and leaves no module half imported."""

import os
import signal
import sys

import pytest

# Presses Ctrl-C where a module begins to be imported, the first time only, as a person does once.
PROGRAM = """
import signal, sys
from textgen.__main__ import main

class Pressing:
    where = sys.argv.pop(1)

    def find_spec(self, name, path=None, target=None):
        if name == self.where:
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Pressing())
main()
"""

BLOCK = """
import signal, sys
from textgen.cli.importing import interrupted_between_imports

def press():
    signal.raise_signal(signal.SIGINT)

with interrupted_between_imports():
    try:
        {work}
        print("went on")
    except BaseException as error:
        print(type(error).__name__, "imported" if "part" in sys.modules else "not imported")
{after}
"""

MODULES = {
    # As an extension module does that imports what it can do without.
    "careless": "try:\n    import part\nexcept BaseException:\n    pass\n",
    "part": "import __main__\n__main__.press()\nwhole = True\n",
    "wanting": "import part, no_such_module\n",
    "hanging": "import part\nwhile True:\n    part.__main__.press()\n",
}


@pytest.fixture
def during(program, tmp_path):
    """Does some work in the block; gives the exit code and what was printed."""
    for name, code in MODULES.items():
        (tmp_path / f"{name}.py").write_text(code)
    path = f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"

    def run(work, after=""):
        code = BLOCK.format(work=work, after=after)
        done = program(launcher=(sys.executable, "-c", code), PYTHONPATH=path)
        assert done.err == ""
        return done.code, done.out.strip()

    return run


@pytest.mark.parametrize(
    ("module", "told"), [("numpy.matrixlib", ""), ("rich.console", "textgen: interrupted\n")]
)
def test_the_program_stops_whatever_it_is_importing(program, rhyme, tiny_words, module, told):
    """Also where it is torch that imports numpy, which drops the interruption of that."""
    words = ["run", "--source", f"file:{rhyme}", *tiny_words, "--dry-run"]
    done = program(module, *words, launcher=(sys.executable, "-c", PROGRAM))
    assert (done.code, done.out, done.err) == (130, "", told)


@pytest.mark.parametrize(
    "work",
    [
        "import careless",
        "from careless import part",
        "__import__('importlib').import_module('careless')",
        "press()",
    ],
)
def test_what_is_imported_is_whole_when_it_is_interrupted(during, work):
    expected = "not imported" if work == "press()" else "imported"
    assert during(work) == (0, f"KeyboardInterrupt {expected}")


def test_an_import_that_fails_after_it_is_interrupted_and_not_at_fault(during):
    assert during("import wanting") == (0, "KeyboardInterrupt imported")


def test_an_import_that_hangs_is_stopped_by_pressing_again(during):
    assert during("import hanging") == (0, "KeyboardInterrupt imported")


def test_each_time_it_waits(during):
    """One that has been caught does not make the next one a second press."""
    first = "try: import part\n        except KeyboardInterrupt: del sys.modules['part']\n"
    assert during(f"{first}        import part") == (0, "KeyboardInterrupt imported")


def test_a_process_that_ignores_it_goes_on_ignoring_it(during):
    ignoring = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    after = f"{ignoring}\nwith interrupted_between_imports():\n    press()\nprint('unharmed')"
    assert during("pass", after) == (0, "went on\nunharmed")


@pytest.mark.skipif(sys.platform == "win32", reason="no process ends by a signal there")
def test_a_process_that_is_done_but_waits_is_ended_without_a_word(during):
    assert during("pass", after="sys.stdout.flush()\npress()") == (-signal.SIGINT, "went on")


def test_what_is_done_stays_done_while_python_tidies_up(during):
    assert during("__import__('atexit').register(press)") == (0, "went on")
