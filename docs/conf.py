"""The site of `make docs`: this repository's Markdown files as they stand, with the README in front."""

from __future__ import annotations

from sphinx.application import Sphinx

project = "pulumi-trtc"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sphinx = False
html_extra_path = ["index.html"]
html_static_path = ["site.css"]
html_css_files = ["site.css"]
root_doc = "README"
exclude_patterns = [".*", "site", "sdk", "**/node_modules"]
include_patterns = ["*.md", "docs/*.md", "emulator/*.md", "examples/**.md"]
myst_heading_anchors = 4  # links to headings, spelled as forges spell them
pygments_style = "friendly"

# A page that is in no list is an error: the site would not lead to it.
NAV = {
    "Start": ["docs/install", "examples/README", "docs/emulator", "docs/containers"],
    "Declare": [
        "docs/inputs",
        "docs/configuration",
        "docs/accounts",
        "docs/secrets",
        "docs/options",
        "docs/recordings",
        "docs/languages",
        "docs/plugin",
    ],
    "Review": ["docs/preview", "docs/review", "docs/rehearsal", "docs/pipelines"],
    "Run": ["docs/lifecycle", "docs/operations", "docs/errors", "docs/callbacks", "docs/limits"],
    "More": ["RELIABILITY", "DESIGN", "emulator/DIFFERENCES", "CHANGELOG"],
}
_LIST = "\n\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{pages}\n```\n"


def _add_lists(app: Sphinx, name: str, source: list[str]) -> None:
    """What stands at the side of each page is no part of the files: a forge would show it as text."""
    del app
    if name == root_doc:
        source[0] += "".join(
            _LIST.format(caption=caption, pages="\n".join(pages)) for caption, pages in NAV.items()
        )
    elif name == "examples/README":
        source[0] += "\n\n```{toctree}\n:hidden:\n:glob:\n\n*/README\n```\n"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _add_lists)
