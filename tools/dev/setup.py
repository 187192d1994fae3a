"""Everything that the other verbs need but the Pulumi CLI: .venv, and a browser unless told otherwise."""

from __future__ import annotations

import argparse

from tools.dev import browser, steps, venv


def main() -> None:
    """Set up; a second run finds all of it and says nothing but that."""
    parser = argparse.ArgumentParser(prog="tools/setup", description="Set up .venv and a browser.")
    parser.add_argument(
        "--browser",
        choices=("required", "optional", "none"),
        default="required",
        help="whether a missing browser is an error, is told, or is not looked for",
    )
    wanted = parser.parse_args().browser
    venv.ensure()
    if wanted == "none":
        return
    try:
        steps.say(f"ready: .venv, and a browser ({browser.ensure()})")
    except steps.ProblemError as problem:
        if wanted == "required":
            raise
        steps.say(f"going on without a browser: {problem}")


if __name__ == "__main__":
    steps.run_main(main)
