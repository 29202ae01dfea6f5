"""Other people's scripts: set up by the lock, handed out unaltered or not at all, and missed in words."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from kg.web import assets

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def setting_up() -> ModuleType:
    spec = importlib.util.spec_from_file_location("setting_up", CHECKOUT / "tools" / "assets.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """What npm leaves behind, in small: the editor and one package that was bundled into it."""
    folder = tmp_path / "node_modules"
    for name, version, licence in (
        ("@zazuko/yasgui", "4.6.2", "MIT"),
        ("@zazuko/yasgui-utils", "4.6.2", "MIT"),
        ("@zazuko/yasqe", "4.6.2", "MIT"),
        ("lamp", "1.0.0", "MPL-2.0"),
    ):
        (folder / name).mkdir(parents=True)
        package = {"name": name, "version": version, "license": licence, "author": {"name": "Ada of Orlen"}}
        (folder / name / "package.json").write_text(json.dumps(package))
    (folder / "lamp" / "LICENSE").write_text("The lamp's own licence text.")
    build = folder / "@zazuko" / "yasqe" / "build"
    build.mkdir()
    (build / "yasqe.min.js").write_text("var Yasqe;\n//# sourceMappingURL=yasqe.min.js.map")
    (build / "yasqe.min.css").write_text(".yasqe{}")
    (build / "yasqe.min.js.map").write_text(json.dumps({"sources": ["../src/index.ts", "../node_modules/lamp/a.js"]}))
    packages = {"": {}, "node_modules/lamp": {"version": "1.0.0", "integrity": "sha512-one"}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))
    (folder / ".package-lock.json").write_text(json.dumps({"packages": packages}))
    return folder


def _set_up(setting_up: ModuleType, modules: Path) -> Path:
    vendor = modules.parent / "vendor"
    setting_up.copy_editor(modules, modules.parent / "package-lock.json", vendor)
    return vendor


def test_what_was_set_up_is_handed_out(setting_up: ModuleType, modules: Path) -> None:
    vendor = _set_up(setting_up, modules)
    script = assets.asset("yasqe.min.js", vendor)
    assert script is not None and script.body == b"var Yasqe;\n"  # without the address of a map that is not served
    assert assets.missing_editor(vendor) is None
    assert assets.editor_version(vendor) == "@zazuko/yasgui 4.6.2"
    licences = (vendor / assets.LICENCES).read_text()
    assert "The lamp's own licence text." in licences and "Copyright (c) Ada of Orlen" in licences


def test_an_altered_file_is_not_handed_out(setting_up: ModuleType, modules: Path) -> None:
    vendor = _set_up(setting_up, modules)
    (vendor / "yasqe.min.js").write_text("var Yasqe; steal()")
    assert assets.asset("yasqe.min.js", vendor) is None
    assert "yasqe.min.js is not as it was set up" in (assets.missing_editor(vendor) or "")


def test_what_is_missing_is_told_with_how_to_get_it(tmp_path: Path) -> None:
    told = assets.missing_editor(tmp_path) or ""
    assert "@zazuko/yasgui" in told and "Node.js" in told and "make demo" in told


def test_another_package_than_the_locked_one_is_refused(setting_up: ModuleType, modules: Path) -> None:
    there = {"packages": {"node_modules/lamp": {"version": "1.0.0", "integrity": "sha512-other"}}}
    (modules / ".package-lock.json").write_text(json.dumps(there))
    with pytest.raises(setting_up.AssetsError, match="lamp is not the package"):
        _set_up(setting_up, modules)


def test_a_package_without_its_licence_is_refused(setting_up: ModuleType, modules: Path) -> None:
    (modules / "lamp" / "LICENSE").unlink()
    with pytest.raises(setting_up.AssetsError, match="lamp comes without"):
        _set_up(setting_up, modules)


@pytest.mark.parametrize("name", ["../jobs.py", "vendor.json", "/etc/hostname", ""])
def test_no_other_file_is_handed_out(name: str) -> None:
    assert assets.asset(name) is None


def test_vis_network_comes_with_pyvis() -> None:
    for name in assets.VIS_NETWORK:
        assert assets.asset(name) is not None


def test_the_lock_has_versions_and_digests_and_no_addresses() -> None:
    text = (CHECKOUT / "package-lock.json").read_text(encoding="utf-8")
    packages = {path: package for path, package in json.loads(text)["packages"].items() if path}
    assert packages["node_modules/@zazuko/yasgui"]["version"] == "4.6.2"
    assert all(re.match(r"sha512-.{86}==$", package["integrity"]) for package in packages.values())
    assert "://" not in text
