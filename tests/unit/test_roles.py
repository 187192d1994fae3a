"""A role that is named is assumed or refused, and its keys are renewed: STS and metadata on loopback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import attrs
import pytest

from pulumi_trtc.errors import ApiError, ConfigError, Handling, MissingCredentials
from pulumi_trtc.service.sts import SdkSts
from pulumi_trtc.settings.cloud_roles import Cvm, MetadataService
from pulumi_trtc.settings.credentials import CredentialChain, Credentials
from pulumi_trtc.settings.machine import Machine
from pulumi_trtc.settings.places import places
from pulumi_trtc.settings.read import Settings, read_settings
from pulumi_trtc.settings.roles import role_of
from tests.support.clock import ManualClock
from tests.support.company_proxy import CompanyProxy, company_proxy, error, response
from tests.support.no_sts import NOBODY
from tests.support.serving import serving

ARN = "qcs::cam::uin/100000000001:roleName/recorder"
KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDbase", "TENCENTCLOUD_SECRET_KEY": "base-key"}
TMP = {"TmpSecretId": "t", "TmpSecretKey": "k", "Token": "t"}
HOUR = 3600.0


@attrs.define
class Sts:
    """STS as its page of AssumeRole has it. Each answer's keys have a number.

    Attributes:
        fails: What it answers instead.
        asked: The host, the keys' SecretId, the action and the parameters of each request.
    """

    clock: ManualClock
    fails: tuple[int, bytes] | None = None
    asked: list[tuple[str, str, str, dict[str, Any]]] = attrs.field(factory=list)

    def answer(self, host: str, headers: Mapping[str, str], body: Any) -> tuple[int, bytes]:
        signed = headers.get("authorization", "")
        key_id = signed.partition("Credential=")[2].partition("/")[0]
        self.asked.append((host, key_id, headers["x-tc-action"], body))
        if self.fails is not None:
            return self.fails
        number = len(self.asked)
        keys = {
            "TmpSecretId": f"tmp{number}",
            "TmpSecretKey": f"tmp-key{number}",
            "Token": f"tmp-token{number}",
        }
        return response(Credentials=keys, ExpiredTime=int(self.clock.now() + HOUR))


@attrs.frozen
class World:
    """A machine, its STS behind the company's proxy, and the time."""

    home: Path
    clock: ManualClock
    sts: Sts
    proxy: CompanyProxy

    def settings(self, config: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
        config = {"trtc:caBundle": str(self.proxy.ca_file), **config}
        settings = read_settings(config, environ, self.home)
        machine = Machine(
            config, environ, self.home, etc=self.home, cvm=Cvm(dmi=self.home), now=self.clock.now
        )
        chain = CredentialChain(lambda: places(machine), self.clock.now, role_of(config, environ))
        return attrs.evolve(settings, chain=chain)

    def find(self, config: Mapping[str, str], environ: Mapping[str, str]) -> Credentials:
        settings = self.settings(config, environ)
        return settings.credentials(SdkSts(settings))

    def put_profile(self, **values: Any) -> None:
        folder = self.home / ".tccli"
        folder.mkdir()
        (folder / "default.credential").write_text(json.dumps(values))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    clock = ManualClock()
    sts = Sts(clock)
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with company_proxy(tmp_path, sts.answer) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        yield World(tmp_path, clock, sts, proxy)


def as_json(**values: Any) -> str:
    return json.dumps(values)


NAMED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "trtc:assumeRole": ({"trtc:assumeRole": as_json(roleArn=ARN)}, {}),
    "tencentcloud:assumeRole": ({"tencentcloud:assumeRole": as_json(roleArn=ARN)}, {}),
    "tencentcloud:assumeRole, a block": ({"tencentcloud:assumeRole": json.dumps([{"roleArn": ARN}])}, {}),
    "TENCENTCLOUD_ASSUME_ROLE_ARN": ({}, {"TENCENTCLOUD_ASSUME_ROLE_ARN": ARN}),
    "TENCENTCLOUD_ROLE_ARN": ({}, {"TENCENTCLOUD_ROLE_ARN": ARN}),
}


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize(
    ("config", "environ", "base"),
    [
        ({"trtc:secretId": "AKIDtrtc", "trtc:secretKey": "k"}, {}, "AKIDtrtc"),
        ({"tencentcloud:secretId": "AKIDpulumi", "tencentcloud:secretKey": "k"}, {}, "AKIDpulumi"),
        ({}, KEYS, "AKIDbase"),
    ],
)
def test_a_role_is_assumed_with_whatever_pair_is_found(
    world: World, named: str, config: dict[str, str], environ: dict[str, str], base: str
) -> None:
    more_config, more_environ = NAMED[named]
    found = world.find({**config, **more_config}, {**environ, **more_environ})
    assert (found.secret_id, found.secret_key, found.token) == ("tmp1", "tmp-key1", "tmp-token1")
    assert ARN in found.source
    (asked,) = world.sts.asked
    wanted = {"RoleArn": ARN, "RoleSessionName": "pulumi-trtc", "DurationSeconds": 7200}
    assert asked == ("sts.intl.tencentcloudapi.com", base, "AssumeRole", wanted)


