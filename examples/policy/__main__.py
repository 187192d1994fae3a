"""The policy pack: each rule as a policy, with the schema of its configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import rules  # type: ignore[import-not-found]  # beside this file
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from pulumi_trtc.stack.state import PLUGIN_TYPE, TYPE

RECORDINGS = (TYPE, PLUGIN_TYPE)
"""Python's own, and the plugin's of all languages."""

TEXTS = {"type": "array", "items": {"type": "string"}}
NUMBER = {"type": "integer", "minimum": 0}
NUMBERS = {"type": "array", "items": NUMBER}
AMOUNT = {"type": "number", "minimum": 0}


class NotKnownYetError(UnknownValueError):
    """Has the SDK report, as an advice whatever the policy's level, what a preview cannot judge."""

    def __init__(self, paths: Sequence[str]) -> None:
        Exception.__init__(self)
        self.message = f"not known yet: {', '.join(paths)}; the update judges it"


def of_one(rule: rules.OfOne, **properties: dict[str, Any]) -> Policy:
    """A policy that judges each recording by itself."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type not in RECORDINGS:
            args.not_applicable()
        elif _is_on(properties, args.get_config(), report):
            _tell(rule(_plain(args.props), args.get_config()), report)

    return ResourceValidationPolicy(
        _name(rule), _about(rule), validate, config_schema=PolicyConfigSchema(properties)
    )


def of_all(rule: rules.OfAll, **properties: dict[str, Any]) -> Policy:
    """A policy that judges all recordings of a stack together."""

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        if not _is_on(properties, args.get_config(), report):
            return
        # Those that are only read have no inputs.
        recordings = [
            (one.name, _plain(one.props))
            for one in args.resources
            if one.resource_type in RECORDINGS and "storageParams" in one.props
        ]
        _tell(rule(recordings, args.get_config()), report)

    return StackValidationPolicy(
        _name(rule), _about(rule), validate, config_schema=PolicyConfigSchema(properties)
    )


def _name(rule: Any) -> str:
    return str(rule.__name__).replace("_", "-")


def _about(rule: Any) -> str:
    return str(rule.__doc__)


def _is_on(properties: Mapping[str, Any], config: Mapping[str, Any], report: ReportViolation) -> bool:
    """A policy with a configuration is off until it has one; a misspelt one would leave it off unseen."""
    for key in sorted(config.keys() - properties.keys()):
        report(f"its configuration has {key}, and may have {', '.join(properties) or 'none'}", None)
    return not properties or not properties.keys().isdisjoint(config)


def _tell(faults: Iterable[rules.Fault], report: ReportViolation) -> None:
    found = list(faults)
    for fault in found:
        if fault.reason:
            report(str(fault), None)
    unknown = [fault.path for fault in found if not fault.reason]
    if unknown:
        raise NotKnownYetError(unknown)


def _plain(value: Any) -> Any:
    """Properties without the SDK's guards, which end a policy at the first value that is not known."""
    if isinstance(value, Mapping):
        return {key: _inner(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_inner(value, index) for index in range(len(value))]
    return value


def _inner(holder: Any, key: Any) -> Any:
    try:
        return _plain(holder[key])
    except UnknownValueError:
        return rules.UNKNOWN


PolicyPack(
    "trtc-recordings",
    [
        of_one(rules.allowed_buckets, buckets=TEXTS, vodApplications=NUMBERS),
        of_one(rules.allowed_regions, regions=TEXTS),
        of_one(rules.longest_duration, seconds=NUMBER),
        of_one(rules.allowed_cdn_hosts, hosts=TEXTS),
        of_one(rules.prefix_required),
        of_one(rules.keys_outside_program),
        of_all(rules.number_of_recordings, most=NUMBER),
        of_all(
            rules.cost_of_recordings,
            most=AMOUNT,
            site={"type": "string", "enum": ["intl", "china"]},
            pricePer1000Minutes=AMOUNT,
        ),
    ],
    EnforcementLevel.MANDATORY,
)
