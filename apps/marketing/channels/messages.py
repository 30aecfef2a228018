"""Messages to one person: e-mail, text message, push notification."""

from __future__ import annotations

from collections.abc import Iterable

from apps.marketing.channels.channel import Channel, ChannelField, Fields, Violation, WholeRule
from apps.marketing.channels.graphemes import count_graphemes
from apps.marketing.channels.rules import Rule, emoji_rule, pattern_rule, shouting_rule, too_many_rule
from apps.marketing.channels.sms import count_segments, measure

__all__ = ["EMAIL", "PUSH", "SMS"]

_LINE_BREAK = pattern_rule(
    "line_break", "One line only: a line break in a header is refused by mail servers.", r"[\r\n\v\f\x85\u2028\u2029]"
)
_REPEATED = pattern_rule("repeated_punctuation", "Repeated marks look like spam.", r"([!?$*~.])\1+|[?!]{2,}")
_FAKE_REPLY = pattern_rule(
    "fake_reply", "`Re:` or `Fwd:` on a first message is deceptive (CAN-SPAM Act, 15 U.S.C. 7704(a)(2)).", r"^\s*(?:re|fwd?|aw|wg)\s*:"
)


def _preheader_repeats(fields: Fields) -> list[Violation]:
    subjects = {text.casefold().strip(" .!?") for text in fields.get("subject", ())}
    words = "Repeats the subject: an inbox shows both side by side."
    return [
        Violation("preheader", index, "repeats_subject", words, (0, len(text)), "warning")
        for index, text in enumerate(fields.get("preheader", ()))
        if text.casefold().strip(" .!?") in subjects
    ]


EMAIL = Channel(
    "email",
    "E-mail",
    (
        ChannelField(
            "subject",
            "Subject",
            "characters",
            1,
            60,
            count_graphemes,
            rules=(
                _LINE_BREAK,
                _REPEATED,
                _FAKE_REPLY,
                shouting_rule("capitals"),
                emoji_rule("emoji", "More than one emoji.", most=1, level="warning"),
            ),
            warn_above=45,
            warning="a phone cuts it off after about 45.",
        ),
        ChannelField(
            "preheader", "Preheader", "characters", 40, 100, count_graphemes, rules=(_LINE_BREAK, _REPEATED, shouting_rule("capitals"))
        ),
    ),
    (WholeRule("repeats_subject", _preheader_repeats),),
    "RFC 5322 (one line); lengths that common mail programs show",
)

_OPT_OUT = (
    r"\b(?:(?:reply|text|txt|send)\s+stop|stop\s+to\s+(?:end|opt|quit|cancel|unsub\w*)|stop\s*=\s*end"
    r"|unsub(?:scribe)?|opt[ -]?out)\b"
)


def _unicode_costs(text: str, names: object) -> list[tuple[int, int]]:
    """Only where a character outside the 7-bit alphabet costs a further segment."""
    size = measure(text)
    if size.encoding == "GSM-7":
        return []
    forcing = {start for start, _ in size.forcing}
    plain = "".join("x" if at in forcing else character for at, character in enumerate(text))
    return _joined(size.forcing) if measure(plain).segments < size.segments else []


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places next to each other as one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _without_opt_out(text: str, names: object) -> list[tuple[int, int]]:
    return [] if _HAS_OPT_OUT.find(text, ()) else [(0, len(text))]


_HAS_OPT_OUT = pattern_rule("has_opt_out", "", _OPT_OUT)


def _names_sender(fields: Fields) -> list[Violation]:
    senders = ["".join(text.casefold().split()) for text in fields.get("sender", ()) if text.strip()]
    words = "The text does not say who sends it: a sender name is not shown in the USA and Canada (CTIA Messaging Principles)."
    return [
        Violation("text", index, "sender_not_named", words, (0, 0), "warning")
        for index, text in enumerate(fields.get("text", ()))
        if senders and not any(sender in "".join(text.casefold().split()) for sender in senders)
    ]


SMS = Channel(
    "sms",
    "Text message",
    (
        ChannelField(
            "sender",
            "Sender",
            "characters",
            1,
            11,
            len,
            rules=(
                pattern_rule("sender_character", "A sender name has unaccented letters, digits and spaces only.", r"[^A-Za-z0-9 ]"),
                pattern_rule("sender_digits", "A sender name needs a letter.", r"^[0-9 ]+$"),
            ),
        ),
        ChannelField(
            "text",
            "Text",
            "segments",
            1,
            2,
            count_segments,
            rules=(
                Rule("no_opt_out", "Say how to stop it: `Reply STOP to opt out` (CTIA; TCPA, 47 CFR 64.1200).", _without_opt_out),
                Rule("unicode", "These characters are outside the 7-bit alphabet and cost a further segment.", _unicode_costs, "warning"),
                shouting_rule("capitals", level="warning"),
            ),
            warn_above=1,
            warning="each segment is billed.",
        ),
    ),
    (WholeRule("sender_not_named", _names_sender),),
    "3GPP TS 23.038 and 23.040; CTIA Messaging Principles and Best Practices",
)

PUSH = Channel(
    "push",
    "Push notification",
    (
        ChannelField(
            "title",
            "Title",
            "characters",
            1,
            50,
            count_graphemes,
            rules=(_LINE_BREAK, shouting_rule("capitals")),
            warn_above=40,
            warning="some phones cut it off.",
        ),
        ChannelField(
            "body",
            "Body",
            "characters",
            1,
            150,
            count_graphemes,
            rules=(
                shouting_rule("capitals"),
                too_many_rule("exclamation", "More than one exclamation mark.", "[!\uff01]", 1, level="warning"),
            ),
            warn_above=110,
            warning="a locked screen cuts it off after about 110.",
        ),
    ),
    source="What current phones show of a notification",
)
