"""Pages made from code stay the same as the code; commands in the docs run."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from tests.support.reading import ARTICLE

from detente.cli.main import COMMANDS, _run
from detente.record.describe import schema_markdown, timing_markdown
from detente.record.files import load_record

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_schema_page_is_the_schema():
    assert (ROOT / "docs" / "record-schema.md").read_text(encoding="utf-8") == schema_markdown()


def test_the_timing_log_is_the_record():
    assert (ROOT / "docs" / "timing.md").read_text(encoding="utf-8") == timing_markdown(
        load_record("us-china")
    )


def commands():
    """Every `detente ...` line of a console block in the docs."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S):
            lines = block.replace("\\\n", " ").splitlines()
            found += [(page.name, line[2:]) for line in lines if line.startswith("$ detente ")]
    return found


def prepare_reading(arguments):
    """The article, reading and gold folder that the docs' lines name, in the working folder."""
    Path("article.txt").write_text(ARTICLE, encoding="utf-8")
    Path("news").mkdir()
    Path("news/article.txt").write_text(ARTICLE, encoding="utf-8")
    if arguments[0] == "review":
        assert _run(["read", "article.txt", "--out", "reading.json"]) == 0
        proposals = json.loads(Path("reading.json").read_text(encoding="utf-8"))["data"]["proposals"]
        if "--accept" in arguments:
            arguments[arguments.index("--accept") + 1] = proposals[0]["id"]


@pytest.mark.parametrize(("page", "line"), commands())
def test_commands_in_the_docs_run(page, line, tmp_path, monkeypatch, capsys, request):
    arguments = shlex.split(line, comments=True)[1:]
    if "--data" in arguments:
        folder = request.getfixturevalue("data_dir")
        arguments[arguments.index("--data") + 1] = str(folder)
    monkeypatch.chdir(tmp_path)
    if "lines.csv" in arguments:
        (block,) = re.findall(r"```csv\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), flags=re.S)
        (tmp_path / "lines.csv").write_text(block, encoding="utf-8")
    if arguments[0] in ("read", "review", "grade"):
        prepare_reading(arguments)
    if "my-dispute" in arguments and arguments[0] != "new":
        assert _run(["new", "my-dispute", "--from", "us-china"]) == 0
    assert _run(arguments) == 0, capsys.readouterr().err


PYTHON = {
    page.name: "".join(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S))
    for page in PAGES
}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.slow] if "adjoint" in code else [])
        for page, code in PYTHON.items()
        if code
    ],
)
def test_python_in_the_docs_runs(page):
    """The blocks of a page in order, as a reader would type them."""
    exec(compile(PYTHON[page], page, "exec"), {"__name__": "docs"})


def test_every_command_is_in_the_docs():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = [name for name in COMMANDS if f"detente {name}" not in text]
    assert not missing


def test_links_between_pages_resolve():
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert not broken
