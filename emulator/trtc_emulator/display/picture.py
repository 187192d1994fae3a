"""The picture on a display: what its client draws into shared memory, copied out when it is asked for."""

from __future__ import annotations

import os
import stat
import threading

import attrs

from trtc_emulator.display.wire import ProtocolError

PIXEL_BYTES = 4
# Far more than any window of a recording has.
_LONGEST_SIDE = 16_384
_MOST_BYTES = 1 << 30
# What the kernel takes at once (IOV_MAX); each row takes two.
_MOST_PARTS = 1024


class Memory:
    """A file that a client shares. It is read and never mapped: to touch a page of a mapping whose file the
    client has meanwhile made shorter would kill this process. It is closed when nothing lies in it any more.

    Attributes:
        size: How much of it the client says is there.
    """

    def __init__(self, fd: int, size: int) -> None:
        """Take over `fd`. Raises ProtocolError where it is no file."""
        self._fd = fd
        self.size = size
        if not stat.S_ISREG(os.fstat(fd).st_mode) or not 0 < size <= _MOST_BYTES:
            raise ProtocolError("shared memory that is no file, or of no possible size")

    def grow(self, size: int) -> None:
        """It has become larger. Raises ProtocolError: it may not become smaller."""
        if not self.size <= size <= _MOST_BYTES:
            raise ProtocolError("shared memory that shrinks, or grows too far")
        self.size = size

    def read(self, parts: list[memoryview], offset: int) -> bool:
        """Fill these; false where the file is shorter than the client said."""
        wanted = sum(map(len, parts))
        try:
            return os.preadv(self._fd, parts, offset) == wanted
        except OSError:
            return False

    def __del__(self) -> None:
        os.close(self._fd)


@attrs.frozen(eq=False)
class Buffer:
    """A picture in a client's memory, checked: it lies within what the client shares."""

    memory: Memory
    offset: int
    width: int
    height: int
    stride: int

    @classmethod
    def of(cls, memory: Memory, offset: int, width: int, height: int, stride: int) -> Buffer:
        """Raises ProtocolError where it does not fit."""
        possible = (
            0 < width <= _LONGEST_SIDE
            and 0 < height <= _LONGEST_SIDE
            and width * PIXEL_BYTES <= stride <= _LONGEST_SIDE * PIXEL_BYTES
            and 0 <= offset <= memory.size - stride * height
        )
        if not possible:
            raise ProtocolError("a buffer outside of its memory")
        return cls(memory, offset, width, height, stride)


@attrs.frozen
class Shown:
    """A copy of the picture.

    Attributes:
        number: How often the client had drawn.
        data: Its pixels, row by row, each blue, green, red and one byte that means nothing. It stays as it is
            until the next `Picture.take` but one.
    """

    number: int
    data: memoryview


class Picture:
    """The part of a window that is recorded: its upper left corner, `width` by `height` pixels.

    One thread draws, another one takes.

    Attributes:
        drawn: How often the client has drawn.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._lock = threading.Lock()
        self._buffer: Buffer | None = None
        self.drawn = 0
        size = width * height * PIXEL_BYTES
        self._shown = Shown(0, memoryview(bytearray(size)))
        self._spare = memoryview(bytearray(size))
        self._rest = memoryview(bytearray(_LONGEST_SIDE * PIXEL_BYTES))

    def draw(self, buffer: Buffer) -> None:
        """The client has drawn. One of another size (a window that is about to change) is left out.

        Once this returns, the client may draw into the buffer before.
        """
        with self._lock:
            if buffer.width >= self._width and buffer.height >= self._height:
                self._buffer = buffer
                self.drawn += 1

    def take(self) -> Shown:
        """The newest picture that is whole; black before the first."""
        with self._lock:
            number, buffer = self.drawn, self._buffer
            if buffer is None or number == self._shown.number or not self._copy(buffer):
                return self._shown
        shown = Shown(number, self._spare)
        self._spare, self._shown = self._shown.data, shown
        return shown

    def _copy(self, buffer: Buffer) -> bool:
        row = self._width * PIXEL_BYTES
        if buffer.stride == row:
            return buffer.memory.read([self._spare], buffer.offset)
        rest = self._rest[: buffer.stride - row]
        rows = _MOST_PARTS // 2
        for top in range(0, self._height, rows):
            parts = []
            for y in range(top, min(top + rows, self._height)):
                parts += [self._spare[y * row : (y + 1) * row], rest]
            if not buffer.memory.read(parts, buffer.offset + top * buffer.stride):
                return False
        return True
