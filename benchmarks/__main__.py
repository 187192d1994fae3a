"""`python -m benchmarks`: all of them."""

from __future__ import annotations

from benchmarks import recording, scale

if __name__ == "__main__":
    for options in ((), ("--plugin", "--parallel", "64")):
        scale.main(options)
        print()
    recording.main()
