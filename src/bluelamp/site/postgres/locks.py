"""Advisory file locks that the kernel drops when their holder dies (flock)."""

from __future__ import annotations

import fcntl
import os
import weakref
from pathlib import Path

_open: weakref.WeakSet[FileLock] = weakref.WeakSet()


class FileLock:
    """One open handle on a lock file; nothing is locked until asked for.

    Two handles exclude each other even inside one process.  A forked child
    lets go of its copy, or it would keep its parent's lock alive.
    """

    def __init__(self, path: Path) -> None:
        """Open ``path``, made when missing; OSError when that is not allowed."""
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _open.add(self)

    def shared(self) -> bool:
        """Try for a shared lock, at once."""
        return self._try(fcntl.LOCK_SH)

    def exclusive(self) -> bool:
        """Try for the exclusive lock, at once."""
        return self._try(fcntl.LOCK_EX)

    def wait_exclusive(self) -> None:
        """Wait for the exclusive lock, however long it takes."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def release(self) -> None:
        """Unlock, and stay open."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Unlock and close; a second call does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @property
    def _handle(self) -> int:
        if self._file is None:
            raise ValueError("this lock is closed")
        return self._file

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_held(path: Path) -> bool:
    """Whether some process holds ``path`` exclusively right now."""
    if not path.exists():
        return False
    probe = FileLock(path)
    try:
        return not probe.shared()
    finally:
        probe.close()


def _forget_in_child() -> None:
    for lock in list(_open):
        lock.close()


os.register_at_fork(after_in_child=_forget_in_child)
