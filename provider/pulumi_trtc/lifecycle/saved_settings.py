"""What is said of keys that fail in a command that ran no program: they may be old ones."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import attrs

from pulumi_trtc.errors import ApiError, MissingCredentials, advice, refuses_keys

_HINT = (
    "No program ran, so the configuration is the one that the last `pulumi up` saved. After keys were "
    "changed, run this command with `--run-program`, or `pulumi up` first."
)


class Configured(Protocol):
    """Whoever makes the calls."""

    @property
    def no_program_ran(self) -> bool:
        """Whether the configuration is the one that the state holds."""


_C = TypeVar("_C", bound=Configured)
_P = ParamSpec("_P")
_R = TypeVar("_R")


def names_saved_settings(call: Callable[Concatenate[_C, _P], _R]) -> Callable[Concatenate[_C, _P], _R]:
    """Let a failure for want of the right keys say which ones were used."""

    @functools.wraps(call)
    def wrapper(calls: _C, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return call(calls, *args, **kwargs)
        except (ApiError, MissingCredentials) as failure:
            raise (_hinted(failure) if calls.no_program_ran else failure) from None

    return wrapper


def _hinted(failure: ApiError | MissingCredentials) -> ApiError | MissingCredentials:
    if isinstance(failure, MissingCredentials):
        return attrs.evolve(failure, hint=_HINT)
    if not refuses_keys(failure.code):
        return failure
    return attrs.evolve(failure, hint=f"{failure.hint or advice(failure.code)} {_HINT}")
