"""Ports for a helpdesk of its own."""

import contextlib
import socket

# What was given away may not be listened on yet, so it is not given again.
_given: set[int] = set()


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now; never the same twice."""
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        while len(found) < count:
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            if port not in _given:
                found.append(port)
    _given.update(found)
    return found
