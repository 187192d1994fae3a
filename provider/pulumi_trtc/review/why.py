"""Why a recording changes: the provider's own rules, asked of what a preview's JSON holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from pulumi_trtc.inputs.changes import Changes, compare
from pulumi_trtc.inputs.table import walk
from pulumi_trtc.lifecycle.decide import CUT_SHORT, Begins, Facts, Reason, begins, decide, shared
from pulumi_trtc.lifecycle.notes import Note
from pulumi_trtc.lifecycle.props import given_only, hidden, is_ended, is_renamed
from pulumi_trtc.review.fates import Fate
from pulumi_trtc.review.preview import SECRET
from pulumi_trtc.review.values import Value, field_at, value_at

_PATHS: Final = frozenset(path for path, _ in walk())
_PATH = re.compile(r"[a-z_]+(?:\.[a-z_]+|\[[0-9]+\])*")
_AFTER = re.compile(
    r"\b(an update that was killed|the failed [a-z]+ of [0-9][0-9T:. -]*[0-9]( UTC)?"
    r"|an update that could not stop what was left)"
)
_OVER = re.compile(r"\b(has|have) ended\b|\bno longer runs?\b")
_SEVERAL = re.compile(r"[0-9]+ recordings ")
_REST = re.compile(r" and ([0-9]{1,6}) more$")
_UNASKED = re.compile(r"could not be asked \(([A-Za-z]+)\)")


@attrs.frozen
class Why:
    """Why a recording that the state holds changes.

    Attributes:
        sentence: With paths and never a value.
        is_over: It has ended already.
        values: What differs, as it may be shown.
    """

    sentence: str
    is_over: bool
    changes: Changes
    values: tuple[Value, ...] = ()


def why(fate: Fate, told: Sequence[str]) -> Why:
    """The reason for a change of a recording that is there before and after.

    Args:
        told: What the preview has printed, line by line: of secrets it tells the paths that changed.
    """
    old = given_only(fate.old.props) if fate.old else {}
    new = given_only(fate.new.inputs) if fate.new else {}
    about = _about(fate.name, told)
    changes = compare(old, new)
    facts = Facts(
        changed=(*changes.paths, *_unseen(fate, changes, old, about)),
        unknown=changes.unknown,
        shares=_shares(fate, changes),
        ended=is_ended(old),
        acknowledged=bool(hidden(old).get("acknowledged")),
        interrupted=bool(hidden(old).get("interrupted")),
        restart=new.get("whenEnded") == "restart",
        settings=changes.updates,
        renamed=is_renamed(old, new),
    )
    if decide(facts) is Reason.SAME and not fate.forced:
        facts = _checked(fate, facts, about)
    reason = decide(facts)
    values = (value_at(path, old, new) for path in (*changes.paths, *changes.updates))
    return Why(
        _sentence(_forced(facts) if reason is Reason.SAME else reason.note(facts)),
        facts.is_over,
        changes,
        tuple(one for one in values if one.is_shown),
    )


def end_of(fate: Fate, told: Sequence[str]) -> str:
    """The sentence of a recording whose end a refresh has found; "" for one that runs on."""
    if not any(map(_OVER.search, _naming(fate.name, told))):
        return ""
    facts = Facts(ended=True, restart=bool(fate.old and fate.old.props.get("whenEnded") == "restart"))
    return _sentence(decide(facts).note(facts))


def unnamed_ends(told: Sequence[str]) -> int:
    """How many recordings have ended of which a refresh has printed the number alone."""
    rest = (_REST.search(line) for line in told if _OVER.search(line))
    return sum(int(found[1]) for found in rest if found)


def _about(name: str, told: Sequence[str]) -> list[str]:
    """The lines that may be about a recording. Of several, a line names the first ones."""
    return _naming(name, told) or [line for line in told if _SEVERAL.match(line)]


def _naming(name: str, told: Sequence[str]) -> list[str]:
    """The lines that name a recording."""
    several = [line for line in told if _SEVERAL.match(line)]
    named = [line for line in several if name in re.split(", | and ", line.rpartition(": ")[2])]
    return [line for line in told if line.startswith(f"{name}: ")] or named


def _unseen(fate: Fate, changes: Changes, old: Mapping[str, Any], about: Sequence[str]) -> tuple[str, ...]:
    """What changed behind `[secret]`, by path where the preview has printed it."""
    printed = [path for line in about for path in _PATH.findall(line) if _table(path) in _PATHS]
    found: list[str] = []
    for field in filter(None, map(field_at, fate.keys)):
        below = [path for path in printed if re.split(r"[.\[]", path)[0] == field.name]
        if below:
            found += below
        elif field.key not in changes.replaces and _holds_secret(old.get(field.key)):
            found.append(f"a secret in {field.name}")
    return tuple(dict.fromkeys(path for path in found if path not in changes.paths))


def _shares(fate: Fate, changes: Changes) -> str:
    """Why the old one stops before the new one starts, in words; "" if it does not."""
    found = shared(changes.share_record_id, changes.share_stream)
    pushes = fate.both_push and (fate.stop_first or fate.forced)
    if found or not (fate.stop_first or pushes):
        return found
    return shared(False, True) if pushes else "its place, as delete_before_replace asks"


def _forced(facts: Facts) -> Note:
    begun = Begins(saved=True, shares=facts.shares)
    return begins(begun).note(begun)


def _sentence(note: Note) -> str:
    # What the change of a secret that is not known by its path means, is not known either.
    return note.line([""], ()).removeprefix(": ").replace("(; ", "(").replace(" ()", "")


def _checked(fate: Fate, facts: Facts, about: Sequence[str]) -> Facts:
    """What only the service and the stack's history tell: the engine asks for something all the same."""
    found = [match[0] for line in about if (match := _AFTER.search(line))]
    over = fate.starts or any(map(_OVER.search, about))
    return attrs.evolve(
        facts,
        runs=False if over else None,
        interrupted=fate.starts and not facts.restart,
        to_check=found[0] if found else CUT_SHORT,
        unasked=next((match[1] for line in about if (match := _UNASKED.search(line))), ""),
    )


def _table(path: str) -> str:
    return re.sub(r"\[[0-9]+\]", "[]", path)


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_secret, value.values()))
    if isinstance(value, list):
        return any(map(_holds_secret, value))
    return bool(value == SECRET)
