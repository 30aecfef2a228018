"""Social networks: a post on X and a LinkedIn single-image ad."""

from __future__ import annotations

from apps.marketing.channels.channel import Channel, ChannelField
from apps.marketing.channels.counting import count_utf16
from apps.marketing.channels.rules import pattern_rule, shouting_rule, too_many_rule
from apps.marketing.channels.weighted import count_weighted

__all__ = ["LINKEDIN", "X"]

X = Channel(
    "x",
    "Post on X",
    (
        ChannelField(
            "post",
            "Post",
            "weighted characters",
            1,
            280,
            count_weighted,
            rules=(
                too_many_rule("hashtags", "More than two hashtags.", r"(?<![\w&])[#\uff03]\w*[^\W\d_]\w*", 2, level="warning"),
                pattern_rule("leading_mention", "A post that starts with @ is shown as a reply.", r"^\s*[@\uff20]\w", level="warning"),
                shouting_rule("capitals", level="warning"),
            ),
        ),
    ),
    source="twitter-text configuration v3",
)

LINKEDIN = Channel(
    "linkedin",
    "LinkedIn ad",
    (
        ChannelField(
            "introduction",
            "Introductory text",
            "characters",
            1,
            600,
            count_utf16,
            warn_above=150,
            warning="cut off after about 150.",
            rules=(shouting_rule("capitals"),),
        ),
        ChannelField(
            "headline",
            "Headline",
            "characters",
            1,
            200,
            count_utf16,
            warn_above=70,
            warning="cut off after about 70.",
            rules=(shouting_rule("capitals"),),
        ),
        ChannelField(
            "description", "Description", "characters", 1, 300, count_utf16, 0, 1, warn_above=100, warning="cut off after about 100."
        ),
    ),
    source="LinkedIn Marketing Solutions, single image ads specifications",
)
