"""What a run announces is read back with TensorBoard's own reader."""

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import textgen_tensorboard as plugin
from textgen import Metrics, Plan, RunFinished, RunStarted, SampleWritten


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTGEN_TENSORBOARD", str(tmp_path / "logs"))
    return tmp_path / "logs"


def test_a_run_is_in_the_event_file(folder):
    settings = {"source": {"use": "file:a/book*.txt"}, "model": {"use": "gru"}, "seed": 7}
    plan = Plan(9, 3, 10, 30, 3, 5, parameters=4, device="cpu")
    plugin.textgen_run_started(RunStarted(settings, {}, {}, {"torch": "2"}, plan, 0, {}))
    for step in [3, 6]:
        plugin.textgen_metrics(Metrics(step, step / 3, {"validation_loss": 1 / step}))
    plugin.textgen_sample(SampleWritten("Once ", "upon\n# a *time*"))
    plugin.textgen_run_finished(RunFinished("finished", 9, {}, "all steps taken"))

    (session,) = folder.iterdir()
    events = EventAccumulator(str(session)).Reload()
    assert session.name.startswith("book")
    points = [(point.step, point.value) for point in events.Scalars("validation_loss")]
    assert points == [(3, pytest.approx(1 / 3)), (6, pytest.approx(1 / 6))]
    texts = {tag: events.Tensors(tag)[-1] for tag in events.Tags()["tensors"]}
    (sample,) = texts["sample/text_summary"].tensor_proto.string_val
    assert sample.decode() == "    Once upon\n    # a *time*"
    assert b'"seed": 7' in texts["settings/text_summary"].tensor_proto.string_val[0]
    assert b"finished after 9 steps" in texts["end/text_summary"].tensor_proto.string_val[0]


def test_the_end_of_a_run_that_never_began_is_no_trouble(folder):
    plugin.textgen_run_finished(RunFinished("failed", 0, {}, "refused"))
    assert not folder.exists()
