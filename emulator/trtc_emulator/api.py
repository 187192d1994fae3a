"""The API's version and the names of its actions."""

from __future__ import annotations

VERSION = "2019-07-22"
START = "StartWebRecord"
DESCRIBE = "DescribeWebRecord"
STOP = "StopWebRecord"
ACTIONS = (START, DESCRIBE, STOP)
