"""Every channel by name."""

from __future__ import annotations

from apps.marketing.channels.channel import Channel
from apps.marketing.channels.messages import EMAIL, PUSH, SMS
from apps.marketing.channels.search import GOOGLE_RSA, META
from apps.marketing.channels.shop import AMAZON_BULLETS, PRODUCT_DESCRIPTION
from apps.marketing.channels.social import LINKEDIN, X
from shared.errors import NotFound

__all__ = ["CHANNELS", "channel_named"]

CHANNELS: dict[str, Channel] = {
    channel.name: channel for channel in (GOOGLE_RSA, EMAIL, SMS, X, META, PRODUCT_DESCRIPTION, LINKEDIN, PUSH, AMAZON_BULLETS)
}


def channel_named(name: str) -> Channel:
    """Raises NotFound with the names there are."""
    if name not in CHANNELS:
        raise NotFound(f"There is no channel {name!r}.", remedy=f"Channels: {', '.join(CHANNELS)}.", field="channel")
    return CHANNELS[name]
