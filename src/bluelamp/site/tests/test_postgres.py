"""The embedded server: shared, adopted, recovered, and stopped by the last to leave."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest

from bluelamp.site.postgres import EmbeddedPostgres, PostgresError, processes, temporary_postgres
from bluelamp.site.postgres.account import account_for
from bluelamp.site.postgres.embedded import reachable_folder
from bluelamp.site.postgres.layout import data_folder, embedded_url, keeper_lock, socket_folder
from bluelamp.site.postgres.locks import FileLock, is_held
from bluelamp.site.postgres.making import make_data
from bluelamp.site.postgres.settings import configuration
from bluelamp.site.tests.helpers import eventually, first_line, start_python

USER = """
import sys, time
from pathlib import Path
from bluelamp.site.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""

TEMPORARY_USER = """
import sys
from bluelamp.site.postgres import temporary_postgres
with temporary_postgres() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    """Data to copy, since making it takes longer than most tests.

    It is not flushed to disk: no test here cuts the power, and a commit is
    with the kernel before it is acknowledged all the same.
    """
    folder = reachable_folder("bluelamp-made-")
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    set_own(folder, "fsync = off\n")
    yield data_folder(folder)
    shutil.rmtree(folder)


@pytest.fixture
def empty_home() -> Iterator[Path]:
    folder = reachable_folder("bluelamp-home-")
    yield folder
    for keeper in keepers_of(folder):
        keeper.terminate()
    eventually(lambda: is_down(folder))
    shutil.rmtree(folder)


@pytest.fixture
def home(empty_home: Path, made_once: Path) -> Path:
    subprocess.run(["cp", "-a", made_once, data_folder(empty_home)], check=True)
    return empty_home


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    embedded = EmbeddedPostgres(home)
    embedded.start()
    yield embedded
    embedded.stop()


def set_own(home: Path, text: str) -> None:
    own = data_folder(home) / "local.conf"
    own.write_text(text)
    account_for(data_folder(home)).give(own)


def start_user(home: Path, program: str = USER) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input closes."""
    return start_python(program, str(home))


def end(process: subprocess.Popen[str], *, kill: bool = False) -> None:
    if kill:
        process.kill()
    process.communicate()


def has_ended(process: psutil.Process) -> bool:
    return not processes.is_alive(process)


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


def ask_patiently(url: str, query: str) -> object:
    """Ask a server that is just coming back."""
    answers: list[object] = []

    def answered() -> bool:
        try:
            answers.append(ask(url, query))
        except psycopg.OperationalError:
            return False
        return True

    eventually(answered)
    return answers[0]


def keepers_of(home: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "bluelamp.site.postgres.keeper" in (process.info["cmdline"] or [])
        and str(home) in process.info["cmdline"]
    ]


def keeper_of(home: Path) -> psutil.Process:
    [keeper] = keepers_of(home)
    return keeper


def postmaster_of(home: Path) -> psutil.Process:
    found = processes.postmaster(data_folder(home))
    assert found is not None
    return found


def is_down(home: Path) -> bool:
    return not is_held(keeper_lock(home)) and not processes.all_on(data_folder(home))


# What it is


