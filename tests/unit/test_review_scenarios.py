"""What a review says of real previews."""

from __future__ import annotations

import pytest

from pulumi_trtc.review.markdown import markdown
from pulumi_trtc.review.prices import SITES
from tests.support.leaks import leaks
from tests.support.previews import NAMES, real
from tests.support.pulumi_cli import ROOT

DOCUMENT = (ROOT / "docs/review.md").read_text()
OVERLAPS = "none lost; continues in a new file"
GAP = "gap: the old one stops before the new one starts"
RUNS_ON = "none lost; it runs on"
BUCKET = "restarts because storage_params.cloud_storage.bucket changed"
MOVED = ("storage_params.cloud_storage.bucket", "webrecord-1234589", "archive-1234589")

# Of each preview the title, and of its first row the recording, why, and the footage.
SCENARIOS: dict[str, tuple[str, tuple[str, str, str] | None]] = {
    "new": ("4 start", ("fixed", "new in the stack", "begins")),
    "nothing": ("nothing changes", None),
    "everything": ("1 restarts", ("lecture", BUCKET, OVERLAPS)),
    "bucket": ("1 restarts", ("lecture", BUCKET, OVERLAPS)),
    "page": ("1 restarts", ("lecture", "restarts because record_url changed", OVERLAPS)),
    "keys": (
        "1 restarts",
        ("lecture", "restarts because storage_params.cloud_storage.secret_key changed", OVERLAPS),
    ),
    "cdn-address": (
        "1 restarts",
        ("relay", "restarts because publish_cdn_params[0].publish_cdn_url changed", OVERLAPS),
    ),
    "shared-cdn": ("1 restarts", ("relay", BUCKET, GAP)),
    "shared-record-id": ("1 restarts", ("fixed", BUCKET, GAP)),
    "size": (
        "1 restarts",
        (
            "lobby",
            "restarts because web_record_video_params.width, web_record_video_params.height changed",
            OVERLAPS,
        ),
    ),
    "settings": ("1 changes in place", ("lecture", "runs on; when_ended changed", RUNS_ON)),
    "rename": ("1 stops, 1 starts", ("lecture", "deleted from the stack", "ends; what was recorded stays")),
    "rename-relay": (
        "1 stops, 1 starts",
        ("relay", "deleted from the stack", "ends; what was recorded stays"),
    ),
    "rename-alias": ("1 changes in place", ("talk", "runs on under its new name", RUNS_ON)),
    "delete": ("1 stops", ("lobby", "deleted from the stack", "ends; what was recorded stays")),
    "destroy": ("4 stop", ("fixed", "deleted from the stack", "ends; what was recorded stays")),
    "target": ("1 stops", ("lobby", "deleted from the stack", "ends; what was recorded stays")),
    "forced": (
        "1 restarts",
        ("lecture", "restarts because `--replace` or `state taint` asks for it (", OVERLAPS),
    ),
    "forced-relay": (
        "1 restarts",
        ("relay", "restarts because `--replace` or `state taint` asks for it (footage has a gap)", GAP),
    ),
    "no-replacement-steps": (
        "1 restarts",
        ("lecture", BUCKET, "order unknown: preview with --show-replacement-steps"),
    ),
    "read": ("nothing changes", None),
    "refresh": ("nothing changes", None),
    "adopt": ("1 is taken over", ("taken", "it runs already", RUNS_ON)),
    "provider": ("1 starts", ("elsewhere", "new in the stack", "begins")),
    "others": ("1 restarts, 1 starts", ("lecture", BUCKET, OVERLAPS)),
    "mixed": (
        "1 stops, 2 restart, 2 start",
        ("lobby", "deleted from the stack", "ends; what was recorded stays"),
    ),
    "let-go": (
        "2 are let go",
        ("kept", "deleted from the stack, not stopped: retain_on_delete", RUNS_ON),
    ),
    "one-of-twenty": ("1 restarts", ("room07", "restarts because max_duration_limit changed", OVERLAPS)),
    "after-failure": (
        "20 change in place",
        ("kept", "runs on; checked after the failed update of ", RUNS_ON),
    ),
    "drift": ("1 has ended", ("lecture", "has ended; when_ended is ", "none since it ended")),
    "ended-refresh": ("1 has ended", ("lecture", "has ended; when_ended is ", "none since it ended")),
    "ended-keep": ("1 has ended", ("lecture", "has ended; when_ended is ", "none since it ended")),
    "ended-acknowledged": ("nothing changes", None),
    "ended-restart": (
        "1 restarts",
        ("lecture", 'has ended; when_ended is "restart": `pulumi up` starts it again', "gap since it ended"),
    ),
    "ended-delete": (
        "1 leaves the stack",
        ("lecture", "has ended, and is deleted from the stack", "none since it ended"),
    ),
    "adopt-own": ("the preview failed", None),
    "wrong-input": ("the preview failed", None),
    "exception": ("the preview failed", None),
}
SECRETS = {
    "page's token": "page-token",
    "another page's": "new-token",
    "made page's": "made-token",
    "stream key": "stream-key",
    "push token": "push-token",
    "storage key": "rotated-secret-key",
    "path": "/lecture?",
}


