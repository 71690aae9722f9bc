"""news-please itself, crawling a page that is served on loopback, with newsloom's pipeline."""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("newsplease") is None,
    reason="news-please is not installed; it brings the clients of three databases: pip install news-please",
)

PAGE = """<!doctype html><html lang="en"><head><title>The mill stops - The Paper</title>
<meta property="og:title" content="The mill stops"><meta property="og:type" content="article">
<meta property="article:published_time" content="2024-05-06T07:08:09+00:00"></head><body><article><h1>The mill stops</h1>
<p>The old mill at the river stopped its last wheel on Sunday, and nobody came to see it stop, said the miller.</p>
<p>It had turned for two hundred years, through floods and through droughts, and ground the flour of six villages.</p>
<p>The council will decide in the autumn what is to become of the building, which nobody has offered to buy.</p>
</article></body></html>"""

CRAWL = """
import sys
from newsplease.single_crawler import SingleCrawler
SingleCrawler(sys.argv[1], sys.argv[2], 0, False, False)
"""


@pytest.fixture
def paper(serve: Callable[..., Any]) -> Iterator[str]:
    """One article, wherever one looks."""
    html = {"Content-Type": "text/html; charset=utf-8"}
    with serve(lambda path: (404 if "robots" in path else 200, html, PAGE.encode())) as address:
        yield f"{address}/2024/05/the-mill-stops.html"


def configured(folder: Path, url: str, page: str) -> list[str]:
    """news-please's own configuration and its list of sites, with the pipelines changed as the module says."""
    import newsplease

    text = (Path(newsplease.__file__).parent / "config" / "config.cfg").read_text()
    pipelines = (
        "{'newsplease.pipeline.pipelines.ArticleMasterExtractor': 100,\n"
        "                  'newsloom.integrations.newsplease.NewsloomPipeline': 900}"
    )
    for old, new in (
        (r"ITEM_PIPELINES = \{.*?\}", f"NEWSLOOM_REDIS_URL = '{url}'\nITEM_PIPELINES = {pipelines}"),
        (r"working_path = [^\n]*", f"working_path = {folder}"),
    ):
        text, changed = re.subn(old, new, text, flags=re.DOTALL)
        assert changed == 1, old
    (folder / "config.cfg").write_text(text)
    sites = {"base_urls": [{"crawler": "Download", "url": [page]}]}
    (folder / "sitelist.hjson").write_text(json.dumps(sites))
    return [str(folder / "config.cfg"), str(folder / "sitelist.hjson")]


def test_a_page(valkey: Any, paper: str, tmp_path: Path) -> None:
    """What news-please extracts of a page is an article on the queue, under the names of its JSON files."""
    argv = [sys.executable, "-c", CRAWL, *configured(tmp_path, valkey.url, paper)]
    ran = subprocess.run(argv, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    raw = valkey.client.lrange("newsloom.ingest", 0, -1)
    assert len(raw) == 1, ran.stderr.decode()[-3000:]
    (article,) = json.loads(json.loads(raw[0])["body"])[1]["articles"]
    assert (article["title"], article["url"], article["language"]) == ("The mill stops", paper, "en")
    assert article["date_publish"].startswith("2024-05-06 07:08:09")
    assert "two hundred years" in article["maintext"]
