"""The vendor's compiler in a process of its own, with limits, and what it made kept for the next time."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from drivers.child_processes import end_process
from drivers.contract import ConfigurationError, Problem, UploadError
from drivers.zurich import compile_worker

__all__ = ["CompileError", "CompileRequest", "Compiled", "SeqcCompiler"]

MEMORY_BYTES = 4 << 30
LIMIT_S = 60.0
EXIT_LIMIT_S = 2.0

KEPT_PROGRAMS = 256
KEPT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class CompileRequest:
    """One source for one sequencer."""

    source: str
    model: str
    options: str
    samplerate: float | None = None
    """HDAWG only."""
    sequencer: str | None = None
    """SHFQC only: sg or qa."""
    index: int = 0
    """HDAWG: which sequencer; it decides which oscillators are the program's own."""

    def key(self) -> str:
        """Hexadecimal digest (sha256) of everything the compiler gets."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the compiler made."""

    elf: bytes
    messages: str
    """Its warnings; empty when there are none."""


class CompileError(Exception):
    """The compiler refused a source."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    @property
    def line(self) -> int:
        """The line of the source it names, from 1; 0 where it names none."""
        match = re.search(r"line:?\s*(\d+)", self.text)
        return int(match[1]) if match else 0

    def problem(self, where: Callable[[int], str]) -> Problem:
        """What is wrong, at the place in the program that `where` tells for a line."""
        text = re.sub(r"Compilation failed:\s*|Compiler Error\s*\(line:?\s*\d+\):\s*", "", self.text)
        text = "; ".join(line.strip().rstrip(".") for line in text.splitlines() if line.strip())
        return Problem(f"the compiler refuses it: {text}", where(self.line))


class SeqcCompiler:
    """Compiles sources one after another; its process is started when it is first needed.

    A source that takes too long or too much memory costs the process, not the caller's: it is killed and started
    again for the next one.
    """

    def __init__(self, limit_s: float = LIMIT_S, memory_bytes: int = MEMORY_BYTES) -> None:
        """`limit_s` and `memory_bytes` bound one compilation."""
        self._limit_s = limit_s
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._kept: OrderedDict[str, Compiled] = OrderedDict()
        self._lock = threading.Lock()
        self.seconds = 0.0
        """Wall time spent in the compiler so far."""
        self.compiled = 0
        """How many sources went to the compiler; what was kept does not count."""

    def compile(self, request: CompileRequest) -> Compiled:
        """The program of a source.

        Raises:
            CompileError: The compiler refused it.
            UploadError: It took longer or more memory than it may, or its process died.
        """
        key = request.key()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            began = time.perf_counter()
            try:
                made = self._ask(request)
            finally:
                self.seconds += time.perf_counter() - began
                self.compiled += 1
            self._keep(key, made)
            return made

    def interrupt(self) -> None:
        """End a compilation from another thread; its caller gets an UploadError."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process; more than once is no error."""
        with self._lock:
            self._end()
            self._kept.clear()

    def _ask(self, request: CompileRequest) -> Compiled:
        process = self._running()
        timer = threading.Timer(self._limit_s, process.kill)
        timer.daemon = True
        timer.start()
        began = time.monotonic()
        try:
            answer = _exchange(process, {**asdict(request)})
        finally:
            timer.cancel()
            timer.join()
        if answer is None:
            self._end()
            raise _died(time.monotonic() - began >= self._limit_s, self._limit_s, process.returncode)
        header, elf = answer
        if "error" in header:
            raise self._refusal(str(header["error"]))
        return Compiled(elf, str(header["messages"]).strip())

    def _refusal(self, text: str) -> Exception:
        if "bad_alloc" in text or "MemoryError" in text:
            # What it could not get back it may still hold.
            self._end()
            return UploadError(
                "the compiler ran out of memory",
                got=" ".join(text.split()),
                allowed=f"{self._memory_bytes >> 20} MiB",
                fix="Shorten the program",
            )
        return CompileError(text)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if importlib.util.find_spec("zhinst") is None or importlib.util.find_spec("zhinst.seqc_compiler") is None:
            raise ConfigurationError(
                "the vendor's sequencer compiler is not installed", fix="Install the package zhinst-seqc-compiler"
            )
        # By its path and with -P: nothing that lies beside it, or where the user stands, is imported by accident.
        command = [sys.executable, "-P", str(Path(compile_worker.__file__))]
        self._process = subprocess.Popen(  # noqa: S603 - our own file in our own interpreter
            [*command, str(self._memory_bytes), str(self._limit_s + EXIT_LIMIT_S)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_process(process, EXIT_LIMIT_S)

    def _keep(self, key: str, made: Compiled) -> None:
        self._kept[key] = made
        size = sum(len(each.elf) for each in self._kept.values())
        while len(self._kept) > 1 and (len(self._kept) > KEPT_PROGRAMS or size > KEPT_BYTES):
            _, dropped = self._kept.popitem(last=False)
            size -= len(dropped.elf)


def _exchange(
    process: subprocess.Popen[bytes], header: dict[str, object]
) -> tuple[dict[str, object], bytes] | None:
    """The answer to a request; None when the process is no more."""
    if process.stdin is None or process.stdout is None:
        return None
    requests: BinaryIO = process.stdin  # type: ignore[assignment]  # IO[bytes] in the stubs, a BufferedWriter
    answers: BinaryIO = process.stdout  # type: ignore[assignment]  # as above
    try:
        compile_worker.write_message(requests, header)
        return compile_worker.read_message(answers)
    except (OSError, ValueError):
        return None


def _died(late: bool, limit_s: float, code: int | None) -> UploadError:
    if late:
        return UploadError(
            "the compiler did not end",
            got=f"nothing within {limit_s:g} s",
            fix="Shorten the program, or its longest repetition",
        )
    return UploadError(
        "the compiler's process died",
        got=f"exit code {code}",
        fix="Run it again; if it stays, shorten the program",
    )
