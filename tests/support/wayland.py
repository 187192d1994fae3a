"""A client of a display: composes its requests, and reads what it is told."""

from __future__ import annotations

import itertools
import os
import struct
from collections.abc import Iterator

import attrs

from trtc_emulator.display import wire
from trtc_emulator.display.protocol import GLOBALS, REQUESTS

DISPLAY = 1
RED, GREEN, BLUE = b"\0\0\xff\0", b"\0\xff\0\0", b"\xff\0\0\0"
XRGB = 1


@attrs.define
class Client:
    """Gives ids to its objects. What it says is returned, and sent by nobody."""

    interfaces: dict[int, str] = attrs.Factory(lambda: {DISPLAY: "wl_display"})
    _names: Iterator[int] = attrs.Factory(lambda: itertools.count(2))

    def new(self, interface: str) -> int:
        """The id of an object to be."""
        name = next(self._names)
        self.interfaces[name] = interface
        return name

    def say(self, target: int, request: str, *arguments: int | str) -> bytes:
        """A request; a file descriptor is no argument."""
        names = [one.name for one in REQUESTS[self.interfaces[target]]]
        coded = (
            wire.text(one) if isinstance(one, str) else wire.number(one & 0xFFFFFFFF) for one in arguments
        )
        return wire.event(target, names.index(request), *coded)

    def greet(self) -> tuple[bytes, dict[str, int]]:
        """Ask for all that a display has."""
        registry = self.new("wl_registry")
        said = self.say(DISPLAY, "get_registry", registry)
        bound = {}
        for name, (interface, version) in enumerate(GLOBALS.items()):
            bound[interface] = self.new(interface)
            said += self.say(registry, "bind", name, interface, version, bound[interface])
        return said, bound

    def window(self, bound: dict[str, int]) -> tuple[bytes, int]:
        """Make a window; the id of its surface comes with it."""
        surface, xdg, toplevel = (self.new(one) for one in ("wl_surface", "xdg_surface", "xdg_toplevel"))
        said = (
            self.say(bound["wl_compositor"], "create_surface", surface)
            + self.say(bound["xdg_wm_base"], "get_xdg_surface", xdg, surface)
            + self.say(xdg, "get_toplevel", toplevel)
            + self.say(toplevel, "set_title", "a page")
            + self.say(surface, "commit")
        )
        return said, surface

    def pool(self, bound: dict[str, int], size: int) -> tuple[bytes, int]:
        """Share memory, whose file descriptor goes with it."""
        pool = self.new("wl_shm_pool")
        return self.say(bound["wl_shm"], "create_pool", pool, size), pool

    def buffer(
        self, pool: int, width: int, height: int, offset: int = 0, stride: int | None = None
    ) -> tuple[bytes, int]:
        """A picture in shared memory."""
        buffer = self.new("wl_buffer")
        values = (offset, width, height, 4 * width if stride is None else stride, XRGB)
        return self.say(pool, "create_buffer", buffer, *values), buffer

    def show(self, surface: int, buffer: int) -> bytes:
        """Have a surface show a buffer."""
        return (
            self.say(surface, "attach", buffer, 0, 0)
            + self.say(surface, "damage_buffer", 0, 0, 9999, 9999)
            + self.say(surface, "commit")
        )


def memory(data: bytes) -> int:
    """A file in memory with this in it."""
    fd = os.memfd_create("test")
    os.write(fd, data)
    return fd


def events(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Cut what a client is told into events: object, number, arguments."""
    while data:
        source, number, size = struct.unpack_from("<IHH", data)
        yield source, number, data[8:size]
        data = data[size:]


def numbers(data: bytes) -> tuple[int, ...]:
    """The arguments of an event that has nothing but numbers."""
    return struct.unpack(f"<{len(data) // 4}I", data)
