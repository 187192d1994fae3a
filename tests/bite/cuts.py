"""What is cut out of the provider, one after the other: rows of both tables, and each principle's check."""

from __future__ import annotations

import attrs

_DECIDE, _KNOWN = "lifecycle/decide.py", "lifecycle/known.py"
_LIFECYCLE, _CALLS, _NAMES = "lifecycle/lifecycle.py", "lifecycle/calls.py", "lifecycle/names.py"


@attrs.frozen
class Cut:
    """A piece of the provider, and what stands there instead.

    Attributes:
        what: For people: the row, or the principle and its check.
        file: Below the package.
        piece: Stands in it just once.
    """

    what: str
    file: str
    piece: str
    instead: str


def _decision(reason: str, facts: str) -> Cut:
    return Cut(f"decision: {reason}", _DECIDE, f"    (Reason.{reason}, lambda facts: {facts}),\n", "")


def _holder(holder: str, derived: str, given: str, *, instead: tuple[str, str]) -> Cut:
    column = "derived" if instead[0] != derived else "given"

    def row(first: str, second: str) -> str:
        return f"    Holder.{holder}: Row(Take.{first}, Take.{second}),\n"

    return Cut(f"holder: {holder}, {column}", _DECIDE, row(derived, given), row(*instead))


ROWS = (
    _decision("ELSEWHERE", "facts.elsewhere"),
    _decision("IMPORTED", "facts.imported"),
    _decision("ADOPTS", '"adopt" in facts.changed'),
    _decision("CHANGED_ENDED", "bool(facts.changed) and facts.is_over"),
    _decision("UNKNOWN", "bool(facts.changed) and set(facts.changed) <= set(facts.unknown)"),
    _decision("STOPS_FIRST", "bool(facts.changed) and bool(facts.shares)"),
    _decision("CHANGED", "bool(facts.changed)"),
    _decision("INTERRUPTED", "facts.interrupted and facts.is_over"),
    _decision("RESTARTS", "facts.is_over and facts.restart"),
    _decision("ENDED_CHECKED", "bool(facts.to_check) and facts.is_over and facts.acknowledged"),
    _decision("HAS_ENDED", "facts.is_over and not facts.acknowledged"),
    _decision("UNASKED", "bool(facts.unasked)"),
    _decision("SETTINGS", "bool(facts.settings)"),
    _decision("RENAMED", "facts.renamed"),
    _decision("TO_CHECK", "bool(facts.to_check)"),
    _holder("OURS", "NEXT", "STOP_FIRST", instead=("NEXT_AND_WARN", "STOP_FIRST")),
    _holder("OURS", "NEXT", "STOP_FIRST", instead=("NEXT", "REFUSE_NAMING_TASK")),
    _holder("ANOTHER", "NEXT", "REFUSE_NAMING_HOLDER", instead=("NEXT_AND_WARN", "REFUSE_NAMING_HOLDER")),
    _holder("ANOTHER", "NEXT", "REFUSE_NAMING_HOLDER", instead=("NEXT", "REFUSE_NAMING_TASK")),
    _holder("WANTED", "ADOPT", "ADOPT", instead=("START_THEN_STOP", "ADOPT")),
    _holder("WANTED", "ADOPT", "ADOPT", instead=("ADOPT", "REFUSE_NAMING_TASK")),
    _holder("LEFTOVER", "START_THEN_STOP", "REFUSE_NAMING_TASK", instead=("ADOPT", "REFUSE_NAMING_TASK")),
    _holder("LEFTOVER", "START_THEN_STOP", "REFUSE_NAMING_TASK", instead=("START_THEN_STOP", "STOP_FIRST")),
    _holder("STRANGER", "NEXT_AND_WARN", "REFUSE_NAMING_TASK", instead=("NEXT", "REFUSE_NAMING_TASK")),
    _holder("STRANGER", "NEXT_AND_WARN", "REFUSE_NAMING_TASK", instead=("NEXT_AND_WARN", "STOP_FIRST")),
)

