"""`kg serve`: the pages and the SPARQL endpoint, on this machine."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.app import Settings, in_workspace
from kg.cli.printing import note
from kg.errors import KgError, UsageError

if TYPE_CHECKING:
    from kg.web.jobs import ServeOptions

#: Seconds that answers under way get when the server is stopped.
_LAST_CALL = 2


@click.command(short_help="Look at everything in a browser, and ask over HTTP.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address at which to listen.")
@click.option("--host-name", "host_names", metavar="NAME", multiple=True, help="Also answer to this name.")
@click.option(
    "--open-to-network",
    is_flag=True,
    help="Allow a --host that other machines reach. There is no login: whoever reaches it reads everything.",
)
@click.option(
    "--token-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Allow SPARQL updates to whoever has the token in the first line of this file.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0.1, max=3600),
    default=10.0,
    show_default=True,
    help="How long one answer may take.",
)
@click.option("--cors", metavar="ORIGIN", multiple=True, help="Let pages of this origin read answers.")
@click.option("--open", "browse", is_flag=True, help="Open the first page in a browser.")
@in_workspace
@click.pass_obj
def serve(
    settings: Settings,
    port: int,
    host: str,
    host_names: tuple[str, ...],
    open_to_network: bool,
    token_file: Path | None,
    timeout: float,
    cors: tuple[str, ...],
    browse: bool,
) -> None:
    """Serve pages of everything in the workspace, the saved questions as forms, and a SPARQL endpoint at /sparql.

    Only this machine is served. Commands that only read, such as 'kg ask', run beside the server. To change the
    workspace stop it, type 'kg add' or 'kg relate', and start it again.
    """
    from kg.web.jobs import ServeOptions  # brings nothing, but its package does

    if not _is_loopback(host) and not open_to_network:
        raise UsageError(
            f"other machines may reach {host}, and there is no login: whoever reaches it reads everything. If that is "
            "meant, add --open-to-network, and --host-name with the name under which they know this machine"
        )
    token = _token(token_file) if token_file is not None else None
    settings.open().close()  # says what is wrong with the workspace, and mends what a broken load left
    options = ServeOptions(
        settings.workspace, host, port, host_names=host_names, token=token, timeout=timeout, cors=cors
    )
    with _listening(host, port) as taken:
        _run(options, taken, browse)


def _run(options: ServeOptions, taken: socket.socket, browse: bool) -> None:
    import asyncio

    import uvicorn

    from kg.web.app import application

    number = taken.getsockname()[1]
    name = f"[{options.host}]" if ":" in options.host else options.host
    address = f"http://{name}:{number}/"

    made = application(options)

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await made.state.workers.close()  # answers under way end with words, and not with the connection
            await super().shutdown(sockets)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                click.echo(f"serving {options.folder} at {address} (stop with Ctrl+C)")
                if browse:
                    click.launch(address)

    config = uvicorn.Config(
        made,
        log_level="warning",
        lifespan="on",
        server_header=False,
        ws="none",
        h11_max_incomplete_event_size=32 << 10,
        timeout_graceful_shutdown=_LAST_CALL,
    )
    server = Server(config)
    with contextlib.suppress(KeyboardInterrupt):  # none where interrupts are ignored, as behind a script
        asyncio.run(server.serve(sockets=[taken]))
    if not server.started:
        raise KgError("the server did not start; the lines above say why")
    note("stopped")


def _listening(host: str, port: int) -> socket.socket:
    """A socket at the address, taken before anything else is begun. KgError when that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends at once; otherwise each answer may wait 40 ms for an acknowledgement.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(2048)
    except OSError as error:
        taken.close()
        why = error.strerror or str(error)
        raise KgError(f"port {port} of {host} cannot be had: {why}; choose another with --port") from error
    return taken


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _token(file: Path) -> str:
    """The first line of the file. UsageError when others can read the file, or when there is no token in it."""
    try:
        if file.stat().st_mode & (stat.S_IRWXO | stat.S_IRWXG):
            raise UsageError(f"other people on this machine can read {file}, or write it; type: chmod 600 {file}")
        first = file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text; the token is its first line") from error
    if not first:
        raise UsageError(f"the first line of {file} is empty; it must be the token")
    return first
