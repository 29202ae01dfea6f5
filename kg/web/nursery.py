"""The process that workers are copied from: it has imported everything, so that a new worker is ready in moments.

It is small, has one thread and no database open, so that copying it is safe. The server asks it for workers through a
socket: one byte, "r" for a worker that reads or "w" for one that writes, and the socket that the worker shall use. It
answers with the worker's number, and later with how that worker ended. It ends when the server does, and the workers
end with it.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
import sys
from pathlib import Path

from kg.web import worker

#: What the nursery tells the server: STARTED or ENDED, the worker's number, how it ended as os.waitpid has it.
NOTE = struct.Struct("!cii")
STARTED, ENDED = b"S", b"E"
READER, WRITER = b"r", b"w"


def main() -> None:
    """`kg.web.nursery SOCKET FOLDER MEMORY`: runs until the server hangs up."""
    number, folder, memory = sys.argv[1:]
    control = socket.socket(fileno=int(number))
    ended, wake = os.pipe()
    for end in (ended, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    gc.collect()
    gc.freeze()  # collecting in a worker would copy every page that it shares with this process
    while True:
        ready, _, _ = select.select([control.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            try:
                _tell_ended(control)
            except ConnectionError:
                return
        if control.fileno() in ready:
            try:
                wanted, sockets, _, _ = socket.recv_fds(control, 1, 1)
            except ConnectionError:  # the server went, and left something unread
                return
            if not wanted:
                return
            parent = os.getpid()
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (control.fileno(), ended, wake):
                    os.close(descriptor)
                try:
                    connection = socket.socket(fileno=sockets[0])
                    worker.serve(connection, Path(folder), int(memory), writes=wanted == WRITER, parent=parent)
                finally:
                    worker.end()
            os.close(sockets[0])
            try:
                control.sendall(NOTE.pack(STARTED, child, 0))
            except ConnectionError:
                return


def _tell_ended(control: socket.socket) -> None:
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        control.sendall(NOTE.pack(ENDED, child, status))


if __name__ == "__main__":
    main()
