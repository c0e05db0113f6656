"""The clock that hears signals, in this very process; what it does to a real daemon is tried end to end."""

import gc
import os
import signal
import warnings

import pytest

from sheetsync.adapters.attentive_clock import AttentiveClock
from sheetsync.ports.watching import Stopping


def test_nothing_stays_open_and_no_handler_stays_behind() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        clock = AttentiveClock()
        with clock.listening():
            clock.rest(0)
        del clock
        gc.collect()
    assert [str(each.message) for each in told] == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_ends_a_wait_at_once() -> None:
    clock = AttentiveClock()
    with clock.listening():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopping):
            clock.sleep(60)
    assert clock.stop_asked()


def test_news_shortens_a_rest_and_is_told_once() -> None:
    clock = AttentiveClock()
    with clock.listening():
        os.kill(os.getpid(), signal.SIGHUP)
        clock.rest(60)
        assert clock.reload_asked()
        assert not clock.reload_asked()
