"""Where copy is published: the limits of each channel, counted exactly as it counts."""

from apps.marketing.channels.catalogue import CHANNELS, channel_named
from apps.marketing.channels.channel import Channel, ChannelField, Violation, check_channel
from apps.marketing.channels.export import to_csv
from apps.marketing.channels.graphemes import clusters, count_graphemes
from apps.marketing.channels.rules import Rule
from apps.marketing.channels.sms import SmsCount, measure
from apps.marketing.channels.weighted import count_weighted, url_spans

__all__ = [
    "CHANNELS",
    "Channel",
    "ChannelField",
    "Rule",
    "SmsCount",
    "Violation",
    "channel_named",
    "check_channel",
    "clusters",
    "count_graphemes",
    "count_weighted",
    "measure",
    "to_csv",
    "url_spans",
]
