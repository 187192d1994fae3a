"""`pulumi-trtc whoami`: the account, and the way to the service, without a secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pulumi_trtc.command import main
from pulumi_trtc.terminal.given import Given
from tests.support.company_proxy import CompanyProxy, company_proxy, error, response

Whoami = Callable[..., Result]
KEYS = {"trtc:secretId": "AKIDmarker", "trtc:secretKey": "key-marker"}
ARN = "qcs::cam::uin/100000000001:roleName/recorder"


def sts(_host: str, headers: Mapping[str, str], _body: Any) -> tuple[int, bytes]:
    """Gives keys of any role, and says whose they are."""
    if headers["x-tc-action"] == "GetCallerIdentity":
        return response(AccountId="100000000001", Arn=ARN, Type="CAMRole")
    keys = {"TmpSecretId": "tmp-marker", "TmpSecretKey": "tmp-key-marker", "Token": "token-marker"}
    return response(Credentials=keys, ExpiredTime=4_000_000_000)


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CompanyProxy]:
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with company_proxy(tmp_path, sts, login="user-marker:password-marker") as running:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user-marker:password-marker@{running.address}")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running


@pytest.fixture
def whoami(monkeypatch: pytest.MonkeyPatch) -> Whoami:
    def run(config: Mapping[str, str], *arguments: str) -> Result:
        monkeypatch.setattr(Given, "config", lambda _self, _state: dict(config))
        done = CliRunner().invoke(main, ["whoami", *arguments])
        assert "marker" not in done.output
        return done

    return run


def test_source_role_account_site_host_and_proxy_are_shown(proxy: CompanyProxy, whoami: Whoami) -> None:
    done = whoami({**KEYS, "trtc:assumeRole": json.dumps({"roleArn": ARN})}, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "credentials": f"trtc:assumeRole: role {ARN}, assumed with the keys of: stack configuration",
        "account": "100000000001",
        "arn": ARN,
        "site": "intl",
        "region": "ap-singapore",
        "endpoint": "https://trtc.intl.tencentcloudapi.com",
        "proxy": proxy.address,
        "certificates": f"{proxy.ca_file} (environment: REQUESTS_CA_BUNDLE)",
    }
    assert set(proxy.hosts) == {"sts.intl.tencentcloudapi.com"}


@pytest.mark.parametrize(("code", "status"), [("AuthFailure.SecretIdNotFound", 1), ("InternalError", 2)])
def test_keys_that_sts_does_not_take_are_told(
    code: str, status: int, proxy: CompanyProxy, whoami: Whoami
) -> None:
    proxy.answer = lambda *_: error(code)
    done = whoami(KEYS)
    assert done.exit_code == status
    assert f"not told: {code}" in done.stdout
    assert "stack configuration" in done.stdout


def test_the_emulator_s_own_credentials_need_nobody(proxy: CompanyProxy, whoami: Whoami) -> None:
    done = whoami({"trtc:site": "emulator"})
    assert done.exit_code == 0
    assert "emulator's defaults" in done.stdout
    assert proxy.hosts == []


def test_a_wrong_setting_is_one_line(whoami: Whoami) -> None:
    done = whoami({**KEYS, "trtc:site": "moon"})
    assert done.exit_code == 2
    assert done.stderr.startswith("error: The configuration has a problem: trtc:site")
