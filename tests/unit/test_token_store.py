"""A token is kept whole, for its owner alone, and one at a time may replace it."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import threading
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pysnow.exceptions import InvalidUsage, PysnowException, TokenRefreshError
from pysnow.oauth.token_file import FileTokenStore
from pysnow.oauth.token_store import KeyringTokenStore, MemoryTokenStore, TokenStore

TOKEN = {"access_token": "canary-a", "refresh_token": "canary-r", "expires_at": 1.5, "scope": ["useraccount"]}
posix = pytest.mark.usefixtures("_posix")


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """The interface of the package of that name, on a dict."""
    entries: dict[tuple[str, str], str] = {}
    module = types.ModuleType("keyring")
    module.get_password = lambda service, name: entries.get((service, name))  # type: ignore[attr-defined]
    module.set_password = lambda service, name, text: entries.update({(service, name): text})  # type: ignore[attr-defined]
    module.delete_password = lambda service, name: entries.pop((service, name))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return entries


@pytest.fixture(params=["memory", "file", "keyring"])
def store(request: pytest.FixtureRequest, tmp_path: Path, keyring: dict[tuple[str, str], str]) -> TokenStore:
    made: dict[str, Callable[[], TokenStore]] = {
        "memory": MemoryTokenStore,
        "file": lambda: FileTokenStore(tmp_path / "token.json"),
        "keyring": lambda: KeyringTokenStore("pysnow", "dev1"),
    }
    return made[request.param]()


# -- all stores --------------------------------------------------------------------------------------------------------


def test_load__of_an_empty_store(store: TokenStore) -> None:
    assert store.load() is None


def test_save__and_load(store: TokenStore) -> None:
    store.save(TOKEN)
    assert store.load() == TOKEN


def test_save__replaces(store: TokenStore) -> None:
    store.save(TOKEN)
    store.save({"access_token": "b"})
    assert store.load() == {"access_token": "b"}


@pytest.mark.parametrize("times", [1, 2])
def test_save__none_forgets(store: TokenStore, times: int) -> None:
    store.save(TOKEN)
    for _ in range(times):
        store.save(None)
    assert store.load() is None


def test_load__gives_a_copy(store: TokenStore) -> None:
    store.save(TOKEN)
    loaded = store.load()
    assert loaded is not None
    loaded["access_token"] = "changed"
    assert store.load() == TOKEN


def test_lock__may_be_taken_again_by_who_holds_it(store: TokenStore) -> None:
    with store.lock(), store.lock():
        store.save(TOKEN)
    assert store.load() == TOKEN


def test_lock__holds_off_other_threads(store: TokenStore) -> None:
    """Each reads a number and writes the next one: without a lock, some would be lost."""
    store.save({"access_token": "0"})

    def count() -> None:
        for _ in range(10):
            with store.lock():
                token = store.load()
                assert token is not None
                store.save({"access_token": str(int(token["access_token"]) + 1)})

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.load() == {"access_token": "80"}


def test_repr__shows_no_token(store: TokenStore) -> None:
    store.save(TOKEN)
    assert "canary" not in repr(store) + str(vars(store))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_lock__held_by_a_thread_does_not_bind_a_forked_process(store: TokenStore) -> None:
    holds, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with store.lock():
            holds.set()
            may_go.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(10)
    child = os.fork()
    if child == 0:
        with store.lock():
            os._exit(7)
    may_go.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


# -- file --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token.json"


@pytest.fixture
def _posix() -> None:
    if sys.platform == "win32":
        pytest.skip("rights of this kind are those of POSIX")


@posix
@pytest.mark.parametrize("umask", [0, 0o022, 0o777], ids=oct)
def test_file__is_for_its_owner_alone(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        FileTokenStore(path).save(TOKEN)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_file__is_json(path: Path) -> None:
    FileTokenStore(path).save(TOKEN)
    assert json.loads(path.read_text()) == TOKEN


def test_file__leaves_nothing_beside_it_but_the_lock(path: Path) -> None:
    FileTokenStore(path).save(TOKEN)
    assert sorted(each.name for each in path.parent.iterdir()) == ["token.json", "token.json.lock"]
    assert path.with_name("token.json.lock").read_bytes() == b""


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o677], ids=oct)
def test_file__that_others_may_use_is_refused(path: Path, mode: int) -> None:
    FileTokenStore(path).save(TOKEN)
    path.chmod(mode)
    with pytest.raises(InvalidUsage, match="chmod 600") as caught:
        FileTokenStore(path).load()
    assert "canary" not in str(caught.value)


@posix
@pytest.mark.parametrize("call", [lambda store: store.load(), lambda store: store.save(TOKEN)], ids=["load", "save"])
def test_file__behind_a_symbolic_link_is_refused(path: Path, call: Callable[[FileTokenStore], object]) -> None:
    target = path.with_name("elsewhere.json")
    FileTokenStore(target).save(TOKEN)
    path.symlink_to(target)
    with pytest.raises(InvalidUsage, match="symbolic link"):
        call(FileTokenStore(path))


@posix
def test_file__temporary_one_planted_as_a_link_is_not_written_through(path: Path) -> None:
    target = path.with_name("victim")
    path.with_name(".token.json.new").symlink_to(target)
    FileTokenStore(path).save(TOKEN)
    assert not target.exists()


@posix
def test_file__lock_planted_as_a_link_is_refused(path: Path) -> None:
    path.with_name("token.json.lock").symlink_to(path.with_name("victim"))
    with pytest.raises(InvalidUsage, match="lock file"):
        FileTokenStore(path).save(TOKEN)


@posix
def test_file__pipe_in_its_place_is_refused(path: Path) -> None:
    os.mkfifo(path, 0o600)
    with pytest.raises(InvalidUsage, match="no regular file"):
        FileTokenStore(path).load()


def test_file__folder_in_its_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(InvalidUsage):
        FileTokenStore(path).load()


@pytest.mark.parametrize("text", ["not json", "[]", '{"token": 1}', '{"access_token": null}', "[" * 60_000])
def test_file__that_holds_something_else_is_refused_and_left_alone(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(InvalidUsage, match="holds no token"):
        FileTokenStore(path).load()
    assert path.read_text() == text


def test_file__that_is_empty_holds_no_token(path: Path) -> None:
    path.touch(0o600)
    assert FileTokenStore(path).load() is None


def test_file__in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match="lock file"):
        FileTokenStore(tmp_path / "nowhere" / "token.json").save(TOKEN)


def test_file__of_a_relative_path_stays_where_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    store = FileTokenStore("token.json")
    monkeypatch.chdir("/")
    store.save(TOKEN)
    assert path.exists()


@posix
def test_file__killed_in_mid_write_leaves_the_old_token(path: Path) -> None:
    """The process ends between the bytes and the step that puts them in their place."""
    FileTokenStore(path).save({"access_token": "old"})
    program = (
        "import os, signal, sys\n"
        "from pysnow.oauth.token_file import FileTokenStore\n"
        "os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)\n"
        "FileTokenStore(sys.argv[1]).save({'access_token': 'new'})\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(path)], timeout=60)
    assert ended.returncode == -signal.SIGKILL
    store = FileTokenStore(path)
    assert store.load() == {"access_token": "old"}
    store.save({"access_token": "newer"})  # what was left behind is not in the way
    assert store.load() == {"access_token": "newer"}
    assert len(list(path.parent.iterdir())) == 2


def test_file__lock_that_nobody_lets_go_of(path: Path) -> None:
    times = iter(range(100))
    waiting = FileTokenStore(path, lock_timeout=5, clock=lambda: next(times), sleep=lambda seconds: None)
    with FileTokenStore(path).lock(), pytest.raises(TokenRefreshError, match=r"token\.json\.lock"):
        waiting.save(TOKEN)


def test_file__error_shows_no_token(path: Path) -> None:
    path.mkdir()
    with pytest.raises(PysnowException) as caught:
        FileTokenStore(path).save(TOKEN)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    ours = shown.partition("test_file__error_shows_no_token")[2].partition("token_file.py")[2]
    assert "canary" not in ours


def _count(path: str, times: int) -> None:
    store = FileTokenStore(path)
    for _ in range(times):
        with store.lock():
            token: Any = store.load()
            store.save({"access_token": str(int(token["access_token"]) + 1)})


def test_file__lock_holds_off_other_processes(path: Path) -> None:
    FileTokenStore(path).save({"access_token": "0"})
    spawned = multiprocessing.get_context("spawn")
    processes = [spawned.Process(target=_count, args=(str(path), 20)) for _ in range(3)]
    for process in processes:
        process.start()
    _count(str(path), 20)
    for process in processes:
        process.join(60)
    assert FileTokenStore(path).load() == {"access_token": "80"}


# -- keyring -----------------------------------------------------------------------------------------------------------


def test_keyring__entry_of_a_service_and_a_name(keyring: dict[tuple[str, str], str]) -> None:
    KeyringTokenStore("pysnow", "dev1").save(TOKEN)
    assert list(keyring) == [("pysnow", "dev1")]


def test_keyring__that_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(InvalidUsage, match=r"pip install 'pysnow\[keyring\]'"):
        KeyringTokenStore("pysnow", "dev1")


@pytest.mark.parametrize("names", [("", "x"), ("x", ""), (None, "x")])
def test_keyring__wants_names(names: tuple[Any, Any], keyring: dict[tuple[str, str], str]) -> None:
    with pytest.raises(InvalidUsage, match="names|name"):
        KeyringTokenStore(*names)


def test_keyring__entry_of_another_kind_is_refused(keyring: dict[tuple[str, str], str]) -> None:
    keyring["pysnow", "dev1"] = "somebody's password"
    with pytest.raises(InvalidUsage, match="holds no token") as caught:
        KeyringTokenStore("pysnow", "dev1").load()
    assert "somebody" not in str(caught.value)


@pytest.mark.parametrize("call", [lambda store: store.load(), lambda store: store.save(TOKEN)], ids=["load", "save"])
def test_keyring__that_does_not_work(
    monkeypatch: pytest.MonkeyPatch,
    keyring: dict[tuple[str, str], str],
    call: Callable[[KeyringTokenStore], object],
) -> None:
    store = KeyringTokenStore("pysnow", "dev1")

    def fail(*arguments: str) -> None:
        raise RuntimeError(f"no backend for {arguments}")

    for name in ("get_password", "set_password"):
        monkeypatch.setattr(sys.modules["keyring"], name, fail)
    with pytest.raises(InvalidUsage, match="RuntimeError") as caught:
        call(store)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "canary" not in str(caught.value) + shown.partition("token_store.py")[2]
