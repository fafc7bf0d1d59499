"""What a person at a terminal sees of what cannot begin or is stopped: why, in one line."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals are a Unix facility")

LARGEST_PIECE = 65536
WITH_CTRL_C = """
import fcntl, termios
from textgen.cli.main import main
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # whose Ctrl-C is a signal to this program
main()
"""


def everything_from(terminal):
    """Return what was written to a terminal until the last program on it ended."""
    pieces = []
    while True:
        try:
            piece = os.read(terminal, LARGEST_PIECE)
        except OSError:  # so Linux says that nobody writes any more
            piece = b""
        if not piece:
            return b"".join(pieces).decode()
        pieces.append(piece)


@pytest.fixture
def at_a_terminal():
    """Runs the program with a terminal for all it reads and writes; gives its code and lines."""

    def run(*arguments):
        terminal, programs_end = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "textgen", *map(str, arguments)],
            env={**os.environ, "TERM": "xterm", "COLUMNS": "1000"},
            stdin=programs_end,
            stdout=programs_end,
            stderr=programs_end,
        )
        os.close(programs_end)
        seen = everything_from(terminal)
        os.close(terminal)
        return process.wait(timeout=100), seen.splitlines()

    return run


@pytest.fixture
def begin(at_a_terminal, rhyme, tiny_words):
    """Begins a tiny run at a terminal."""

    def run(*more):
        return at_a_terminal("run", "--source", f"file:{rhyme}", *tiny_words, *more)

    return run


def test_a_name_that_is_refused_is_told_in_one_line(begin):
    code, (line,) = begin("--name", "latest")
    assert code == 2
    assert line.startswith("textgen: ")
    assert "'latest'" in line


def test_a_registry_that_cannot_be_written_is_told_in_one_line(begin, rhyme):
    code, (line,) = begin("--registry", rhyme / "registry")
    assert code == 1
    assert line.startswith("textgen: ")
    assert "--registry" in line


@pytest.mark.parametrize("command", [["sources", "text", "file:-"], ["run", "--source", "file:-"]])
def test_a_corpus_is_not_waited_for_at_the_keyboard(at_a_terminal, command):
    code, (line,) = at_a_terminal(*command)
    assert code == 1
    assert line.startswith("textgen: file:-: nothing is piped into standard input. Pipe a text")


def test_a_text_steers_no_terminal(at_a_terminal, tmp_path):
    path = tmp_path / "book.txt"
    path.write_text("no \x1b[2Jred\x07,\tall é\n")
    code, (line,) = at_a_terminal("sources", "text", f"file:{path}")
    assert (code, line) == (0, "no \\x1b[2Jred\\x07,\tall é")


def press_ctrl_c(terminal, process):
    """Press it until the program has ended, as people do; return the exit code.

    What is pressed before the program waits for keys is thrown away.
    """
    for _ in range(20):
        os.write(terminal, b"\x03")
        try:
            return process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    return process.wait()


def test_a_question_that_is_answered_with_ctrl_c_is_a_stop(put_package, tmp_path):
    """On a line of its own, below the ^C that the terminal shows."""
    (tmp_path / "lib" / "python3" / "site-packages").mkdir(parents=True)
    site = put_package(SimpleNamespace(folder=tmp_path), "textgen-tiny", "").parent
    terminal, programs_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", WITH_CTRL_C, "plugins", "uninstall", "tiny"],
        env={**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        stdin=programs_end,
        stdout=programs_end,
        stderr=programs_end,
        start_new_session=True,
    )
    os.close(programs_end)
    asked = b""
    while b"[y/N]" not in asked:
        asked += os.read(terminal, LARGEST_PIECE)
    assert press_ctrl_c(terminal, process) == 130
    *_, last = everything_from(terminal).splitlines()
    os.close(terminal)
    assert last == "stopped; nothing was changed"
