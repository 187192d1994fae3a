"""Which tasks of the state run: each is asked for once in a process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from typing import Any

import attrs

from pulumi_trtc.errors import TrtcError
from pulumi_trtc.stack.state import SavedRecording


@attrs.define
class Questions:
    """The engine makes one diff after the other: with the first task that is in doubt all are asked for, or
    each would wait for its own answer.

    Args:
        ask: Asks the service whether a task runs, by its TaskId and outputs.
        in_doubt: The tasks of the state of which that may be asked.
        beside: Sends requests side by side.
    """

    ask: Callable[[str, Mapping[str, Any]], bool]
    in_doubt: Callable[[], Iterable[SavedRecording]]
    beside: Executor
    _answers: dict[str, Future[bool]] = attrs.field(factory=dict, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def runs(self, task_id: str, outputs: Mapping[str, Any]) -> bool:
        """Whether a task runs.

        Raises:
            TrtcError: The service could not be asked.
        """
        with self._lock:
            if task_id not in self._answers:
                others = {} if self._answers else {one.task_id: one.outputs for one in self.in_doubt()}
                for one, told in {**others, task_id: outputs}.items():
                    self._answers[one] = self.beside.submit(self.ask, one, told)
            answer = self._answers[task_id]
        try:
            return answer.result()
        except TrtcError:
            self._answers.pop(task_id, None)  # the update that follows asks again
            raise