def test_all_that_a_role_may_have_is_sent(world: World) -> None:
    role = as_json(
        roleArn=ARN,
        sessionName="nightly",
        sessionDuration="900",
        externalId="e",
        policy="{}",
        sourceIdentity="me",
        serialNumber="qcs::cam:uin/1::mfa/softToken",
        tokenCode="123456",
    )
    world.find({"trtc:assumeRole": role}, KEYS)
    assert world.sts.asked[0][3] == {
        "RoleArn": ARN,
        "RoleSessionName": "nightly",
        "DurationSeconds": 900,
        "ExternalId": "e",
        "Policy": "{}",
        "SourceIdentity": "me",
        "SerialNumber": "qcs::cam:uin/1::mfa/softToken",
        "TokenCode": "123456",
    }
    environ = {
        "TENCENTCLOUD_ASSUME_ROLE_ARN": ARN,
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "s-1",
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "1800",
        "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "x",
    }
    world.find({}, {**KEYS, **environ})
    wanted = {"RoleArn": ARN, "RoleSessionName": "s-1", "DurationSeconds": 1800, "ExternalId": "x"}
    assert world.sts.asked[1][3] == wanted


def test_each_site_has_its_own_sts(world: World) -> None:
    environ = {**KEYS, "TENCENTCLOUD_ROLE_ARN": ARN}
    world.find({"trtc:site": "china"}, environ)
    assert world.sts.asked[0][0] == "sts.tencentcloudapi.com"


def test_temporary_keys_assume_a_role_with_their_token(world: World) -> None:
    environ = {**KEYS, "TENCENTCLOUD_TOKEN": "base-token", "TENCENTCLOUD_ROLE_ARN": ARN}
    assert world.find({}, environ).secret_id == "tmp1"


OIDC = {
    "TENCENTCLOUD_ASSUME_ROLE_ARN": ARN,
    "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID": "github",
    "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "oidc-token",
}
WEB = {
    "RoleArn": ARN,
    "RoleSessionName": "pulumi-trtc",
    "DurationSeconds": 7200,
    "ProviderId": "github",
    "WebIdentityToken": "oidc-token",
}


