"""What commands read from files: never more of a page than a page may have, however much there is."""

import gzip
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from crawler.reading.parsing import LARGEST_PAGE
from nightdesk.files import bytes_of
from storage.errors import UsageError

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
MEMORY = 2**30  # bytes of address space: less than what would be read without a bound


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def extract(folder, *arguments, stdin=subprocess.DEVNULL):
    return subprocess.run(
        [NIGHTDESK, "extract", *arguments], cwd=folder, stdin=stdin, capture_output=True, text=True, timeout=60,
        preexec_fn=bounded,
    )  # fmt: skip


def test_a_file_is_read_whole_and_unpacked(tmp_path):
    (tmp_path / "a.html").write_bytes(b"<p>one")
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<p>one") + gzip.compress(b"<p>two"))
    assert bytes_of(str(tmp_path / "a.html")) == b"<p>one"
    assert bytes_of(str(tmp_path / "a.html.gz")) == b"<p>one<p>two"


@pytest.mark.parametrize("size", [LARGEST_PAGE, LARGEST_PAGE + 1, LARGEST_PAGE + 100_000])
def test_no_more_is_read_than_shows_that_a_page_is_too_large(tmp_path, size):
    packed, plain = tmp_path / "a.html.gz", tmp_path / "a.html"
    packed.write_bytes(gzip.compress(bytes(size), 1))
    plain.write_bytes(bytes(size))
    assert len(bytes_of(str(packed))) == len(bytes_of(str(plain))) == min(size, LARGEST_PAGE + 1)


def test_a_named_pipe_is_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"<p>one",))
    writer.start()
    assert bytes_of(str(pipe)) == b"<p>one"
    writer.join()


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_is_no_page(path):
    with pytest.raises(UsageError, match="a device"):
        bytes_of(path)


def test_a_few_packed_bytes_of_gigabytes_are_refused_in_little_memory(tmp_path):
    member = gzip.compress(bytes(2**24))
    (tmp_path / "bomb.html.gz").write_bytes(member * 100)
    done = extract(tmp_path, "bomb.html.gz")
    assert done.stderr.splitlines() == [f"nightdesk: the page has more than the {LARGEST_PAGE:,} bytes that are read"]
    assert done.returncode == 1


def test_an_endless_standard_input_is_refused_in_little_memory(tmp_path):
    with Path("/dev/zero").open("rb") as endless:
        done = extract(tmp_path, "-", stdin=endless)
    assert done.stderr.splitlines() == [f"nightdesk: the page has more than the {LARGEST_PAGE:,} bytes that are read"]
    assert done.returncode == 1
