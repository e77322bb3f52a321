"""The vendor's compiler in a process of its own: JSON lines in, JSON lines out.

It imports the compiler alone: together with the vendor's client in one process, the compiler loses its messages.
"""

from __future__ import annotations

import base64
import json
import sys

from zhinst.seqc_compiler import compile_seqc


def _compile(request: dict[str, str]) -> dict[str, str]:
    model = request["model"]
    extra: dict[str, object] = {"samplerate": 2.4e9} if model.startswith("HDAWG") else {}
    if request["sequencer"]:
        extra["sequencer"] = request["sequencer"]
    options = {"HDAWG8": "MF\nME", "HDAWG4": "MF\nME", "UHFQA": "AWG"}.get(model, "")
    try:
        elf, _ = compile_seqc(request["code"], model, options, int(request["index"]), **extra)
    except RuntimeError as error:
        return {"error": str(error)}
    return {"elf": base64.b64encode(elf).decode()}


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_compile(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
