"""The model of Pulumi's engine against the engine itself: the same commands, and what both came to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import attrs
import pytest

from tests.support.clock import ManualClock
from tests.support.emulator import Emulator, eventually
from tests.support.engine.goal import Outcome
from tests.support.engine.in_memory import Engine
from tests.support.engine.kill import Kill
from tests.support.engine.program import Recording
from tests.support.engine.resources import Resource, name_of
from tests.support.fake_service import DESCRIBE, START, STOP, FakeService
from tests.support.pulumi_cli import Stacks
from tests.support.real_engine import RealStack

MARKS = ("delete", "pendingReplacement", "protect", "retainOnDelete", "external")
REFUSED, EXPIRED = "FailedOperation.NotAllowed", "AuthFailure.SignatureExpire"
STREAM = [{"publishCdnUrl": "rtmp://live.example.com/app/stream?sign=1"}]


def page(number: int, **changed: Any) -> dict[str, Any]:
    cos = {
        "vendor": 0,
        "region": "ap-singapore",
        "bucket": "webrecord-1234589",
        "accessKey": "AKIDexample",
        "secretKey": "example-secret-key",
    }
    inputs = {
        "recordUrl": f"https://example.com/{number}",
        "sdkAppId": 1400000000,
        "storageParams": {"cloudStorage": cos},
    }
    return {**inputs, **changed}


@attrs.define
class Ids:
    """Names for TaskIds, by the recording in whose place they were first seen."""

    known: dict[str, str] = attrs.field(factory=dict)

    def of(self, resource: Resource) -> str:
        name = name_of(resource["urn"])
        number = sum(one.startswith(f"{name}#") for one in self.known.values())
        return self.known.setdefault(str(resource["id"]), f"{name}#{number}")


@attrs.define
class Both:
    """One stack on the engine and in the model."""

    real: RealStack
    model: Engine
    emu: Emulator
    ids: tuple[Ids, Ids]

    def up(
        self, program: dict[str, Any], *, kill: bool = False, good: bool | None = None, **options: Any
    ) -> None:
        real = self.real.up(program, kill=kill, **options)
        model = self.model.up(program, kill=Kill(START) if kill else None, **options)
        self.compare(real, model, good=False if kill else good)

    def preview(self, program: dict[str, Any], *, good: bool | None = None) -> None:
        self.compare(self.real.preview(program), self.model.preview(program), good=good)

    def refresh(self, *, good: bool | None = None, clear: bool = False) -> None:
        self.compare(self.real.refresh(clear=clear), self.model.refresh(clear=clear), good=good)

    def destroy(self, *, good: bool | None = None, **options: Any) -> None:
        self.compare(self.real.destroy(**options), self.model.destroy(**options), good=good)

    def each(self, command: Callable[[Any], Any]) -> None:
        """A command that is in no history."""
        command(self.real)
        command(self.model)
        self.same()

    def fails(self, action: str, code: str) -> None:
        """The next request of an action is refused."""
        self.emu.fault("error", action, code=code, next=1)
        self.model.service.fail(action, code)

    def end_all(self) -> None:
        """All recordings reach their limit."""
        self.emu.advance(2 * 86400)
        for one in self.model.service.running():
            one.until = self.model.service.clock.monotonic()

    def same(self) -> None:
        """Both states hold the same."""
        eventually(lambda: not self.emu.tasks("accepted"), "the beginning of all recordings")
        self.model.service.clock.advance(100)
        real, model = self.real.resources(), self.model.state.resources
        assert self._seen(self.ids[0], real) == self._seen(self.ids[1], model)
        assert sorted(_operation(one) for one in self.real.pending()) == sorted(
            _operation(one) for one in self.model.state.pending
        )
        told = [(one["kind"], one["result"]) for one in self.model.state.updates()]
        assert self.real.history() == told

    def compare(self, real: Outcome, model: Outcome, *, good: bool | None = None) -> None:
        """Both came to the same, whatever the provider decided; "good" or not where the engine decides it."""
        wanted = real.good if good is None else good
        assert (real.good, model.good) == (wanted, wanted), (real, model)
        assert not real.good or bool(real.changed) == bool(model.changed), (real, model)
        # What comes side by side comes in any order, and any of it may be what fails.
        assert _by_name(real.calls) == _by_name(model.calls)
        self.emu.clear_faults()
        self.model.service.heal()
        self.same()

    def _seen(self, ids: Ids, resources: list[Resource]) -> Any:
        found = []
        for one in sorted(resources, key=lambda one: (bool(one.get("delete")), one["urn"])):
            marks = [mark for mark in MARKS if one.get(mark)]
            given = {key: one["inputs"].get(key) for key in ("recordUrl", "recordId")}
            others = [name_of(urn) for urn in one.get("dependencies") or ()]
            found.append((one["urn"], ids.of(one), marks, given, others))
        return found, sorted(str(one["outputs"].get("status")) for one in resources)


def _by_name(calls: Collection[tuple[str, str]]) -> list[tuple[str, ...]]:
    names = {name for _, name in calls}
    return sorted(tuple(call for call, of in calls if of == name) for name in names)


def _operation(one: Resource) -> tuple[str, str, str]:
    return one["type"], one["resource"]["urn"], str(one["resource"]["inputs"].get("recordUrl"))


@pytest.fixture
def make(stacks: Stacks, emu: Emulator) -> Callable[..., Both]:
    """Makes a stack on both sides; `beside` shares its backend with another one."""
    cli = stacks.new("", project="demo", name="unused")
    service = FakeService(ManualClock())

    def both(name: str = "dev", beside: Both | None = None) -> Both:
        stack = f"organization/demo/{name}"
        model = Engine(service, backend=beside.model.backend, stack=stack) if beside else Engine(service)
        return Both(RealStack(cli, emu, name), model, emu, beside.ids if beside else (Ids(), Ids()))

    return both


@pytest.fixture
def dev(make: Callable[..., Both]) -> Both:
    return make()


@pytest.mark.soak
def test_create_change_replace_and_delete(dev: Both) -> None:
    dev.up({"a": page(0), "b": page(1)})
    dev.up({"a": page(0, whenEnded="restart"), "b": page(2)})
    dev.up({"a": page(0, whenEnded="restart"), "b": page(2)}, replace=["a"])
    dev.up({"a": page(0)})
    dev.destroy()


@pytest.mark.soak
def test_targets(dev: Both) -> None:
    dev.up({"a": page(0), "b": page(1)})
    # What is not targeted is neither changed, created nor deleted.
    dev.up({"a": page(2), "c": page(3), "d": page(4)}, target=["c"])
    dev.up({"a": page(2)}, target=["nobody"], good=False)
    dev.up({"a": page(2)}, replace=["nobody"], good=False)
    dev.up({"a": page(2)}, target=["b"])
    dev.destroy(target=["a"])


@pytest.mark.soak
def test_a_given_record_id_is_deleted_before_it_is_replaced(dev: Both) -> None:
    dev.up({"a": page(0, recordId="room")})
    dev.up({"a": page(1, recordId="room")})
    dev.up({"a": page(2, recordId="room")}, kill=True)
    dev.up({"a": page(2, recordId="room")})


@pytest.mark.soak
def test_a_replacement_that_is_killed_after_the_old_one_was_deleted(dev: Both) -> None:
    dev.up({"a": page(0, recordId="room"), "b": page(0)})
    dev.up({"a": page(1, recordId="room"), "b": page(0)}, kill=True)
    dev.refresh()
    dev.destroy()


@pytest.mark.soak
def test_another_name_by_an_alias(dev: Both) -> None:
    dev.up({"a": page(0)})
    renamed = Recording(page(0), aliases=("a",))
    # Its old name cannot be given away and be declared anew in one update, in whatever order.
    dev.up({"a": page(7), "b": attrs.evolve(renamed, depends=("a",))}, good=False)
    dev.up({"b": renamed, "a": Recording(page(7), depends=("b",))}, good=False)
    dev.up({"b": renamed})
    dev.up({"b": renamed, "a": Recording(page(7), depends=("b",))})
    dev.up({"b": page(0), "a": page(7)})


@pytest.mark.soak
def test_another_name_and_other_inputs_at_once(dev: Both) -> None:
    dev.up({"a": page(0)})
    dev.up({"b": Recording(page(1), aliases=("a",))})
    dev.destroy()


@pytest.mark.soak
def test_another_parent_with_an_alias(dev: Both) -> None:
    dev.up({"a": page(0)})
    dev.up({"a": Recording(page(0), parent="group", former_parent="")})
    dev.up({"a": Recording(page(1), parent="group")})


@pytest.mark.soak
def test_another_parent_without_an_alias(dev: Both) -> None:
    dev.up({"a": page(0)})
    dev.up({"a": Recording(page(0), parent="group")})


@pytest.mark.soak
def test_a_stack_that_is_renamed(dev: Both) -> None:
    dev.up({"a": page(0)})
    dev.up({"a": page(1)}, kill=True)
    dev.each(lambda stack: stack.rename_stack("prod"))
    dev.refresh()
    dev.up({"a": page(0)})
    dev.each(lambda stack: stack.rename_stack("last"))
    dev.destroy()


@pytest.mark.soak
def test_a_recording_that_is_moved_to_another_stack(dev: Both, make: Callable[..., Both]) -> None:
    other = make("other", beside=dev)
    dev.up({"a": page(0), "b": Recording(page(1), depends=("a",))})
    other.up({"c": page(5)})
    dev.up({"a": page(0), "b": Recording(page(1), depends=("a",)), "d": page(8)}, kill=True)
    dev.real.move("a", other.real)
    dev.model.move("a", other.model)
    dev.same()
    other.same()
    dev.up({"b": page(1)})
    other.up({"a": page(0), "c": page(5)})


@pytest.mark.soak
def test_a_recording_that_is_deleted_from_the_state(dev: Both) -> None:
    dev.up({"a": page(0), "b": page(1)})
    dev.up({"a": page(0), "b": page(1), "c": page(2)}, kill=True)
    dev.each(lambda stack: stack.forget("a"))
    dev.up({"b": page(1)})
    dev.destroy()


@pytest.mark.soak
def test_a_recording_that_is_retained(dev: Both) -> None:
    kept = Recording(page(0), retain=True)
    dev.up({"a": kept, "b": page(1)})
    dev.up({"a": Recording(page(2), retain=True), "b": page(1)})
    dev.up({"b": page(1)})
    dev.up({"b": Recording(page(1), retain=True)})
    dev.destroy()


def test_a_destroy_that_is_refused(dev: Both) -> None:
    later = Recording(page(1), depends=("a",))
    dev.up({"a": Recording(page(0), protect=True), "b": later, "c": page(5)})
    # All but what is protected go.
    dev.destroy(good=False)
    dev.up({"a": Recording(page(2), protect=True), "b": later}, good=False)
    dev.up({"a": page(2), "b": later})


@pytest.mark.soak
def test_a_destroy_that_is_refused_for_what_depends_on_it(dev: Both) -> None:
    dev.up({"a": page(0), "b": Recording(page(1), depends=("a",))})
    dev.destroy(target=["a"], good=False)
    dev.up({"a": page(0), "b": Recording(page(1), depends=("a",), protect=True)})
    dev.destroy(good=False)


@pytest.mark.soak
def test_a_create_that_is_killed(dev: Both) -> None:
    dev.up({"a": page(0)}, kill=True)
    dev.up({"a": page(1)}, kill=True)
    dev.preview({"a": page(1)})
    dev.up({"a": page(1)})
    dev.refresh()
    dev.refresh(clear=True)


@pytest.mark.soak
def test_an_update_that_fails(dev: Both) -> None:
    dev.up({"a": page(0)})
    dev.fails(START, REFUSED)
    dev.up({"a": page(1)}, good=False)
    dev.fails(STOP, REFUSED)
    dev.up({"a": page(2)}, good=False)
    dev.up({"a": page(2)}, target=["nobody"], good=False)
    dev.up({"a": page(2)})


@pytest.mark.soak
def test_inputs_that_are_refused(dev: Both) -> None:
    dev.up({"a": page(0)})
    wrong = page(0, recordUrl="ftp://example.com/")
    later = Recording(wrong, depends=("a",))
    dev.preview({"a": wrong, "b": later}, good=False)
    dev.up({"a": wrong, "b": later}, good=False)


@pytest.mark.soak
def test_an_export_that_is_imported_again(dev: Both) -> None:
    dev.up({"a": page(0), "b": page(1)})
    exported = dev.real.export(), dev.model.export()
    dev.up({"a": page(0)})
    dev.up({"a": page(0), "c": page(1)}, kill=True)
    dev.real.restore(exported[0])
    dev.model.restore(exported[1])
    dev.same()
    dev.refresh()
    dev.up({"a": page(0), "b": page(1)})


@pytest.mark.soak
def test_an_edited_export(dev: Both) -> None:
    dev.up({"a": page(0), "b": page(1)})

    def without_b(resources: list[Resource]) -> None:
        resources[:] = [one for one in resources if name_of(one["urn"]) != "b"]

    exported = dev.real.export(), dev.model.export()
    dev.real.restore(exported[0], without_b)
    dev.model.restore(exported[1], without_b)
    dev.same()
    dev.up({"a": page(0)})


@pytest.mark.soak
def test_a_refresh_of_what_has_ended(dev: Both) -> None:
    dev.up({"a": page(0, whenEnded="restart"), "b": page(1, whenEnded="restart")})
    dev.end_all()
    # One cannot be read: the other is saved.
    dev.fails(DESCRIBE, EXPIRED)
    dev.refresh(good=False)
    dev.refresh()
    dev.up({"a": page(0, whenEnded="restart")})


@pytest.mark.soak
def test_a_recording_that_is_only_read(dev: Both, make: Callable[..., Both]) -> None:
    dev.up({"a": page(0)})
    [real] = dev.real.resources()
    [model] = dev.model.state.resources
    other = make("other", beside=dev)

    def reading(task_id: str) -> dict[str, Any]:
        return {"b": Recording({}, read=task_id)}

    for _ in range(2):
        other.compare(other.real.up(reading(real["id"])), other.model.up(reading(model["id"])))
    other.refresh()
    other.destroy()
