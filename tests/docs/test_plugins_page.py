"""docs/plugins.md: its commands run as they stand, in order, on the files it shows; and its
reference is what the code says."""

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "plugins.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^`([\w./-]+)`\n\n)?^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TUTORIAL = PAGE.partition("<!-- reference: begin -->")[0]


class Reader:
    """Follows a page in an environment: writes its files, types its commands."""

    def __init__(self, console, environment, folder):
        self._console = console
        self._environment = environment
        self._folder = folder
        self._note = folder / ".cwd"

    def follow(self, page):
        for path, language, text in BLOCK.findall(page):
            if path:
                self.write(self._folder / path, text)
            elif language == "console":
                for command, shown in self._console.commands_of(text):
                    self.type(command, shown)

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def type(self, command, shown):
        line = f"{command} 2>&1\ncode=$?; pwd > '{self._note}'; exit $code"
        done = self._environment.run(line, cwd=self._folder)
        assert done.code == 0, (command, done)
        self._folder = Path(self._note.read_text().strip())
        assert self._console.shows(shown, done.out), f"$ {command}\n{done.out}"


def test_its_commands_and_files_work_as_they_stand(console, fresh_environment, tmp_path):
    Reader(console, fresh_environment("plugins-page"), tmp_path).follow(TUTORIAL)


def test_what_it_links_to_exists():
    links = set(re.findall(r"\]\(([^)#]+)", PAGE))
    assert links
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_its_reference_is_what_the_code_says():
    """Otherwise: make docs."""
    assert runpy.run_path(str(DOCS / "reference.py"))["page"](PAGE) == PAGE


@pytest.mark.parametrize(
    ("shown", "output", "is_matched"),
    [
        ("a\n…\nc\n", "a\nb\nb\nc\n", True),
        ("a\n…\nc\n", "a\nc\n", True),
        ("took … s\n", "took 3.1 s\n", True),
        ("took … s\n", "took 3.1 s\nand more\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_output_is_compared_line_by_line(console, shown, output, is_matched):
    assert console.shows(shown, output) == is_matched
