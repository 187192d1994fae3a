"""What a rehearsal reads: the project, the configuration without its secrets, and what the preview told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_trtc.rehearse.declared import Declared, read_preview
from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.rehearse.preview import stack_name
from pulumi_trtc.rehearse.project import Project
from pulumi_trtc.rehearse.references import missing, outputs_only
from pulumi_trtc.rehearse.settings_file import rehearsed
from tests.support.recordings import TYPE, urn_of

HOLDER = "712345678901"
CONFIG = """\
secretsprovider: passphrase
encryptionsalt: v1:salt
environment: [prod]
config:
  trtc:secretId:
    secure: v1:idMarker
  app:day: 2026-01-01
  app:answer: yes
  app:size: {width: 640, code: 0123}
  app:pages:
    - name: lobby
      token:
        secure: v1:tokenMarker
"""


def test_secret_values_are_replaced_and_all_others_keep_their_spelling() -> None:
    found = rehearsed(CONFIG, "Pulumi.dev.yaml", HOLDER, with_secrets=False)
    assert found.replaced == ("trtc:secretId", "app:pages")
    assert found.left_out
    assert "Marker" not in found.text
    assert "salt" not in found.text
    assert "environment" not in found.text
    for kept in ("app:day: 2026-01-01", "app:answer: yes", "{width: 640, code: 0123}", f'token: "{HOLDER}"'):
        assert kept in found.text


def test_secret_values_stay_encrypted_where_they_are_asked_for() -> None:
    found = rehearsed(CONFIG, "Pulumi.dev.yaml", HOLDER, with_secrets=True)
    assert found.replaced == ()
    assert "secure: v1:tokenMarker" in found.text
    assert "encryptionsalt: v1:salt" in found.text
    assert HOLDER not in found.text


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_a_stack_without_configuration_has_none(text: str) -> None:
    assert rehearsed(text, "Pulumi.dev.yaml", HOLDER, with_secrets=False).text == ""


@pytest.mark.parametrize("text", ["[1]", "a: [", "just text"])
def test_what_is_no_configuration_is_named(text: str) -> None:
    with pytest.raises(CannotRehearse, match=r"^Pulumi\.dev\.yaml: is no"):
        rehearsed(text, "Pulumi.dev.yaml", HOLDER, with_secrets=False)


def test_the_project_is_found_from_a_folder_in_it(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: app\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    for name in ("prod", "dev.eu"):
        (tmp_path / f"stacks/Pulumi.{name}.yaml").touch()
    inside = tmp_path / "src/pages"
    inside.mkdir(parents=True)
    found = Project.around(inside)
    assert (found.folder, found.name, list(found.stacks())) == (tmp_path, "app", ["dev.eu", "prod"])
    assert found.file_of("prod") == tmp_path / "stacks/Pulumi.prod.yaml"


@pytest.mark.parametrize("text", ["", "name: [x]", "runtime: python", "{", "\0"])
def test_what_is_no_project_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(CannotRehearse, match=r"^Pulumi\.yaml: is no Pulumi project"):
        Project.around(tmp_path)


@pytest.mark.parametrize(("given", "name"), [("dev", "dev"), ("organization/app/dev.eu", "dev.eu")])
def test_a_stack_goes_by_its_last_name(given: str, name: str) -> None:
    assert stack_name(given) == name


@pytest.mark.parametrize("given", ["", "a b", "org/", "a;b"])
def test_what_is_no_stack_s_name_is_refused(given: str) -> None:
    with pytest.raises(CannotRehearse, match="is no name of a stack"):
        stack_name(given)


def preview(*names: str, **more: Any) -> str:
    """What the CLI prints of a preview that would create these recordings."""
    steps = [{"op": "create", "urn": urn_of(name), "newState": {"type": TYPE}} for name in names]
    others = [
        {"op": "create", "urn": "urn:bucket", "newState": {"type": "aws:s3:Bucket"}},
        {"op": "read", "urn": urn_of("read"), "newState": {"type": TYPE}},
        {"op": "create", "urn": "urn:stack"},
    ]
    return json.dumps({"steps": [*steps, *others], **more})


def told(name: str, url: str | None, unknown: tuple[str, ...] = (), **more: Any) -> str:
    inputs = {**({"recordUrl": url} if url else {}), **more}
    return json.dumps({"urn": urn_of(name), "inputs": inputs, "unknown": unknown}) + "\n"


def test_recordings_come_by_name_with_what_is_seen_of_them() -> None:
    written = told("b", "https://example.com/b?t=1") + told("a", "https://example.com/a", readyTimeout=5.0)
    one, other = read_preview(preview("b", "a"), 0, written, HOLDER)
    assert (one.name, other.name) == ("a", "b")
    assert other.site == "https://example.com…"
    assert "t=1" not in repr(other)
    body = one.body()
    assert body["RecordUrl"] == "https://example.com/a"
    assert body["ReadyTimeout"] == 5


def test_what_is_recorded_is_stored_and_relayed_nowhere() -> None:
    size = {"width": 640.0, "height": 360.0, "format": "hls", "maxMediaFileDuration": 1}
    written = told("a", "https://example.com/", webRecordVideoParams=size)
    (one,) = read_preview(preview("a"), 0, written, HOLDER)
    body = one.body()
    assert body["WebRecordVideoParams"] == {"Width": 640, "Height": 360, "Format": "mp4"}
    assert body["StorageParams"]["CloudStorage"]["Bucket"] == "rehearsal-1250000000"
    assert body.keys().isdisjoint({"PublishCdnParams", "MaxDurationLimit"})


def test_what_cannot_be_known_is_left_out_and_says_why() -> None:
    written = told("later", None, ("recordUrl",)) + told("token", f"https://example.com/?t={HOLDER}")
    found = {
        one.name: one.why_not for one in read_preview(preview("later", "token", "far"), 0, written, HOLDER)
    }
    assert found == {
        "later": "recordUrl: known only after an update",
        "token": "its page's address is made of a secret; --with-secrets uses it",
        "far": "its provider is known only after an update",
    }


def test_wrong_pages_of_all_recordings_are_told_at_once() -> None:
    written = told("a", "ftp://example.com") + told("b", "https://example.com", readyTimeout=99)
    with pytest.raises(CannotRehearse) as failure:
        read_preview(preview("a", "b"), 0, written, HOLDER)
    assert "a: recordUrl: must begin with http://" in str(failure.value)
    assert "b: readyTimeout: must be 0..60" in str(failure.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "exit status 255"),
        ("error: no stack\n  here", "no stack here"),
        ("[]", r"\[\]"),
        (preview(diagnostics=[{"severity": "error", "message": "error: it is\n wrong"}]), "it is wrong"),
        (
            preview(
                diagnostics=[
                    {"severity": "info", "message": "hello"},
                    {
                        "severity": "error",
                        "message": "error: Program failed\nTraceback (…)\nValueError: no\n",
                    },
                ]
            ),
            "failed: ValueError: no$",
        ),
        (
            preview(
                diagnostics=[
                    {"severity": "info#err", "message": "Traceback (most recent call last):\n\n"},
                    {"severity": "info#err", "message": '  File "exec", line 17\n\n    import pulumi\n\n'},
                    {"severity": "info#err", "message": "ModuleNotFoundError: No module named 'pulumi'\n\n"},
                    {"severity": "info#err", "message": "Have you run pip install?\n\n"},
                    {"severity": "error", "message": "error: program exited with non-zero exit code: 1\n"},
                ]
            ),
            "code: 1: ModuleNotFoundError: No module named 'pulumi' Have you run pip install\\?$",
        ),
        (
            preview(
                diagnostics=[{"severity": "error", "message": "program exited with non-zero exit code: 3"}]
            ),
            "code: 3$",
        ),
    ],
)
def test_a_failed_preview_says_why_in_a_line(text: str, says: str) -> None:
    with pytest.raises(CannotRehearse, match=says) as failure:
        read_preview(text, 255, "", HOLDER)
    assert "\n" not in str(failure.value)


def test_an_older_provider_is_named() -> None:
    with pytest.raises(CannotRehearse, match="uses a pulumi-trtc that cannot rehearse"):
        read_preview(preview("a"), 0, "", HOLDER)


def test_a_stack_that_the_program_reads_gives_its_outputs_alone() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "xMarker"}
    kind = "pulumi:pulumi:Stack"
    root = {"urn": "urn:root", "type": kind, "custom": False, "outputs": {"url": "u", "keys": [secret]}}
    bucket = {"urn": "urn:bucket", "type": "aws:s3:Bucket", "outputs": {"name": "Marker"}}
    exported = {"version": 3, "deployment": {"resources": [root, bucket], "secrets_providers": {"type": "x"}}}
    found = outputs_only(exported, HOLDER)
    (kept,) = found["deployment"]["resources"]
    assert kept["outputs"] == {"url": "u", "keys": [HOLDER]}
    assert "Marker" not in json.dumps(found)
    assert "secrets_providers" not in found["deployment"]


def test_missing_stacks_are_found_in_a_preview_s_errors() -> None:
    text = json.dumps({"message": 'error: Preview failed: unknown stack "organization/infra/prod"\n'})
    assert missing(text) == {"organization/infra/prod"}
    assert missing(json.dumps({"message": "error: Preview failed"})) == set()


def test_a_page_s_address_is_in_no_text_of_a_recording() -> None:
    assert "tokenMarker" not in repr(Declared("urn", {"recordUrl": "https://example.com/?tokenMarker"}))
