"""The documents: every example runs, every picture is the one that its code draws, every link leads somewhere."""

from __future__ import annotations

import doctest
import importlib.util
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)#:]+)(?:#[^)]*)?\)")
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def make_pictures(folder: Path) -> list[str]:
    """Run docs/make_pictures.py as a module; it stands in no package."""
    spec = importlib.util.spec_from_file_location("make_pictures", ROOT / "docs" / "make_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names: list[str] = module.make_pictures(folder)
    return names


@pytest.mark.timeout(150)  # some open simulated labs, beside other tests
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_examples_run(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All Python blocks of a document, in order, in one scope: `>>>` sessions as doctests, others as programs."""
    monkeypatch.chdir(tmp_path)
    text = document.read_text(encoding="utf-8")
    scope: dict[str, Any] = {"__name__": document.name}
    for block in _BLOCK.finditer(text):
        code, line = block["code"], text.count("\n", 0, block.start("code"))
        if not code.startswith(">>>"):
            exec(compile("\n" * line + code, str(document), "exec"), scope)
            continue
        session = doctest.DocTestParser().get_doctest(code, scope, document.name, str(document), line)
        session.globs = scope  # the parser makes a copy, and later blocks use what this one defines
        report: list[str] = []
        result = doctest.DocTestRunner(optionflags=_FLAGS).run(session, out=report.append, clear_globs=False)
        assert result.failed == 0, "".join(report)


@pytest.mark.timeout(150)
def test_pictures_are_those_that_their_code_draws(tmp_path: Path) -> None:
    stored = ROOT / "docs" / "images"
    names = make_pictures(tmp_path)
    assert sorted(names) == sorted(path.name for path in stored.iterdir())
    for name in names:
        assert (stored / name).stat().st_size < 75_000, name
        drawn, kept = imread(tmp_path / name), imread(stored / name)
        assert drawn.shape == kept.shape, f"{name}: run docs/make_pictures.py"
        # Fonts differ a little between versions of matplotlib; a curve or a row that is missing differs more.
        assert float(np.abs(drawn - kept).mean()) < 0.01, f"{name}: run docs/make_pictures.py"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in _LINK.finditer(text):
        assert (document.parent / link["target"]).exists(), link["target"]
