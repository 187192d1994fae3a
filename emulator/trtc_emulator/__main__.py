"""`python -m trtc_emulator`, also `trtc-emulator`."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def main() -> None:
    """Serve, or exit with 2 and say what to install."""
    if find_spec("aiohttp") is None:
        print("trtc-emulator needs its extra: pip install 'pulumi-trtc[emulator]'", file=sys.stderr)
        sys.exit(2)
    from trtc_emulator.assembly import command  # noqa: PLC0415 - not before it is known that it can be

    command.main()


if __name__ == "__main__":
    main()
