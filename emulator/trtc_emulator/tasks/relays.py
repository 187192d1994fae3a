"""The states of relays, in the order in which callback 401 tells them."""

from __future__ import annotations

import enum

import attrs


class RelayState(enum.IntEnum):
    """Status of callback 401."""

    IDLE = 0
    CONNECTING = 1
    RUNNING = 2
    RECOVERING = 3
    FAILURE = 4
    DISCONNECTING = 5


@attrs.define
class _Relay:
    last: RelayState = RelayState.IDLE
    ran: bool = False


@attrs.frozen
class Relays:
    """All relays whose recordings have not finished, and what was told of them."""

    _relays: dict[tuple[str, int], _Relay] = attrs.field(factory=dict)

    def next(self, task_id: str, index: int, reported: int) -> tuple[RelayState, ...]:
        """What is told once a relay has reported a state; nothing where that is known."""
        relay = self._relays.setdefault((task_id, index), _Relay())
        states = _states(relay, RelayState(reported))
        if states:
            relay.last = states[-1]
            relay.ran = relay.ran or relay.last is RelayState.RUNNING
        return states

    def forget(self, task_id: str) -> None:
        """A recording has finished."""
        for key in [key for key in self._relays if key[0] == task_id]:
            del self._relays[key]


def _states(relay: _Relay, reported: RelayState) -> tuple[RelayState, ...]:
    match reported:
        case RelayState.CONNECTING | RelayState.RECOVERING:
            return (RelayState.RECOVERING if relay.ran else RelayState.CONNECTING,)
        case RelayState.FAILURE:
            return (RelayState.FAILURE, RelayState.IDLE)
        case RelayState.IDLE if relay.last is RelayState.IDLE:
            return ()
        case RelayState.IDLE if relay.last in (RelayState.RUNNING, RelayState.RECOVERING):
            return (RelayState.DISCONNECTING, RelayState.IDLE)
    return (reported,)
