"""What a review says of changes that no real preview here has: made ones."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_trtc.review.markdown import LONGEST, code, markdown, marker
from pulumi_trtc.review.text import text
from tests.support.inputs import page_props
from tests.support.previews import made, replaced, running, step

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = "[secret]"
CIPHER = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:marker"}
FAILED = "the failed update of 2026-11-28 08:01 UTC"
CHECKED = f"runs on; checked after {FAILED}"
NOT_ASKED = (
    f"may have been stopped by {FAILED}, and the service could not be asked (NoAnswer); `pulumi up` asks it"
)
GAP = "gap: the old one stops before the new one starts"


def storage(**changed: Any) -> dict[str, Any]:
    given = page_props()["storageParams"]["cloudStorage"] | changed
    return {"storageParams": {"cloudStorage": {key: one for key, one in given.items() if one is not None}}}


def keys(secret: Any = SECRET, **changed: Any) -> dict[str, Any]:
    return storage(accessKey=secret, secretKey=secret, **changed)


def first(*steps: dict[str, Any], told: str = "") -> Any:
    diagnostics = [{"message": told, "severity": "info"}] if told else []
    return made(*steps, diagnostics=diagnostics).rows[0]


@pytest.mark.parametrize("op", ["mutate", "create-later", "a|b"])
def test_an_unknown_operation_is_a_change(op: str) -> None:
    report = made(step(op, old=running(), new=page_props()))
    assert report.title == "1 changes in an unknown way"
    assert report.rows[0].footage.words == "not known"
    assert report.after.hour > 0
    assert f"an operation that this version does not know: {code(op)}" in markdown(report)


@pytest.mark.parametrize("op", ["same", "read", "refresh", "read-replacement", "discard", "discard-replaced"])
def test_what_is_only_looked_at_is_no_change(op: str) -> None:
    assert made(step(op, old=running(), new=running())).title == "nothing changes"


def test_one_that_is_only_read_is_never_stopped() -> None:
    assert made(step("delete", old=running(), external=True)).title == "nothing changes"
    begun = [step("create", new=page_props(), external=True), step("create", "b", new=page_props())]
    assert made(*begun).title == "1 starts"


@pytest.mark.parametrize("op", ["import", "import-replacement"])
def test_an_import_takes_over(op: str) -> None:
    assert made(step(op, new=page_props())).title == "1 is taken over"


def test_several_of_a_kind_and_one() -> None:
    steps = [step("create", name, new=page_props(record_url=name)) for name in "abc"]
    steps += [step("delete", name, old=running(recordUrl=name)) for name in "de"]
    assert made(*steps, step("mutate", "f", old=running())).title == (
        "2 stop, 1 changes in an unknown way, 3 start"
    )


def test_a_replacement_that_keeps_the_old_one_running() -> None:
    row = first(*replaced(new=page_props(readyTimeout=5), retainOnDelete=True))
    assert row.footage.words == "none lost; the old one runs on beside the new one (retain_on_delete)"


def test_deleted_with_counts_only_if_that_is_deleted() -> None:
    alone = step("delete", old=running(), deletedWith="urn:pulumi:dev::test::t::other")
    other = {"op": "delete", "urn": "urn:pulumi:dev::test::t::other"}
    assert made(alone).title == "1 stops"
    assert made(alone, other).title == "1 is let go"


def test_a_record_id_that_both_have_makes_a_gap_whatever_the_order() -> None:
    given: dict[str, Any] = {"recordId": "fixed", "owner": {"urn": "x"}}
    steps = replaced(old=running(**given), new=page_props(**given, readyTimeout=5))
    assert first(*steps).footage.words == GAP


@pytest.mark.parametrize("secret", [SECRET, CIPHER])
def test_a_changed_secret_is_named_and_never_shown(secret: Any) -> None:
    steps = replaced(
        old=running(**keys(secret)), new=page_props(**keys(secret)), replaceReasons=["storageParams"]
    )
    report = made(*steps)
    goes_on = "footage continues in a new file)"
    nothing_told = f"restarts because a secret in storage_params changed ({goes_on}"
    assert report.rows[0].why == nothing_told
    path = "storage_params.cloud_storage.secret_key"
    told_why = f"restarts because {path} changed (stored under a new key; {goes_on}"
    one = f"lecture: {told_why}\n"
    several = f"2 recordings restart because {path} changed (stored under a new key): hall, lecture\n"
    more = f"9 recordings restart because {path} changed: a, b, c and 6 more"
    others = (
        "\n8 recordings restart because storage_params.cloud_storage.access_key changed: a, b, c and 5 more"
    )
    for told in (one, several, more, one + others, several + others):
        assert first(*steps, told=told).why == told_why
    other = "hall: restarts because storage_params.cloud_storage.access_key changed"
    assert first(*steps, told=other).why == nothing_told
    for shown in (markdown(report), text(report)):
        assert "marker" not in shown


def test_a_secret_and_a_plain_value_that_change_together() -> None:
    new = page_props(**keys(bucket="other-1234589"))
    steps = replaced(old=running(**keys()), new=new, replaceReasons=["storageParams"])
    storage = "storage_params.cloud_storage"
    sentence = f"restarts because {storage}.bucket, {storage}.access_key changed"
    row = first(*steps, told=f"lecture: {sentence}")
    assert row.why.startswith(f"{sentence} (")
    assert [one.new for one in row.values] == ["other-1234589"]


def test_a_whole_input_that_is_secret() -> None:
    steps = replaced(
        old=running(recordUrl=SECRET), new=page_props(recordUrl=SECRET), replaceReasons=["recordUrl"]
    )
    assert first(*steps).why.startswith("restarts because a secret in record_url changed (")


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ({"maxDurationLimit": 3600.0}, {"maxDurationLimit": None}, ("3600", "none")),
        ({}, {"recordUrl": UNKNOWN}, ("https://web-record-xxxxx.cos.ap-xxx.myqcloud.com…", "not known yet")),
        ({"recordUrl": "https://a.example/?t=1"}, {"recordUrl": "https://a.example/?t=2"}, None),
        ({"recordUrl": "https://u:p@a.example/"}, {"recordUrl": SECRET}, ("(not shown)", "(secret)")),
        (
            {},
            {"publishCdnParams": [{"publishCdnUrl": "rtmp://c/a/k"}]},
            ("none", "[publish_cdn_url (secret)]"),
        ),
        ({}, keys("plain"), None),
        (storage(fileNamePrefix=["a"]), storage(fileNamePrefix=["a", "b"]), ("[a]", "[a, b]")),
        (storage(bucket="x?token=1"), storage(bucket="b-1"), ("(not shown)", "b-1")),
        ({}, {"emulateMobileParams": {"mobileDeviceType": 1}}, ("none", "mobile_device_type 1 (tablet)")),
    ],
)
def test_how_a_changed_value_is_shown(old: dict[str, Any], new: dict[str, Any], shown: Any) -> None:
    row = first(*replaced(old=running(**old), new=page_props(**new)))
    assert [(one.old, one.new) for one in row.values] == ([shown] if shown else [])


def test_one_whose_end_only_the_service_told() -> None:
    again = page_props(whenEnded="restart")
    steps = replaced(old=running(whenEnded="restart"), new=again, replaceReasons=["recordId"])
    row = first(*steps)
    assert row.why == 'has ended; when_ended is "restart": `pulumi up` starts it again'
    assert row.footage.words == "gap since it ended"
    row = first(*replaced(replaceReasons=["recordId"]))
    assert row.why == "no longer runs after an update that was interrupted: `pulumi up` starts it again"
    why = "no longer runs after the failed destroy of 2026-11-28 08:01 UTC: `pulumi up` starts it again"
    assert first(*replaced(replaceReasons=["recordId"]), told=f"lecture: {why}").why == why


@pytest.mark.parametrize(
    ("told", "action", "why"),
    [
        ("lecture: has ended; when_ended is", "has ended", "has ended; when_ended is "),
        ("2 recordings have ended; nothing: hall, lecture", "has ended", "has ended; when_ended is "),
        ("", "changes in place", "runs on; checked after an update that was interrupted"),
        (f"lecture: {CHECKED}", "changes in place", CHECKED),
        (f"9 recordings {CHECKED}: a, b, c and 6 more", "changes in place", CHECKED),
        (f"lecture: {NOT_ASKED}", "changes in place", NOT_ASKED),
    ],
)
def test_an_update_that_no_input_explains(told: str, action: str, why: str) -> None:
    row = first(step("update", old=running(), new=page_props()), told=told)
    assert row.action.one == action
    assert row.why.startswith(why)


def test_a_refresh_that_names_only_the_first_that_have_ended() -> None:
    steps = [step("refresh", name, old=running(), new=running()) for name in "abcdefgh"]
    told = "5 recordings have ended; when_ended is: a, b, c and 2 more"
    report = made(*steps, diagnostics=[{"message": told, "severity": "info"}])
    assert report.title == "3 have ended"
    assert [flag.words for flag in report.flags] == [
        "2 more recordings have ended; the preview names only the first"
    ]


def test_one_that_makes_way_for_one_that_is_taken_over() -> None:
    row = first(*replaced(new=page_props(adopt="TaskIdOfAnother")))
    assert row.why == "stops: the running recording that adopt names takes its place"
    assert row.footage.words == "ends; the one that is taken over runs on"


def test_an_order_that_an_option_asks_for_is_explained() -> None:
    row = first(*replaced(new=page_props(readyTimeout=5), stop_first=True))
    assert row.footage.words == GAP
    assert "footage has a gap); stops before it starts: shares its place, as delete_before_replace" in row.why


def test_clashes_are_flagged() -> None:
    cdn = {"publishCdnParams": [{"publishCdnUrl": "rtmp://cdn.example/live/marker?sign=marker"}]}
    one: dict[str, Any] = {"recordId": "one", "owner": {"urn": "x"}}
    hidden = {**one, "recordId": SECRET, "publishCdnParams": SECRET}
    report = made(
        step("create", "a", new=page_props(**one, **cdn)),
        step("create", "b", new=page_props(**one, sdkAppId=2)),
        step("create", "c", new=page_props(**one)),
        step("same", "d", old=running(**cdn), new=running(**cdn)),
        step("create", "e", new=page_props(**hidden)),
        step("create", "f", new=page_props(**hidden)),
    )
    assert [flag.words.format(*flag.names) for flag in report.flags] == [
        "a, c give the same record_id: only one of them can run",
        "a, d push to the same address on rtmp://cdn.example…: only one of them can",
    ]
    assert "marker" not in markdown(report)


def test_two_that_are_called_the_same_have_their_parents_names() -> None:
    urn = "urn:pulumi:dev::test::a:b:Group$pulumi-python:dynamic/trtc:WebRecording::room"
    parent = "urn:pulumi:dev::test::a:b:Group::"
    steps = [
        step("create", "room", new=page_props(), parent=f"{parent}east"),
        {**step("create", new=page_props(), parent=f"{parent}west"), "urn": urn},
    ]
    assert [row.name for row in made(*steps).rows] == ["east/room", "west/room"]


def test_a_long_review_is_cut_and_says_what_is_missing() -> None:
    steps = [step("create", f"recording-{number:05}", new=page_props()) for number in range(900)]
    steps += [
        step("delete", f"gone-{number}", old=running(recordUrl="https://x.example")) for number in range(3)
    ]
    report = made(*steps)
    shown = markdown(report)
    assert LONGEST - 1000 < len(shown) <= LONGEST
    rows = shown.count("| starts |")
    assert f"**{900 - rows} more recordings were cut off: {900 - rows} start.**" in shown
    assert shown.index("gone-0") < shown.index("recording-00000")
    assert text(report).count(" starts\n") == 900


def test_errors_without_end_are_cut() -> None:
    errors = [{"message": f"error: {number} " + "x" * 5000, "severity": "error"} for number in range(100)]
    shown = markdown(made(diagnostics=errors))
    assert len(shown) <= LONGEST
    assert "80 more errors" in shown


def test_each_stack_has_its_marker() -> None:
    stacks = ["test/dev", "test/dev--x", "test/dev-->", "", "a b/\u202e"]
    assert len({marker(one) for one in stacks}) == len(stacks)
    for one in stacks:
        assert marker(one).count("-->") == marker(one).count("--", 4) == 1
