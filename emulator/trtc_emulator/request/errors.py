"""The API's own way to say no: a code and a message, in the answer's `Error`."""

from __future__ import annotations

import attrs

_SHOWN_NAME = 120
# Codes that the SDK of the China site alone has, and what the international site answers instead.
CHINA_ONLY = {
    "InvalidParameter.PublishCdnUrls": "InvalidParameter",
    "InvalidParameter.RecordId": "InvalidParameter",
    "MissingParameter.PublishCdnUrls": "MissingParameter",
}


@attrs.frozen
class ApiError(Exception):
    """A request that is answered with an error of the API."""

    code: str
    message: str

    def at(self, site: str) -> ApiError:
        """The same error in the codes that a site, "intl" or "china", has."""
        return self if site == "china" else ApiError(CHINA_ONLY.get(self.code, self.code), self.message)


def _shown(name: str) -> str:
    # A name may come from the request: it is cut, and never carries a line break into a log.
    return name[:_SHOWN_NAME].encode("unicode_escape").decode("ascii")


def missing(name: str, code: str = "MissingParameter") -> ApiError:
    """A parameter that must be there is not."""
    return ApiError(code, f"The request is missing a required parameter `{_shown(name)}`.")


def unknown(name: str) -> ApiError:
    """A parameter that the API does not have."""
    return ApiError("UnknownParameter", f"The parameter `{_shown(name)}` is not recognized.")


def wrong_type(name: str) -> ApiError:
    """A parameter of another JSON type than the API's."""
    return ApiError("InvalidParameter", f"The value type of parameter `{_shown(name)}` is not valid.")


def invalid(name: str, why: str, code: str = "InvalidParameter") -> ApiError:
    """A parameter whose value breaks a rule; `why` never repeats a value that may be a secret."""
    return ApiError(code, f"The parameter `{_shown(name)}` is not valid: {why}.")


def out_of_range(
    name: str, value: int, low: int, high: int, code: str = "InvalidParameter.OutOfRange"
) -> ApiError:
    """An integer outside its limits."""
    return invalid(name, f"{value} is not in the range [{low}, {high}]", code)


def task_not_exist() -> ApiError:
    """The task has ended, or has not begun yet: the real service does not tell them apart."""
    return ApiError("FailedOperation.TaskNotExist", "The task does not exist or has ended.")


def task_exist() -> ApiError:
    """A task of this SdkAppId holds the RecordId."""
    return ApiError("FailedOperation.TaskExist", "Task already exists.")
