"""The origin of a file of results: command, versions, date and machine."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: the console script that installing makes
SCRIPT = "exoval"


def command() -> str:
    """The command line of this process, without the folders of interpreter and console script."""
    words = sys.orig_argv[1:]
    if words and Path(words[0]).name == SCRIPT:
        return shlex.join([SCRIPT, *words[1:]])
    return shlex.join(["python", *words])


def today() -> str:
    """The date in UTC, as 2026-11-23."""
    return datetime.now(UTC).date().isoformat()


def versions(packages: Sequence[str]) -> dict[str, str]:
    """The versions of exoval (with the commit of a clone), of Python and of ``packages``."""
    found = {"exoval": exoval_version()}
    revision = commit()
    if revision:
        found["commit"] = revision
    found["python"] = platform.python_version()
    return found | {name: version_of(name) for name in packages}


def exoval_version() -> str:
    """The version of exoval, from pyproject.toml in a clone, else from the installation."""
    project = ROOT / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text())["project"]["version"])
    return version_of("exoval")


@cache
def code_version() -> str:
    """The version of exoval with eight digits of a digest of its code: ``0.1.0 (code 3f2a91c0)``.

    Two clones or installations with the same text say the same.
    """
    digest = hashlib.sha256()
    for package in ("exoval", "simulate", "train"):
        for path in sorted((ROOT / package).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return f"{exoval_version()} (code {digest.hexdigest()[:8]})"


def version_of(package: str) -> str:
    """The version of an installed package, or ``not installed``.

    >>> version_of("a package that does not exist")
    'not installed'
    """
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def commit() -> str | None:
    """The commit of the clone that runs, followed by ``+`` if files have changed since.

    None for an installation or without git.
    """
    if not (ROOT / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), "describe", "--always", "--exclude=*", "--dirty=+"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def machine() -> dict:
    """``processor``, usable ``cores`` and ``memory_gib`` of the machine; None if unknown."""
    return {"processor": processor(), "cores": cores(), "memory_gib": memory_gib()}


def processor() -> str | None:
    """The processor's name if the system gives it, else its architecture."""
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        for line in listed.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine() or None


def cores() -> int | None:
    """The number of cores that this process may use; None if unknown."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def memory_gib() -> int | None:
    """Memory of the machine in GiB, rounded."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, ValueError, OSError):
        return None
