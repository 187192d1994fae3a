"""What is told of a recording of which the engine hands over nothing: a new one, or one to be replaced."""

from __future__ import annotations

from pulumi_trtc.lifecycle.decide import Begins, begins, shared
from pulumi_trtc.lifecycle.known import Index, may_be_same
from pulumi_trtc.lifecycle.names import Names
from pulumi_trtc.lifecycle.notes import Ask, Note
from pulumi_trtc.lifecycle.props import Props, given_only


def beginning(urn: str, news: Props, names: Names, index: Index) -> Ask:
    """The note of such a recording; what the program does not declare is known once it is told.

    Args:
        news: Its inputs.
        names: What the program declares.
    """
    known = index.known(names.identities(urn))
    old = known.current
    runs = old is not None and old.may_run
    record_id, stream = False, False
    if old is not None and runs:
        given = news.get("recordId")
        record_id = given is not None and given == given_only(old.inputs).get("recordId")
        # Encrypted addresses are taken for the same.
        stream = bool(news.get("publishCdnParams")) and bool(old.inputs.get("publishCdnParams"))

    def note() -> tuple[Note, tuple[str, ...]]:
        namesakes = tuple(
            one.urn for one in index.unclaimed(names.everyone()) if may_be_same(one.inputs, news)
        )
        facts = Begins(
            saved=runs,
            shares=shared(record_id, stream),
            stopped=old is not None and old.stopped,
            adopts=news.get("adopt") is not None,
            killed=bool(known.killed),
            namesakes=namesakes,
        )
        return begins(facts).note(facts), namesakes

    return note
