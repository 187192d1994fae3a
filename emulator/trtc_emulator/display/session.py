"""What the client of a display says, and what it is told. No sockets, no threads."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence

import attrs

from trtc_emulator.display import protocol, wire
from trtc_emulator.display.picture import Buffer, Memory, Picture
from trtc_emulator.display.wire import Body, ProtocolError, event, number, signed, text

# A browser has a few hundred of the one and a few of the other at most.
_MOST_OBJECTS = 10_000
_MOST_UNCLAIMED = 64
# Above them are those that a server makes.
_LAST_CLIENTS_ID = 0xFEFFFFFF
_DISPLAY = 1
_DELETE_ID, _GLOBAL, _DONE = 1, 0, 0
_MONOTONIC = 1
_ARGB, _XRGB = 0, 1
_FULLSCREEN, _ACTIVATED = 2, 4
_CURRENT, _PREFERRED = 1, 2
_VSYNC = 1
_MILLIMETRES_PER_PIXEL = 25.4 / 96
_NANOSECONDS = 1_000_000_000

Values = list[int | str]


@attrs.define(eq=False)
class _Object:
    id: int
    interface: str
    it: _Surface | _Window | Memory | Buffer | None = None


@attrs.define(eq=False)
class _Surface:
    """What a client draws on: what comes with its next commit, and what it shows."""

    id: int
    is_attached: bool = False
    attached: _Object | None = None
    shown: _Object | None = None
    callbacks: list[int] = attrs.Factory(list)


@attrs.frozen(eq=False)
class _Window:
    surface: _Surface
    xdg_surface: int


class Session:
    """The one connection of a display. Its first window fills the screen, and is all that is seen there."""

    def __init__(
        self, screen: tuple[int, int], window: tuple[int, int], hertz: int, picture: Picture
    ) -> None:
        self._screen = screen
        self._size = window
        self._hertz = hertz
        self._picture = picture
        self._requests = wire.Requests()
        self._objects = {_DISPLAY: _Object(_DISPLAY, "wl_display")}
        self._fds: deque[int] = deque()
        self._answer = bytearray()
        self._serial = 0
        self._window: _Surface | None = None
        self._callbacks: list[int] = []
        self._feedback: list[int] = []

    def feed(self, data: bytes, fds: Sequence[int] = ()) -> bytes:
        """What a client is told. The file descriptors are taken over.

        Raises:
            ProtocolError: It is to be hung up on.
        """
        self._fds.extend(fds)
        if len(self._fds) > _MOST_UNCLAIMED:
            raise ProtocolError("more file descriptors than requests for them")
        for target, opcode, body in self._requests.feed(data):
            self._take(target, opcode, body)
        return self._said()

    def tick(self, now: float, count: int) -> bytes:
        """The screen is drawn anew, at this monotonic time in seconds: who waits for it may draw again."""
        for callback in self._callbacks:
            self._tell(callback, _DONE, number(int(now * 1000)))
            self._delete(callback)
        seconds, nanoseconds = divmod(int(now * _NANOSECONDS), _NANOSECONDS)
        refresh = _NANOSECONDS // self._hertz
        times = (seconds >> 32, seconds, nanoseconds, refresh, count >> 32, count, _VSYNC)
        for feedback in self._feedback:
            self._tell(feedback, 1, *map(number, times))
            self._delete(feedback)
        self._callbacks, self._feedback = [], []
        return self._said()

    def close(self) -> None:
        """Give back what the client has shared."""
        while self._fds:
            os.close(self._fds.popleft())
        self._objects.clear()
        self._window = None

    def _said(self) -> bytes:
        answer, self._answer = bytes(self._answer), bytearray()
        return answer

    def _tell(self, source: int, number_: int, *arguments: bytes) -> None:
        self._answer += event(source, number_, *arguments)

    def _delete(self, target: int) -> None:
        if self._objects.pop(target, None):
            self._tell(_DISPLAY, _DELETE_ID, number(target))

    def _take(self, target: int, opcode: int, body: Body) -> None:
        thing = self._objects.get(target)
        if thing is None:
            raise ProtocolError("a request to nothing")
        requests = protocol.REQUESTS[thing.interface]
        if opcode >= len(requests):
            raise ProtocolError(f"{thing.interface} has no request {opcode}")
        request = requests[opcode]
        values = self._read(request, body)
        if handler := _HANDLERS.get((thing.interface, request.name)):
            handler(self, thing, values)
        if request.destroys:
            self._delete(target)

    def _read(self, request: protocol.Request, body: Body) -> Values:
        """The arguments. A new object is there already, a file descriptor is still the first of all."""
        values: Values = []
        for kind in request.arguments:
            if kind.startswith("+"):
                interface = values[1] if kind == "+*" else kind[1:]
                values.append(self._create(body.number(), str(interface)))
            elif kind == "h":
                if not self._fds:
                    raise ProtocolError("a file descriptor that did not come")
            else:
                values.append(_READ[kind](body))
        return values

    def _create(self, new: int, interface: str) -> int:
        if not 0 < new <= _LAST_CLIENTS_ID or new in self._objects or len(self._objects) >= _MOST_OBJECTS:
            raise ProtocolError("an object that cannot be")
        self._objects[new] = _Object(new, interface)
        return new

    def _sync(self, _: _Object, values: Values) -> None:
        (callback,) = _ids(values)
        self._tell(callback, _DONE, number(0))
        self._delete(callback)

    def _registry(self, _: _Object, values: Values) -> None:
        (registry,) = _ids(values)
        for name, (interface, version) in enumerate(protocol.GLOBALS.items()):
            self._tell(registry, _GLOBAL, number(name), text(interface), number(version))

    def _bind(self, _: _Object, values: Values) -> None:
        name, interface, version, new = values
        if [name, interface] not in [[i, one] for i, one in enumerate(protocol.GLOBALS)]:
            raise ProtocolError("a global that is not here")
        if greet := _GREETINGS.get(str(interface)):
            greet(self, int(new), int(version))

    def _greet_shm(self, shm: int, _version: int) -> None:
        for form in (_ARGB, _XRGB):
            self._tell(shm, 0, number(form))

    def _greet_output(self, output: int, version: int) -> None:
        width, height = self._screen
        millimetres = (round(side * _MILLIMETRES_PER_PIXEL) for side in self._screen)
        self._tell(
            output,
            0,
            *(signed(value) for value in (0, 0, *millimetres, 0)),
            *(text("recorder"), text("recorder"), signed(0)),
        )
        self._tell(
            output, 1, number(_CURRENT | _PREFERRED), *map(signed, (width, height, self._hertz * 1000))
        )
        if version >= 2:
            self._tell(output, 3, signed(1))
            self._tell(output, 2)

    def _greet_seat(self, seat: int, version: int) -> None:
        self._tell(seat, 0, number(0))
        if version >= 2:
            self._tell(seat, 1, text("recorder"))

    def _greet_presentation(self, presentation: int, _version: int) -> None:
        self._tell(presentation, 0, number(_MONOTONIC))

    def _new_surface(self, _: _Object, values: Values) -> None:
        (new,) = _ids(values)
        self._objects[new].it = _Surface(new)

    def _attach(self, thing: _Object, values: Values) -> None:
        surface = _surface(thing)
        buffer = self._objects.get(_ids(values)[0])
        surface.is_attached = True
        surface.attached = buffer if buffer and isinstance(buffer.it, Buffer) else None

    def _frame(self, thing: _Object, values: Values) -> None:
        _surface(thing).callbacks += _ids(values)

    def _commit(self, thing: _Object, _values: Values) -> None:
        surface = _surface(thing)
        self._callbacks += surface.callbacks
        surface.callbacks = []
        if not surface.is_attached:
            return
        before, surface.shown = surface.shown, surface.attached
        surface.is_attached, surface.attached = False, None
        if surface is self._window and surface.shown and isinstance(surface.shown.it, Buffer):
            self._picture.draw(surface.shown.it)
        # The client may draw into it again, unless it has ended it.
        if before and before is not surface.shown and self._objects.get(before.id) is before:
            self._tell(before.id, 0)

    def _feedback_for(self, _: _Object, values: Values) -> None:
        self._feedback.append(_ids(values)[1])

    def _pool(self, _: _Object, values: Values) -> None:
        new, size = _ids(values)
        self._objects[new].it = Memory(self._fds.popleft(), size)

    def _resize(self, thing: _Object, values: Values) -> None:
        _memory(thing).grow(_ids(values)[0])

    def _buffer(self, thing: _Object, values: Values) -> None:
        new, offset, width, height, stride, form = _ids(values)
        if form not in (_ARGB, _XRGB):
            raise ProtocolError("a buffer of a form that was not offered")
        self._objects[new].it = Buffer.of(_memory(thing), offset, width, height, stride)

    def _xdg_surface(self, _: _Object, values: Values) -> None:
        new, surface = _ids(values)
        self._objects[new].it = _Window(_surface(self._objects.get(surface)), new)

    def _toplevel(self, thing: _Object, values: Values) -> None:
        (new,) = _ids(values)
        self._objects[new].it = window = _window(thing)
        self._window = self._window or window.surface
        for output in [one.id for one in self._objects.values() if one.interface == "wl_output"]:
            self._tell(window.surface.id, 0, number(output))
        self._configure(self._objects[new], [])

    def _configure(self, thing: _Object, _values: Values) -> None:
        """Whatever a window would like to be: it fills the screen."""
        self._serial += 1
        self._tell(thing.id, 0, *map(signed, self._size), wire.numbers((_FULLSCREEN, _ACTIVATED)))
        self._tell(_window(thing).xdg_surface, 0, number(self._serial))


def _surface(thing: _Object | None) -> _Surface:
    if thing is None or not isinstance(thing.it, _Surface):
        raise ProtocolError("no surface")
    return thing.it


def _memory(thing: _Object) -> Memory:
    if not isinstance(thing.it, Memory):
        raise ProtocolError("no memory")
    return thing.it


def _window(thing: _Object) -> _Window:
    if not isinstance(thing.it, _Window):
        raise ProtocolError("no window")
    return thing.it


def _ids(values: Values) -> list[int]:
    return [int(value) for value in values]


_READ: dict[str, Callable[[Body], int | str]] = {
    "u": Body.number,
    "o": Body.number,
    "i": Body.signed,
    "s": Body.text,
}
_GREETINGS: dict[str, Callable[[Session, int, int], None]] = {
    "wl_shm": Session._greet_shm,
    "wl_output": Session._greet_output,
    "wl_seat": Session._greet_seat,
    "wp_presentation": Session._greet_presentation,
}
# All other requests need no answer.
_HANDLERS: dict[tuple[str, str], Callable[[Session, _Object, Values], None]] = {
    ("wl_display", "sync"): Session._sync,
    ("wl_display", "get_registry"): Session._registry,
    ("wl_registry", "bind"): Session._bind,
    ("wl_compositor", "create_surface"): Session._new_surface,
    ("wl_surface", "attach"): Session._attach,
    ("wl_surface", "frame"): Session._frame,
    ("wl_surface", "commit"): Session._commit,
    ("wl_shm", "create_pool"): Session._pool,
    ("wl_shm_pool", "create_buffer"): Session._buffer,
    ("wl_shm_pool", "resize"): Session._resize,
    ("xdg_wm_base", "get_xdg_surface"): Session._xdg_surface,
    ("xdg_surface", "get_toplevel"): Session._toplevel,
    ("xdg_toplevel", "set_maximized"): Session._configure,
    ("xdg_toplevel", "unset_maximized"): Session._configure,
    ("xdg_toplevel", "set_fullscreen"): Session._configure,
    ("xdg_toplevel", "unset_fullscreen"): Session._configure,
    ("wp_presentation", "feedback"): Session._feedback_for,
}
