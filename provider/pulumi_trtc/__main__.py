"""`python -m pulumi_trtc`."""

import sys

from pulumi_trtc.recover.command import main

if __name__ == "__main__":
    sys.exit(main())
