"""The adapter: Pulumi's dynamic-provider calls to checks, changes and lifecycle.

The name of this module and of its class are written into users' states: they cannot change.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import attrs
import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from pulumi_trtc.errors import TrtcError
from pulumi_trtc.inputs.changes import compare
from pulumi_trtc.inputs.check import check, warnings
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle import props as p
from pulumi_trtc.lifecycle.calls import Session, open_session
from pulumi_trtc.lifecycle.declared import Wanted
from pulumi_trtc.stack.state import StackView

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _for_people(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Report an expected failure without a traceback."""

    @functools.wraps(call)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return call(*args, **kwargs)
        except TrtcError as failure:
            # The engine is sent `traceback.format_exc()`, which nothing but this limit keeps short.
            sys.tracebacklimit = 0
            raise failure from None

    return wrapper


class WebRecordingProvider(ResourceProvider):
    """Runs in the plugin process. The engine shares one instance between four threads."""

    serialize_as_secret_always = False  # it holds no secret: only its name is stored
    _session: Session

    def configure(self, req: ConfigureRequest) -> None:
        """Read the stack's configuration; what is wrong with it is reported by `check`."""
        # Config has no public way to list its keys, which it takes to find misspelt ones.
        self._session = open_session(
            req.config._props, os.environ, Path.home(), (sys.argv[1:] or [""])[0], _tell
        )

    @_for_people
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuse wrong inputs, all at once; add the derived RecordId."""
        known = _core({key: value for key, value in news.items() if value is not None})
        failures = [*self._session.problems, *map(str, check(known)), *p.owner_faults(known)]
        if failures:
            # A failure that names its property makes the engine print the value: a secret in clear.
            return CheckResult(news, [CheckFailure("", failure) for failure in failures])
        for warning in warnings(known):
            _tell(f"warning: {warning}")
        self._session.declared.add(p.urn_of(news))
        stack = p.stack_of(news)
        if stack is not None:
            # Read before anything is created, so that a pending create in it is an earlier update's.
            self._session.stack.view(stack)
            return CheckResult(p.with_owner(_olds, news, self._session.stack.backend()), [])
        return CheckResult(news, [])

    @_for_people
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Every input of the API replaces; settings of the provider update in place."""
        news = _core(p.given_only(_news))
        changes = compare(_core(p.given_only(_olds)), news)
        if changes.delete_before_replace and p.lacks_storage_keys(news):
            self._session.storage_keys()  # without them nothing would start once the old one is stopped
        view, last = self._view(_news), p.last_failure(_olds)
        again = (
            p.is_interrupted(_olds, view.trace_of(p.urn_of(_news)))
            or view.may_be_stopped(_id, last)
            or (news.get("whenEnded") == "restart" and self._has_ended(_id, _olds, view))
        )
        aside = view.is_suspect(last) or bool(_olds.get("unsettled")) or p.is_renamed(_olds, _news)
        return DiffResult(
            changes=changes.changed or again or aside,
            # What did not finish may have stopped the old recording already: it is carried through.
            replaces=list(changes.replaces or (["recordId"] if again else [])),
            delete_before_replace=changes.delete_before_replace,
        )

    @_for_people
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Start the recording, or take over the one that an interrupted update started."""
        view = self._view(props)
        wanted = self._wanted(props)
        self._session.made.add(wanted.urn)
        if wanted.spec.needs_storage_keys:
            wanted = attrs.evolve(wanted, keys=self._session.storage_keys())
        recording = self._session.lifecycle.create(wanted, view)
        return CreateResult(recording.task_id, p.created(wanted, recording, view))

    @_for_people
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Ask whether the task still runs; only "not found" counts as ended."""
        described = self._session.lifecycle.read(id_, lambda: self._view(props).young)
        if described is None:
            stays = props.get("taskId") is not None
            if stays and props.get("whenEnded") != "restart":
                # One that did not end by itself is started again.
                stays = not self._view(props).may_be_stopped(id_, p.last_failure(props))
            if not stays:
                return ReadResult("", {})
            # The next update starts one that is to restart, and needs to know what its RecordId was.
            return ReadResult(id_, p.with_unsettled({**props, "status": p.ENDED}, self._beside(props)))
        found = {"taskId": id_, "recordId": described.record_id or props.get("recordId"), "status": p.RUNNING}
        return ReadResult(id_, p.with_unsettled({**props, **found}, self._beside(props)))

    @_for_people
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Take over settings of the provider, and stop what interrupted updates left."""
        view = self._view(_news)
        unsettled, changed = tuple(_olds.get("unsettled") or ()), {}
        suspect = view.is_suspect(p.last_failure(_olds))
        if unsettled or suspect:
            wanted = self._wanted(_news)
            self._session.made.add(wanted.urn)
            unsettled = self._session.lifecycle.settle(wanted, view, unsettled, _id)
        if suspect:
            changed = {"lastFailure": view.newest_failure}
            if not p.is_ended(_olds) and self._session.lifecycle.read(_id, lambda: view.young) is None:
                changed["status"] = p.ENDED
                again = "" if _news.get("whenEnded") == "restart" else f" --replace '{p.urn_of(_news)}'"
                _tell(
                    f"{p.name_of(_news)}: task {_id} has ended, by itself or by the update that failed. "
                    f"`pulumi up{again}` starts it again."
                )
        return UpdateResult(p.updated(_olds, _news, unsettled, **changed))

    @_for_people
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Stop the recording; one that has ended is fine. The last process that knows of it also stops what
        interrupted updates left of it.
        """
        view = self._view(_props)
        urn = p.urn_of(_props)
        left = (
            bool(_props.get("unsettled"))
            or view.is_suspect(p.last_failure(_props))
            or p.is_interrupted(_props, view.trace_of(urn))
        )
        if not self._session.declared:
            self._session.lifecycle.clear_undeclared(view)
        if urn and not view.readable and urn not in self._session.declared:
            _tell(
                f"{p.name_of(_props)}: the stack's state could not be read with `pulumi stack export`, so "
                "nothing was looked for that interrupted updates may have left of it; "
                "`python -m pulumi_trtc recover` does."
            )
        if urn and left and urn not in self._session.made:
            wanted = self._wanted(p.given_only(_props))
            self._session.lifecycle.clear(wanted, view, tuple(_props.get("unsettled") or ()))
        self._session.lifecycle.delete(_id, lambda: view.young and not p.is_ended(_props))

    def _has_ended(self, task_id: str, props: Mapping[str, Any], view: StackView) -> bool:
        """Whether a recording that is to restart has ended; asked only where a failed update may have
        stopped it.
        """
        if p.is_ended(props) or not view.is_suspect(p.last_failure(props)):
            return p.is_ended(props)
        try:
            return self._session.lifecycle.read(task_id, lambda: view.young) is None
        except TrtcError:
            return False  # a preview needs neither credentials nor the service

    def _wanted(self, props: Mapping[str, Any]) -> Wanted:
        return p.wanted_of(props, self._session.stack.backend())

    def _beside(self, props: Mapping[str, Any]) -> tuple[str, ...]:
        """What a refresh finds beside the recording, and what was known before; the next update stops it."""
        if not p.stack_of(props):
            return ()
        wanted = self._wanted(p.given_only(props))
        found = self._session.lifecycle.beside(wanted, self._view(props))
        return tuple(dict.fromkeys((*(props.get("unsettled") or ()), *found)))

    def _view(self, props: Mapping[str, Any]) -> StackView:
        stack = p.stack_of(props)
        return self._session.stack.view(stack) if stack else StackView()


def _core(value: Any) -> Any:
    """Properties in the core's terms, which knows nothing of Pulumi."""
    if isinstance(value, pulumi.output.Unknown):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _core(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_core(inner) for inner in value]
    return value


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201  the engine shows what a provider prints
