"""A server as a model: asked once, cut off when nobody waits, its key in no message."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.marketing.language import Message, Prompt, best_tier, language_models
from apps.marketing.language.configuration import endpoint
from apps.marketing.language.endpoint import OpenAiServer, endpoint_models
from shared.errors import BadInput, Forbidden, ModelFailed, Overloaded, SextantError, Unavailable
from shared.serving import Engine
from tests.apps.marketing.language.answering import FakeServer, Listening, serving

CHAT = Prompt(messages=(Message("system", "Be brief."), Message("user", "A bottle.")), max_tokens=9, seed=5, stop=("\n",))
KEY = "sk-not-for-eyes"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    with serving(FakeServer()) as state:
        monkeypatch.setenv("SEXTANT_LLM_ENDPOINT", state.url + "/")
        monkeypatch.setenv("SEXTANT_LLM_MODEL", "qwen3")
        monkeypatch.setenv("SEXTANT_LLM_KEY", KEY)
        yield state


def ask(prompt: Prompt = CHAT, step: Listening | None = None) -> tuple[str, Listening]:
    where, step = endpoint(), step or Listening()
    assert where is not None
    loaded = OpenAiServer(where)
    try:
        return loaded.run([prompt], step)[0].text, step
    finally:
        loaded.close()


def test_through_the_engine_it_streams_and_says_who_wrote(server: FakeServer) -> None:
    choice = best_tier()
    assert choice.model is not None and (choice.model.name, choice.note) == ("endpoint", "")
    assert choice.model.source.kind == "endpoint" and choice.model.revision == "qwen3"
    with Engine("cpu", models=language_models()) as engine, engine.stream(choice.model, CHAT) as stream:
        assert list(stream) == server.pieces
        answer = stream.result()
    assert (answer.text, answer.tokens, answer.prompt_tokens, answer.finish) == ("Cold for 24 hours.", 7, 40, "stop")
    assert answer.model == "endpoint:qwen3" and answer.constrained
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions" and headers["Authorization"] == f"Bearer {KEY}"
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "A bottle."}]
    assert (body["seed"], body["max_tokens"], body["stop"], body["stream"]) == (5, 9, ["\n"], True)


def test_a_text_is_continued_and_a_grammar_is_not_claimed(server: FakeServer) -> None:
    where = endpoint()
    assert where is not None
    answer = OpenAiServer(where).run([Prompt(text="Once", grammar='root ::= "a"')], Listening())[0]
    assert answer.text == "Cold for 24 hours." and not answer.constrained
    assert server.asked[0][0] == "/v1/completions" and "grammar" not in server.asked[0][2]


def test_nobody_waiting_ends_it_at_the_server_too(server: FakeServer) -> None:
    server.pieces, server.pause_s = ["word "] * 500, 0.01
    text, _ = ask(step=Listening(gone_after=3))
    assert text == "word " * 3
    assert server.broke_off.wait(5)


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (401, Forbidden, "SEXTANT_LLM_KEY"),
        (404, Unavailable, "no model 'qwen3'"),
        (422, BadInput, "max_tokens is too large"),
        (429, Overloaded, "busy"),
        (503, Overloaded, "busy"),
        (500, ModelFailed, "HTTP 500"),
        (302, ModelFailed, "HTTP 302"),
    ],
)
def test_a_refusal_is_typed_and_not_tried_again(status: int, error: type[SextantError], says: str, server: FakeServer) -> None:
    server.status, server.headers = status, {"Retry-After": "7", "Location": "http://127.0.0.1:9/"}
    with pytest.raises(error, match=says) as caught:
        ask()
    assert len(server.asked) == 1 and KEY not in str(caught.value)
    if isinstance(caught.value, Overloaded):
        assert caught.value.retry_after_s == 7


@pytest.mark.parametrize("line", ["data: {not json", 'data: {"error": {"message": "out of memory"}}', "data: [1]"])
def test_a_broken_stream_is_typed(line: str, server: FakeServer) -> None:
    server.lines = [line]
    with pytest.raises(ModelFailed, match="endpoint"):
        ask()


def test_a_server_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_LLM_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("SEXTANT_LLM_MODEL", "m")
    with pytest.raises(Unavailable, match=r"does not answer \(ConnectError\)"):
        ask()


@pytest.mark.parametrize(
    ("url", "model", "key", "says"),
    [
        ("ftp://host", "m", "", "no address"),
        ("https://", "m", "", "no address"),
        ("https://[", "m", "", "no address"),
        ("https://user:secret@host/v1", "m", "", "no address"),
        ("https://host/v1", "", "", "without SEXTANT_LLM_MODEL"),
        ("http://host/v1", "m", "k", "unencrypted"),
    ],
)
def test_a_wrong_configuration_names_its_variable(url: str, model: str, key: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ENDPOINT", url), ("MODEL", model), ("KEY", key)):
        monkeypatch.setenv(f"SEXTANT_LLM_{name}", value)
    with pytest.raises(BadInput, match=f"SEXTANT_LLM.*{says}") as caught:
        best_tier()
    assert "secret" not in str(caught.value)
    assert endpoint_models() == ()  # the list of models is shown all the same


def test_https_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_LLM_ENDPOINT", "host/v1")
    monkeypatch.setenv("SEXTANT_LLM_MODEL", "m")
    monkeypatch.setenv("SEXTANT_LLM_KEY", KEY)
    where = endpoint()
    assert where is not None and where.url == "https://host/v1" and KEY not in repr(where)
