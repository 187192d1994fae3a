"""What a person is told of recordings: one line for each kind, with a count and the first names."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Sequence
from typing import Final, TypeAlias

import attrs

from pulumi_trtc.stack.state import name_in

# What differs between a sentence about one recording and about several.
_ONE: Final = {"s": "s", "has": "has", "is": "is", "it": "it", "them": "it", "its": "its"}
_MANY: Final = {"s": "", "has": "have", "is": "are", "it": "they", "them": "them", "its": "their"}
SLOTS: Final = {slot: f"{{{slot}}}" for slot in (*_ONE, "others")}
"""For a format that leaves them open."""

Ask: TypeAlias = "Callable[[], tuple[Note, Collection[str]]]"
"""Gives a note once it is told, and the URNs of other recordings that it speaks of."""

_HOLD_S: Final = 5.0
_SHORT_HOLD_S: Final = 0.5
_WARNINGS: Final = 1000


@attrs.frozen(order=True)
class Note:
    """What there is to say of one recording.

    Attributes:
        rank: Notes of a lower one are told first.
        words: A sentence without its subject, with the slots of `SLOTS`.
    """

    rank: int
    words: str

    def line(self, names: Sequence[str], others: Sequence[str]) -> str:
        """The note of these recordings.

        Args:
            others: Names of the recordings that the words speak of.
        """
        count = f"{len(names)} recordings"
        if self.rank >= _WARNINGS:
            said = f"{names[0]}: {self.words}" if len(names) == 1 else f"{count}: {self.words}: {some(names)}"
            return f"warning: {said}"
        number = _ONE if len(names) == 1 else _MANY
        said = self.words.format(**number, others=some(others))
        return f"{names[0]}: {said}" if len(names) == 1 else f"{count} {said}: {some(names)}"


@attrs.define
class Notes:
    """Collects the notes of a process and tells them together, each once. Shared by the provider's threads.

    Nobody says which recording is the last one. So notes are held until none has come for a moment, or the
    process ends: the CLI shows what its providers print then. A preview ends as soon as it has asked for all.

    Args:
        tell: Prints a line.
        later: Calls something after so many seconds, in a thread that does not keep the process alive.
    """

    tell: Callable[[str], None]
    _later: Callable[[float, Callable[[], None]], object]
    _held: dict[tuple[str, str], Ask] = attrs.field(factory=dict, init=False)
    _told: set[tuple[str, Note]] = attrs.field(factory=set, init=False)
    _hold: float = attrs.field(default=_HOLD_S, init=False)
    _count: int = attrs.field(default=0, init=False)
    _waits: bool = attrs.field(default=False, init=False)
    _lock: threading.RLock = attrs.field(factory=threading.RLock, init=False)

    def of(self, urn: str, note: Ask) -> None:
        """What happens with a recording; a later note of it takes an earlier one's place."""
        self._keep((urn, ""), note)

    def warn(self, urn: str, text: str) -> None:
        """What a person should look at."""
        self._keep((urn, text), lambda: (Note(_WARNINGS, text), ()))

    def hurry(self) -> None:
        """Something is being done from now on, which may take long: nobody waits for its end."""
        with self._lock:
            if self._hold != _SHORT_HOLD_S:
                self._hold = _SHORT_HOLD_S
                self._wait()

    def tell_all(self) -> None:
        """Tell what is held."""
        with self._lock:
            held, self._held = self._held, {}
            kinds: dict[Note, tuple[list[str], list[str]]] = {}
            for (urn, _), ask in held.items():
                note, about = ask()
                if (urn, note) in self._told:
                    continue
                self._told.add((urn, note))
                names, others = kinds.setdefault(note, ([], []))
                names.append(_shown(urn))
                others += map(_shown, about)
            for note, (names, others) in sorted(kinds.items()):
                self.tell(note.line(sorted(names, key=_natural), sorted(set(others), key=_natural)))

    def _keep(self, key: tuple[str, str], ask: Ask) -> None:
        with self._lock:
            self._held[key] = ask
            self._count += 1
            if not self._waits:
                self._wait()

    def _wait(self) -> None:
        if self._held:
            self._waits = True
            seen = self._count
            self._later(self._hold, lambda: self._due(seen))

    def _due(self, seen: int) -> None:
        with self._lock:
            self._waits = False
            if self._count != seen:
                self._wait()
            else:
                self.tell_all()


def some(names: Sequence[str], most: int = 3) -> str:
    """The first names, and how many more there are."""
    rest = len(names) - most
    return ", ".join(names) if rest <= 1 else f"{', '.join(names[:most])} and {rest} more"


def _shown(urn: str) -> str:
    """A recording's name on one line, whatever is in it."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name_in(urn))


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """A key that puts room2 before room10."""
    parts = re.split(r"([0-9]+)", name)
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
