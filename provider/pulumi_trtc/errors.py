"""All errors of the provider; each is named for what came of it, hence no Error at the end of most."""

# ruff: noqa: N818

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pulumi_trtc.codes import Handling, advice, kind_of, refuses_keys

__all__ = [
    "Abandoned",
    "ApiError",
    "ConfigError",
    "Handling",
    "HeldByAnother",
    "MissingCredentials",
    "NoEvidence",
    "NotAdopted",
    "NotRunning",
    "NotStarted",
    "PageNotRecording",
    "RecordingExists",
    "Rehearsed",
    "RunsElsewhere",
    "StoppedFirst",
    "TrtcError",
    "Unresolved",
    "WrongInputs",
    "advice",
    "kind_of",
    "refuses_keys",
]


class TrtcError(Exception):
    """Whatever the provider reports on purpose; `str()` of it is a text for people, without secrets.

    TrtcError
     ├── ConfigError            settings are wrong; all problems at once
     ├── WrongInputs            a recording's inputs are wrong; all problems at once
     ├── MissingCredentials     no place has API credentials, or one has half a pair
     ├── ApiError               the web-record API refused a call, or gave no answer
     ├── NoEvidence             the stack's own state could not be read, so nothing is started
     ├── RunsElsewhere          the configuration names another place than where the recording runs
     ├── NotStarted             nothing runs: every attempt to start was refused
     ├── RecordingExists        an unknown task holds the RecordId that the user gave
     ├── HeldByAnother          another recording of the stack has that RecordId or task
     ├── PageNotRecording       the wait for the recording to run is over, and it does not
     ├── Unresolved             it is not known whether a task runs
     ├── NotAdopted             the task that `adopt` names does not run
     ├── NotRunning             the task that `WebRecording.get` names does not run
     ├── StoppedFirst           the old recording had to end first, and the new one did not start
     ├── Abandoned              this run of Pulumi has ended, so nothing more is sent
     ├── Rehearsed              this run of Pulumi is for a rehearsal, which starts and stops nothing
     └── CallbackRefused        (in `callbacks`) not from the service, or too old
    """


@attrs.define(auto_exc=True, eq=False)
class ConfigError(TrtcError):
    """The stack's `trtc:` settings are wrong.

    Attributes:
        problems: One text for each, beginning with the key, such as "trtc:region: …".
    """

    problems: tuple[str, ...]

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return f"The configuration has a problem: {self.problems[0]}"
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        return f"The configuration has {len(self.problems)} problems:{lines}"


@attrs.define(auto_exc=True, eq=False)
class WrongInputs(TrtcError):
    """A recording's inputs are wrong, and no check was asked for before.

    Attributes:
        problems: One text for each, beginning with its path.
    """

    problems: tuple[str, ...]

    def __str__(self) -> str:
        return "The recording's inputs are wrong:" + "".join(f"\n  - {problem}" for problem in self.problems)


@attrs.define(auto_exc=True, eq=False)
class MissingCredentials(TrtcError):
    """No complete pair of API credentials was found.

    Attributes:
        looked: What was looked at, in order, each with what was found there.
        hint: One more next step.
    """

    looked: tuple[str, ...]
    hint: str = ""

    def __str__(self) -> str:
        lines = "".join(f"\n  {number}. {place}" for number, place in enumerate(self.looked, 1))
        return (
            f"There are no Tencent Cloud API credentials. Looked, in this order, at:{lines}\n"
            "Set them for this stack with `pulumi config set --secret trtc:secretId …` and "
            "`pulumi config set --secret trtc:secretKey …`, or use the emulator: "
            f"`pulumi config set trtc:site emulator`.{self.hint and f' {self.hint}'}"
        )


@attrs.define(auto_exc=True, eq=False)
class ApiError(TrtcError):
    """The web-record API refused a call, or gave no answer that can be used.

    Attributes:
        action: StartWebRecord, DescribeWebRecord or StopWebRecord.
        code: The API's error code, or the SDK's name for a failure of the network.
        message: The API's own text, secrets taken out.
        request_id: The RequestId; None where the service gave none.
        kind: What to do, by default as `kind_of` says.
        record_id, task_id: What the call was about, as far as the request named it.
        sent: False if it is certain that the request did not reach the service.
        hint: A next step that fits better than the code's own.
        tries, waited: How often it was sent, and the seconds that this took, if more than once.
    """

    action: str
    code: str
    message: str
    request_id: str | None = None
    kind: Handling = attrs.field(default=attrs.Factory(lambda self: kind_of(self.code), takes_self=True))
    record_id: str | None = None
    task_id: str | None = None
    sent: bool = True
    hint: str | None = None
    tries: int = 1
    waited: float = 0.0

    def __str__(self) -> str:
        names = (("RequestId", self.request_id), ("RecordId", self.record_id), ("TaskId", self.task_id))
        known = ", ".join(f"{name} {value}" for name, value in names if value)
        again = f" after {self.tries} tries in {self.waited:.0f} s" if self.tries > 1 else ""
        text = f"{self.action} failed{again} with {self.code}: {self.message.rstrip('. ')}."
        return f"{text}{f' ({known})' if known else ''}\n{self.hint or advice(self.code)}"


