"""What the embedded server is told: postgresql.conf, written before each start."""

from __future__ import annotations

import os
from pathlib import Path

OWN_SETTINGS = "local.conf"
"""A file in the data folder that is read last: the operator's own settings."""

_COMMON = {
    "listen_addresses": "''",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "datestyle": "'iso, dmy'",
    "default_text_search_config": "'pg_catalog.english'",
    "random_page_cost": "1.1",
    "work_mem": "16MB",
    "synchronous_commit": "on",
    # The log must not hold personal data: no statements, no row values.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_lock_waits": "on",
}

_KEPT = {
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "wal_buffers": "16MB",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # A week of log files, each written over when its day comes again.
    "logging_collector": "on",
    "log_directory": "'log'",
    "log_filename": "'postgresql-%a.log'",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}

# Commits still reach the kernel before they are acknowledged, so a killed
# server loses nothing; only a killed machine would.
_THROWN_AWAY = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}

_ENOUGH_SHARED_MEMORY = 256 * 1024 * 1024


def configuration(socket_folder: Path, *, temporary: bool) -> str:
    """Write the text of postgresql.conf; ``temporary`` gives up what only a power cut needs."""
    chosen = {
        **_COMMON,
        **(_THROWN_AWAY if temporary else _KEPT),
        "unix_socket_directories": _quoted(str(socket_folder)),
        "effective_cache_size": f"{_cache_megabytes()}MB",
        "dynamic_shared_memory_type": _shared_memory(),
    }
    lines = [f"{name} = {value}" for name, value in chosen.items()]
    head = f"# Written by Bluelamp before each start. Put your own settings in {OWN_SETTINGS}."
    return "\n".join([head, *lines, f"include_if_exists = '{OWN_SETTINGS}'", ""])


def _quoted(text: str) -> str:
    # A comma would start a second folder, so the name is quoted twice over.
    inner = '"' + text.replace('"', '""') + '"'
    return "'" + inner.replace("'", "''") + "'"


def _cache_megabytes() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(max(512, memory // 2 // 1024**2))


def _shared_memory() -> str:
    # A container's /dev/shm is often 64 MB, and a parallel query that finds it full fails.
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108 - only measured
    except OSError:
        return "mmap"
    return "posix" if found.f_bavail * found.f_frsize >= _ENOUGH_SHARED_MEMORY else "mmap"
