"""The length of a post on X, against the values of twitter-text's conformance tests (configuration v3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.marketing.channels.emoji import emoji_spans
from apps.marketing.channels.weighted import count_weighted, url_spans

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
KANA = "\u3042\u3044\u3046\u3048\u304a\u304b\u304d\u304f\u3051\u3053"

CONFORMANCE = [
    ("Hi http://test.co", 26),
    ("http://test.co", 23),
    ("This is a test.", 15),
    ("test.com", 23),
    ("Test https://test.com test https://test.com test.com test", 86),
    ("285 chars-" + "xxxxxxxxxx-" * 25, 285),
    ("xxxxxxxxxx-" * 24 + " http://www.twitter.com/jack ", 289),
    ("https://www.twitter.com/aloha " * 10, 240),
    ("\u6545\u4eba\u897f\u8f9e\u9ec4\u9e64\u697c\uff0c" * 20, 320),
    ("\U0001f637" * 160, 320),
    ("the" + "\u6545" * 160, 323),
    ("A\u0301B", 2),
    ("A\ufb2c", 4),
    ("H\U0001f431\u263a" + FAMILY, 7),
    ("\U0001f637\U0001f47e\U0001f621\U0001f525\U0001f4a9", 10),
    ("\U0001f64b\U0001f3fd\U0001f468\u200d\U0001f3a4", 4),
    (FAMILY * 140, 280),
    (f"Unicode 10.0 emoji: \U0001f92a; \U0001f9d5; \U0001f9d5\U0001f3fe; {ENGLAND}", 34),
    ("Unicode 9.0 emoji: \U0001f920; \U0001f483; \U0001f483\U0001f3fe", 29),
    ("randomurl" * 6 + "randomurls.com", 68),
    (KANA * 12 + " http://" + KANA * 5 + "\u3042\u3044\u3046.com", 358),
    (KANA * 12 + " http://" + KANA * 5 + "\u3042\u3044.com", 264),
    ("ABC\u202a\uffffABC\ufffe", 12),
    ("\u2066\u202ahttp://foobar.\u067e\u0627\u06a9\u0633\u062a\u0627\u0646/\u202c\u2069", 31),
]


@pytest.mark.parametrize(("text", "weight"), CONFORMANCE)
def test_conformance_values(text: str, weight: int) -> None:
    assert count_weighted(text) == weight


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "https://example.com/path/to/resource?search=foo&lang=en",
        "http://twitter.com/#!/twitter",
        "HTTPS://www.ExaMPLE.COM/index.html",
        "http://\u2603.net/",
        "http://example.com/\u0420\u0443\u0441\u0441\u043a\u0438\u0435_\u0441\u043b\u043e\u0432\u0430",
        "https://www.youtube.com/playlist?list=PL0ZPu8XSRTB7wZzn0mLHMvyzVFeRxbWn-",
        "http://sports.yahoo.com/nfl/news;_ylt=Aom0;ylu=XyZ?slug=ap-superbowlnotebook",
        "www.example.com",
        "t.co",
        "foo.co.jp",
        "example.com/path?x=1",
    ],
)
def test_an_address_is_23_whatever_its_length(address: str) -> None:
    assert count_weighted(address) == 23
    assert count_weighted(f"See {address} now") == 31


@pytest.mark.parametrize(
    "text", ["node.js", "e.g. this", "me@example.com", "foo.jp", "3.5 mm", "v1.2.com1", "end.Then", "#tag.com", "@name.com"]
)
def test_what_is_no_address(text: str) -> None:
    assert url_spans(text) == []


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("\u00a9", 1),
        ("\u00a9\ufe0f", 2),
        ("\u2122", 2),
        ("\u263a\ufe0e", 4),
        ("1\ufe0f\u20e3", 2),
        ("12", 2),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 4),
        ("\u2764\ufe0f\u200d\U0001f525", 2),
        ("\u201cquote\u201d", 7),
        ("\u05e9\u05dc\u05d5\u05dd", 4),
        ("\ud55c", 2),
        ("\u1112\u1161\u11ab", 2),
        ("See example.com.", 28),
        ("(https://example.com)", 25),
    ],
)
def test_other_weights(text: str, weight: int) -> None:
    assert count_weighted(text) == weight


WORDS = st.text(alphabet="abc \u00e4\u05d0\u6545\u3042", max_size=40)


@given(WORDS, WORDS)
def test_plain_text_adds_up(one: str, other: str) -> None:
    assert count_weighted(f"{one}\n{other}") == count_weighted(one) + 1 + count_weighted(other)


@given(st.text(max_size=80))
def test_any_text_is_counted(text: str) -> None:
    assert 0 <= count_weighted(text) <= 23 * len(text) + 6 * len(text)
    assert all(0 <= start < end <= len(text) for start, end in [*url_spans(text), *emoji_spans(text)])


def test_hostile_texts_are_quick() -> None:
    for text in ("http://a.com/" + "(" * 5000, "a." * 5000, "a-" * 5000, "http://" * 2000, "\u200d" * 10_000, "https://" + "a" * 20_000):
        assert count_weighted(text) > 0
