"""What only one recording can have: a RecordId that its program gives, and a task that it adopts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import attrs

from pulumi_trtc.errors import HeldByAnother
from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.lifecycle.known import Index
from pulumi_trtc.lifecycle.props import Props
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.stack.state import SavedRecording, State, name_in

_GIVEN = (("record_id", "recordId"), ("adopt", "adopt"))


@attrs.define
class Claims:
    """What the checked recordings of a program claim."""

    _claimed: dict[tuple[str, str, int | None], str] = attrs.field(factory=dict, init=False)

    def needs_evidence(self, inputs: Props) -> bool:
        """Whether it takes the stack's state to tell whether another recording has it."""
        return any(isinstance(inputs.get(key), str) for _, key in _GIVEN)

    def faults(
        self, urn: str, inputs: Props, index: Index | None, identities: Collection[Identity]
    ) -> tuple[str, ...]:
        """Whatever another recording of the program or the stack has, each with its name and the remedy."""
        return tuple(self._faults(urn, inputs, index, identities))

    def _faults(
        self, urn: str, inputs: Props, index: Index | None, identities: Collection[Identity]
    ) -> Iterator[str]:
        own = index.known(identities).entries if index else ()
        app = whole(inputs.get("sdkAppId"))
        for name, key in _GIVEN:
            value = inputs.get(key)
            if not isinstance(value, str):
                continue  # not given, or not known yet
            claim = (name, value, app if name == "record_id" else None)
            first = self._claimed.setdefault(claim, urn)
            if first != urn:
                yield str(HeldByAnother(name, value, name_in(first)))
                continue
            holder = _holder(name, value, app, index.evidence.state) if index else None
            if holder is not None and holder not in own:
                yield str(HeldByAnother(name, value, holder.name, holder.task_id))


def _holder(name: str, value: str, app: int | None, state: State) -> SavedRecording | None:
    if name == "adopt":
        return state.holder(value)
    return next(
        (
            one
            for one in state.saved
            if one.record_id == value
            and one.may_run
            and not one.read
            and whole(one.inputs.get("sdkAppId")) == app
        ),
        None,
    )
