"""Starts `nightdesk` many times: each run is a process of its own, forked from one that has loaded the program already.

Loading takes most of the time of a short command, and the suite runs thousands. What is run is what the installed script runs, with
the same arguments, environment, folder and streams; only the loading is shared. `NIGHTDESK_TESTS_START=afresh` starts the
script itself each time, and so does whatever the launcher cannot do: other streams than files, another locale.

The server is this file as a script: `python launcher.py SOCKET`. Each connection asks for one start: a line of JSON (arguments,
folder, environment) with the three streams beside it. Its answers are lines: the process id, and in the end the exit code.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
_OURS = "NIGHTDESK_"  # what these variables say is read when a command runs, not when it is loaded
_REQUEST = 1 << 20  # bytes of a request


# --- the tests' side


class Launched:
    """A running command, with the part of `subprocess.Popen` that the tests use."""

    def __init__(self, connection, args):
        self._answers = connection.makefile("r", encoding="ascii")
        self._connection = connection
        self.args = args
        self.pid = int(self._answers.readline())
        self.returncode = None
        self.stdin = self.stdout = self.stderr = None

    def poll(self):
        """The exit code, negative after a signal; None while it runs."""
        return self._ended(0.0)

    def wait(self, timeout=None):
        """Wait for the end; raises subprocess.TimeoutExpired."""
        if self._ended(timeout) is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def _ended(self, timeout):
        if self.returncode is None:
            self._connection.settimeout(timeout or (None if timeout is None else 0.0005))
            try:
                peeked = self._connection.recv(1, socket.MSG_PEEK)
            except (TimeoutError, BlockingIOError):
                return None
            self._connection.settimeout(None)
            assert peeked, "the launcher died"
            self.returncode = int(self._answers.readline())
            self._answers.close()
            self._connection.close()
        return self.returncode

    def send_signal(self, number):
        """Nothing where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class _Launcher:
    """The server that this process starts when it first needs it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._server = None
        self._folder = None

    def connect(self):
        with self._lock:
            if self._server is None:
                self._begin()
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self._address())
        return connection

    def _address(self):
        return str(Path(self._folder.name) / "socket")

    def _begin(self):
        self._folder = tempfile.TemporaryDirectory(prefix="nightdesk-launcher-")
        self._server = subprocess.Popen(
            [sys.executable, __file__, self._address()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/"
        )
        assert self._server.stdout.readline() == b"ready\n", "the launcher did not start"
        atexit.register(self._end)

    def _end(self):
        self._server.stdin.close()  # it ends with it, as it does when this process dies
        self._server.wait(10)
        self._server.stdout.close()
        self._folder.cleanup()


_launcher = _Launcher()


def start(arguments, *, cwd, env, stdin=None, stdout=None, stderr=None, **streams):
    """`nightdesk` with these arguments, as subprocess.Popen would start it."""
    given = [subprocess.DEVNULL if each is None else each for each in (stdin, stdout, stderr)]
    if not _can_fork(env) or subprocess.PIPE in given:
        return subprocess.Popen([NIGHTDESK, *arguments], cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr, **streams)
    with Path(os.devnull).open("r+b") as nothing:
        files = [_descriptor(each, nothing) for each in given]
        if stderr == subprocess.STDOUT:
            files[2] = files[1]
        connection = _launcher.connect()
        request = json.dumps({"arguments": [str(each) for each in arguments], "cwd": str(cwd), "env": dict(env)}).encode()
        assert len(request) < _REQUEST
        socket.send_fds(connection, [len(request).to_bytes(4, "big")], files)
        connection.sendall(request)
        return Launched(connection, [str(NIGHTDESK), *map(str, arguments)])


def run(arguments, *, cwd, env, timeout, given=""):
    """As subprocess.run does, with what it wrote as text."""
    if not _can_fork(env):
        return subprocess.run(
            [NIGHTDESK, *arguments], cwd=cwd, env=env, input=given, text=True, capture_output=True, timeout=timeout
        )
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        source.write(given.encode())
        source.seek(0)
        process = start(arguments, cwd=cwd, env=env, stdin=source, stdout=out, stderr=errors)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        return subprocess.CompletedProcess(process.args, code, _read(out), _read(errors))


def _read(file):
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


def _descriptor(stream, nothing):
    if stream in (subprocess.DEVNULL, subprocess.STDOUT):
        return nothing.fileno()
    return stream if isinstance(stream, int) else stream.fileno()


def _can_fork(env):
    """Whether the environment is ours, but for what a command reads when it runs."""
    afresh = os.environ.get("NIGHTDESK_TESTS_START") == "afresh"
    return not afresh and _others(env) == _others(os.environ)


def _others(env):
    return {name: value for name, value in env.items() if not name.startswith(_OURS) and not name.startswith("PYTEST_")}


# --- the server's side


def _serve(address):
    """Answer connections; returns, with what is wanted and its streams, only in a process that is to become a command."""
    _load()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(64)
    os.write(1, b"ready\n")
    while True:
        ready, _, _ = select.select([listening, 0], [], [])
        if 0 in ready:
            sys.exit()  # the tests have ended
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            return _begin(connection)
        connection.close()
        _reap()


def _load():
    """Everything that commands load, so that they find it there."""
    from nightdesk.cli import _COMMANDS

    for home in {home for home, _ in _COMMANDS.values()}:
        importlib.import_module(f"nightdesk.commands.{home}")
    for name in ("alerts.deliver", "crawler.run", "nightdesk.daemon", "sqlite_utils"):
        importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "a reactor cannot be shared by processes"
    assert threading.active_count() == 1, "a thread does not live on in a forked process"
    gc.collect()
    gc.freeze()  # what is loaded is not written to, and stays shared


def _reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _begin(connection):
    """Fork once more, so that there is somebody who waits for the command."""
    head, files, _, _ = socket.recv_fds(connection, 4, 3)
    wanted = json.loads(_exactly(connection, int.from_bytes(head, "big")))
    pid = os.fork()
    if pid == 0:
        connection.close()
        return wanted, files
    for each in files:
        os.close(each)
    connection.sendall(f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    try:
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    finally:
        os._exit(0)


def _exactly(connection, size):
    parts = bytearray()
    while len(parts) < size:
        parts += connection.recv(size - len(parts))
    return parts


def _become(wanted, files):
    """Be what Python would have made of this start."""
    for number, each in enumerate(files):
        os.dup2(each, number)
    for each in files:
        os.close(each)
    sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8")
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    os.environ.clear()
    os.environ.update(wanted["env"])
    os.chdir(wanted["cwd"])
    sys.argv = [str(NIGHTDESK), *wanted["arguments"]]
    sys.path[0] = str(NIGHTDESK.parent)


if __name__ == "__main__":
    _become(*_serve(sys.argv[1]))
    runpy.run_path(str(NIGHTDESK), run_name="__main__")
