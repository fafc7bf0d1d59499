"""The page of a comparison: complete in one file, safe for any text, right on narrow screens."""

import html
import math
import re
import shutil
import subprocess
import threading
from collections import Counter
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise

import pytest

from textgen.cli.runs.comparison.html_page import html_page
from textgen_registry import MetricPoint, compare

PLAN = {"steps": 100, "tokens_per_step": 64, "vocab_size": 5, "training_tokens": 900}
HOSTILE = "<img src=http://{server}/name> & \"'`;--"
EVIL = (
    "</pre></style><script src=http://{server}/x></script>\x1b[31m\x00\u202e\udcff<!--\n${{title}}"
)
CURVES = [[3.0, 2.5, 2.0], [2.8, math.nan, 2.2, math.inf, 1.9, 1.8], [2.1]]


@pytest.fixture
def comparison(records):
    """Compares runs with the given curves of held-out loss; every text of theirs is hostile."""

    def make(curves=CURVES, server="localhost:1", **changed):
        evil = EVIL.format(server=server)
        runs = []
        for place, losses in enumerate(curves):
            run = records.create_run(
                name=f"{HOSTILE.format(server=server)} {place}",
                tags=[f"<b>{place}"],
                parts={"model": {"name": evil, "package": "p", "version": f"{evil}{place}"}},
                environment={"device": f"{evil}{place}"},
                prompt=f"\n{evil}",
                **{
                    **dict.fromkeys(["source", "tokenizer", "model", "sampler"], evil),
                    "config": {"model": {evil: place}, "path": "folder/" * 30 + str(place)},
                    "provenance": {"sha256_text": "aa"},
                    "plan": PLAN,
                    **changed,
                },
            )
            for step, loss in enumerate(losses, 1):
                values = {"validation_loss": loss, "bits_per_char": loss * 1.4, "seconds": step}
                values[f"{evil}accuracy"] = loss
                records.add_metrics(
                    run.id, [MetricPoint(step, 0.0, name, x, 0) for name, x in values.items()]
                )
            if place:
                records.set_sample(run.id, f"\n{evil}", f"{evil} {'wide' * 200}")
            runs.append(records.find(run.id))
        return compare(records, runs)

    return make


class Reader(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text, self.open = Counter(), [], "", []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attributes]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def lines_of(page):
    """The paths of curves, without the samples of their dashes beside the runs' names."""
    paths = re.findall(r'<path class="line [^"]*" d="([^"]*)"', page)
    return [path for path in paths if path != "M0 6H50"]


def test_a_page_fetches_nothing_and_runs_nothing_whatever_its_texts_are(comparison):
    page = html_page(comparison())
    read = Reader(page)
    assert read.open == []
    assert not {"script", "link", "iframe", "img", "object", "base", "a", "b"} & set(read.tags)
    fetching = {"src", "href", "xlink:href", "srcset", "data", "action", "background", "style"}
    assert not {name for name, _ in read.attributes if name in fetching or name.startswith("on")}
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert not re.search(r"url\(|@import|@font-face|\$", style)
    assert any(
        "default-src 'none'" in value for name, value in read.attributes if name == "content"
    )
    assert HOSTILE.format(server="localhost:1") in read.text
    assert "${title}" in read.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", page)


def test_what_is_no_number_is_a_gap_and_a_lone_point_a_dot(comparison):
    page = html_page(comparison())
    drawn = lines_of(page)
    assert len(drawn) == 12
    assert not re.search("nan|inf", "".join(drawn))
    whole, broken, single = drawn[:3]
    assert (whole.count("M"), whole.count("L")) == (1, 2)
    assert (broken.count("M"), broken.count("L")) == (3, 1)
    assert (single.count("M"), single.count("L")) == (1, 0)
    assert page.count("<circle") == 4 * (3 + 4 + 1)


@pytest.mark.parametrize(
    "curves",
    [
        [[], []],
        [[math.nan], [math.inf]],
        [[2.0], [2.0]],
        [[0.0], [0.0]],
        [[1e308, -1e308], [1e-308, 5e-324]],
        [[1e16, 1e16 + 2], [-1e16]],
    ],
)
def test_odd_curves_are_drawn_within_the_frame_or_not_at_all(comparison, curves):
    for path in lines_of(html_page(comparison(curves))):
        for x, y in re.findall(r"[ML]([-\d.e+]+) ([-\d.e+]+)", path):
            assert 0 <= float(x) <= 420
            assert 0 <= float(y) <= 270


def test_twelve_runs_differ_in_colour_or_dash_and_end_in_letters_that_do_not_overlap(comparison):
    page = html_page(comparison([[2.0 + place / 1000] for place in range(12)]))
    classes = re.findall(r'<path class="line ([^"]*)"', page.split("<h2>Curves", 1)[0])
    assert len(set(classes)) == 12
    chart = page.split("<svg", 13)[13].split("</svg>", 1)[0]
    letters = re.findall(r'class="letter [^"]*" x="([\d.]+)" y="([\d.]+)">(\w)<', chart)
    assert sorted(letter for _, _, letter in letters) == list("ABCDEFGHIJKL")
    heights = sorted(float(y) for _, y, _ in letters)
    assert all(after - before > 11 for before, after in pairwise(heights))


