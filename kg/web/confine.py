"""Limits that a process lays on itself and cannot take off again: no network, so much memory, no life of its own.

What a query may reach is judged from its text too (kg.reach), so that people get a sentence. This is the wall
behind it: engines read SPARQL more generously than the standard, and a wall does not depend on reading it alike.
The network and the life are Linux's own calls; elsewhere the text is all that is judged, and `no_network` says so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

_LINUX = sys.platform == "linux"

# From the kernel's headers: prctl.h, seccomp.h, audit.h and the tables of system calls.
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_FILTER_MODE = 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_OFFSET_OF_CALL, _OFFSET_OF_MACHINE = 0, 4
#: Machine → its number, and the calls that make a socket: socket and io_uring_setup.
_MACHINES = {"x86_64": (0xC000003E, (41, 425)), "aarch64": (0xC00000B7, (198, 425))}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def no_network() -> bool:
    """Makes every later attempt to open a socket fail. False where this machine has no means to do so.

    Sockets that are open stay so.
    """
    machine = _MACHINES.get(platform.machine())
    if not _LINUX or machine is None or sys.maxsize < 2**32:
        return False
    number, calls = machine
    # Calls in the manner of another machine, as 32-bit programs make them on a 64-bit kernel, all fail.
    steps = [(_LOAD, 0, 0, _OFFSET_OF_MACHINE), (_JUMP_IF_EQUAL, 0, len(calls) + 2, number)]
    steps.append((_LOAD, 0, 0, _OFFSET_OF_CALL))
    steps += [(_JUMP_IF_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _FAIL | errno.EACCES)]
    packed = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = _Program(len(steps), packed)
    library = ctypes.CDLL(None, use_errno=True)
    failed = library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    failed = failed or library.prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0)
    return not failed


def end_with(parent: int) -> None:
    """Has this process killed when its parent, of that number, ends, also in the midst of a query."""
    if _LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before it could be watched
        os._exit(1)


def limit_memory(more: int) -> None:
    """Lets this process take `more` bytes of memory of its own beyond what it has; an attempt at more fails.

    Memory that only maps files, as a database does, is not counted.
    """
    taken = _own_memory()
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = taken + more if hard == resource.RLIM_INFINITY else min(taken + more, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def peak_memory() -> int:
    """The most memory that this process had at one time, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _own_memory() -> int:
    """Bytes as RLIMIT_DATA counts them; where the kernel does not tell, the peak, which is near."""
    status = Path("/proc/self/status")
    if not status.exists():
        return peak_memory()
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmData")) * 1024
