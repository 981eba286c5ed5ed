"""Installing without a network, as docs/offline.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def offline_commands() -> tuple[str, str]:
    text = (ROOT / "docs" / "offline.md").read_text(encoding="utf-8")
    bundle, install = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    return bundle, install


def without_network() -> list[str]:
    """Returns a prefix that runs a command in a network of its own, if one can be made."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    tried = subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True)
    return [unshare, "-rn"] if tried.returncode == 0 else []


def test_the_page_gives_a_bundle_and_an_install() -> None:
    bundle, install = offline_commands()
    assert "pip wheel" in bundle
    assert "--no-index" in install


@pytest.mark.long
def test_linkassay_installs_and_runs_from_a_bundle_with_the_network_off(tmp_path: Path) -> None:
    bundle, install = offline_commands()
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".venv", ".git", "*_cache", "__pycache__", "linkassay-out")
    shutil.copytree(ROOT, source, ignore=ignored)
    subprocess.run(["bash", "-euc", bundle], check=True, cwd=source, capture_output=True)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(source / "wheels", other / "wheels")
    install = install.replace("run kent", "run kent --people 1000 --option 'as proposed' --quiet")
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        [*without_network(), "bash", "-euc", install],
        check=False,
        cwd=other,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert (other / "linkassay-out" / "kent" / "report.html").exists()
