"""The process that runs the vendor's compiler: `python compile_worker.py MEMORY_BYTES LIMIT_S`.

It imports the compiler and nothing else of the vendor's: next to zhinst.core in one process, every compile error
becomes "Caught an unknown exception!". It has a limit on its memory where the platform knows one, because the
compiler allocates whatever a program asks for, and one on its time, which also ends it when nobody else does.

A message on either pipe is two lengths (unsigned 32 bit, big-endian), a header in JSON, and bytes behind it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import struct
import sys
from typing import Any, BinaryIO

LENGTHS = struct.Struct(">II")


def read_message(stream: BinaryIO) -> tuple[dict[str, object], bytes] | None:
    """The next message: header and bytes; None when the stream has ended."""
    head = stream.read(LENGTHS.size)
    if len(head) < LENGTHS.size:
        return None
    header_size, payload_size = LENGTHS.unpack(head)
    header, payload = stream.read(header_size), stream.read(payload_size)
    if len(header) < header_size or len(payload) < payload_size:
        return None
    return json.loads(header), payload


def write_message(stream: BinaryIO, header: dict[str, object], payload: bytes = b"") -> None:
    """Send one message."""
    text = json.dumps(header).encode()
    stream.write(LENGTHS.pack(len(text), len(payload)) + text)
    stream.write(payload)
    stream.flush()


def limit_memory(size: int) -> None:
    """Let allocations beyond `size` bytes fail; a platform without such a limit goes without."""
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def compile_request(request: dict[str, object]) -> tuple[dict[str, object], bytes]:
    """The answer to one request: `{"elf": true, "messages": ...}` and the program, or `{"error": text}`."""
    from zhinst.seqc_compiler import compile_seqc

    # What came from a pipe has no types, and the compiler checks its arguments itself.
    keywords: dict[str, Any] = {k: request[k] for k in ("samplerate", "sequencer") if request.get(k) is not None}
    source, model, options = (str(request[key]) for key in ("source", "model", "options"))
    try:
        elf, extra = compile_seqc(source, model, options, int(str(request["index"])), **keywords)
    except (RuntimeError, ValueError, TypeError, MemoryError) as error:
        return {"error": str(error) or type(error).__name__}, b""
    return {"messages": str(extra.get("messages", "")), "largest": int(extra.get("maxelfsize", 0))}, elf


def serve(requests: BinaryIO, answers: BinaryIO, limit_s: float) -> None:
    """Answer requests until their stream ends."""
    while (message := read_message(requests)) is not None:
        if limit_s:
            faulthandler.dump_traceback_later(limit_s, exit=True)
        header, payload = compile_request(message[0])
        faulthandler.cancel_dump_traceback_later()
        write_message(answers, header, payload)


def main() -> None:
    """Run the process."""
    limit_memory(int(sys.argv[1]))
    # What the compiler might print must not land among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, answers, float(sys.argv[2]))


if __name__ == "__main__":
    main()
