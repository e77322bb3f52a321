"""Draw the pictures of the documents: `python docs/make_pictures.py [FOLDER]`.

Runs the plain Python blocks of each document in order. Wherever the text shows an image, the variable `picture` is
what the last block drew. So a picture cannot differ from the code above it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

DOCUMENTS = Path(__file__).parent
PIXELS_AN_INCH = 75
"""Small files; still more than a page shows."""

_BLOCK_OR_IMAGE = re.compile(
    r"^```python\n(?P<code>.*?)^```$|^!\[[^\]]*\]\(images/(?P<image>[\w.-]+)\)$", re.MULTILINE | re.DOTALL
)


def make_pictures(folder: Path, documents: Path = DOCUMENTS) -> list[str]:
    """Draw the pictures of all documents into `folder`; returns their names."""
    names: list[str] = []
    for document in sorted(documents.glob("*.md")):
        scope: dict[str, Any] = {"__name__": document.name}
        text = document.read_text(encoding="utf-8")
        if "(images/" not in text:
            continue
        for found in _BLOCK_OR_IMAGE.finditer(text):
            code, image = found["code"], found["image"]
            if code is not None and not code.startswith(">>>"):
                line = text.count("\n", 0, found.start("code"))
                exec(compile("\n" * line + code, str(document), "exec"), scope)  # noqa: S102 - our own documents
            if image is not None:
                folder.mkdir(parents=True, exist_ok=True)
                # Without the version of matplotlib, so that equal pictures are equal files.
                scope["picture"].savefig(folder / image, dpi=PIXELS_AN_INCH, metadata={"Software": None})
                names.append(image)
    return names


if __name__ == "__main__":
    make_pictures(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS / "images")
