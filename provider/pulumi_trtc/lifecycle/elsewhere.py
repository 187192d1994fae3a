"""Whether a recording runs at another place than the one that is configured."""

from __future__ import annotations

from pulumi_trtc.errors import RunsElsewhere
from pulumi_trtc.lifecycle.props import Props, hidden, is_ended, name_of, urn_of


def is_elsewhere(props: Props, place: str) -> bool:
    """Whether a recording may run at another place.

    Args:
        props: Its outputs.
        place: The configured one, as `Settings.place` spells it.
    """
    return not is_ended(props) and hidden(props).get("runsAt", place) != place


def refuse_elsewhere(props: Props, place: str) -> None:
    """Nothing is concluded of, or done to, such a recording. The arguments are those of `is_elsewhere`.

    Raises:
        RunsElsewhere: It is one.
    """
    if is_elsewhere(props, place):
        at = str(hidden(props)["runsAt"])
        raise RunsElsewhere(name_of(props), urn_of(props), str(props.get("taskId")), at, place)