@attrs.define(auto_exc=True, eq=False)
class NoEvidence(TrtcError):
    """The running update's state could not be read: whether anything was left running cannot be told.

    Attributes:
        stack: "organization/project/stack".
        folder: Where the CLI was called; "" if that was the provider's own folder.
        why: What went wrong.
    """

    stack: str
    folder: str
    why: str

    def __str__(self) -> str:
        command = f"pulumi stack export{f' --stack {self.stack}' if self.stack else ''}"
        where = f" in {self.folder}" if self.folder else ""
        return (
            f"The stack's own state could not be read: {self.why}.\nWithout it nobody can tell whether an "
            "interrupted update left a recording running, so nothing was started and nothing was stopped. "
            f"`{command}`{where} must work with the environment of this update; then run it again."
        )


@attrs.define(auto_exc=True, eq=False)
class RunsElsewhere(TrtcError):
    """The configuration names another place than where a recording runs.

    Attributes:
        name, urn, task_id: The recording.
        at: Where it runs.
        configured: The place that the configuration names.
    """

    name: str
    urn: str
    task_id: str
    at: str
    configured: str

    def __str__(self) -> str:
        return (
            f"{self.name} runs at {self.at} (TaskId {self.task_id}), and the configuration names "
            f"{self.configured}. Nothing was asked there, started or stopped.\nSet `trtc:site`, "
            "`trtc:endpoint` and `trtc:region`, or these properties of its provider, back, and stop it there "
            "first (`pulumi destroy --run-program`, or take it out of the program); then change the place. "
            f"Where that place is gone for good, `pulumi state delete '{self.urn}'` forgets the recording."
        )


@attrs.define(auto_exc=True, eq=False)
class Ownerless(TrtcError):
    """A state that was edited does not say any more who declares a recording."""

    task_id: str

    def __str__(self) -> str:
        return (
            f"The state was edited, and does not say which stack declares task {self.task_id}. The task was "
            "not touched: it runs on if it ran. Import a state that says it; or stop the task, if that is "
            f"wanted (`pulumi-trtc recover --stop '{self.task_id}' --apply`), and let it go with `pulumi "
            "state delete`."
        )


@attrs.define(auto_exc=True, eq=False)
class HeldByAnother(TrtcError):
    """Another recording of the stack has what the program gives to this one.

    Attributes:
        input: `record_id` or `adopt`.
        value: Its value.
        holder: The other recording's name.
        task_id: Its task; "" if it does not run yet.
    """

    input: str
    value: str
    holder: str
    task_id: str = ""

    def __str__(self) -> str:
        task = f" (TaskId {self.task_id})" if self.task_id else ""
        return (
            f"{self.input}: {self.value} belongs to {self.holder}{task}, another recording of this stack. "
            "Nothing was started and nothing was stopped. If it is the same recording under a new name, say "
            f'so: `opts=ResourceOptions(aliases=[Alias(name="{self.holder}")])`. Otherwise '
            + (
                "give each recording a record_id of its own, or leave it out to have one derived."
                if self.input == "record_id"
                else "leave `adopt` out: a task belongs to one recording."
            )
        )


@attrs.define(auto_exc=True, eq=False)
class NotStarted(TrtcError):
    """No recording was started, and none runs.

    Attributes:
        record_ids: The RecordIds that were tried, in order.
        last: What the last try answered.
    """

    record_ids: tuple[str, ...]
    last: ApiError

    def __str__(self) -> str:
        tried = ", ".join(self.record_ids)
        return (
            "The recording was not started, and nothing was left to run under the RecordIds that were tried "
            f"({tried}). {self.last}"
        )


