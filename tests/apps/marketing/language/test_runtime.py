"""The mechanics, on the smallest tier, whose weights and runtime are normal dependencies: nothing here is skipped."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from apps.marketing.language import SMOLLM2, Message, Prompt, fits, number_locked
from apps.marketing.language.runtime import LlamaCpp
from shared.cancel import CancelToken
from shared.errors import BadInput, Cancelled, LoadFailed, TooLarge
from shared.serving import DType, Engine
from tests.checkout import ROOT

SHOTS = (
    Message("system", "You write one line of copy."),
    Message("user", "Name: oak desk\nWidth: 120 cm"),
    Message("assistant", "Solid oak, 120 cm wide."),
)


def chat(sheet: str = "Name: steel bottle\nVolume: 500 ml", **options: object) -> Prompt:
    return Prompt(messages=(*SHOTS, Message("user", sheet)), **{"max_tokens": 12, "seed": 1, **options})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine("cpu", models=[SMOLLM2]) as engine:
        yield engine


def listening() -> set[tuple[str, int]]:
    return {(each.laddr.ip, each.laddr.port) for each in psutil.Process().net_connections("tcp") if each.status == "LISTEN"}


def test_it_writes_and_streams_what_it_writes(engine: Engine) -> None:
    with engine.stream(SMOLLM2, Prompt(text="Once upon a time", max_tokens=12)) as stream:
        pieces = list(stream)
        answer = stream.result()
    assert "".join(pieces) == answer.text != "" and len(pieces) > 3
    assert (answer.tokens, answer.finish, answer.model) == (12, "length", "smollm2-135m")
    assert answer.prompt_tokens >= 4 and answer.seconds > 0


def test_equal_seeds_give_equal_bytes_whoever_asked_before_or_asks_beside(engine: Engine) -> None:
    first = engine.run(SMOLLM2, chat())
    assert engine.run(SMOLLM2, chat(seed=2)).text != first.text
    engine.run(SMOLLM2, Prompt(text="Something quite other", max_tokens=3))
    engine.run(SMOLLM2, chat("Name: steel bottle\nVolume: 500 cl"))  # shares more than the examples with the prompt
    others = Prompt(messages=(*SHOTS[:2], Message("assistant", "Other examples."), Message("user", "x")), max_tokens=3)
    engine.run(SMOLLM2, others)
    items = engine.submit_many(SMOLLM2, [chat(exact=False, seed=8), others, chat(), chat(exact=False, seed=9), chat()])
    assert [items[i].result().text for i in (2, 4)] == [first.text, first.text]
    for number in range(3):  # more first parts than are kept: it is read anew, and cut as before
        engine.run(SMOLLM2, Prompt(messages=(Message("system", f"No. {number}"), Message("user", "x")), max_tokens=2))
    again = engine.run(SMOLLM2, chat())
    assert again.text == first.text


def test_the_examples_are_read_once(engine: Engine) -> None:
    engine.run(SMOLLM2, chat())
    prefix, rest = chat().rendered
    answer = engine.run(SMOLLM2, chat("Name: lamp"))
    assert answer.cached_tokens > answer.prompt_tokens / 2 and len(prefix) > len(rest)


def test_a_grammar_binds_every_character(engine: Engine) -> None:
    grammar = number_locked(["500 ml"], 40)
    for seed in range(3):
        answer = engine.run(SMOLLM2, chat(grammar=grammar, max_tokens=60, seed=seed))
        assert answer.finish == "stop" and answer.text[-1] in ".!?" and answer.constrained
        assert not any(letter.isdigit() for letter in answer.text.replace("500 ml", ""))
        assert len(answer.text) <= 56 and fits(answer.text, 40) == (len(answer.text) <= 40)


def test_stop_strings_and_greedy_decoding(engine: Engine) -> None:
    text = Prompt(text="one, two, three, four, five, six, seven,", temperature=0, max_tokens=12)
    whole = engine.run(SMOLLM2, text)
    assert "," in whole.text
    cut = engine.run(SMOLLM2, Prompt(text=text.text, temperature=0, max_tokens=12, stop=(",",)))
    assert cut.text == whole.text.partition(",")[0] and cut.finish == "stop"


def test_a_wrong_grammar_and_a_prompt_too_long_are_the_callers_fault(engine: Engine) -> None:
    with pytest.raises(BadInput, match="grammar does not parse") as caught:
        engine.run(SMOLLM2, chat(grammar="root ::= ("))
    assert caught.value.field == "grammar"
    with pytest.raises(TooLarge, match=r"has \d+ tokens, and 2048 fit"):
        engine.run(SMOLLM2, Prompt(text="word " * 3000))
    assert engine.run(SMOLLM2, chat(max_tokens=3)).tokens == 3


def test_a_cancelled_request_ends_at_its_next_token(engine: Engine) -> None:
    token = CancelToken()
    stream = engine.stream(SMOLLM2, Prompt(text="Once upon a time", max_tokens=1500), cancel=token)
    for count, _ in enumerate(stream):
        if count == 2:
            break
    token.cancel()
    with pytest.raises(Cancelled):
        stream.result()
    # 1500 tokens take half a minute: the next request would wait for them, being alone
    assert engine.submit(SMOLLM2, chat(max_tokens=2), deadline_s=10).result().tokens == 2


def test_one_that_waits_for_its_turn_can_be_cancelled(engine: Engine) -> None:
    token = CancelToken()
    with engine.stream(SMOLLM2, Prompt(text="Once upon a time", max_tokens=1500)) as stream:
        next(stream)
        waiting = engine.submit(SMOLLM2, chat(max_tokens=2), cancel=token)
        token.cancel()
        with pytest.raises(Cancelled):
            waiting.result(5)
    assert engine.run(SMOLLM2, chat(max_tokens=2)).tokens == 2


def test_several_generate_at_a_time_in_company(engine: Engine) -> None:
    prompt = Prompt(text="Once upon a time", max_tokens=40, exact=False)
    streams = [engine.stream(SMOLLM2, each) for each in prompt.times(2)]
    for stream in streams:
        next(stream)  # both have begun, and neither has ended
    assert not any(stream.item.done for stream in streams)
    for stream in streams:
        list(stream)
        assert stream.result().tokens == 40


def test_it_can_be_closed_at_once() -> None:
    for _ in range(3):
        LlamaCpp(Path(str(SMOLLM2.check())), "it", 512).close()  # type: ignore[misc]


def test_its_port_is_on_the_loopback_alone_and_closed_with_it() -> None:
    path = SMOLLM2.check()  # type: ignore[misc]
    before = listening()
    loaded = LlamaCpp(Path(str(path)), "it", 512)
    opened = listening() - before
    assert {ip for ip, _ in opened} == {"127.0.0.1"}
    assert loaded.address.startswith("http://127.0.0.1:")
    import httpx2

    assert httpx2.post(f"{loaded.address}/completion", json={"prompt": "x"}, timeout=5).status_code == 401
    threads = threading.active_count()
    loaded.close()
    assert listening() == before and threading.active_count() <= threads


def test_what_is_declared_is_what_it_takes() -> None:
    before = psutil.Process().memory_info().rss
    loaded = LlamaCpp(Path(str(SMOLLM2.check())), "it", 2048)  # type: ignore[misc]
    try:
        taken = psutil.Process().memory_info().rss - before
        assert taken <= SMOLLM2.nbytes(DType.FLOAT32) <= 2 * max(taken, 1 << 28)
    finally:
        loaded.close()


def test_a_file_that_is_none_is_a_typed_error(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 1000)
    with pytest.raises(LoadFailed, match=r"model\.gguf cannot be loaded"):
        LlamaCpp(path, "it", 512)


def test_idle_threads_sleep_and_importing_loads_no_runtime() -> None:
    code = (
        "import os, sys; from apps.marketing.language import SMOLLM2; assert not {'xllamacpp', 'httpx2'} & set(sys.modules); "
        "from apps.marketing.language.runtime import _xllamacpp; _xllamacpp(); print(os.environ['OMP_WAIT_POLICY'])"
    )
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.strip() == "PASSIVE"
