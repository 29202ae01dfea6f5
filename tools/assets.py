"""Fetches the scripts of other people that the pages use, by `package-lock.json`, and copies what is served.

python tools/assets.py         run npm ci, then copy into kg/web/vendor what is served, with the licences
python tools/assets.py --lock  resolve package-lock.json anew from package.json: versions and digests, no addresses

Where Node.js or the packages cannot be had it says so in one line and goes on: the query page then has a plain editor.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kg.web.assets import EDITOR, LICENCES, MANIFEST, VENDOR

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"

#: What is named and locked, and the part of it that is served: the editor without the result views and their libraries.
PACKAGE = "@zazuko/yasgui"
SERVED = "@zazuko/yasqe"

_MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


class AssetsError(Exception):
    """Why the scripts are not here, in one line."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lock", action="store_true", help="resolve package-lock.json anew")
    asked = parser.parse_args()
    try:
        if asked.lock:
            _npm("install", "--package-lock-only")
            LOCK.write_text(without_addresses(LOCK.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            _npm("ci")
            copy_editor(MODULES, LOCK, VENDOR)
    except AssetsError as error:
        print(f"assets: {error}; the query page will have a plain editor", file=sys.stderr)
        return 1 if asked.lock else 0
    return 0


def without_addresses(lock: str) -> str:
    """The lock without where packages are fetched from or paid for: versions and digests are what it is for."""
    read = json.loads(lock)
    for package in read["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    return json.dumps(read, indent=2, ensure_ascii=False) + "\n"


def copy_editor(modules: Path, lock: Path, vendor: Path) -> None:
    """Copies the editor's files and the licences of all that was bundled into them, and writes down their digests.

    AssetsError where what is installed is not what the lock names. npm has compared the packages with their digests.
    """
    _installed_as_locked(modules, lock)
    build = modules / SERVED / "build"
    files = {name: (build / name).read_bytes() for name in EDITOR}
    files = {name: _without_map(body) for name, body in files.items()}
    bundled = _bundled(build / f"{EDITOR[0]}.map")
    files[LICENCES] = _licences(modules, bundled).encode()
    if vendor.exists():
        shutil.rmtree(vendor)
    vendor.mkdir(parents=True)
    for name, body in files.items():
        (vendor / name).write_bytes(body)
    manifest = {
        "package": f"{PACKAGE} {_package(modules, PACKAGE)['version']}",
        "bundled": bundled,
        "sha256": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
    }
    (vendor / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _npm(*arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise AssetsError("Node.js with npm is not here, so @zazuko/yasgui was not fetched")
    ran = subprocess.run([npm, *arguments, "--ignore-scripts"], cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        why = next((line for line in ran.stderr.splitlines() if "npm error" in line), f"exit status {ran.returncode}")
        raise AssetsError(f"npm {arguments[0]} failed: {why}")


def _installed_as_locked(modules: Path, lock: Path) -> None:
    locked = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    try:
        installed = json.loads((modules / ".package-lock.json").read_text(encoding="utf-8"))["packages"]
    except (OSError, ValueError, KeyError) as error:
        raise AssetsError("npm left no record of what it installed") from error
    for path, package in locked.items():
        there = installed.get(path, {})
        if path and not package.get("optional") and there.get("integrity") != package["integrity"]:
            raise AssetsError(f"{path} is not the package that package-lock.json names")


def _without_map(body: bytes) -> bytes:
    """The file without the address of its source map, which is not served: developer tools would ask for it."""
    return re.sub(rb"\n//# sourceMappingURL=\S*\s*$", b"\n", body)


def _bundled(source_map: Path) -> list[str]:
    """The packages whose sources the bundle was made of, as its source map lists them."""
    sources = json.loads(source_map.read_text(encoding="utf-8"))["sources"]
    named = (re.findall(r"node_modules/((?:@[^/]+/)?[^/]+)/", source) for source in sources)
    return sorted({names[-1] for names in named if names} | {PACKAGE, SERVED, "@zazuko/yasgui-utils"})


def _licences(modules: Path, packages: Iterable[str]) -> str:
    return "\n\n".join(_licence(modules, name) for name in packages)


def _licence(modules: Path, name: str) -> str:
    package = _package(modules, name)
    title = f"{name} {package['version']}, licence {package['license']}"
    head = f"{title}\n{'=' * len(title)}\n\n"
    texts = sorted(path for path in (modules / name).iterdir() if re.match(r"licen[cs]e", path.name, re.IGNORECASE))
    if texts:
        return head + "\n\n".join(path.read_text(encoding="utf-8").strip() for path in texts) + "\n"
    if package["license"] != "MIT":
        raise AssetsError(f"{name} comes without the text of its licence")
    people = [package.get("author"), *package.get("contributors", [])]
    names = ", ".join(one["name"] if isinstance(one, dict) else one for one in people if one)
    return f"{head}Copyright (c) {names}\n\n{_MIT}"


def _package(modules: Path, name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
    return read


if __name__ == "__main__":
    sys.exit(main())
