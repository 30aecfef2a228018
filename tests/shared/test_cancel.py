from __future__ import annotations

import pytest

from shared.cancel import CancelToken
from shared.errors import Cancelled


def test_listeners_hear_it_once_and_late_ones_at_once() -> None:
    token, heard = CancelToken(), []
    token.on_cancel(lambda: heard.append("early"))
    forget = token.on_cancel(lambda: heard.append("forgotten"))
    forget()
    token.cancel()
    token.cancel()
    token.on_cancel(lambda: heard.append("late"))
    assert heard == ["early", "late"]


def test_it_raises_once_it_is_set() -> None:
    token = CancelToken()
    token.raise_if_cancelled()
    token.cancel()
    with pytest.raises(Cancelled):
        token.raise_if_cancelled()