def test_each_preview_has_its_row() -> None:
    assert sorted(SCENARIOS) == list(NAMES)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_a_review_says_first(name: str) -> None:
    title, first = SCENARIOS[name]
    report = real(name)
    assert report.title == title
    assert bool(report.rows) is (first is not None)
    if first is not None:
        row = report.rows[0]
        assert (row.name, row.footage.words) == (first[0], first[2])
        assert row.why.startswith(first[1])


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_of_a_preview_is_in_its_review(name: str) -> None:
    for site in (None, "intl", "china"):
        assert leaks({name: markdown(real(name, site)).encode()}, SECRETS) == []


def test_what_changed_is_shown_from_and_to() -> None:
    (value,) = real("bucket").rows[0].values
    assert (value.path, value.old, value.new) == MOVED
    # Its query makes a page's URL secret.
    assert real("page").rows[0].values == ()
    assert [(one.old, one.new) for one in real("size").rows[0].values] == [("1280", "1920"), ("720", "1080")]
    assert real("keys").rows[0].values == ()
    assert [row.values for row in real("cdn-address").rows] == [()]


def test_stops_come_first_and_of_the_restarts_those_with_a_gap() -> None:
    rows = real("mixed").rows
    assert [(row.action.one, row.name) for row in rows] == [
        ("stops", "lobby"),
        ("restarts", "relay"),
        ("restarts", "lecture"),
        ("starts", "one"),
        ("starts", "two"),
    ]


def test_a_rename_that_nobody_said_is_flagged() -> None:
    (flag,) = real("rename").flags
    assert flag.names == ("lecture", "talk")
    assert "all inputs that the preview shows are the same" in flag.words
    assert "alias" in flag.words
    (flag,) = real("rename-relay").flags
    assert flag.names == ("relay", "stream")
    assert "Both push to CDNs" in flag.words
    assert real("rename-alias").flags == real("delete").flags == real("bucket").flags == ()


def test_other_resources_are_counted() -> None:
    assert real("others").others == {"create": 2}
    assert real("bucket").others == {}


def test_a_failed_preview_says_why() -> None:
    (error,) = real("wrong-input").errors
    assert "resource 'lecture' has a problem: recordUrl: must begin with http:// or https://" in error


def test_the_costs_of_a_stack() -> None:
    report = real("mixed", "intl")
    assert [f"{row.after.hour:.2f}" for row in report.rows] == ["0.00", "1.68", "0.84", "0.84", "1.68"]
    assert [f"{row.after.most:.2f}" for row in report.rows] == ["0.00", "40.32", "1.68", "20.16", "40.32"]
    assert f"{report.before.hour:.2f} {report.after.hour:.2f}" == "3.36 5.04"
    assert report.unchanged == 0
    whole = real("everything", "intl")
    assert whole.unchanged == 3
    assert f"{whole.before.hour:.2f} {whole.after.most:.2f}" == "4.20 70.56"


def test_the_emulator_costs_nothing() -> None:
    report = real("mixed")
    assert report.after.hour == report.before.most == 0
    assert "the emulator costs nothing" in markdown(report)


def test_a_recording_has_its_own_provider_s_prices() -> None:
    (row,) = real("provider", "intl").rows
    assert row.after.hour is None
    assert row.after.why == "no price in CNY was found"


def test_what_is_let_go_goes_on_to_cost() -> None:
    report = real("let-go", "intl")
    assert [(row.name, row.before == row.after) for row in report.rows] == [("kept", True), ("tied", True)]


def test_ended_recordings_cost_nothing_and_are_told() -> None:
    report = real("ended-acknowledged", "intl")
    assert (report.unchanged, report.over) == (3, 1)
    assert "1 recording ended earlier" in markdown(report)


def test_the_review_that_the_documentation_shows_is_a_real_one() -> None:
    shown = DOCUMENT.split("<!-- a real review -->\n\n")[1].split("\n<!-- end of it -->")[0]
    assert shown == markdown(real("mixed", "intl")).partition("\n")[2]


@pytest.mark.parametrize("site", SITES)
def test_the_prices_that_the_documentation_shows_are_the_ones_that_are_counted(site: str) -> None:
    prices = SITES[site]
    sizes = [next((one.price for one in prices.tiers if width <= one.width), None) for width in (1280, 1920)]
    amounts = [f"{prices.currency} {one}" if one else "-" for one in (*sizes, prices.relay)]
    assert f"| {site} | {' | '.join(amounts)} | {prices.source} |" in DOCUMENT
