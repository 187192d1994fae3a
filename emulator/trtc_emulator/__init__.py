"""A local service that answers Tencent RTC's web-record API (version 2019-07-22) and records pages.

Its rooms, from the ground up; each imports only rooms that stand above it in this list:

    settings/    a run's settings, read from the command line and the environment; `assumptions` are what
                 the API's text leaves open
    media/       what the life of a task and a recorder say to each other; `none` records nothing
    request/     a request's body: JSON, its form, the rules for its values, its secrets, the API's errors
    sound/       a sound device for one recording: what its page plays comes out mixed
    recorder/    opens pages in a browser and records them, each in a process of its own
    tasks/       the life of a task, its timers, its events, and the database that keeps them
    callbacks/   tells the user's receivers what happened
    api/         the API on the wire: signature, limits, faults, answers
    control/     the routes below /_emulator/, and the page for people
    assembly/    puts all of this together to one running emulator

`pages/` holds the files of the page for people and the page of the demo.
"""
