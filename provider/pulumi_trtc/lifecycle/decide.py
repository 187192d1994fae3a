"""The tables of decisions: what an update does with a recording that is in the state, what is told of one
that begins, and what a start does about the holder of a RecordId. Pure: whoever gathers the facts asks the
service, if it must be asked. Each row of the first two has its sentence, with paths and never a value.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Final

import attrs

from pulumi_trtc.lifecycle.meanings import meanings
from pulumi_trtc.lifecycle.notes import SLOTS, Note, some

CUT_SHORT: Final = "an update that was interrupted"
"""What something is checked after, where nothing tells of it more exactly."""


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
        imported: It was imported, and no program has declared it yet.
        changed: Paths of inputs of the API that changed.
        unknown: Those of them whose new value a preview does not know.
        shares: What the old and the new one cannot both have, in words; "" for nothing.
        interrupted: A replacement or deletion of it was interrupted and not carried through.
        runs: Whether the service says that it runs; None if nobody asked, or could.
        unasked: Why it could not be asked; "" if it was, or need not be.
        ended: The state says that it has ended.
        acknowledged: An update has told of its end.
        restart: `when_ended` is "restart".
        settings: Paths of the provider's own settings that changed.
        renamed: It, its parent or its stack has another name.
        to_check: Updates that failed or were killed since it was last looked at, in words; "" for none.
    """

    elsewhere: bool = False
    imported: bool = False
    changed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    shares: str = ""
    interrupted: bool = False
    runs: bool | None = None
    unasked: str = ""
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
    """Why an update does what it does, with what it does and the sentence for it. Told in this order."""

    ELSEWHERE = Do.REFUSE, "run{s} at another place"
    IMPORTED = Do.UPDATE, "{is} imported, and run{s} on: taken to record what the program declares"
    STOPS_FIRST = (
        Do.REPLACE,
        "restart{s} because {changed} changed ({meaning}; footage has a gap); stop{s} before {it} start{s}: "
        "share{s} {shares}",
    )
    ADOPTS = Do.REPLACE, "stop{s}: the running recording that adopt names takes {its} place"
    CHANGED = Do.REPLACE, "restart{s} because {changed} changed ({meaning}; footage continues in a new file)"
    UNKNOWN = Do.REPLACE, "may restart: {changed} is known in the update only ({meaning})"
    INTERRUPTED = Do.REPLACE, "no longer run{s} after {to_check}: `pulumi up` starts {them} again"
    CHANGED_ENDED = Do.REPLACE, "{has} ended, and start{s} again because {changed} changed ({meaning})"
    RESTARTS = Do.REPLACE, '{has} ended; when_ended is "restart": `pulumi up` starts {them} again'
    HAS_ENDED = Do.UPDATE, '{has} ended; when_ended is "keep": `--replace` with {its} URN starts {them} again'
    ENDED_CHECKED = Do.UPDATE, "{has} ended; checked after {to_check}"
    UNASKED = (
        Do.UPDATE,
        "may have been stopped by {to_check}, and the service could not be asked ({unasked}); `pulumi up` "
        "asks it",
    )
    SETTINGS = Do.UPDATE, "run{s} on; {settings} changed, which the provider alone reads"
    RENAMED = Do.UPDATE, "run{s} on under {its} new name"
    TO_CHECK = Do.UPDATE, "run{s} on; checked after {to_check}"
    SAME = Do.NOTHING, "unchanged"

    def __init__(self, do: Do, words: str) -> None:
        self.do = do
        self.words = words

    def note(self, facts: Facts) -> Note:
        """The reason for people, with paths and never a value."""
        said = self.words.format(
            changed=some(facts.changed),
            meaning="; ".join(meanings(facts.changed)),
            settings=some(facts.settings),
            shares=facts.shares,
            unasked=facts.unasked,
            to_check=facts.to_check or CUT_SHORT,
            **SLOTS,
        )
        return Note(list(Reason).index(self), said)