@attrs.define(auto_exc=True, eq=False)
class RecordingExists(TrtcError):
    """The RecordId that the user gave belongs to a running task that this stack's state does not hold.

    Attributes:
        record_id: The RecordId.
        task_id: The task that holds it; None if the service says that there is one and does not show it.
        request_id: Of the answer that told so.
    """

    record_id: str
    task_id: str | None
    request_id: str | None = None

    def __str__(self) -> str:
        request = f" (RequestId {self.request_id})" if self.request_id else ""
        if self.task_id is None:
            return (
                f"RecordId {self.record_id} was used by a task that no longer runs, and the service does not "
                f"take it again yet{request}.\nChoose another `record_id`, or leave it out to have one "
                "derived."
            )
        return (
            f"RecordId {self.record_id} belongs to a running recording that this stack's state does not "
            f"hold: TaskId {self.task_id}{request}.\nNothing was started and nothing was stopped. Choose "
            "another `record_id`, leave it out to have one derived, take that recording into this stack with "
            "`adopt` and its TaskId, or stop it: `python -m pulumi_trtc recover "
            f"--stop '{self.task_id}' --apply`."
        )


@attrs.define(auto_exc=True, eq=False)
class PageNotRecording(TrtcError):
    """A recording that was waited for does not record; it was stopped.

    Attributes:
        record_id, task_id: The recording.
        waited: Seconds.
        old_runs: Whether it was to take the place of one that runs on.
        outputs: What the stack's state may keep of it, so that its TaskId is not lost; None where its place
            is taken.
    """

    record_id: str
    task_id: str
    waited: float
    old_runs: bool = False
    outputs: Mapping[str, Any] | None = attrs.field(default=None, repr=False)

    def __str__(self) -> str:
        now = "It was stopped" + (
            ", and the old recording runs on" if self.old_runs else "; nothing of it runs"
        )
        return (
            f"The recording did not begin within {self.waited:.0f} s (RecordId {self.record_id}, TaskId "
            f"{self.task_id}). {now}.\nThe usual cause is a page that the recorder cannot load: open "
            "`record_url` from outside your network, and check `ready_timeout`. The recording's callback "
            "(801) names the cause."
        )


@attrs.define(auto_exc=True, eq=False)
class NotAdopted(TrtcError):
    """The task that the program wants to adopt does not run.

    Attributes:
        task_id: The task.
    """

    task_id: str

    def __str__(self) -> str:
        return (
            f"Task {self.task_id} does not run, so it cannot be adopted; nothing was started.\nCompare "
            "`adopt` with the TaskId that StartWebRecord answered, or remove it to start a recording."
        )


@attrs.define(auto_exc=True, eq=False)
class NotRunning(TrtcError):
    """The task that the program reads does not run.

    Attributes:
        task_id: The task.
        place: Where it was asked for.
    """

    task_id: str
    place: str

    def __str__(self) -> str:
        return (
            f"No recording runs with the TaskId {self.task_id} at {self.place}: it has ended, or there never "
            "was one.\nCompare the id of `WebRecording.get` with the TaskId that StartWebRecord answered."
        )


@attrs.define(auto_exc=True, eq=False)
class StoppedFirst(TrtcError):
    """Two recordings cannot have one RecordId or stream; the old one was stopped, and the new one did not
    start.

    Attributes:
        task_ids: What was stopped.
        cause: Why the new one did not start.
    """

    task_ids: tuple[str, ...]
    cause: TrtcError

    def __str__(self) -> str:
        return (
            f"{self.cause}\nThe previous recording (TaskId {', '.join(self.task_ids)}) had been stopped "
            "first, because two cannot have one RecordId or push to one stream. Run `pulumi up` again, with "
            "`--replace` and "
            "this resource's URN if it reports no change."
        )


@attrs.define(auto_exc=True, eq=False)
class Unresolved(TrtcError):
    """It is not known whether a task runs: the service did not say, as long as it was asked.

    Attributes:
        app: The SdkAppId in which it may run.
        record_ids: The RecordIds under which it may run.
        cause: The failure that made it unknown.
    """

    app: int
    record_ids: tuple[str, ...]
    cause: ApiError

    def __str__(self) -> str:
        names = ", ".join(self.record_ids)
        return (
            f"It is not known whether a recording runs under RecordId {names} of the application {self.app}. "
            f"{self.cause}\n"
            "Run `pulumi up` again: it asks for these RecordIds first and takes over what runs."
        )


@attrs.define(auto_exc=True, eq=False)
class Abandoned(TrtcError):
    """The run of Pulumi that this provider belongs to has ended, so nothing more is sent.

    Attributes:
        action: What was not sent.
    """

    action: str

    def __str__(self) -> str:
        return f"{self.action} was not sent: the run of Pulumi that asked for it has ended."


@attrs.define(auto_exc=True, eq=False)
class Rehearsed(TrtcError):
    """This run of Pulumi is for a rehearsal, which starts, changes and stops nothing.

    Attributes:
        variable: The setting in the environment that says so.
    """

    variable: str

    def __str__(self) -> str:
        return (
            f"{self.variable} is set in the environment, as `pulumi-trtc rehearse` does for its own preview: "
            "no recording is started, changed or stopped. Unset it for everything else."
        )
