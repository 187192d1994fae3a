"""What the adapters call: one process's work on the recordings of a stack, in plain values.

`check`, `diff`, `create`, `read`, `update` and `delete` are Pulumi's calls, but know nothing of Pulumi:
values that a preview does not know are UNKNOWN, failures are exceptions of `errors`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_trtc.errors import (
    ConfigError,
    NoEvidence,
    NotRunning,
    Ownerless,
    PageNotRecording,
    TrtcError,
    WrongInputs,
)
from pulumi_trtc.inputs.body import StorageKeys, needs_storage_keys
from pulumi_trtc.inputs.changes import Changes, compare
from pulumi_trtc.inputs.check import check, findings
from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.lifecycle import props as p
from pulumi_trtc.lifecycle.beginning import beginning
from pulumi_trtc.lifecycle.claims import Claims
from pulumi_trtc.lifecycle.decide import CUT_SHORT, Do, Facts, Reason, decide, shared
from pulumi_trtc.lifecycle.declared import Declared, Recording
from pulumi_trtc.lifecycle.elsewhere import is_elsewhere, refuse_elsewhere
from pulumi_trtc.lifecycle.imported import found, is_imported, taken_in
from pulumi_trtc.lifecycle.known import Index, Known
from pulumi_trtc.lifecycle.names import Names
from pulumi_trtc.lifecycle.notes import Notes
from pulumi_trtc.lifecycle.own_state import OwnState
from pulumi_trtc.lifecycle.questions import Questions
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.lifecycle.saved_settings import names_saved_settings
from pulumi_trtc.settings.read import Settings
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.state import HIDDEN, OWNER, SavedRecording

if TYPE_CHECKING:
    from pulumi_trtc.lifecycle.lifecycle import Lifecycle

_NO_START = "`pulumi up` starts no recording without it."
_NO_LOOK = (
    "Nothing was looked for that an interrupted update may have left; `python -m pulumi_trtc recover` does."
)

Props = Mapping[str, Any]


@attrs.frozen
class Difference:
    """What the engine is asked for.

    Attributes:
        changes: Whether for anything.
        replaces: The state keys that need a new recording.
        stop_first: Whether the old recording must stop before the new one can start.
    """

    changes: bool = False
    replaces: tuple[str, ...] = ()
    stop_first: bool = False


@attrs.define
class Calls:
    """Built once a process; no call is made and no credential is read until one is needed.

    Args:
        problems: What is wrong with the configuration, each with its key.
        state: The stack's own.
        settings: None where the configuration is wrong.
        open: Loads and gives what sends requests; called at the first use of it, which a preview seldom has.
        notes: Tells the person who runs the update.
        beside: Sends requests side by side.
    """

    problems: tuple[str, ...]
    state: OwnState
    settings: Settings | None
    _open: Callable[[Settings], Lifecycle]
    notes: Notes
    beside: Executor
    _opened: Lifecycle | None = attrs.field(default=None, init=False)
    _opening: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    _names: Names = attrs.field(factory=Names, init=False)
    _claims: Claims = attrs.field(factory=Claims, init=False)
    _compared: set[str] = attrs.field(factory=set, init=False)
    _found: set[str] = attrs.field(factory=set, init=False)
    _gone: set[str] = attrs.field(factory=set, init=False)
    _questions: Questions = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._questions = Questions(self._is_found, self._in_doubt, self.beside)

    @property
    def lifecycle(self) -> Lifecycle:
        """What starts and stops recordings.

        Raises:
            ConfigError: The configuration is wrong.
        """
        with self._opening:
            if self._opened is None:
                self._opened = self._open(self._valid)
            return self._opened

    @property
    def _valid(self) -> Settings:
        if self.settings is None:
            raise ConfigError(self.problems)
        return self.settings

    @property
    def no_program_ran(self) -> bool:
        """Whether the configuration is the one that the state holds."""
        return not self._names and not self.state.reader.cli.runs_program

    def owner(self, urn: str) -> dict[str, Any]:
        """Who declares a recording, for an adapter whose programs do not say it.

        Raises:
            NoEvidence: The CLI does not tell whose the stack is.
        """
        stack, project = urn.removeprefix("urn:pulumi:").split("::")[:2]
        return p.declared_by(self.state.reader.organization(), project, stack, urn)

    def check(self, olds: Props, news: Props) -> tuple[tuple[str, ...], dict[str, Any]]:
        """All that is wrong with a recording's inputs; and its `owner`, with what tells it from others.

        Args:
            olds: Its inputs of before; empty for a new one and, as the engine has it, for a replacement.
        """
        owner, stack, urn = dict(p.owner_of(news)), p.stack_of(news), p.urn_of(news)
        if urn in self._found and news.keys() <= {OWNER}:
            return (), {}  # an import checks what was found, and the service tells no inputs
        hidden = p.marked(news)
        owner.pop(p.MARKED, None)
        owner |= {p.MARKED: list(hidden)} if hidden else {}
        found = findings(news, hidden)
        faults = [str(one) for one in found if not one.is_warning]
        failures = [*self.problems, *faults, *p.owner_faults(news)]
        if failures or stack is None or not urn:
            return tuple(failures), owner
        for warning in (one for one in found if one.is_warning):
            self.notes.warn(urn, str(warning))
        self.state.begin(stack, declared=True)
        if not olds:
            _ = self.lifecycle  # a create follows: what it takes is loaded while the CLI reads the state
        try:
            named = self._names.name(urn, stack, olds, self.state.reader.backend, self.state.index)
        except NoEvidence as failure:
            self.state.warn(failure, _NO_START)
            return (), owner
        given = news.get("recordId") is not None
        owner = p.named(owner, named.identity, named.attempt, given=given, former=named.former)
        try:
            # Only what is given needs a look at who has it.
            index = self.state.index() if self._claims.needs_evidence(news) else None
        except NoEvidence as failure:
            self.state.warn(failure, _NO_START)
            index = None
        held = self._claims.faults(urn, news, index, self._names.identities(urn))
        if not olds and not held and urn not in self._compared:
            self.notes.of(urn, beginning(urn, news, self._names, self.state.index()))
        return held, owner

    def diff(self, task_id: str, olds: Props, news: Props) -> Difference:
        """What an update does with a recording that is in the state: see `decide.DECISIONS`.

        Raises:
            RunsElsewhere: The configuration names another place than where it runs.
            Ownerless: The state was edited.
        """
        urn = p.urn_of(news)
        if p.stack_of(olds) is None:
            raise Ownerless(task_id)
        if urn not in self._names:
            # A refresh asks whether what it has read is a change; no program runs.
            return Difference(p.is_ended(olds) and not p.hidden(olds).get("acknowledged"))
        self.state.hand(task_id)
        if is_imported(olds):
            return self._take_in(urn, olds)
        self._names.add(urn, p.sent_identity(olds))
        self._compared.add(urn)
        changes = compare(p.given_only(olds), p.given_only(news))
        if changes.replaces and changes.stop_first and needs_storage_keys(news):
            self.storage_keys()  # without them nothing would start once the old one is stopped
        try:
            known = self._known(urn, olds)
        except NoEvidence as failure:
            if changes.replaces and changes.stop_first:
                raise  # nothing would start once the old one is stopped
            self.state.warn(failure, _NO_START)
            known = None
        facts = self._facts(task_id, olds, news, changes, known)
        reason = decide(facts)
        if reason.do is Do.REFUSE:
            refuse_elsewhere(olds, self._valid.place)
        if reason is not Reason.SAME:
            self.notes.of(urn, lambda: (reason.note(facts), ()))
        if reason.do is not Do.REPLACE:
            return Difference(reason.do is Do.UPDATE)
        return Difference(True, changes.replaces or ("recordId",), changes.stop_first and not facts.is_over)

    def planned(self, inputs: Props) -> dict[str, Any]:
        """What a preview knows of the outputs that `create` would make.

        Raises:
            WrongInputs: They were not checked.
        """
        _refuse_unchecked(inputs)
        return p.planned(inputs)

    def create(self, props: Props, limit: float = 0) -> tuple[str, dict[str, Any]]:
        """Start a recording, or take over the one that an interrupted update started: TaskId and outputs.

        Args:
            limit: Seconds that it may take until it records, where it is waited for; 0 for as long as the
                inputs say.

        Raises:
            PageNotRecording: It was started, does not record, and was stopped.
            TrtcError: Nothing new of it runs, or the message names what may.
        """
        self.notes.hurry()
        _refuse_unchecked(props)
        declared = attrs.evolve(p.declared_of(props, self.state.reader.backend), limit=limit)
        self.state.begin(declared.stack, declared=True)
        known = self._known(declared.urn)
        if needs_storage_keys(declared.inputs):
            declared = attrs.evolve(declared, keys=self.storage_keys())
        try:
            recording = self.lifecycle.create(declared, known, forced=declared.urn not in self._compared)
        except PageNotRecording as failure:
            if known.entries:
                raise  # what the state has of it stays
            made = Recording(failure.task_id, failure.record_id, declared.attempt)
            outputs = self._created(declared, made, known)
            ended = {"status": p.ENDED, HIDDEN: {**p.hidden(outputs), "interrupted": True}}
            raise attrs.evolve(failure, outputs={**outputs, **ended}) from None
        return recording.task_id, self._created(declared, recording, known)

    def find(self, task_id: str, urn: str) -> dict[str, Any]:
        """The outputs of a task of which the engine knows nothing more: it is imported, or only read.

        Raises:
            NotRunning: There is no such task.
        """
        described = self.lifecycle.ask(task_id, {})
        if described is None:
            raise NotRunning(task_id, self._valid.place)
        self._found.add(urn)
        return found(task_id, described, self.owner(urn), self._valid.place)

    @names_saved_settings
    def read(self, task_id: str, props: Props) -> dict[str, Any]:
        """A recording's outputs as the service has it; only "not found" counts as ended.

        Raises:
            NotRunning: The program reads a task that does not run.
            TrtcError: Nothing is concluded from an outage, or at another place.
        """
        stack = p.stack_of(props)
        if stack is not None:
            self.state.begin(stack, declared=False)
            if self.state.reader.cli.clears:
                self._name_cleared(task_id, props)
            if p.is_ended(props):
                return dict(props)
        described = self.lifecycle.ask(task_id, props)
        if described is not None:
            record_id = described.record_id or props.get("recordId")
            return {**props, "taskId": task_id, "recordId": record_id, "status": p.RUNNING}
        if stack is None:
            if props.get("taskId") is None:
                raise NotRunning(task_id, self._valid.place)
            return {**props, "status": p.ENDED}
        after = self._interrupted_by(task_id, props)
        self._note_end(props, after)
        kept = {**p.hidden(props), **({"interrupted": True} if after else {})}
        return {**props, "status": p.ENDED, **({HIDDEN: kept} if kept else {})}

    def update(self, task_id: str, olds: Props, news: Props) -> dict[str, Any]:
        """All outputs after an update in place: it takes over settings of the provider, stops what
        interrupted updates left, and tells of an end.

        Raises:
            TrtcError: The service could not be asked.
        """
        self.notes.hurry()
        _refuse_unchecked(news)
        urn = p.urn_of(news)
        unsettled = tuple(olds.get("unsettled") or ())
        kept = dict(p.hidden(olds))
        changed: dict[str, Any] = {}
        ended = p.is_ended(olds)
        try:
            known = self._known(urn, olds)
        except NoEvidence as failure:
            self.state.warn(failure, _NO_LOOK)
            known = None
        if is_imported(olds):
            declared = p.declared_of(news, self.state.reader.backend)
            return taken_in(declared, olds, known or Known(Evidence()))
        if known is not None and known.words_for(task_id):
            if known.has_cause:
                declared = p.declared_of(news, self.state.reader.backend)
                unsettled = self.lifecycle.look_again(declared, known)
            if not ended and not self._questions.runs(task_id, olds):
                ended = True
                if known.is_interrupted(task_id) and not self._is_due(olds):
                    # The preview could not ask: the next update starts it again.
                    kept |= {"interrupted": True}
            if not ended:
                kept.setdefault("runsAt", self._valid.place)
            changed["lastFailure"] = known.evidence.history.newest
            kept["checked"] = max(known.newest_killed, whole(kept.get("checked")) or 0)
            kept.setdefault("attempt", max(known.saved_attempt, 0))
        if ended and not kept.get("acknowledged"):
            kept["acknowledged"] = not kept.get("interrupted")
            changed["status"] = p.ENDED
            after = known.words_for(task_id) if known else ""
            self._note_end(news, (after or CUT_SHORT) if kept.get("interrupted") else "")
        if kept:
            changed[HIDDEN] = kept
        return p.updated(olds, news, unsettled, **changed)

    @names_saved_settings
    def delete(self, task_id: str, props: Props) -> None:
        """Stop a recording; one that has ended is fine. What the program does not declare any more is also
        cleared of what interrupted updates left of it: the last process that knows of it does it.

        Raises:
            TrtcError: It, or what was left of it, may run still.
        """
        stack = p.stack_of(props)
        if stack is None:
            raise Ownerless(task_id)
        self.state.begin(stack, declared=False)
        if task_id in self.lifecycle.started:
            return  # a create of this update took it over, so that the old entry goes and the task stays
        self.notes.hurry()
        try:
            index = self.state.before_deletion(task_id)
            known, declared = self._alone(index, props)
        except NoEvidence as failure:
            self.state.warn(failure, _NO_LOOK)
        else:
            # What another provider begins may be this update's, and is that provider's to clear.
            known = attrs.evolve(
                known, killed=tuple(one for one in known.killed if self.state.owns(one.provider))
            )
            declares = self._names.declares(known.identities) or is_imported(props)
            if known.has_cause and not declares:
                self.lifecycle.clear(declared, known)
            self._gone.add(p.urn_of(props))
            self._clear_undeclared(index, known)
            if self._is_shared(index, task_id, p.urn_of(props)):
                return
        self.lifecycle.delete(task_id, props)

    def storage_keys(self) -> StorageKeys | None:
        """The configured storage keys, for a program that leaves them out.

        Raises:
            ConfigError: There are none.
        """
        if self.settings is None:
            return None
        if self.settings.storage_keys is None:
            raise ConfigError(
                (
                    "storageParams.cloudStorage.accessKey: the program gives no storage keys, and neither do "
                    "the configuration (trtc:storageAccessKey, trtc:storageSecretKey) and the environment "
                    "(TRTC_STORAGE_ACCESS_KEY, TRTC_STORAGE_SECRET_KEY)",
                )
            )
        return self.settings.storage_keys

    def _created(self, declared: Declared, recording: Recording, known: Known) -> dict[str, Any]:
        return p.created(
            declared,
            recording,
            place=self._valid.place,
            now=self.state.reader.clock.now(),
            checked=known.newest_killed,
            last_failure=known.evidence.history.newest,
        )

    def _take_in(self, urn: str, olds: Props) -> Difference:
        facts = Facts(elsewhere=is_elsewhere(olds, self._valid.place), imported=True)
        if facts.elsewhere:
            refuse_elsewhere(olds, self._valid.place)
        self.notes.of(urn, lambda: (decide(facts).note(facts), ()))
        return Difference(True)

    def _known(self, urn: str, props: Props | None = None) -> Known:
        return self.state.index().known(self._names.identities(urn), props)

    def _facts(self, task_id: str, olds: Props, news: Props, changes: Changes, known: Known | None) -> Facts:
        facts = Facts(
            elsewhere=is_elsewhere(olds, self._valid.place),
            changed=changes.paths,
            unknown=changes.unknown,
            shares=shared(changes.share_record_id, changes.share_stream),
            ended=p.is_ended(olds),
            acknowledged=bool(p.hidden(olds).get("acknowledged")),
            interrupted=bool(p.hidden(olds).get("interrupted")),
            restart=news.get("whenEnded") == "restart",
            settings=changes.updates,
            renamed=p.is_renamed(olds, news),
            to_check=known.words_for(task_id) if known else "",
        )
        if not facts.to_check or facts.ended or decide(facts).do in (Do.REFUSE, Do.REPLACE):
            return facts
        try:
            runs = self._questions.runs(task_id, olds)
        except TrtcError as failure:
            return attrs.evolve(facts, unasked=type(failure).__name__)
        interrupted = known is not None and known.is_interrupted(task_id) and not self._is_due(olds)
        return attrs.evolve(facts, runs=runs, interrupted=interrupted)

    def _in_doubt(self) -> Iterator[SavedRecording]:
        return (one for one in self.state.index().in_doubt() if self.state.owns(one.provider))

    def _is_found(self, task_id: str, outputs: Props) -> bool:
        return self.lifecycle.ask(task_id, outputs) is not None

    def _is_due(self, props: Props) -> bool:
        """Whether a recording has reached its limit, and so ended by itself."""
        due = p.ends_at(props)
        return due is not None and self.state.reader.clock.now() >= due

    def _interrupted_by(self, task_id: str, props: Props) -> str:
        """What may have ended a recording that no longer runs, in words; "" if it ended by itself."""
        try:
            known, _ = self._alone(self.state.index({task_id}), props)
        except NoEvidence as failure:
            self.state.warn(failure, "Whether an update that was interrupted has ended it cannot be told.")
            return ""
        is_interrupted = known.is_interrupted(task_id) and not self._is_due(props)
        return known.words_for(task_id) if is_interrupted else ""

    def _note_end(self, props: Props, after: str) -> None:
        restart = props.get("whenEnded") == "restart"
        facts = Facts(ended=True, restart=restart, interrupted=bool(after), to_check=after)
        self.notes.of(p.urn_of(props), lambda: (decide(facts).note(facts), ()))

    def _name_cleared(self, task_id: str, props: Props) -> None:
        try:
            known, declared = self._alone(self.state.index({task_id}), props)
        except NoEvidence as failure:
            self.state.warn(failure, _NO_LOOK)
        else:
            self.lifecycle.name_cleared(declared, known)

    def _alone(self, index: Index, props: Props) -> tuple[Known, Declared]:
        """What is known of a recording of which no program tells, and what it was when it was declared."""
        declared = p.declared_of(props, self.state.reader.backend)
        stack = index.evidence.state.stack(declared.stack)
        identities = {declared.identity, p.sent_identity(props), p.former_identity(props)}
        if stack != declared.stack:
            # It came from another stack: this one's updates start it under an identity of this one.
            fresh = Identity.derive(self.state.reader.backend(), stack, declared.urn)
            declared = attrs.evolve(declared, identity=fresh)
        found = {one for one in (*identities, declared.identity) if one is not None}
        return index.known(found, props), declared

    def _clear_undeclared(self, index: Index, known: Known) -> None:
        """In a destroy of the whole stack nobody is asked after a provider's last recording has gone."""
        lost = index.undeclared(self.state.owns)
        if lost and not self._names and index.declared(self.state.owns) <= self._gone:
            self.lifecycle.clear_undeclared(lost, known)

    def _is_shared(self, index: Index, task_id: str, urn: str) -> bool:
        """Whether what the state keeps is the same task: then it runs on."""
        twins = index.twins(task_id)
        # Of a declared recording with two entries it is the old one that goes.
        is_old = urn in self._names and sum(p.urn_of(one.inputs) == urn for one in twins) > 1
        gone = self._gone - {urn} if is_old else self._gone
        kept = next((one for one in twins if not one.going and p.urn_of(one.inputs) not in gone), None)
        if kept is not None:
            self.notes.tell(f"{kept.name} is task {task_id}, too: it runs on.")
        return kept is not None


def _refuse_unchecked(inputs: Props) -> None:
    """An import hands in nothing to check, and its program may give no input at all."""
    if not p.owner_of(inputs):
        raise WrongInputs(tuple(map(str, check(inputs))))
