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


def prose(page):
    """The page without its code blocks."""
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)


def anchors(page):
    """Where a link into the page may point: its headings as the usual renderers name them."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} (.+)$", prose(page), flags=re.M):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip())
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        found[slug] = found.get(slug, 0) + 1
    return {slug if n == 0 else f"{slug}-{n}" for slug, times in found.items() for n in range(times)}


def broken_links(page):
    """Relative links of a page whose file, or heading in the file, does not exist."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield f"{page.name}: {target}"


def test_links_between_pages_and_to_headings_resolve():
    assert not [broken for page in PAGES for broken in broken_links(page)]


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "other.md").write_text(
        "# One\n## Two (it *is*) - 3\n## Two (it *is*) - 3\n", encoding="utf-8"
    )
    page = tmp_path / "page.md"
    good = "[a](other.md#one) [b](other.md#two-it-is---3-1) [c](#here) [d](https://x.y/z#w)"
    page.write_text(f"# Here\n{good} [e](gone.md) [f](other.md#two)", encoding="utf-8")
    assert list(broken_links(page)) == ["page.md: gone.md", "page.md: other.md#two"]


def test_pages_named_in_code_exist():
    """Messages and docstrings send people to docs/NAME.md."""
    missing = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"\bdocs/[a-z0-9-]+\.md\b", file.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    }
    assert not missing