def test_speaks_unicode_by_socket_only_and_is_no_superuser(server: EmbeddedPostgres) -> None:
    assert ask(server.url, "SHOW server_encoding") == "UTF8"
    assert ask(server.url, "SELECT lower('ÀÉ')") == "àé"
    assert ask(server.url, "SHOW listen_addresses") == ""
    assert ask(server.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(server.url, "SHOW synchronous_commit") == "on"


def test_nobody_else_can_reach_its_files_or_its_socket(
    server: EmbeddedPostgres, home: Path
) -> None:
    assert data_folder(home).stat().st_mode & 0o077 == 0
    assert socket_folder(data_folder(home)).stat().st_mode & 0o077 == 0


def test_log_holds_no_values(server: EmbeddedPostgres, home: Path) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (email text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('amina@example.test')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('amina@example.test')")
    eventually(lambda: "person_pkey" in log_of(home))
    assert "amina" not in log_of(home)


def log_of(home: Path) -> str:
    return "".join(file.read_text() for file in (data_folder(home) / "log").iterdir())


def test_operators_own_settings_are_read_last(home: Path) -> None:
    set_own(home, "work_mem = '33MB'\n")
    assert ask(EmbeddedPostgres(home).start(), "SHOW work_mem") == "33MB"


def test_what_survives_a_power_cut_is_given_up_for_temporary_servers_alone() -> None:
    assert "fsync" not in configuration(Path("/socket"), temporary=False)
    assert "fsync = off" in configuration(Path("/socket"), temporary=True)
    assert "synchronous_commit = on" in configuration(Path("/socket"), temporary=True)


def test_long_path_gets_a_short_socket(empty_home: Path) -> None:
    deep = empty_home / ("a-very-long-name-" * 6)
    deep.mkdir(mode=0o755)
    server = EmbeddedPostgres(deep)
    assert ask(server.start(), "SELECT 1") == 1
    outside = socket_folder(data_folder(deep))
    assert outside.parent == Path("/tmp")
    assert server.stop()
    assert not outside.exists()


# Sharing


def test_last_to_leave_stops_it(home: Path) -> None:
    first, second = EmbeddedPostgres(home), EmbeddedPostgres(home)
    assert first.start() == second.start()
    assert first.stop() is False
    assert ask(second.url, "SELECT 1") == 1
    assert second.stop() is True
    assert is_down(home)


def test_many_starters_at_once_get_one_server(home: Path) -> None:
    users = [start_user(home) for _ in range(5)]
    assert {first_line(user) for user in users} == {embedded_url(home)}
    keeper_of(home)
    for user in users:
        end(user)
    eventually(lambda: is_down(home))


def test_start_after_stop_keeps_the_data(home: Path) -> None:
    server = EmbeddedPostgres(home)
    with psycopg.connect(server.start()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    assert ask(server.start(), "SELECT n FROM kept") == 7


def test_forked_child_does_not_hold_its_parents_lock(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.exclusive()
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    try:
        lock.close()
        eventually(lambda: not is_held(tmp_path / "lock"), seconds=10)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


# Killing


def insert_until_cut_off(url: str, numbers: Iterator[int], seconds: float) -> int:
    """Commit one number after another; the last one acknowledged."""
    last = -1
    until = time.monotonic() + seconds
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            while time.monotonic() < until:
                number = next(numbers)
                connection.execute("INSERT INTO acknowledged VALUES (%s)", [number])
                last = number
    except psycopg.OperationalError:
        pass
    return last


def test_killed_server_comes_back_with_all_that_was_acknowledged(
    server: EmbeddedPostgres, home: Path
) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE acknowledged (n integer PRIMARY KEY)")
    numbers = iter(range(10**9))
    last = -1
    for round_ in range(12):
        victim = postmaster_of(home)
        killer = subprocess.Popen(["/bin/sh", "-c", f"sleep 0.{round_:02d}; kill -9 {victim.pid}"])
        last = max(last, insert_until_cut_off(server.url, numbers, seconds=10))
        killer.wait()
        stored = ask_patiently(server.url, f"SELECT count(*) FROM acknowledged WHERE n <= {last}")
        missing = ask_patiently(
            server.url,
            f"SELECT array_agg(n) FROM generate_series(0, {last}) AS n "
            "WHERE n NOT IN (SELECT n FROM acknowledged)",
        )
        # Only a number that was in flight at an earlier kill may be missing, one a round.
        assert isinstance(stored, int)
        assert stored >= last + 1 - (round_ + 1), missing
        assert postmaster_of(home).pid != victim.pid
    assert last > 12


def test_backend_in_a_long_query_does_not_hold_up_the_recovery(
    server: EmbeddedPostgres, home: Path
) -> None:
    long = "SELECT count(*) FROM generate_series(1, 100000000000) AS n WHERE n % 2 = 3"
    busy = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, psycopg; psycopg.connect(sys.argv[1]).execute(sys.argv[2])",
            server.url,
            long,
        ],
        stderr=subprocess.DEVNULL,
    )
    eventually(
        lambda: (
            ask(server.url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%% 3'") == 1
        )
    )
    postmaster_of(home).kill()
    assert ask_patiently(server.url, "SELECT 1") == 1
    busy.wait(30)


def test_killed_keeper_leaves_a_server_that_the_next_start_adopts(
    server: EmbeddedPostgres, home: Path
) -> None:
    before = postmaster_of(home).pid
    keeper_of(home).kill()
    eventually(lambda: not server.status().kept)
    assert ask(server.url, "SELECT 1") == 1
    server.start()
    assert postmaster_of(home).pid == before
    assert server.status().kept
    assert server.stop()
    assert is_down(home)


def test_killed_keeper_does_not_keep_the_server_from_stopping(
    server: EmbeddedPostgres, home: Path
) -> None:
    keeper_of(home).kill()
    assert server.stop()
    assert is_down(home)


def test_killed_user_takes_the_server_along(home: Path) -> None:
    user = start_user(home)
    first_line(user)
    end(user, kill=True)
    eventually(lambda: is_down(home))


def test_everything_killed_at_once_and_started_again(home: Path) -> None:
    for round_ in range(5):
        user = start_user(home)
        url = first_line(user)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS round (n integer)")
            connection.execute("INSERT INTO round VALUES (%s)", [round_])
        victims = [keeper_of(home), postmaster_of(home)]
        for victim in victims[:: 1 if round_ % 2 else -1]:
            victim.kill()
        for victim in victims:
            eventually(partial(has_ended, victim))
        end(user, kill=True)
    assert ask(EmbeddedPostgres(home).start(), "SELECT count(*) FROM round") == 5


def test_pid_file_that_names_a_strangers_process_is_ignored(home: Path) -> None:
    """PostgreSQL would believe a number that is alive under its own account."""
    account = account_for(data_folder(home))
    stranger = subprocess.Popen(["sleep", "600"], cwd="/", **account.options)
    stale = data_folder(home) / "postmaster.pid"
    stale.write_text(f"{stranger.pid}\n{data_folder(home)}\n1\n5432\n\n\n  1 2\nready\n")
    account.give(stale)
    server = EmbeddedPostgres(home)
    try:
        assert not server.status().running
        assert ask(server.start(), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        server.stop()
        stranger.kill()
        stranger.wait()


# Refusing


def test_other_major_version_is_refused_and_left_alone(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    (data_folder(home) / "PG_VERSION").write_text("17\n")
    with pytest.raises(PostgresError, match=r"written by PostgreSQL 17.*brings PostgreSQL 18"):
        server.start()
    assert is_down(home)


def test_folder_that_is_no_database_is_refused(empty_home: Path) -> None:
    data_folder(empty_home).mkdir(mode=0o700)
    account_for(empty_home / "nothing").give(data_folder(empty_home))
    (data_folder(empty_home) / "holiday.txt").write_text("mine")
    with pytest.raises(PostgresError, match="not a PostgreSQL data folder"):
        EmbeddedPostgres(empty_home).start()
    assert (data_folder(empty_home) / "holiday.txt").exists()


def test_start_killed_while_making_the_data_leaves_nothing_half_made(empty_home: Path) -> None:
    user = start_user(empty_home)
    eventually(lambda: any(empty_home.glob(".data-making-*")))
    keeper_of(empty_home).kill()
    end(user, kill=True)
    assert ask(EmbeddedPostgres(empty_home).start(), "SELECT 1") == 1
    assert not list(empty_home.glob(".data-making-*"))


def test_home_out_of_the_accounts_reach_gets_its_data_elsewhere(
    empty_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = empty_home / "shared"
    shared.mkdir(mode=0o755)
    checkout = empty_home / "checkout"
    checkout.mkdir()
    from bluelamp.site.postgres import account, binaries, making

    monkeypatch.setattr(account.Account, "can_reach", lambda self, path: path != checkout)
    monkeypatch.setattr(making, "shared_folder", lambda: shared)
    who = account_for(data_folder(checkout))
    make_data(checkout, who, binaries.binaries_for(who), temporary=True)
    assert data_folder(checkout).is_symlink()
    assert (data_folder(checkout) / "PG_VERSION").read_text().strip() == "18"
    data_folder(checkout).unlink()
    make_data(checkout, who, binaries.binaries_for(who), temporary=True)
    assert len([place for place in shared.iterdir() if (place / "PG_VERSION").exists()]) == 2, (
        "data was thrown away"
    )


# For tests


def test_temporary_server_is_gone_afterwards() -> None:
    with temporary_postgres() as url:
        home = home_of(url)
        assert ask(url, "SELECT 1") == 1
    assert not home.exists()


def test_temporary_server_goes_with_a_killed_process() -> None:
    user = start_user(Path("/unused"), TEMPORARY_USER)
    home = home_of(first_line(user))
    assert processes.all_on(data_folder(home))
    end(user, kill=True)
    eventually(lambda: not home.exists())
    assert not processes.all_on(data_folder(home))


def test_temporary_server_goes_even_when_its_keeper_is_killed_too() -> None:
    user = start_user(Path("/unused"), TEMPORARY_USER)
    home = home_of(first_line(user))
    keeper_of(home).kill()
    end(user, kill=True)
    eventually(lambda: not processes.all_on(data_folder(home)))
    shutil.rmtree(home)


def home_of(url: str) -> Path:
    return Path(str(psycopg.conninfo.conninfo_to_dict(url)["host"])).parent
