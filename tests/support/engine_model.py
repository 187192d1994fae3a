"""The engine in memory, with several recordings of one stack: the provider is the real one, called as Pulumi
calls it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import attrs
from pulumi.dynamic import DiffResult

from pulumi_trtc.dynamic import WebRecordingProvider
from pulumi_trtc.errors import TrtcError
from pulumi_trtc.settings.read import Settings, read_settings
from tests.support.declared import BACKEND
from tests.support.engine_process import Kill, Killed, armed, own_tracebacks, provider_process
from tests.support.engine_state import SECRETS, TYPE, EngineState, Resource
from tests.support.fake_service import FakeService

Props = dict[str, Any]
Program = Mapping[str, Props]


class CheckError(Exception):
    """Inputs were refused."""


@attrs.frozen
class _Declared:
    """A recording of the program.

    Attributes:
        old: What the state holds of it.
        inputs: As the program gives them.
        checked: The same, as the provider's check made them.
    """

    name: str
    old: Resource | None
    inputs: Props
    checked: Props


class Engine:
    """One stack on one backend.

    Attributes:
        stack: "organization/project/stack".
        readable: Whether a provider can read the stack's state.
        environ: The provider's environment.
        settings: Of the stack; a test may change them.
        errors: What the newest command reported.
        told: What its provider printed.
    """

    def __init__(
        self, service: FakeService, *, backend: str = BACKEND, secrets: Collection[str] = SECRETS
    ) -> None:
        self.service = service
        self.backend = backend
        self.state = EngineState(service.clock, secrets)
        self.stack = "organization/demo/dev"
        self.readable = True
        self.environ: dict[str, str] = {}
        self.settings: Settings = read_settings({"trtc:site": "emulator"}, {}, Path("/none"))
        self.errors: list[str] = []
        self.told: list[str] = []

    def urn(self, name: str) -> str:
        """The URN of a declared recording."""
        return f"urn:pulumi:{self.stack.rpartition('/')[2]}::demo::{TYPE}::{name}"

    def saved(self, name: str) -> Resource | None:
        """What the state holds of a declared recording; in the middle of a replacement, the new one."""
        return self.state.current((self.urn(name),))

    def up(
        self,
        program: Program,
        *,
        aliases: Mapping[str, Collection[str]] | None = None,
        replace: Collection[str] = (),
        target: Collection[str] | None = None,
        kill: Kill | None = None,
    ) -> bool:
        """`pulumi up --skip-preview`; True if it succeeded.

        Args:
            program: Inputs of each declared recording.
            aliases: Former names of some.
            replace: `--replace` of these.
            target: `--target` of these alone.
        """
        chosen = {name: one for name, one in program.items() if target is None or name in target}

        def work(provider: WebRecordingProvider) -> None:
            for declared in self._check(provider, chosen, aliases or {}, replace):
                self._step(provider, declared, forced=declared.name in replace)
            urns = {self.urn(name) for name in program}
            for one in [*self.state.resources]:
                if one.get("delete") or (target is None and one["urn"] not in urns):
                    self._delete(provider, one)

        return self._run("update", work, kill)

    def preview(self, program: Program) -> dict[str, DiffResult]:
        """What `pulumi preview` says of the recordings that the state holds. It is no update."""
        provider = self._provider()
        with own_tracebacks():
            return {
                one.name: provider.diff(one.old["id"], {**one.old["outputs"]}, {**one.checked})
                for one in self._check(provider, program, {}, ())
                if one.old
            }

    def destroy(self, *, kill: Kill | None = None) -> bool:
        """`pulumi destroy`."""

        def work(provider: WebRecordingProvider) -> None:
            for one in [*self.state.resources]:
                self._delete(provider, one)

        return self._run("destroy", work, kill)

    def refresh(self, *, clear: bool = False, kill: Kill | None = None) -> bool:
        """`pulumi refresh`, with `--clear-pending-creates` or without."""
        if clear:
            self.state.clear_creates()

        def work(provider: WebRecordingProvider) -> None:
            for one in [*self.state.resources]:
                if one.get("pendingReplacement"):
                    continue
                read = provider.read(one["id"], {**one["outputs"]})
                if read.id:
                    one.update(id=read.id, outputs=read.outs)
                else:
                    self.state.remove(one)

        return self._run("refresh", work, kill)

    def rename_stack(self, name: str) -> None:
        """`pulumi stack rename`."""
        before = self.urn("")
        self.stack = f"{self.stack.rpartition('/')[0]}/{name}"
        for one in [*self.state.resources, *(operation["resource"] for operation in self.state.pending)]:
            one["urn"] = self.urn(one["urn"].removeprefix(before))

    def _check(
        self,
        provider: WebRecordingProvider,
        program: Program,
        aliases: Mapping[str, Collection[str]],
        replace: Collection[str],
    ) -> list[_Declared]:
        found = []
        for name, inputs in program.items():
            given = {**inputs, "owner": {"stack": self.stack, "urn": self.urn(name)}}
            old = self.state.current([self.urn(one) for one in (name, *aliases.get(name, ()))])
            olds = {**old["inputs"]} if old and name not in replace else {}
            found.append(_Declared(name, old, given, self._checked(provider, olds, given)))
        return found

    def _checked(self, provider: WebRecordingProvider, olds: Props, given: Props) -> Props:
        result = provider.check(olds, {**given})
        if result.failures:
            raise CheckError("; ".join(one.reason for one in result.failures))
        return result.inputs

    def _step(self, provider: WebRecordingProvider, one: _Declared, *, forced: bool) -> None:
        old = one.old
        if old is not None and not forced:
            diff = provider.diff(old["id"], {**old["outputs"]}, {**one.checked})
            waits = old.get("pendingReplacement", False)
            if not diff.replaces and not waits:
                self._keep(provider, one, old, changed=bool(diff.changes))
                return
            one = attrs.evolve(one, checked=self._checked(provider, {}, one.inputs))
            if diff.delete_before_replace and not waits:
                self._delete(provider, old, for_replacement=True)
        self._create(provider, one)

    def _keep(self, provider: WebRecordingProvider, one: _Declared, old: Resource, *, changed: bool) -> None:
        outputs = old["outputs"]
        if changed:
            operation = self.state.begin("updating", old)
            outputs = provider.update(old["id"], {**outputs}, {**one.checked}).outs
            self.state.end(operation)
        # Without an update the engine takes the new inputs, and keeps the outputs.
        old.update(urn=self.urn(one.name), inputs=one.checked, outputs=outputs)

    def _create(self, provider: WebRecordingProvider, one: _Declared) -> None:
        new: Resource = {"urn": self.urn(one.name), "type": TYPE, "inputs": one.checked}
        if one.old is not None:
            one.old["urn"] = new["urn"]
        operation = self.state.begin("creating", new)
        made = provider.create({**one.checked})
        self.state.end(operation)
        if one.old is not None and one.old.get("pendingReplacement"):
            self.state.remove(one.old)
        elif one.old is not None:
            one.old["delete"] = True
        self.state.resources.insert(0, {**new, "id": made.id, "outputs": made.outs})

    def _delete(
        self, provider: WebRecordingProvider, old: Resource, *, for_replacement: bool = False
    ) -> None:
        if old.get("pendingReplacement"):
            self.state.remove(old)
            return
        operation = self.state.begin("deleting", old)
        provider.delete(old["id"], {**old["outputs"]})
        self.state.end(operation)
        if for_replacement:
            old["pendingReplacement"] = True
        else:
            self.state.remove(old)

    def _run(self, kind: str, work: Callable[[WebRecordingProvider], None], kill: Kill | None) -> bool:
        self.errors = []
        self.told.clear()
        printed = io.StringIO()
        try:
            with armed(self.service, kill), own_tracebacks(), redirect_stdout(printed):
                work(self._provider())
        except Killed:
            if kill and not kill.alone:
                self.state.killed()
                return False
            self.errors.append("the provider died")
        except (TrtcError, CheckError) as failure:
            self.errors.append(f"{type(failure).__name__}: {failure}")
        self.told += printed.getvalue().splitlines()
        self.state.ended(kind, not self.errors)
        return not self.errors

    def _provider(self) -> WebRecordingProvider:
        return provider_process(self.service, self._answer, self.settings, self.environ, self.told.append)

    def _answer(self, arguments: tuple[str, ...]) -> str | None:
        if arguments[0] == "whoami":
            return json.dumps({"user": "test", "url": self.backend})
        if not self.readable or self.stack not in arguments:
            return None
        return self.state.exported() if arguments[1] == "export" else self.state.told()
