"""ffmpeg's tee output: one encode, many outputs, and its two levels of quoting."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

Options = Mapping[str, str | int | float]


@attrs.frozen
class Output:
    """One output of a tee: a file name or `pipe:N`, and the options of its muxer."""

    target: str
    options: Options

    def __str__(self) -> str:
        inner = f"[{_joined(self.options, closing=']')}]{self.target}"
        return _escaped(inner, "\\'|")


def nested(options: Options) -> str:
    """Options that are themselves the value of one option."""
    return _joined(options, closing="")


def _joined(options: Options, closing: str) -> str:
    return ":".join(
        f"{name}={_escaped(str(value), chr(92) + chr(39) + ':' + closing)}" for name, value in options.items()
    )


def _escaped(text: str, special: str) -> str:
    return "".join(f"\\{c}" if c in special else c for c in text)
