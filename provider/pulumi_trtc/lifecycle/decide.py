"""The two tables of decisions: what an update does with a recording that is in the state, and what a start
does about the holder of a RecordId. Pure: whoever gathers the facts asks the service, if it must be asked.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping

import attrs


class Do(enum.Enum):
    """What the engine is asked for."""

    REFUSE = "fail: a person has to choose"
    REPLACE = "start a new recording, stop the old one"
    UPDATE = "change what the state says, and look for leftovers; the recording runs on"
    NOTHING = "nothing"


@attrs.frozen
class Facts:
    """What is known of a saved recording when an update looks at it.

    Attributes:
        elsewhere: It may run, at another place than the configuration names.
        changed: Paths of inputs of the API that changed.
        interrupted: A replacement or deletion of it was interrupted and not carried through.
        runs: Whether the service says that it runs; None if nobody asked, or could.
        ended: The state says that it has ended.
        acknowledged: An update has told of its end.
        restart: `when_ended` is "restart".
        settings: Paths of the provider's own settings that changed.
        renamed: It, its parent or its stack has another name.
        to_check: Updates that failed or were killed since it was last looked at, in words; "" for none.
    """

    elsewhere: bool = False
    changed: tuple[str, ...] = ()
    interrupted: bool = False
    runs: bool | None = None
    ended: bool = False
    acknowledged: bool = False
    restart: bool = False
    settings: tuple[str, ...] = ()
    renamed: bool = False
    to_check: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, as far as anybody knows."""
        return self.ended or self.runs is False


class Reason(enum.Enum):
    """Why an update does what it does, with what it does and the sentence that says so."""

    ELSEWHERE = Do.REFUSE, "runs at another place"
    CHANGED = Do.REPLACE, "restarts because {changed} changed"
    INTERRUPTED = Do.REPLACE, "restarts: it no longer runs after {to_check}"
    RESTARTS = Do.REPLACE, 'has ended, and starts again: when_ended is "restart"'
    HAS_ENDED = Do.UPDATE, "has ended"
    SETTINGS = Do.UPDATE, "runs on; {settings} changed"
    RENAMED = Do.UPDATE, "runs on under its new name"
    TO_CHECK = Do.UPDATE, "runs on; checked after {to_check}"
    SAME = Do.NOTHING, "unchanged"

    def __init__(self, do: Do, words: str) -> None:
        self.do = do
        self.words = words

    def sentence(self, facts: Facts) -> str:
        """The reason for people, with paths and never a value."""
        filled = {"changed": _some(facts.changed), "settings": _some(facts.settings)}
        return self.words.format(**filled, to_check=facts.to_check)


# The first row that holds decides.
DECISIONS: tuple[tuple[Reason, Callable[[Facts], bool]], ...] = (
    (Reason.ELSEWHERE, lambda facts: facts.elsewhere),
    (Reason.CHANGED, lambda facts: bool(facts.changed)),
    (Reason.INTERRUPTED, lambda facts: facts.interrupted and facts.is_over),
    (Reason.RESTARTS, lambda facts: facts.is_over and facts.restart),
    (Reason.HAS_ENDED, lambda facts: facts.is_over and not facts.acknowledged),
    (Reason.SETTINGS, lambda facts: bool(facts.settings)),
    (Reason.RENAMED, lambda facts: facts.renamed),
    (Reason.TO_CHECK, lambda facts: bool(facts.to_check)),
    (Reason.SAME, lambda _facts: True),
)


def decide(facts: Facts) -> Reason:
    """What an update does with a recording that is in the state."""
    return next(reason for reason, holds in DECISIONS if holds(facts))


class Holder(enum.Enum):
    """Who has a RecordId. "Unknown" is a running task that the stack's state does not hold."""

    NOBODY = "nobody"
    OURS = "saved, this recording"
    ANOTHER = "saved, another recording of this stack"
    WANTED = "unknown; every pending create of this recording asks for the same, and no update failed since"
    LEFTOVER = "unknown; an update of this recording was killed or failed, and could have started it"
    STRANGER = "unknown, in a clean history: it was let go, or is another stack's"


class Take(enum.Enum):
    """What a start does about it."""

    USE = "start under it"
    NEXT = "start under the next attempt's"
    NEXT_AND_WARN = "start under the next attempt's, and name the task"
    STOP_FIRST = "stop that task, then start under it"
    ADOPT = "take that task over"
    START_THEN_STOP = "start under another attempt's, then stop that task"
    REFUSE_NAMING_HOLDER = "fail, and name the recording that has it"
    REFUSE_NAMING_TASK = "fail, and name the task that has it"


@attrs.frozen
class Row:
    """What is done where the RecordId was derived, and where the user gave it."""

    derived: Take
    given: Take


HOLDERS: Mapping[Holder, Row] = {
    Holder.NOBODY: Row(Take.USE, Take.USE),
    Holder.OURS: Row(Take.NEXT, Take.STOP_FIRST),
    Holder.ANOTHER: Row(Take.NEXT, Take.REFUSE_NAMING_HOLDER),
    Holder.WANTED: Row(Take.ADOPT, Take.ADOPT),
    Holder.LEFTOVER: Row(Take.START_THEN_STOP, Take.REFUSE_NAMING_TASK),
    Holder.STRANGER: Row(Take.NEXT_AND_WARN, Take.REFUSE_NAMING_TASK),
}


def _some(paths: tuple[str, ...], most: int = 3) -> str:
    rest = len(paths) - most
    return ", ".join(paths[:most]) + (f" and {rest} more" if rest > 0 else "")
