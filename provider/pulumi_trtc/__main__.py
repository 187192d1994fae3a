"""`python -m pulumi_trtc recover`: find, and on request stop, what no `pulumi up` can heal."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pulumi_trtc import record_id as ids
from pulumi_trtc.clock import SystemClock
from pulumi_trtc.errors import TrtcError
from pulumi_trtc.recover import Declared, Finding, Verdict, declared_in, examine
from pulumi_trtc.session import Session, open_session
from pulumi_trtc.stack_cli import StackReader
from pulumi_trtc.stack_state import PendingCreate, SavedRecording, parse_export

_CLEAR = "pulumi refresh --clear-pending-creates --yes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if nothing is left that should not run, 1 otherwise, 2 if that cannot be told."""
    options = _parser().parse_args(arguments)
    try:
        return _recover(options)
    except (TrtcError, ValueError, OSError, subprocess.SubprocessError) as failure:
        print(f"error: {_why(failure)}", file=sys.stderr)
        return 2


def _recover(options: argparse.Namespace) -> int:
    reader = StackReader(SystemClock(), os.environ)
    saved, pending = _state(options, reader)
    declared = declared_in(saved, pending, reader.backend())
    if options.lost:
        derived = ids.derive(reader.backend(), options.stack or "", options.lost)
        declared += (Declared(options.lost, options.sdk_app_id, derived, frozenset()),)
    session = _session(options, reader)
    print(f"Looks for {len(declared)} declared recordings and {len(saved)} tasks of the state.", flush=True)
    # A task that was started in the last seconds cannot be found before they are over.
    session.lifecycle.window.outlast()
    found = list(examine(session.lifecycle.api, declared, saved))
    for finding in found:
        print(finding)
    wanted = [finding for finding in found if _is_to_stop(finding, options)]
    if options.apply:
        for finding in wanted:
            session.lifecycle.delete(finding.task_id, lambda: False)
            print(f"Stopped task {finding.task_id}.")
    _advise(found, wanted, pending, options)
    return 1 if wanted and not options.apply else 0


def _state(
    options: argparse.Namespace, reader: StackReader
) -> tuple[tuple[SavedRecording, ...], tuple[PendingCreate, ...]]:
    if options.file == "-":
        return parse_export(sys.stdin.read())
    if options.file:
        return parse_export(Path(options.file).read_text())
    if options.lost:
        return (), ()
    return parse_export(reader.run("stack", "export", *_of(options)))


def _session(options: argparse.Namespace, reader: StackReader) -> Session:
    config = {}
    if not options.file and not options.lost:
        read = json.loads(reader.run("config", "--show-secrets", "--json", *_of(options)))
        config = {key: entry.get("value") for key, entry in read.items()}
    config.update(pair.split("=", 1) for pair in options.set)
    return open_session(config, os.environ, Path.home(), "", lambda line: print(line, file=sys.stderr))


def _of(options: argparse.Namespace) -> tuple[str, ...]:
    return ("--stack", options.stack) if options.stack else ()


def _is_to_stop(finding: Finding, options: argparse.Namespace) -> bool:
    if finding.task_id in options.stop:
        return finding.verdict is not Verdict.ENDED
    gone = options.gone and finding.verdict is Verdict.RUNS
    return gone or finding.verdict is Verdict.LEFTOVER


def _advise(
    found: Sequence[Finding],
    wanted: Sequence[Finding],
    pending: Sequence[PendingCreate],
    options: argparse.Namespace,
) -> None:
    if wanted and not options.apply:
        print(f"\nWould stop {len(wanted)} of them; add --apply to do it.")
    for finding in found:
        if finding.verdict is Verdict.FOREIGN and finding.task_id not in options.stop:
            print(f"\nIf task {finding.task_id} is this stack's, stop it: --stop '{finding.task_id}' --apply")
    if pending:
        print(
            f"\nThe state has {len(pending)} pending creates. When nothing of them runs, clear them: {_CLEAR}"
        )
    if not wanted and not pending:
        print("\nNothing runs that should not.")


def _why(failure: Exception) -> str:
    if isinstance(failure, FileNotFoundError) and failure.filename is None:
        return "there is no `pulumi` on PATH; give the state with --file"
    if isinstance(failure, subprocess.CalledProcessError):
        return f"pulumi: {str(failure.stderr).strip()}"
    return str(failure)


def _pair(text: str) -> str:
    if "=" not in text:
        raise argparse.ArgumentTypeError("must be KEY=VALUE, such as trtc:site=emulator")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pulumi_trtc")
    recover = parser.add_subparsers(dest="command", required=True).add_parser(
        "recover",
        help="find recordings that interrupted updates left",
        description="Reads a stack's state, asks the service which of its recordings run, and says what "
        "heals it. Nothing is stopped without --apply.",
    )
    recover.add_argument("--stack", help="the stack; the selected one by default")
    recover.add_argument("--file", help='a `pulumi stack export` or a backend\'s checkpoint; "-" is stdin')
    recover.add_argument("--lost", metavar="URN", help="look for this recording without a state")
    recover.add_argument("--sdk-app-id", type=int, default=0, help="its SdkAppId, with --lost")
    recover.add_argument(
        "--set", action="append", default=[], type=_pair, metavar="KEY=VALUE", help="a setting"
    )
    recover.add_argument("--apply", action="store_true", help="stop what was found to be left over")
    recover.add_argument(
        "--gone", action="store_true", help="the stack is gone: what its state holds is, too"
    )
    recover.add_argument("--stop", action="append", default=[], metavar="TASKID", help="stop this one, too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
