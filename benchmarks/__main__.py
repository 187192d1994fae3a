"""`python -m benchmarks`: all of them."""

from __future__ import annotations

from benchmarks import recording, scale

if __name__ == "__main__":
    scale.main(())
    print()
    recording.main()
