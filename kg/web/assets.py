"""Scripts of other people that the pages use: where they lie, that they are unaltered, and how to get them.

None of them is in the repository. vis-network comes with the installed pyvis. The editor is part of the npm package
@zazuko/yasgui, whose version and integrity `package-lock.json` holds; the set-up (`tools/assets.py`) fetches it and
copies what is served into `kg/web/vendor`, from where it is packed into the wheel. Without it the query page has a
plain editor.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

VENDOR = Path(__file__).parent / "vendor"
#: What the set-up writes beside the files it copied: their packages, versions and digests.
MANIFEST = "vendor.json"
#: The texts of the licences of everything that is part of the copied files.
LICENCES = "LICENCES.txt"

#: The files of the editor, under the names by which pages ask for them.
EDITOR = ("yasqe.min.js", "yasqe.min.css")
#: The files of vis-network, likewise.
VIS_NETWORK = ("vis-network.min.js", "vis-network.css")

_MEDIA_TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the server may hand out: its bytes as they were when it was set up."""

    name: str
    media_type: str
    body: bytes

    @property
    def tag(self) -> str:
        """A short digest of the content, for ETag and for the address of a file that may be kept for long."""
        return hashlib.sha256(self.body).hexdigest()[:16]


def asset(name: str, vendor: Path | None = None) -> Asset | None:
    """The file of that name, one of EDITOR, VIS_NETWORK or LICENCES; None where it is absent or was altered.

    Nothing but these names is ever looked up, so that no path leads out of the folder, which is VENDOR unless given.
    """
    vendor = vendor or VENDOR
    if name in VIS_NETWORK:
        found = _vis_network(name)
        return _read(name, found) if found else None
    if name not in (*EDITOR, LICENCES):
        return None
    read = _read(name, vendor / name)
    return read if read and _digests(vendor).get(name) == hashlib.sha256(read.body).hexdigest() else None


def has_editor(vendor: Path | None = None) -> bool:
    """Whether every file of the editor is here as it was set up."""
    return all(asset(name, vendor) for name in EDITOR)


def missing_editor(vendor: Path | None = None) -> str | None:
    """Why the editor is not here and how to get it, as sentences; None where it is."""
    if has_editor(vendor):
        return None
    how = (
        "in a checkout, install Node.js with npm and run 'make demo' or 'python tools/assets.py'; "
        "an installed package needs a wheel that was built after that"
    )
    vendor = vendor or VENDOR
    if not (vendor / MANIFEST).is_file():
        return f"The editor with colours and tips (@zazuko/yasgui) is not installed. To get it: {how}."
    damaged = [name for name in EDITOR if asset(name, vendor) is None]
    return f"The editor's {' and '.join(damaged)} is not as it was set up, so it is not used. To get it anew: {how}."


def editor_version(vendor: Path | None = None) -> str | None:
    """Package and version of the editor, such as "@zazuko/yasgui 4.6.2"; None where it is not set up."""
    package = _manifest(vendor or VENDOR).get("package")
    return str(package) if package else None


def _read(name: str, path: Path) -> Asset | None:
    try:
        return Asset(name, _MEDIA_TYPES[path.suffix], path.read_bytes())
    except OSError:
        return None


def _manifest(vendor: Path) -> Mapping[str, object]:
    try:
        read = json.loads((vendor / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _digests(vendor: Path) -> Mapping[str, str]:
    digests = _manifest(vendor).get("sha256")
    return digests if isinstance(digests, dict) else {}


def _vis_network(name: str) -> Path | None:
    """The file in pyvis, checked against the digest that pip recorded when it installed it."""
    spec = util.find_spec("pyvis")  # found, not imported: pyvis is slow to import
    folders = spec.submodule_search_locations if spec else None
    found = next((path for folder in folders or () for path in sorted(Path(folder, "lib").glob(f"vis-*/{name}"))), None)
    if found is None:
        return None
    for file in metadata.files("pyvis") or ():
        if file.name == name and Path(str(file.locate())) == found and file.hash is not None:
            digest = urlsafe_b64encode(hashlib.new(file.hash.mode, found.read_bytes()).digest()).decode().rstrip("=")
            return found if digest == file.hash.value else None
    return found