CHECKS = (
    Cut(
        "1 proof before a stop: a cause is asked for before anything is looked for",
        _LIFECYCLE,
        "        if not known.has_cause:\n            return ()\n",
        "",
    ),
    Cut(
        "1 proof before a stop: a killed create counts until it was dealt with",
        _KNOWN,
        "(one.attempt > looked if one.attempt is not None else not _is_new(known))",
        "True",
    ),
    Cut(
        "1 proof before a stop: what the state knows is no leftover",
        _LIFECYCLE,
        "return task_id in self.started or known.evidence.state.knows(task_id)",
        "return task_id in self.started",
    ),
    Cut(
        "1 proof before a stop: a failed destroy starts nothing",
        _KNOWN,
        'return any(one.kind == "update" for one in self.failures)',
        "return bool(self.failures)",
    ),
    Cut(
        "2 ask before acting: a failed command is a question",
        _CALLS,
        "            runs = self._questions.runs(task_id, olds)\n        except",
        "            runs = False\n        except",
    ),
    Cut(
        "2 ask before acting: a failure is asked about once",
        _CALLS,
        '            changed["lastFailure"] = known.evidence.history.newest\n',
        "",
    ),
    Cut(
        "2 ask before acting: what a killed create started is waited for, however old the state is",
        "lifecycle/known.py",
        "bool(self.killed) or window.covers(self.evidence.age)",
        "window.covers(self.evidence.age)",
    ),
    Cut(
        "2 ask before acting: what a failed update started just before is waited for",
        "lifecycle/known.py",
        "bool(self.killed or self.unsettled or lately)",
        "bool(self.killed or self.unsettled)",
    ),
    Cut(
        "2 ask before acting: a page has twice its ReadyTimeout to be found",
        "lifecycle/start_window.py",
        "2 * ready_timeout if self.seconds else 0",
        "0",
    ),
    Cut(
        "3 evidence is this stack's: it holds what the engine has",
        "stack/cli.py",
        "            if not missing and (task_ids or one.state.stack(stack) == stack):\n",
        "            if True:\n",
    ),
    Cut(
        "3 evidence is this stack's: it is read in the project's folder",
        "stack/cli.py",
        "            cwd=self.cli.folder,\n",
        "",
    ),
    Cut(
        "3 evidence is this stack's: a destroy reads the stack that its command is for",
        "stack/cli.py",
        '            yield self.cli.stack or ""\n',
        "            yield stack\n",
    ),
    Cut(
        "3 evidence is this update's: a deletion in company goes by the state of the moment",
        "lifecycle/own_state.py",
        "                if self.has_company():\n",
        "                if False:\n",
    ),
    Cut(
        "3 evidence is this update's: the preview's before it is not",
        "stack/running_cli.py",
        "            if engine in one.cmdline():\n",
        "            if True:\n",
    ),
    Cut(
        "3 evidence is this update's: another provider's create is no killed one",
        _CALLS,
        "killed=tuple(one for one in known.killed if self.state.owns(one.provider))",
        "killed=known.killed",
    ),
    Cut(
        "3 evidence is this update's: another provider's lost creates are not cleared",
        _CALLS,
        "        lost = index.undeclared(self.state.owns)\n",
        "        lost = index.undeclared(lambda _provider: True)\n",
    ),
    Cut(
        "4 identity: what was imported has one holder",
        "stack/state.py",
        "(found.read and not found.imported)",
        "found.read",
    ),
    Cut(
        "4 identity: kept over a rename",
        _NAMES,
        "Identity.derive(backend(), stack, urn_of(olds)) if moved else old",
        "Identity.derive(backend(), stack, urn)",
    ),
    Cut(
        "4 identity: one of its own where the name was given away",
        _NAMES,
        "next(one for one in salts if not index.holds(one))",
        "next(salts)",
    ),
    Cut(
        "4 identity: a recording of this stack is none that another one names",
        "lifecycle/claims.py",
        "if holder is not None and holder not in own:",
        "if False:",
    ),
    Cut(
        "4 identity: two recordings of a program name one",
        "lifecycle/claims.py",
        "            if first != urn:\n",
        "            if False:\n",
    ),
    Cut(
        "5 where it runs: nothing is concluded at another place",
        "lifecycle/elsewhere.py",
        '    return not is_ended(props) and hidden(props).get("runsAt", place) != place\n',
        "    return False\n",
    ),
    Cut(
        "6 make before break: a replacement is waited for",
        _LIFECYCLE,
        "        if replaces or declared.wait:\n",
        "        if declared.wait:\n",
    ),
    Cut(
        "6 make before break: one that does not record is stopped",
        _LIFECYCLE,
        "            self._end(recording.task_id, since, declared)\n        except ApiError as failure:\n",
        "            pass\n        except ApiError as failure:\n",
    ),
    Cut(
        "6 stop first: a shared stream, where the diff is asked",
        _CALLS,
        "changes.stop_first and not facts.is_over)",
        "False)",
    ),
    Cut(
        "6 stop first: a shared stream, where it is not",
        _LIFECYCLE,
        "        if forced and old and",
        "        if False and old and",
    ),
    Cut(
        "7 a reason for each decision",
        _CALLS,
        "        if reason is not Reason.SAME:\n"
        "            self.notes.of(urn, lambda: (reason.note(facts), ()))\n",
        "",
    ),
    Cut(
        "8 cheap where all is well: of a quiet recording nothing is asked",
        _CALLS,
        "        if not facts.to_check or facts.ended or",
        "        if facts.ended or",
    ),
)