@pytest.mark.parametrize("base", [{}, KEYS])
@pytest.mark.parametrize("way", ["environ", "file", "trtc", "tencentcloud"])
def test_a_pipeline_s_token_needs_no_keys(world: World, way: str, base: dict[str, str]) -> None:
    token = world.home / "token"
    token.write_text("oidc-token\n")
    values = {"roleArn": ARN, "providerId": "github", "webIdentityTokenFile": str(token)}
    file = {name: value for name, value in OIDC.items() if not name.endswith("TOKEN")}
    config, environ = {
        "environ": ({}, OIDC),
        "file": ({}, {**file, "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE": str(token)}),
        "trtc": ({"trtc:assumeRoleWithWebIdentity": json.dumps(values)}, {}),
        "tencentcloud": ({"tencentcloud:assumeRoleWithWebIdentity": json.dumps(values)}, {}),
    }[way]
    assert world.find(config, {**base, **environ}).token == "tmp-token1"
    assert world.sts.asked == [("sts.intl.tencentcloudapi.com", "", "AssumeRoleWithWebIdentity", WEB)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read (FileNotFoundError)"),
        (b"", "the token in it is empty"),
        (b" \r\n", "the token in it is empty"),
        (b"two tokens-marker", "the token in it holds white space"),
        (b"\xff\xfe\x00", "cannot be read (UnicodeDecodeError)"),
    ],
)
def test_a_token_s_file_that_holds_none_is_told(world: World, content: bytes | None, told: str) -> None:
    token = world.home / "token"
    if content is not None:
        token.write_bytes(content)
    role = as_json(roleArn=ARN, webIdentityTokenFile=str(token))
    with pytest.raises(ConfigError) as caught:
        world.find({"trtc:assumeRoleWithWebIdentity": role}, KEYS)
    assert f"trtc:assumeRoleWithWebIdentity: {token}: {told}" in str(caught.value)
    assert "marker" not in str(caught.value)
    assert world.sts.asked == []


def test_a_token_s_file_may_be_written_as_windows_programs_do(world: World) -> None:
    token = world.home / "token"
    token.write_bytes(b"\xef\xbb\xbfoidc-token\r\n")
    role = as_json(roleArn=ARN, webIdentityTokenFile=str(token))
    world.find({"trtc:assumeRoleWithWebIdentity": role}, {})
    assert world.sts.asked[0][3]["WebIdentityToken"] == "oidc-token"


@pytest.mark.parametrize("duration", [900, 900.0, "900"])
def test_digits_that_the_cli_has_made_numbers_are_texts_for_sts(world: World, duration: object) -> None:
    role = as_json(roleArn=ARN, sessionDuration=duration, sessionName=1234, externalId=56, tokenCode=123456)
    world.find({"trtc:assumeRole": role}, KEYS)
    sent = world.sts.asked[0][3]
    assert sent == {
        "RoleArn": ARN,
        "RoleSessionName": "1234",
        "DurationSeconds": 900,
        "ExternalId": "56",
        "TokenCode": "123456",
    }


def test_a_tke_pod_s_token_is_read_again_for_each_renewal(world: World) -> None:
    token = world.home / "token"
    token.write_text("first")
    environ = {
        "TKE_REGION": "ap-singapore",
        "TKE_PROVIDER_ID": "tke",
        "TKE_WEB_IDENTITY_TOKEN_FILE": str(token),
        "TKE_ROLE_ARN": ARN,
    }
    settings = world.settings({}, environ)
    assert settings.credentials(SdkSts(settings)).secret_id == "tmp1"
    token.write_text("second")
    world.clock.advance(HOUR - 200)
    assert settings.credentials(SdkSts(settings)).secret_id == "tmp2"
    assert [asked[3]["WebIdentityToken"] for asked in world.sts.asked] == ["first", "second"]


def test_a_profile_s_role_is_assumed_with_the_profile_s_keys(world: World) -> None:
    profile = {"secretId": "AKIDprofile", "secretKey": "k", "role-arn": ARN, "role-session-name": "me"}
    world.put_profile(**profile)
    assert world.find({}, {}).secret_id == "tmp1"
    assert world.sts.asked[0][1:3] == ("AKIDprofile", "AssumeRole")
    assert world.sts.asked[0][3]["RoleSessionName"] == "me"
    # The environment's own keys are nobody else's.
    assert world.find({}, KEYS).secret_id == "AKIDbase"