def test_the_best_are_marked_at_best_and_at_equal_cost(comparison):
    page = html_page(comparison([[3.0, 2.0], [2.5, 2.4, 2.3, 1.5]]))
    best, tokens, seconds, last = page.split("<h2>Figures", 1)[1].split("<caption>")[1:]
    for table, winner in [(best, "B"), (tokens, "A"), (seconds, "A")]:
        (row,) = [row for row in table.split("<tr") if ">validation_loss<" in row]
        assert re.findall(r'<td role="cell" class="best">.*?>(\w)</span>', row) == [winner]
    assert 'class="best"' not in last
    assert "After 128 training tokens, which all runs saw." in tokens
    assert "After 2 s of training, which all runs had." in seconds


def test_on_different_texts_nothing_is_marked_and_the_page_says_why(records, comparison):
    one, other = comparison([[2.0]]), comparison([[1.0]], server="other:1", provenance={})
    runs = [records.find(compared.runs[0].id) for compared in (one, other)]
    page = html_page(compare(records, runs))
    assert 'class="best"' not in page
    assert "different texts" in page


@pytest.fixture
def pages(textgen, trained, tmp_path):
    """Writes the page of two trained runs into a file."""

    def write(path):
        words = ["plain", "wider", "--html", path, "--registry", trained]
        return textgen("runs", "compare", *words)

    return write


def test_an_existing_file_is_replaced_and_a_link_followed(pages, tmp_path):
    page, link = tmp_path / "page.html", tmp_path / "link.html"
    page.write_text("old")
    link.symlink_to(page)
    done = pages(link)
    assert (done.code, done.out) == (0, "")
    assert str(link) in done.err
    assert link.is_symlink()
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.html", "page.html"]
    first = page.read_bytes()
    pages(page)
    assert page.read_bytes() == first


def test_a_folder_or_a_device_is_never_replaced(pages, tmp_path):
    assert "folder" in pages(tmp_path).error_line(2)
    assert "regular" in pages("/dev/null").error_line(2)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_leaves_what_was_there(pages, tmp_path):
    (tmp_path / "file").write_text("a file")
    assert "--html" in pages(tmp_path / "file" / "page.html").error_line(1)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("words", [["--json", "--csv"], ["--plot", "--csv"], ["--json", "--plot"]])
def test_one_format_is_printed_at_a_time(textgen, trained, words):
    line = textgen("runs", "compare", "plain", "wider", *words, "--registry", trained).error_line(2)
    assert "choose" in line


@pytest.mark.parametrize("words", [["--plot"], ["--html", "page.html"]])
def test_more_runs_than_can_be_told_apart_are_refused(textgen, trained, words):
    line = textgen("runs", "compare", *["plain"] * 13, *words, "--registry", trained).error_line(2)
    assert "12" in line


@pytest.fixture
def browser(tmp_path):
    """Opens a page in headless Chromium and returns it as it is when all is loaded."""
    program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser"])), None)
    if program is None:
        pytest.skip("needs Chromium, which is not installed")
    quiet = ["no-first-run", "disable-background-networking", "disable-component-update"]
    quiet += ["disable-sync", "disable-quic", "disable-gpu", "no-sandbox", "headless", "dump-dom"]

    def opened(page):
        words = [program, *(f"--{word}" for word in quiet), f"--user-data-dir={tmp_path}/profile"]
        done = subprocess.run([*words, page.as_uri()], capture_output=True, timeout=60, check=True)
        return done.stdout.decode()

    return opened


@pytest.fixture
def server():
    """A server on this machine that notes which paths it is asked for."""

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            """Say nothing."""

    asked = []
    serving = HTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"127.0.0.1:{serving.server_port}", asked
    serving.shutdown()
    serving.server_close()
    thread.join()


FRAME = '<iframe width="{width}" height="800" srcdoc="{page}"></iframe>'
LOOK = """
<!DOCTYPE html><body><img src="http://{server}/control">{frames}<p id="found"></p><script>
addEventListener("load", () => {{
  found.textContent = [...document.querySelectorAll("iframe")].map(frame => {{
    const root = frame.contentDocument.documentElement;
    const fetched = frame.contentWindow.performance.getEntriesByType("resource").length;
    return [root.clientWidth, root.scrollWidth, fetched].join(" ");
  }}).join(", ");
}});
</script></body>
"""


@pytest.mark.parametrize("count", [2, 12])
def test_in_a_browser_it_never_scrolls_sideways_and_asks_for_nothing(
    browser, server, comparison, tmp_path, count
):
    address, asked = server
    curves = [[3.0 - place / 10, 2.0] for place in range(count)]
    page = html.escape(html_page(comparison(curves, server=address)), quote=True)
    frames = "".join(FRAME.format(width=width, page=page) for width in (400, 1280))
    look = tmp_path / "look.html"
    look.write_text(LOOK.format(frames=frames, server=address), encoding="utf-8")
    (found,) = re.findall(r'<p id="found">(.*?)</p>', browser(look))
    for width, seen in zip((400, 1280), found.split(", "), strict=True):
        client, scroll, fetched = map(int, seen.split())
        assert width - 20 <= client <= width
        assert scroll == client
        assert fetched == 0
    assert asked == ["/control"]


def luminance(colour):
    """Relative luminance, as the Web Content Accessibility Guidelines define it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_and_lines_stand_out_in_light_and_in_dark(comparison):
    schemes = re.findall(r":root \{(.*?)\}", html_page(comparison()), re.DOTALL)
    assert len(schemes) == 3  # light, dark, print
    for scheme in schemes[:2]:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", scheme))
        read = {"ink", "soft", *(f"c{place}" for place in range(6))}
        least = min(contrast(colours[a], colours[b]) for a in read for b in ("page", "card"))
        assert least >= 4.5
        assert contrast(colours["ink"], colours["best"]) >= 7
