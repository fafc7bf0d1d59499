"""A model card: front matter that programs can read, and text that says what the weights are."""

import html
import json
import math
import re

import pytest
from markdown_it import MarkdownIt

from textgen.cli.runs.model_card.page import card_page
from textgen_registry import MetricPoint

HOSTILE = "---\nname: 'x' # | \"`` `<b>*_[y](z)\\ é😀\x1b[2J\x85\u2028\ufeff\udcff: &a !!b\n```\n"
NAME = "x --- # {a: 'x'} | \"`<b>*_[y](z)\\ é😀"


@pytest.fixture
def make_card(records):
    """Writes the card of a run that is recorded with the given words."""

    def make(**changed):
        run = records.create_run(
            **{
                "name": "small",
                "source": "file:alice.txt",
                "tokenizer": "char",
                "model": "lstm",
                "sampler": "stateful",
                "config": {"model": {"hidden_size": 8}},
                "parts": {"model": {"name": "lstm", "package": "textgen-x", "version": "1.2"}},
                "provenance": {"title": "Alice", "licence": "public domain", "sha256_text": "aa"},
                "environment": {"torch": "2.9", "device": "cpu"},
                "plan": {"steps": 10, "training_tokens": 900, "validation_tokens": 100},
                "prompt": "Once ",
                **changed.pop("run", {}),
            }
        )
        figures = {"best_loss": 1.5, "bits_per_char": 2.25}
        summary = {"validation_loss": 1.5, "perplexity": 4.5, "bits_per_char": 2.25, "seconds": 63}
        records.add_metrics(run.id, [MetricPoint(4, 0.0, "validation_loss", 1.5, 0)])
        records.set_sample(run.id, run.sample_prompt, changed.pop("text", "upon a time"))
        ending = {"status": "finished", "step": 10, "reason": "all steps taken"}
        records.finish_run(run.id, **{**ending, **figures, "summary": summary, **changed})
        return card_page(records.find(run.id), records.sessions(run.id))

    return make


def front_matter(card):
    """What programs read of a card, by YAML where there is a parser, and by JSON anyway."""
    rule, *lines = card.splitlines()
    lines = lines[: lines.index("---")]
    assert rule == "---"
    found = {key: json.loads(text) for key, text in (line.split(": ", 1) for line in lines)}
    try:
        import yaml
    except ModuleNotFoundError:
        return found
    assert yaml.safe_load("\n".join(lines)) == found
    return found


def section(card, title):
    return card.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_programs_read_licence_tags_and_figures(make_card):
    found = front_matter(make_card(run={"tags": ["alice", "textgen"]}))
    assert found["license"] == "other"
    assert found["license_name"] == "public domain"
    assert found["tags"] == ["textgen", "text-generation", "lstm", "alice"]
    ((result,),) = [item["results"] for item in found["model-index"]]
    assert result["dataset"]["name"] == "Alice"
    assert {item["type"]: item["value"] for item in result["metrics"]} == {
        "validation_loss": 1.5,
        "bits_per_char": 2.25,
        "perplexity": 4.5,
    }


def test_a_licence_that_nobody_noted_is_unknown(make_card):
    found = front_matter(make_card(run={"provenance": {"licence": "unknown"}}))
    assert found["license"] == "unknown"
    assert "license_name" not in found


@pytest.mark.parametrize("value", [math.nan, math.inf, None, True, "1.5"])
def test_what_is_no_finite_number_is_no_figure(make_card, value):
    found = front_matter(make_card(summary={"perplexity": value}))
    assert found["model-index"][0]["results"] == []


