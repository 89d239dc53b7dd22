"""A Postfix of our own: takes everything on a free port, throws it away, and logs to a file."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_MAIN = """\
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
maillog_file = {base}/mail.log
maillog_file_prefixes = /var, /tmp
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example.test
mydestination =
mynetworks = 127.0.0.0/8
default_transport = discard
smtpd_recipient_restrictions = {restrictions}permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
enable_long_queue_ids = {long_ids}
disable_dns_lookups = yes
smtpd_peername_lookup = no
local_recipient_maps =
alias_maps =
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - 60 smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running relay."""

    port: int
    log: Path


def installed() -> bool:
    """Whether there is one to run: Postfix needs root to start."""
    return shutil.which("postfix", path=_PATH) is not None and os.geteuid() == 0


@contextmanager
def running(*, restrictions: str = "", long_ids: bool = False) -> Iterator[Postfix]:
    """Start Postfix with queue, data and log in a folder of its own; stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="postfix-") as folder:
        base = Path(folder)
        port = _prepare(base, restrictions, long_ids)
        _postfix(base, "start")
        try:
            yield Postfix(port, base / "mail.log")
        finally:
            _postfix(base, "stop")


def _prepare(base: Path, restrictions: str, long_ids: bool) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    base.chmod(0o755)
    conf = base / "conf"
    for name in ("conf", "queue", "data"):
        (base / name).mkdir()
    os.chown(base / "data", pwd.getpwnam("postfix").pw_uid, -1)
    more = restrictions + ", " if restrictions else ""
    yes = "yes" if long_ids else "no"
    main = _MAIN.format(base=base, restrictions=more, long_ids=yes)
    (conf / "main.cf").write_text(main)
    (conf / "master.cf").write_text(_MASTER.format(port=port))
    return port


def _postfix(base: Path, what: str) -> None:
    command = ["postfix", "-c", str(base / "conf"), what]
    done = subprocess.run(
        command, env={**os.environ, "PATH": _PATH}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"postfix {what}: {done.stderr}{done.stdout}")
