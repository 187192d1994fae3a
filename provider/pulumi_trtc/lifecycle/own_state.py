"""The running update's own state and history, as one process reads and verifies them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

import attrs

from pulumi_trtc.errors import NoEvidence
from pulumi_trtc.lifecycle.known import Index
from pulumi_trtc.stack.cli import StackReader
from pulumi_trtc.stack.state import is_dynamic


@attrs.define
class OwnState:
    """Shared by the provider's threads.

    Args:
        reader: Runs the CLI.
        tell: Prints a line for the person who runs the update.
        provider: What this process is for, as states name it: "<URN>::<id>". "" for the dynamic provider.
        has_company: Whether other providers take part in the running update, each a process of its own.
    """

    reader: StackReader
    tell: Callable[[str], None]
    provider: str = ""
    has_company: Callable[[], bool] = lambda: False
    _stack: str = attrs.field(default="", init=False)
    _handed: set[str] = attrs.field(factory=set, init=False)
    _index: Index | None = attrs.field(default=None, init=False)
    _indexed: str = attrs.field(default="", init=False)
    _told: set[str] = attrs.field(factory=set, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _latest: Index | None = attrs.field(default=None, init=False)
    _looked_at: float = attrs.field(default=0.0, init=False)
    _looking: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def begin(self, stack: str, *, declared: bool) -> None:
        """Read it, once; called at the first call of the process.

        Args:
            stack: "organization/project/stack", as the recording's owner says.
            declared: A program runs that says so: it knows best.
        """
        if declared or not self._stack:
            self._stack = stack
        self.reader.begin(self._stack, declared=declared)

    def hand(self, task_id: str) -> None:
        """The engine has handed over a task: whatever is read must hold it."""
        with self._lock:
            self._handed.add(task_id)

    def index(self, task_ids: Collection[str] = ()) -> Index:
        """What state and history say, once they hold all that the engine has handed over.

        Args:
            task_ids: Some more of that.

        Raises:
            NoEvidence: They cannot be read, or are not the running update's.
        """
        with self._lock:
            self._handed.update(task_ids)
            if self._index is None or self._handed or self._indexed != self._stack:
                evidence = self.reader.evidence(self._stack, self._handed)
                self._handed.clear()
                if self._index is None or self._index.evidence is not evidence:
                    self._index = Index.of(evidence, self.reader.backend)
                self._indexed = self._stack
            return self._index

    def owns(self, provider: str) -> bool:
        """Whether something of the state is for this process, by its provider."""
        return provider == self.provider if self.provider else is_dynamic(provider)

    def before_deletion(self, task_id: str) -> Index:
        """What a deletion goes by. In company that is the state of this moment: another process of this
        update may have started, taken over or taken in what the earlier one does not tell of.

        Args:
            task_id: What the engine has handed over.

        Raises:
            NoEvidence: It cannot be read, or is not the running update's.
        """
        index = self.index({task_id})
        asked = self.reader.clock.monotonic()
        with self._looking:
            # One look serves all who asked before it began.
            if (
                self._latest is None
                or self._looked_at < asked
                or not self._latest.evidence.state.knows(task_id)
            ):
                begun = self.reader.clock.monotonic()
                if self.has_company():
                    index = Index.of(self.reader.now(self._stack, task_id), self.reader.backend)
                self._latest, self._looked_at = index, begun
            return self._latest

    def warn(self, failure: NoEvidence, consequence: str) -> None:
        """Say that it could not be read, once: every recording would say the same."""
        if consequence not in self._told:
            self._told.add(consequence)
            self.tell(f"warning: the stack's own state could not be read: {failure.why}. {consequence}")
