#!/usr/bin/env bash
# Reviews, updates and watches the recordings of one stack in a pipeline; README.md tells which settings it needs.
#
#   recordings.sh preview   writes a review of what `up` would do to $RECORDINGS_OUT/review.md
#   recordings.sh rehearse  records each page for some seconds on the emulator: pictures in $RECORDINGS_OUT/rehearsal
#   recordings.sh up        updates; the first SIGINT, SIGTERM or SIGHUP lets it finish what it has begun
#   recordings.sh drift     asks the service whether every recording runs: 0 all do, 1 one has ended, 2 cannot tell
#   recordings.sh cancel    removes what an update that was killed has left: its processes and its lock
set -euo pipefail

out=${RECORDINGS_OUT:-recordings-out}
pid_file=$out/up.pid
patience=${RECORDINGS_PATIENCE:-60} # seconds for an update to end once it was asked to

say() { echo "recordings: $*" >&2; }

# Adds Markdown to the page of the run, where there is one.
to_summary() { cat >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; }

preview() {
    # Through a pipe: the preview may hold whole URLs of pages, tokens included, and is to lie in no file.
    local ended=(0 0)
    pulumi preview --stack "$stack" --json --show-replacement-steps --show-sames --non-interactive |
        pulumi-trtc review - >"$out/review.md" || ended=("${PIPESTATUS[@]}")
    if [ ! -s "$out/review.md" ]; then
        echo "**The preview failed before it could tell of any recording: see the job's log.**" >"$out/review.md"
    fi
    cat "$out/review.md"
    to_summary <"$out/review.md"
    if [ "${ended[1]}" != 0 ]; then return "${ended[1]}"; fi
    return "${ended[0]}"
}

rehearse() { pulumi-trtc rehearse --stack "$stack" --output "$out/rehearsal"; }

up() {
    if [ -f "$pid_file" ]; then
        say "an update was killed here: run \`recordings.sh cancel\` first"
        return 1
    fi
    # In a process group of its own pulumi gets no signal but the forwarded one: it takes a second one as "at
    # once", and leaves its lock and a recording of which nobody knows the answer.
    set -m
    trap ask_to_end INT TERM HUP
    pulumi up --stack "$stack" --yes --non-interactive --suppress-progress </dev/null &
    running=$!
    echo "$running" >"$pid_file"
    # A signal ends `wait` before the program has ended.
    while kill -0 "$running" 2>/dev/null; do wait "$running" || true; done
    trap '' INT TERM HUP
    local status=0
    wait "$running" || status=$?
    rm -f "$pid_file"
    return "$status"
}

ask_to_end() {
    trap '' INT TERM HUP
    say "cancelled: the update ends after what it is doing now; run it again to finish"
    if kill -INT "$running" 2>/dev/null; then echo asked >>"$pid_file"; fi
}

drift() {
    local status=0
    pulumi-trtc status --stack "$stack" --expect-running >"$out/status.txt" 2>&1 || status=$?
    cat "$out/status.txt"
    { echo '```' && cat "$out/status.txt" && echo '```'; } | to_summary
    return "$status"
}

cancel() {
    if [ -f "$pid_file" ]; then end "$(head -n 1 "$pid_file")"; fi
    pulumi cancel --stack "$stack" --yes --non-interactive
    rm -f "$pid_file"
    say "the lock is removed; the next \`up\` takes over what the killed update has started, or stops it"
}

# Ends an update that has outlived its job: two must never run side by side.
end() {
    is_update "$1" || return 0
    say "the update still runs as process $1: it has $patience s to end"
    grep -q asked "$pid_file" || kill -INT "$1"
    if ends_within "$1" "$patience"; then return; fi
    say "it did not end: killing it"
    kill -KILL -- "-$1"
    if ends_within "$1" 10; then return; fi
    say "process $1 cannot be killed: the lock stays"
    exit 1
}

# Waits so many seconds for an update to end.
ends_within() {
    local looks=$(($2 * 10))
    while is_update "$1"; do
        if [ "$looks" = 0 ]; then return 1; fi
        sleep 0.1
        looks=$((looks - 1))
    done
}

# The number may belong to another program by now, or to a dead one for which nobody waits ("Z pulumi").
is_update() {
    case $({ sed 's/.*(\(.*\)) \(.\).*/\2 \1/' "/proc/$1/stat" || ps -o stat= -o comm= -p "$1"; } 2>/dev/null) in
    [ZX]*) return 1 ;;
    *pulumi) return 0 ;;
    *) return 1 ;;
    esac
}

case ${1:-} in
preview | rehearse | up | drift | cancel) ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
stack=${PULUMI_STACK:?names no stack}
unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW # its format is another one
mkdir -p "$out"
# What `pulumi install` has put into the project's virtual environment, and the CLI where its installer puts it.
for folder in .venv/bin venv/bin; do
    if [ -x "$folder/python" ]; then PATH=$PWD/$folder:$PATH; fi
done
PATH=$PATH:${PULUMI_HOME:-$HOME/.pulumi}/bin
"$1"
