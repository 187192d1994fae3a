"""`python -m benchmarks`: all of them."""

from __future__ import annotations

from benchmarks.recording import main

if __name__ == "__main__":
    main()
