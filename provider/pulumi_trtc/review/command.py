"""`pulumi-trtc review`: a preview as a table for a pull request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import click

from pulumi_trtc.review.as_json import as_json
from pulumi_trtc.review.markdown import markdown
from pulumi_trtc.review.preview import NoPreviewError, read_preview
from pulumi_trtc.review.report import Report, report_of
from pulumi_trtc.review.text import text

_FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {"markdown": markdown, "text": text, "json": as_json}
_CANNOT = 2


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    short_help="Show a preview as a table for a pull request.",
)
@click.argument("file", type=click.Path(allow_dash=True), default="-")
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(_FORMATS)),
    default="markdown",
    show_default=True,
    help="Markdown fits into a comment (60,000 characters at most); text and JSON are never cut.",
)
@click.pass_context
def review(context: click.Context, file: str, format_: str) -> None:
    """Shows what a preview would do to the recordings of a stack: what stops, restarts and starts, why, what
    becomes of the footage, and what it costs.

    FILE is what `pulumi preview --json --show-replacement-steps` printed; "-", or nothing, is stdin. With
    --show-sames the totals are those of the whole stack. Neither credentials nor network are needed.

    \b
    Exit status:
      0  the preview was read, whatever it would change
      2  the preview failed: its errors are shown; or FILE is no preview
    """
    name = "stdin" if file == "-" else click.format_filename(file)
    try:
        with click.open_file(file, "rb") as opened:
            report = report_of(read_preview(opened.read()))
    except (NoPreviewError, OSError) as failure:
        why = f"cannot be read: {failure.strerror}" if isinstance(failure, OSError) else failure
        click.echo(f"error: {name} {why}", err=True)
        context.exit(_CANNOT)
    # Forges read UTF-8, whatever this machine's locale is.
    click.echo(_FORMATS[format_](report).encode(), nl=False)
    context.exit(_CANNOT if report.errors else 0)
