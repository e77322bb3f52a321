"""Write the catalogue of node trees from the source distribution of zhinst-toolkit.

    pip download --no-deps --no-binary :all: zhinst-toolkit==1.4.0
    python -m simulators.labone.catalogue zhinst_toolkit-1.4.0.tar.gz

The distribution carries, for its own tests, what data servers told of real instruments' nodes. The trees of the
simulated instruments are taken from there, without the serials, as one compressed file; the distribution's licence
goes beside it.
"""

from __future__ import annotations

import argparse
import json
import lzma
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from simulators.labone.catalogue.read import CATALOGUE, Entry

__all__ = ["main"]

TREES: Mapping[str, str] = {
    "hdawg": "nodedoc_dev1234_hdawg.json",
    "shfqa": "nodedoc_dev1234_shfqa.json",
    "shfqc": "nodedoc_dev1234_shfqc.json",
    "shfsg": "nodedoc_dev1234_shfsg.json",
    "uhfqa": "nodedoc_dev1234_uhfqa.json",
    "zi": "nodedoc_zi.json",
}
"""Our name of a tree, and the file of the distribution that holds it."""
LICENCE = "LICENSE-zhinst-toolkit.txt"
EPILOG = "The files are written into the package, or into the folder that --to names."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m simulators.labone.catalogue", description=__doc__, epilog=EPILOG
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("sdist", type=Path, help="zhinst_toolkit-1.4.0.tar.gz")
    parser.add_argument("--to", type=Path, default=CATALOGUE.parent, help="where the files are written")
    options = parser.parse_args(arguments)
    members = _read(options.sdist)
    catalogue = {name: _entries(json.loads(members[f"tests/data/{file}"])) for name, file in TREES.items()}
    (options.to / CATALOGUE.name).write_bytes(pack(catalogue))
    (options.to / LICENCE).write_bytes(members["LICENSE"])
    return 0


def pack(catalogue: Mapping[str, Sequence[Entry]]) -> bytes:
    """The catalogue as it is shipped: JSON, compressed, the same bytes for the same nodes."""
    text = json.dumps(catalogue, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


def _read(sdist: Path) -> dict[str, bytes]:
    """The files that are needed, by their path inside the distribution."""
    wanted = {"LICENSE", *(f"tests/data/{file}" for file in TREES.values())}
    found = {}
    with tarfile.open(sdist) as archive:
        for member in archive:
            path = PurePosixPath(*PurePosixPath(member.name).parts[1:]).as_posix()
            if path in wanted and (stream := archive.extractfile(member)) is not None:
                found[path] = stream.read()
    if missing := sorted(wanted - found.keys()):
        raise SystemExit(
            f"{sdist} lacks {', '.join(missing)}: is it the source distribution of zhinst-toolkit 1.4.0?"
        )
    return found


def _entries(document: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    """Every node of a tree: path without the serial, type, properties, unit, description, options."""
    return [
        (
            path.lower().split("/", 2)[2],
            node["Type"],
            node["Properties"],
            node["Unit"],
            node["Description"],
            node.get("Options", {}),
        )
        for path, node in sorted(document.items())
    ]