def test_no_name_breaks_out_of_the_front_matter_or_of_its_place_in_the_text(make_card):
    words = dict.fromkeys(["source", "tokenizer", "model", "sampler", "prompt"], HOSTILE)
    card = make_card(
        text=HOSTILE,
        reason=HOSTILE,
        run={
            **words,
            "name": NAME,
            "tags": ["- a: #b"],
            "config": {HOSTILE: HOSTILE},
            "parts": {HOSTILE: {"name": HOSTILE, "package": HOSTILE, "version": HOSTILE}},
            "provenance": dict.fromkeys(["title", "origin", "licence", "sha256_text"], HOSTILE),
            "environment": {HOSTILE: HOSTILE},
        },
    )
    found = front_matter(card)
    assert found["model_name"] == NAME
    assert found["license_name"].startswith("---\nname: 'x' # | ")
    card.encode("utf-8")
    body = card.split("\n---\n", 1)[1]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", card)
    page = MarkdownIt("commonmark").enable("table").render(body)
    headings = [
        (level, html.unescape(text)) for level, text in re.findall("<h([1-6])>(.*?)</h", page)
    ]
    titles = ["Data", "Figures", "Use", "Sample", "Parts", "Settings", "Training", "Limits"]
    assert headings == [("1", NAME), *(("2", title) for title in titles)]
    table = {"table", "thead", "tbody", "tr", "th", "td"}
    assert (
        set(re.findall(r"<(\w+)", page))
        <= {"h1", "h2", "p", "pre", "code", "ul", "li", "em"} | table
    )
    assert page.count("<em>") == 1
    assert page.count("<td>") == 2 * (10 + 4 + 1 + 6) + 4


def test_a_sample_with_fences_stays_within_a_longer_one(make_card):
    text = "a\n````\n## not a heading\n```"
    assert f"\n`````text\n{text}\n`````\n" in make_card(text=text)


def test_a_cell_with_bars_stays_one_cell(make_card):
    settings = section(make_card(run={"config": {"a": "x | y `z`"}}), "Settings")
    cells = re.findall("<td>(.*?)</td>", MarkdownIt("commonmark").enable("table").render(settings))
    assert cells == ["<code>a</code>", "<code>x | y `z`</code>"]


def test_a_run_without_figures_or_sample_says_so(make_card, records):
    run = records.create_run(
        name="bare",
        **dict.fromkeys(["source", "tokenizer", "model", "sampler"], "x"),
        **{key: {} for key in ("config", "parts", "provenance", "environment", "plan")},
    )
    card = card_page(records.find(run.id), records.sessions(run.id))
    assert front_matter(card)["model-index"][0]["results"] == []
    assert "not known" in section(card, "Figures")
    assert "none" in section(card, "Sample")
    assert "provisional" in section(card, "Limits")


def test_the_card_of_a_trained_run_tells_how_to_use_it(textgen, trained):
    done = textgen("runs", "card", "plain", "--registry", trained)
    assert (done.code, done.err) == (0, "")
    run = textgen("runs", "show", "plain", "--json", "--registry", trained).json
    figures = section(done.out, "Figures")
    assert f"{run['best_loss']:#.4g} nats per token" in figures
    assert f"{run['bits_per_char']:#.4g}" in figures
    assert run["provenance"]["sha256_text"] in section(done.out, "Data")
    assert "`model.hidden_size` | `12`" in section(done.out, "Settings")
    assert run["sample_text"] in section(done.out, "Sample")
    use = section(done.out, "Use")
    assert "textgen resume" not in use
    for command in re.findall(r"^textgen (.*?)(?:\s+#.*)?$", use, re.MULTILINE):
        assert textgen(*command.split(), "--registry", trained).code == 0, command
    (python,) = re.findall(r"```python\n(.*?)\n```", use, re.DOTALL)
    names = {}
    exec(python.replace("path/of/the/registry", str(trained)), names)
    assert all(tensor.numel() for tensor in names["weights"].values())


def test_a_card_is_written_into_a_file_but_never_over_a_folder(textgen, trained, tmp_path):
    path = tmp_path / "deep" / "card.md"
    words = ["runs", "card", "plain", "--registry", trained]
    done = textgen(*words, "--output", path)
    assert (done.code, done.out) == (0, "")
    assert path.read_text(encoding="utf-8") == textgen(*words).out
    assert "folder" in textgen(*words, "--output", path.parent).error_line(2)
    assert [item.name for item in path.parent.iterdir()] == ["card.md"]