# The first row that holds decides.
DECISIONS: tuple[tuple[Reason, Callable[[Facts], bool]], ...] = (
    (Reason.ELSEWHERE, lambda facts: facts.elsewhere),
    (Reason.IMPORTED, lambda facts: facts.imported),
    (Reason.ADOPTS, lambda facts: "adopt" in facts.changed),
    (Reason.CHANGED_ENDED, lambda facts: bool(facts.changed) and facts.is_over),
    (Reason.UNKNOWN, lambda facts: bool(facts.changed) and set(facts.changed) <= set(facts.unknown)),
    (Reason.STOPS_FIRST, lambda facts: bool(facts.changed) and bool(facts.shares)),
    (Reason.CHANGED, lambda facts: bool(facts.changed)),
    (Reason.INTERRUPTED, lambda facts: facts.interrupted and facts.is_over),
    (Reason.RESTARTS, lambda facts: facts.is_over and facts.restart),
    (Reason.ENDED_CHECKED, lambda facts: bool(facts.to_check) and facts.is_over and facts.acknowledged),
    (Reason.HAS_ENDED, lambda facts: facts.is_over and not facts.acknowledged),
    (Reason.UNASKED, lambda facts: bool(facts.unasked)),
    (Reason.SETTINGS, lambda facts: bool(facts.settings)),
    (Reason.RENAMED, lambda facts: facts.renamed),
    (Reason.TO_CHECK, lambda facts: bool(facts.to_check)),
    (Reason.SAME, lambda _facts: True),
)


def shared(record_id: bool, stream: bool) -> str:
    """What an old recording and a new one cannot both have, in words; "" for nothing."""
    if record_id:
        return "the given record_id"
    return "a CDN address" if stream else ""


def decide(facts: Facts) -> Reason:
    """What an update does with a recording that is in the state."""
    return next(reason for reason, holds in DECISIONS if holds(facts))


@attrs.frozen
class Begins:
    """What is known of a recording of which the engine hands over nothing, when a check looks at it.

    Attributes:
        saved: It runs: a replacement was asked for that no change explains.
        shares: What the old and the new one cannot both have, in words; "" for nothing.
        stopped: It was stopped to make room for its replacement, which an interrupted update did not start.
        adopts: It takes over a running recording.
        killed: A killed update may have started it.
        namesakes: URNs of those that the state has and the program does not, and that may record the same.
    """

    saved: bool = False
    shares: str = ""
    stopped: bool = False
    adopts: bool = False
    killed: bool = False
    namesakes: tuple[str, ...] = ()


class Beginning(enum.Enum):
    """What is told of a recording that a check finds to begin. Told in this order."""

    FORCED_STOPS_FIRST = (
        "restart{s} because `--replace` or `state taint` asks for it (footage has a gap); stop{s} before "
        "{it} start{s}: share{s} {shares}"
    )
    FORCED = "restart{s} because `--replace` or `state taint` asks for it (footage continues in a new file)"
    STOPPED = "start{s} again: an update that was interrupted stopped {them} to make room"
    ADOPTS = "{is} taken over: adopt names a running recording"
    KILLED = "start{s}, or {is} taken over if an update that was killed has started {them} already"
    NAMESAKE = "start{s}; if {it} {is} what was called {others}, say so with an alias, and nothing stops"
    NEW = "start{s}"

    def note(self, facts: Begins) -> Note:
        """The sentence for people."""
        return Note(
            len(Reason) + list(Beginning).index(self), self.value.format(shares=facts.shares, **SLOTS)
        )


# The first row that holds decides.
BEGINNINGS: tuple[tuple[Beginning, Callable[[Begins], bool]], ...] = (
    (Beginning.FORCED_STOPS_FIRST, lambda facts: facts.saved and bool(facts.shares)),
    (Beginning.FORCED, lambda facts: facts.saved),
    (Beginning.STOPPED, lambda facts: facts.stopped),
    (Beginning.ADOPTS, lambda facts: facts.adopts),
    (Beginning.KILLED, lambda facts: facts.killed),
    (Beginning.NAMESAKE, lambda facts: bool(facts.namesakes)),
    (Beginning.NEW, lambda _facts: True),
)


def begins(facts: Begins) -> Beginning:
    """What is told of a recording that begins."""
    return next(beginning for beginning, holds in BEGINNINGS if holds(facts))


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
