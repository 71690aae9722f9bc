"""One second look at a time, and none that a dead one keeps from being taken."""

from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsloom.errors import StoreUnavailable
from newsloom.settings import Settings
from newsloom.store import keys
from newsloom.store.turn import Turn


def test_one_at_a_time(clean: Any) -> None:
    """Who comes second does not get it until the first has given it back."""
    first, second = Turn(clean, keys.LOOK_TURN), Turn(clean, keys.LOOK_TURN)
    assert first.take()
    assert not second.take()
    assert first.keep()
    first.give_back()
    assert second.take()


def test_a_dead_holder_does_not_keep_it(clean: Any, until: Any) -> None:
    """It ends by itself, and who had it is told so when it comes back."""
    first, second = Turn(clean, keys.LOOK_TURN, lease_s=0.05), Turn(clean, keys.LOOK_TURN)
    assert first.take()
    until(second.take, what="the end of the lease")
    assert not first.keep()
    first.give_back()  # that of another is not given back
    assert second.keep()


def test_keeping_it_renews_it(clean: Any) -> None:
    """A long look keeps its turn, piece by piece."""
    turn = Turn(clean, keys.LOOK_TURN, lease_s=60.0)
    assert turn.take()
    clean.pexpire(keys.LOOK_TURN, 1_000)
    assert turn.keep()
    assert clean.pttl(keys.LOOK_TURN) > 50_000


def test_what_ran_out_unused_is_taken_again(clean: Any, until: Any) -> None:
    """One event that takes long does not end the look that came to it."""
    first, second = Turn(clean, keys.LOOK_TURN, lease_s=0.05), Turn(clean, keys.LOOK_TURN)
    assert first.take()
    until(lambda: not clean.exists(keys.LOOK_TURN), what="the end of the lease")
    assert first.keep()
    first.give_back()
    assert second.take()


def test_what_was_never_taken(clean: Any) -> None:
    """It can be kept where nobody has it, which takes it, and given back, which is nothing."""
    turn = Turn(clean, keys.LOOK_TURN)
    turn.give_back()
    assert turn.keep()
    assert not Turn(clean, keys.LOOK_TURN).keep()


def test_a_death_costs_seconds(clean: Any) -> None:
    """As long as the messages of who died are held, and no longer."""
    assert Turn(clean, keys.LOOK_TURN).take()
    assert 0 < clean.pttl(keys.LOOK_TURN) <= 1_000 * Settings().lease_s


def test_a_clock_that_is_put_back_gives_a_dead_holder_no_more_time(clean: Any) -> None:
    """Redis keeps the moment at which a key ends, not what is left of it. A holder that lives has time to renew it."""
    dead, living, other = (Turn(clean, keys.LOOK_TURN) for _ in range(3))
    assert dead.take()
    for call in (other.take, other.keep):
        clean.pexpire(keys.LOOK_TURN, 3_600_000)
        assert not call()
        assert 0 < clean.pttl(keys.LOOK_TURN) <= 5_000
    clean.pexpire(keys.LOOK_TURN, 1_000)
    assert not other.take()
    assert clean.pttl(keys.LOOK_TURN) <= 1_000, "nor by being asked for"
    dead.give_back()
    assert living.take()
    clean.pexpire(keys.LOOK_TURN, 3_600_000)
    assert not other.take()
    assert living.keep()


def test_without_a_server_there_is_no_turn() -> None:
    """Said as everywhere else."""
    turn = Turn(redis.Redis(unix_socket_path="/nowhere/s.sock", retry=Retry(NoBackoff(), 0)), keys.LOOK_TURN)
    for call in (turn.take, turn.keep):
        with pytest.raises(StoreUnavailable):
            call()
