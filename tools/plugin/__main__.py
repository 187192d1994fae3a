"""The plugin, as an archive of it installs it."""

from pulumi_trtc.plugin.__main__ import main

main()
