"""The codes that the emulator answers, read from its source, are those of the site's own SDK."""

from __future__ import annotations

import re
from pathlib import Path

from tencentcloud.trtc.v20190722 import errorcodes

from trtc_emulator.request.errors import CHINA_ONLY, ApiError

SOURCE = Path(__file__).resolve().parents[2] / "emulator" / "trtc_emulator"
CODE = re.compile(
    r'"((?:FailedOperation|InvalidParameter|LimitExceeded|MissingParameter|ResourceInsufficient)\.[A-Za-z]+)"'
)
KNOWN = {value for name, value in vars(errorcodes).items() if name.isupper()}
# Of those, what the SDK of the international site (intl-en 3.1.193) lacks.
LACKING_AT_INTL = {
    *("InvalidParameter.PublishCdnUrls", "InvalidParameter.RecordId"),
    *("LimitExceeded.ConcurrencyLimit", "MissingParameter.PublishCdnUrls"),
}


def answered() -> set[str]:
    return {code for path in SOURCE.rglob("*.py") for code in CODE.findall(path.read_text())}


def test_every_code_is_one_of_the_sdks() -> None:
    assert "FailedOperation.TaskExist" in answered()
    assert answered() <= KNOWN


def test_the_international_site_answers_none_that_its_sdk_lacks() -> None:
    told = {ApiError(code, "").at("intl").code for code in answered()}
    assert not told & LACKING_AT_INTL
    assert answered() & LACKING_AT_INTL == CHINA_ONLY.keys()
    assert {ApiError(code, "").at("china").code for code in answered()} == answered()
