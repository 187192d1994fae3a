"""Where credentials are found, in which order, and what is said where there are none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from pulumi_trtc.errors import ConfigError, MissingCredentials
from pulumi_trtc.settings.cloud_roles import Cvm
from pulumi_trtc.settings.credentials import CredentialChain
from pulumi_trtc.settings.machine import Machine
from pulumi_trtc.settings.places import SOURCES, places
from pulumi_trtc.settings.read import read_settings
from tests.support.clock import ManualClock
from tests.support.no_sts import NOBODY

TRTC = {"trtc:secretId": "trtc-id", "trtc:secretKey": "trtc-key", "trtc:securityToken": "trtc-token"}
PULUMI = {
    "tencentcloud:secretId": "pulumi-id",
    "tencentcloud:secretKey": "pulumi-key",
    "tencentcloud:securityToken": "pulumi-token",
}
ENVIRON = {
    "TENCENTCLOUD_SECRET_ID": "env-id",
    "TENCENTCLOUD_SECRET_KEY": "env-key",
    "TENCENTCLOUD_SECURITY_TOKEN": "env-token",
}


def put_tccli(home: Path, profile: str = "default", text: str | None = None) -> None:
    (home / ".tccli").mkdir(exist_ok=True)
    values = {"secretId": f"{profile}-id", "secretKey": f"{profile}-key", "token": f"{profile}-token"}
    (home / ".tccli" / f"{profile}.credential").write_text(text if text is not None else json.dumps(values))


def put_ini(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "credentials").write_text(text)


def find(config: Mapping[str, str], environ: Mapping[str, str], home: Path) -> tuple[str, str, str | None]:
    found = read_settings(config, environ, home).credentials(NOBODY)
    return found.secret_id, found.secret_key, found.token


def test_the_first_complete_pair_wins(tmp_path: Path) -> None:
    put_tccli(tmp_path)
    put_ini(tmp_path / ".tencentcloud", "[default]\nsecret_id = ini-id\nsecret_key = ini-key\n")
    assert find({**TRTC, **PULUMI}, ENVIRON, tmp_path) == ("trtc-id", "trtc-key", "trtc-token")
    assert find(PULUMI, ENVIRON, tmp_path) == ("pulumi-id", "pulumi-key", "pulumi-token")
    assert find({}, ENVIRON, tmp_path) == ("env-id", "env-key", "env-token")
    assert find({}, {}, tmp_path) == ("default-id", "default-key", "default-token")
    (tmp_path / ".tccli" / "default.credential").unlink()
    assert find({}, {}, tmp_path) == ("ini-id", "ini-key", None)


def test_a_token_never_joins_a_pair_of_another_place(tmp_path: Path) -> None:
    config = {"trtc:secretId": "trtc-id", "trtc:secretKey": "trtc-key"}
    assert find(config, ENVIRON, tmp_path) == ("trtc-id", "trtc-key", None)


def test_the_environments_second_name_for_a_token(tmp_path: Path) -> None:
    environ = {**ENVIRON, "TENCENTCLOUD_TOKEN": "tccli-token"}
    assert find({}, environ, tmp_path)[2] == "env-token"
    del environ["TENCENTCLOUD_SECURITY_TOKEN"]
    assert find({}, environ, tmp_path)[2] == "tccli-token"


@pytest.mark.parametrize("name", ["TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"])
def test_a_tccli_profile_by_name(tmp_path: Path, name: str) -> None:
    put_tccli(tmp_path)
    put_tccli(tmp_path, "work")
    assert find({}, {name: "work"}, tmp_path) == ("work-id", "work-key", "work-token")


def test_a_profile_that_is_named_and_not_there_is_no_reason_to_act_as_somebody_else(tmp_path: Path) -> None:
    put_tccli(tmp_path)
    put_ini(tmp_path / ".tencentcloud", "[default]\nsecret_id = ini-id\nsecret_key = ini-key\n")
    with pytest.raises(MissingCredentials) as caught:
        find({}, {"TCCLI_PROFILE": "wrok"}, tmp_path)
    assert caught.value.looked[-1] == "tccli profile (~/.tccli/wrok.credential): no such file"


@pytest.mark.parametrize("of", ["config", "environ"])
def test_a_folder_of_profiles_as_terraform_names_it(tmp_path: Path, of: str) -> None:
    (tmp_path / "shared").mkdir()
    put_tccli(tmp_path / "shared", "work")
    config = {"tencentcloud:sharedCredentialsDir": "~/shared/.tccli", "tencentcloud:profile": "work"}
    environ = {
        "TENCENTCLOUD_SHARED_CREDENTIALS_DIR": str(tmp_path / "shared/.tccli"),
        "TENCENTCLOUD_PROFILE": "work",
    }
    given = (config, {}) if of == "config" else ({}, environ)
    assert find(*given, tmp_path) == ("work-id", "work-key", "work-token")


@pytest.mark.parametrize("profile", ["../secret", "a/b", ".hidden", "a b"])
def test_a_profile_does_not_lead_out_of_its_folder(tmp_path: Path, profile: str) -> None:
    with pytest.raises(ConfigError, match="TCCLI_PROFILE is not the name of a tccli profile"):
        read_settings({}, {"TCCLI_PROFILE": profile}, tmp_path)


def test_an_ini_file_may_hold_percent_signs_and_quotes(tmp_path: Path) -> None:
    put_ini(tmp_path / ".tencentcloud", '[default]\nsecret_id = "id%1"\nsecret_key = %(key\ntoken = t\n')
    assert find({}, {}, tmp_path) == ("id%1", "%(key", "t")


@pytest.mark.parametrize("begins", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_files_may_be_written_as_windows_programs_do(tmp_path: Path, begins: bytes, end: bytes) -> None:
    put_ini(tmp_path / ".tencentcloud", "")
    lines = (b"[default]", b"secret_id = ini-id", b"secret_key = ini-key", b"")
    (tmp_path / ".tencentcloud/credentials").write_bytes(begins + end.join(lines))
    assert find({}, {}, tmp_path) == ("ini-id", "ini-key", None)
    put_tccli(tmp_path)
    profile = tmp_path / ".tccli/default.credential"
    profile.write_bytes(begins + profile.read_bytes().replace(b", ", b"," + end))
    profile.with_suffix(".configure").write_bytes(begins + b'{"_sys_param": {"region": "ap-shanghai"}}')
    assert find({}, {}, tmp_path) == ("default-id", "default-key", "default-token")
    assert read_settings({"trtc:site": "china"}, {}, tmp_path).region == "ap-shanghai"


def test_the_machines_own_ini_file_comes_last(tmp_path: Path) -> None:
    put_ini(tmp_path / "tencentcloud", "[default]\nsecret_id = etc-id\nsecret_key = etc-key\n")
    machine = Machine({}, {}, tmp_path, etc=tmp_path)
    found = CredentialChain(lambda: places(machine), ManualClock().now).get(NOBODY)
    assert (found.secret_id, found.source) == ("etc-id", "/etc/tencentcloud/credentials")


@pytest.mark.parametrize(
    ("config", "environ", "told"),
    [
        ({"tencentcloud:secretId": "x-marker"}, {}, "tencentcloud:secretKey is missing"),
        ({}, {"TENCENTCLOUD_SECRET_ID": "x-marker"}, "environment: TENCENTCLOUD_SECRET_KEY is missing"),
        ({}, {"TENCENTCLOUD_SECRET_KEY": "x-marker"}, "environment: TENCENTCLOUD_SECRET_ID is missing"),
        ({}, {"TENCENTCLOUD_TOKEN": "x-marker"}, "environment: TENCENTCLOUD_SECRET_ID is missing"),
        (
            {},
            {**ENVIRON, "TENCENTCLOUD_SECRET_KEY": "x-marker\n"},
            "TENCENTCLOUD_SECRET_KEY holds white space",
        ),
        ({}, {**ENVIRON, "TENCENTCLOUD_SECURITY_TOKEN": "x marker"}, "the token holds white space"),
    ],
)
def test_half_a_pair_names_its_place(
    tmp_path: Path, config: dict[str, str], environ: dict[str, str], told: str
) -> None:
    settings = read_settings(config, environ, tmp_path)
    with pytest.raises(ConfigError) as caught:
        settings.credentials(NOBODY)
    assert told in str(caught.value)
    assert "marker" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"secretId": "x-marker"}', "\x00"),
        *('{"type": ["x"], "secretId": "x-marker", "secretKey": "x-marker"}', "\ufeff\ufeff{}"),
        '{"type": "oauth", "expiresAt": NaN, "secretId": "x-marker", "secretKey": "x-marker"}',
        '{"type": "sso", "expiresAt": "soon", "secretId": "x-marker", "secretKey": "x-marker"}',
    ],
)
def test_a_broken_tccli_file_is_named_and_not_shown(tmp_path: Path, text: str) -> None:
    put_tccli(tmp_path, text=text)
    with pytest.raises(ConfigError) as caught:
        read_settings({}, {}, tmp_path).credentials(NOBODY)
    assert "default.credential" in str(caught.value)
    assert "marker" not in str(caught.value)


def test_a_broken_ini_file_is_named_and_not_shown(tmp_path: Path) -> None:
    put_ini(tmp_path / ".tencentcloud", "secret_key = x-marker\n")
    with pytest.raises(ConfigError) as caught:
        read_settings({}, {}, tmp_path).credentials(NOBODY)
    assert "is not an INI file" in str(caught.value)
    assert "marker" not in str(caught.value)


def test_where_there_are_none_one_message_lists_all_places_in_order(tmp_path: Path) -> None:
    machine = Machine({}, {}, tmp_path, etc=tmp_path, cvm=Cvm(dmi=tmp_path))
    with pytest.raises(MissingCredentials) as caught:
        CredentialChain(lambda: places(machine), ManualClock().now).get(NOBODY)
    wanted = [
        "trtc:secretId and trtc:secretKey are not set",
        "no role is named",
        "tencentcloud:secretId and tencentcloud:secretKey are not set",
        "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set",
        "(~/.tccli/default.credential): no such file",
        "~/.tencentcloud/credentials: no such file",
        "/etc/tencentcloud/credentials: no such file",
        "this machine is not one of Tencent Cloud",
        "TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN are not set",
    ]
    assert len(caught.value.looked) == len(wanted) == len(SOURCES)
    for place, text in zip(caught.value.looked, wanted, strict=True):
        assert text in place


def test_the_emulator_gets_its_own_credentials_and_never_an_accounts(tmp_path: Path) -> None:
    put_tccli(tmp_path)
    site = {"trtc:site": "emulator"}
    default = ("AKIDtrtcEmulatorDefault0000000000000", "trtc-emulator-default-secret-key", None)
    assert find({**site, **PULUMI}, ENVIRON, tmp_path) == default
    environ = {"TRTC_EMULATOR_SECRET_ID": "emu-id", "TRTC_EMULATOR_SECRET_KEY": "emu-key"}
    assert find(site, environ, tmp_path) == ("emu-id", "emu-key", None)
    assert find({**site, **TRTC}, environ, tmp_path) == ("trtc-id", "trtc-key", "trtc-token")
