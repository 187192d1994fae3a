#!/usr/bin/env bash
# Asks GitHub for this job's identity and hands it to pulumi_trtc, which asks Tencent Cloud for the role's keys.
# GitHub's token lives for some minutes: run this right before what needs it.
set -euo pipefail

umask 077
token=$RUNNER_TEMP/identity
curl --fail --silent --show-error --max-time 30 \
    --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
    "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${TENCENT_AUDIENCE:-sts.tencentcloudapi.com}" | jq --exit-status -j .value >"$token"
echo "TKE_WEB_IDENTITY_TOKEN_FILE=$token" >>"$GITHUB_ENV"
