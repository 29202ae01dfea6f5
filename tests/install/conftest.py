"""The wheel, and an environment that holds it, the locked run-time dependencies and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

#: What would lead back into the checkout, or into the environment of these tests.
_LEADS_BACK = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "KG_WORKSPACE", "COVERAGE_PROCESS_START"}


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `folder`."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def run(self, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Runs one of the environment's programs in `cwd`. Its first word is looked for in the environment alone."""
        program, *arguments = command
        clean = {name: value for name, value in os.environ.items() if name not in _LEADS_BACK}
        return subprocess.run(
            [self.folder / "bin" / program, *arguments],
            cwd=cwd,
            env=clean,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )


def _succeed(process: subprocess.CompletedProcess[str]) -> None:
    if process.returncode != 0:
        pytest.fail(f"{process.args} exited {process.returncode}:\n{process.stdout}\n{process.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built with the build tools of this environment."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(CHECKOUT)]
    _succeed(subprocess.run(build, capture_output=True, text=True, encoding="utf-8", check=False))
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel as a user without any extra has it."""
    environment = Environment(tmp_path_factory.mktemp("installed") / "venv")
    venv.create(environment.folder, with_pip=False)
    # The pip of these tests installs into the other environment: giving that one its own would take longer.
    pip = [sys.executable, "-m", "pip", "--python", str(environment.python), "--disable-pip-version-check", "install"]
    locked = [*pip, "--quiet", "--no-compile", "--require-hashes", "-r", str(CHECKOUT / "requirements" / "run.txt")]
    _succeed(subprocess.run(locked, capture_output=True, text=True, encoding="utf-8", check=False))
    project = [*pip, "--quiet", "--no-deps", str(wheel)]
    _succeed(subprocess.run(project, capture_output=True, text=True, encoding="utf-8", check=False))
    return environment