def test_an_ini_file_s_role_is_assumed(world: World) -> None:
    folder = world.home / ".tencentcloud"
    folder.mkdir()
    text = f"[default]\nsecret_id = AKIDini\nsecret_key = k\nrole_arn = {ARN}\n"
    (folder / "credentials").write_text(text)
    assert world.find({}, {}).secret_id == "tmp1"
    assert world.sts.asked[0][1] == "AKIDini"


@pytest.mark.parametrize(
    ("config", "environ", "told"),
    [
        ({"trtc:assumeRole": "{"}, {}, "trtc:assumeRole: must be an object with roleArn"),
        ({"trtc:assumeRole": "[]"}, {}, "trtc:assumeRole: must be an object with roleArn"),
        ({"trtc:assumeRole": "{}"}, {}, "trtc:assumeRole: roleArn is missing"),
        ({"trtc:assumeRole": as_json(rolearn=ARN)}, {}, "rolearn: there is no such value; there are roleArn"),
        ({"trtc:assumeRole": as_json(roleArn="a b")}, {}, "roleArn is no role's name"),
        ({"trtc:assumeRole": as_json(roleArn=ARN, sessionName="a b")}, {}, "sessionName must be 2..128"),
        ({"trtc:assumeRole": as_json(roleArn=ARN, sessionDuration=43201)}, {}, "must be 0..43200 seconds"),
        ({"trtc:assumeRole": as_json(roleArn=ARN, sessionDuration="1h")}, {}, "must be 0..43200 seconds"),
        ({"trtc:assumeRole": as_json(roleArn=[ARN])}, {}, "roleArn must be a text"),
        ({"trtc:assumeRole": as_json(roleArn=ARN, policy={"version": "2.0"})}, {}, "policy must be a text"),
        (
            {"trtc:assumeRole": as_json(roleArn=ARN, sessionDuration=True)},
            {},
            "sessionDuration must be a text",
        ),
        ({"trtc:assumeRole": as_json(roleArn=ARN, sessionDuration=900.5)}, {}, "must be 0..43200 seconds"),
        ({}, {"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": "t"}, "(OIDC): roleArn is missing"),
        # What a pipeline's step or secret that is not there leaves.
        ({}, {**OIDC, "TENCENTCLOUD_ASSUME_ROLE_ARN": ""}, "(OIDC): roleArn is missing"),
        ({}, {**OIDC, "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": ""}, "webIdentityTokenFile are missing"),
        ({}, {**OIDC, "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": " \n"}, "webIdentityToken holds white"),
        ({}, {"TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID": "x"}, "environment: roleArn is missing"),
        ({}, {"TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "nightly"}, "environment: roleArn is missing"),
        ({}, {"TENCENTCLOUD_ROLE_SESSION_NAME": "nightly"}, "environment (tccli): roleArn is missing"),
        (
            {"trtc:assumeRoleWithWebIdentity": as_json(roleArn=ARN)},
            {},
            "webIdentityToken and webIdentityTokenFile are missing",
        ),
        (
            {"tencentcloud:assumeRoleWithSaml": "{}"},
            {},
            "assumeRoleWithSaml: this provider cannot",
        ),
        (
            {},
            {"TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION": "x"},
            "SAML_ASSERTION: this provider",
        ),
        ({}, {"TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER": "x"}, "SERIAL_NUMBER: this provider cannot"),
    ],
)
def test_what_cannot_be_assumed_is_refused_in_the_preview(
    config: dict[str, str], environ: dict[str, str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(config, {**KEYS, **environ}, tmp_path)
    assert told in str(caught.value)
    # The emulator needs no account, and no role of one.
    read_settings({"trtc:site": "emulator", **config}, {**KEYS, **environ}, tmp_path)


@pytest.mark.parametrize(
    ("fails", "kind", "told"),
    [
        (error("AuthFailure.UnauthorizedOperation"), Handling.FATAL, "AuthFailure.UnauthorizedOperation"),
        (error("InternalError"), Handling.AMBIGUOUS, "InternalError"),
        (error("RequestLimitExceeded"), Handling.THROTTLED, "RequestLimitExceeded"),
        ((500, b"oops"), Handling.AMBIGUOUS, "HTTP status 500"),
        ((200, b"garbage"), Handling.AMBIGUOUS, "JSONDecodeError"),
        (response(), Handling.AMBIGUOUS, "the answer has no Credentials"),
        (response(Credentials={"Token": "t"}, ExpiredTime=1), Handling.AMBIGUOUS, "has no Credentials"),
        (response(Credentials=TMP, ExpiredTime="soon"), Handling.AMBIGUOUS, "has no Credentials"),
        (response(Credentials=TMP, ExpiredTime=float("nan")), Handling.AMBIGUOUS, "has no Credentials"),
    ],
)
def test_what_sts_refuses_is_told_and_nobody_acts_instead(
    world: World, fails: tuple[int, bytes], kind: Handling, told: str
) -> None:
    world.sts.fails = fails
    with pytest.raises(ApiError) as caught:
        world.find({"trtc:assumeRole": as_json(roleArn=ARN)}, KEYS)
    assert (caught.value.action, caught.value.kind, caught.value.sent) == ("AssumeRole", kind, False)
    assert told in str(caught.value)
    assert "base-key" not in str(caught.value)


def test_an_sts_that_does_not_answer_is_given_up_in_time(world: World) -> None:
    done = threading.Event()

    def silent(*_: Any) -> tuple[int, bytes]:
        done.wait(60)
        return response()

    world.proxy.answer = silent
    config = {"trtc:assumeRole": as_json(roleArn=ARN), "trtc:requestTimeout": "1"}
    try:
        with pytest.raises(ApiError) as caught:
            world.find(config, KEYS)
    finally:
        done.set()
    assert (caught.value.kind, caught.value.sent) == (Handling.AMBIGUOUS, False)
    assert "sts.intl.tencentcloudapi.com did not answer within 1 s" in str(caught.value)


def test_keys_are_renewed_early_and_the_old_ones_serve_while_sts_is_down(
    world: World,
) -> None:
    settings = world.settings({"trtc:assumeRole": as_json(roleArn=ARN)}, KEYS)
    sts = SdkSts(settings)
    assert settings.credentials(sts).secret_id == "tmp1"
    world.clock.advance(HOUR - 301)
    assert settings.credentials(sts).secret_id == "tmp1"
    world.sts.fails = (500, b"")
    world.clock.advance(100)
    assert settings.credentials(sts).secret_id == "tmp1"
    world.clock.advance(201)
    with pytest.raises(ApiError):
        settings.credentials(sts)
    world.sts.fails = None
    assert settings.credentials(sts).secret_id == f"tmp{len(world.sts.asked)}"


@pytest.mark.parametrize(("kind", "again"), [("oauth", "tccli auth login"), ("sso", "tccli sso login")])
def test_an_expired_login_is_told_as_such(world: World, kind: str, again: str) -> None:
    keys = {"secretId": "AKIDlogin", "secretKey": "k", "token": "t", "type": kind}
    world.put_profile(**keys, expiresAt=int(world.clock.now()) + 60)
    found = world.find({}, {})
    assert (found.secret_id, found.expires) == ("AKIDlogin", float(int(world.clock.now()) + 60))
    world.clock.advance(61)
    with pytest.raises(ConfigError) as caught:
        world.find({}, {})
    assert f"the {kind} login expired at" in str(caught.value)
    assert again in str(caught.value)


def test_a_profile_of_another_kind_is_refused(world: World) -> None:
    world.put_profile(secretId="AKIDx", secretKey="k", type="device-code")
    with pytest.raises(ConfigError, match="of the type device-code"):
        world.find({}, {})


ROLE = "/latest/meta-data/cam/security-credentials/"


@contextmanager
def metadata(pages: Mapping[str, str]) -> Iterator[MetadataService]:
    """An instance's metadata service on loopback."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write((content or "").encode())

    with serving(Pages) as address:
        host, _, port = address.partition(":")
        yield MetadataService(host, int(port))


def cvm_keys(expires: float, number: int = 1) -> str:
    keys = {"TmpSecretId": f"cvm{number}", "TmpSecretKey": "cvm-key", "Token": "cvm-token"}
    return json.dumps({**keys, "ExpiredTime": expires, "Code": "Success"})


def instance(
    home: Path,
    service: MetadataService,
    config: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Machine:
    (home / "sys_vendor").write_text("Tencent Cloud\n")
    cvm = Cvm(service, home)
    return Machine(config or {}, environ or {}, home, etc=home, cvm=cvm, now=ManualClock().now)


@pytest.mark.parametrize("way", ["instance", "config", "environ", "profile"])
def test_an_instance_s_role_is_used_and_renewed_before_it_ends(way: str, tmp_path: Path) -> None:
    clock = ManualClock()
    pages = {
        ROLE: "own\n",
        f"{ROLE}own": cvm_keys(clock.now() + HOUR),
        f"{ROLE}other": cvm_keys(clock.now() + HOUR),
    }
    config = {"tencentcloud:camRoleName": "other"} if way == "config" else {}
    environ = {**KEYS, "TENCENTCLOUD_CAM_ROLE_NAME": "other"} if way == "environ" else {}
    if way == "profile":
        (tmp_path / ".tccli").mkdir()
        profile = {"secretId": "AKIDbase", "secretKey": "k", "type": "cvm-role"}
        (tmp_path / ".tccli/default.credential").write_text(json.dumps(profile))
    with metadata(pages) as service:
        chain = CredentialChain(lambda: places(instance(tmp_path, service, config, environ)), clock.now)
        first = chain.get(NOBODY)
        assert (first.secret_id, first.token) == ("cvm1", "cvm-token")
        clock.advance(HOUR - 200)
        pages[f"{ROLE}own"] = pages[f"{ROLE}other"] = cvm_keys(clock.now() + HOUR, 2)
        assert chain.get(NOBODY).secret_id == "cvm2"


@pytest.mark.parametrize(
    "pages", [{}, {ROLE: "r"}, {ROLE: "r", f"{ROLE}r": "{"}, {ROLE: "r", f"{ROLE}r": "[]"}, {ROLE: "<html>"}]
)
def test_an_instance_without_a_role_is_told(tmp_path: Path, pages: dict[str, str]) -> None:
    with metadata(pages) as service, pytest.raises(MissingCredentials, match="the instance has no role"):
        CredentialChain(lambda: places(instance(tmp_path, service)), ManualClock().now).get(NOBODY)


def test_a_metadata_service_that_does_not_answer_is_given_up_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        service = MetadataService("127.0.0.1", silent.getsockname()[1])
        with pytest.raises(MissingCredentials, match=r"does not answer \(TimeoutError\)"):
            CredentialChain(lambda: places(instance(tmp_path, service)), ManualClock().now).get(NOBODY)


@pytest.mark.parametrize("way", ["environ", "profile"])
def test_an_instance_s_role_that_is_asked_for_is_never_passed_over(way: str, tmp_path: Path) -> None:
    environ = {**KEYS, "TENCENTCLOUD_CAM_ROLE_NAME": "other"} if way == "environ" else {}
    if way == "profile":
        (tmp_path / ".tccli").mkdir()
        profile = {"secretId": "AKIDbase", "secretKey": "k", "type": "cvm-role"}
        (tmp_path / ".tccli/default.credential").write_text(json.dumps(profile))
    machine = Machine({}, environ, tmp_path, etc=tmp_path, cvm=Cvm(dmi=tmp_path))
    with pytest.raises(ConfigError, match="this machine is not one of Tencent Cloud"):
        CredentialChain(lambda: places(machine), ManualClock().now).get(NOBODY)
