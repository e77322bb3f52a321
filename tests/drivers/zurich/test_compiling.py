"""The compiler's process: limits, restarts, what is kept, and that nothing stays behind."""

from __future__ import annotations

import sys
import threading
import time

import psutil
import pytest

from drivers.contract import UploadError
from drivers.zurich.compiling import CompileError, CompileRequest, SeqcCompiler

QUICK = CompileRequest("playZero(32);\n", "SHFSG8", "")
GREEDY = CompileRequest("wave w = gauss(1e9, 1.0, 5e8, 1e8);\nplayWave(w);\n", "SHFSG8", "")
SLOW = "".join(f"wave w{n} = placeholder(32);\nplayWave(w{n});\n" for n in range(6000))
ENDLESS = CompileRequest(SLOW, "HDAWG8", "", samplerate=2.4e9)
"""Takes the compiler ten seconds: its time grows faster than the number of waves."""


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def test_a_source_compiles_once() -> None:
    """The same source again comes from what was kept; another model is another program."""
    before = _children()
    compiler = SeqcCompiler()
    try:
        first = compiler.compile(QUICK)
        assert first.elf[:4] == b"\x7fELF"
        assert compiler.compile(QUICK) is first
        assert compiler.compiled == 1
        assert compiler.compile(CompileRequest(QUICK.source, "HDAWG8", "", samplerate=2.4e9)).elf != first.elf
        assert len(_children() - before) == 1
    finally:
        compiler.close()
    assert _children() == before
    compiler.close()


def test_errors_are_the_compilers_own() -> None:
    """Its process knows no other part of the vendor's software, so messages come through."""
    import zhinst.core  # noqa: F401 - its presence in this process must not matter

    compiler = SeqcCompiler()
    try:
        with pytest.raises(CompileError) as caught:
            compiler.compile(CompileRequest("playZero(32);\nplayWave(w);\n", "SHFSG8", ""))
        assert caught.value.line == 2
        assert "unknown variable 'w'" in caught.value.text
        with pytest.raises(CompileError, match="Unsupported device"):
            compiler.compile(CompileRequest("playZero(32);\n", "GHFSG8", ""))
        assert compiler.compile(QUICK).elf
    finally:
        compiler.close()


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the platform has no limit on a process's memory")
def test_memory_has_a_limit() -> None:
    """A source that asks for gigabytes is refused, and the next one compiles."""
    compiler = SeqcCompiler(memory_bytes=1 << 30)
    try:
        with pytest.raises(UploadError, match="out of memory"):
            compiler.compile(GREEDY)
        assert compiler.compile(QUICK).elf
    finally:
        compiler.close()


def test_time_has_a_limit() -> None:
    """A source that takes for ever costs the process, not the caller; the next one compiles."""
    compiler = SeqcCompiler(limit_s=1.0)
    try:
        began = time.monotonic()
        with pytest.raises(UploadError, match="did not end"):
            compiler.compile(ENDLESS)
        assert 0.9 < time.monotonic() - began < 5.0
        assert compiler.compile(QUICK).elf
    finally:
        compiler.close()


def test_a_compilation_can_be_interrupted() -> None:
    """From another thread, at once."""
    before = _children()
    compiler = SeqcCompiler()
    compiler.compile(QUICK)
    timer = threading.Timer(0.3, compiler.interrupt)
    timer.start()
    try:
        began = time.monotonic()
        with pytest.raises(UploadError, match="process died"):
            compiler.compile(ENDLESS)
        assert time.monotonic() - began < 5.0
        assert compiler.compile(CompileRequest("playZero(64);\n", "SHFSG8", "")).elf
    finally:
        timer.join()
        compiler.close()
    assert _children() == before
