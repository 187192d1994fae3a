"""What the README promises, and what is checked after every trial of it."""

PROMISE = (
    "Exactly one running recording for each declared one, whatever is killed, cut or throttled in between."
)
NO_HARM = "And no harm: nothing is stopped or restarted that was not declared so."
