"""Gets this job's identity from GitHub, for pulumi_trtc to ask Tencent Cloud for a role's keys with.

It lives for some minutes: run this right before what needs it.
"""

from __future__ import annotations

import json
import os
import tempfile
import urllib.request
from pathlib import Path

TIMEOUT_S = 30
AUDIENCE = "sts.tencentcloudapi.com"


def main() -> None:
    """Put the token into a file that the later steps' environment names."""
    try:
        url = f"{os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience={AUDIENCE}"
        headers = {"Authorization": f"Bearer {os.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=TIMEOUT_S
        ) as answer:
            token = json.load(answer)["value"]
    except KeyError:
        raise SystemExit("this job has no identity: it needs `id-token: write`") from None
    except (OSError, ValueError) as error:
        raise SystemExit(f"GitHub gave no identity: {error}") from None
    # Readable for this user alone.
    with tempfile.NamedTemporaryFile("w", dir=os.environ["RUNNER_TEMP"], delete=False) as file:
        file.write(token)
    with Path(os.environ["GITHUB_ENV"]).open("a") as environment:
        environment.write(f"TKE_WEB_IDENTITY_TOKEN_FILE={file.name}\n")


if __name__ == "__main__":
    main()
