"""`python -m pulumi_trtc`."""

from pulumi_trtc.command import main

if __name__ == "__main__":
    main()
