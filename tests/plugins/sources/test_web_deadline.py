"""A server's time is that which it takes itself."""

import pytest

from textgen_plugins.sources import web_download
from textgen_plugins.sources.gutenberg import open_corpus
from textgen_plugins.sources.options import GutenbergOptions

PATH = "/cache/epub/4711/pg4711.txt"


@pytest.mark.usefixtures("cache")
def test_a_pause_before_a_redirect_takes_none_of_it(mirror, book, book_text, serve, monkeypatch):
    def elsewhere(handler):
        handler.send_response(302)
        handler.send_header("Location", "/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    monkeypatch.setattr(web_download, "PATIENCE", 1)
    mirror.answers[PATH], mirror.answers["/elsewhere"] = elsewhere, serve(book)
    options = GutenbergOptions(mirrors=(mirror.url,), timeout=0.8, pause=1.2)
    assert open_corpus("4711", options).text() == book_text
