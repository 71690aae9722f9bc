"""A pipeline for news-please, whose pipelines are Scrapy's: put it behind its extractor, in its config.cfg.

[Scrapy]
NEWSLOOM_REDIS_URL = 'redis://localhost:6379/0'
ITEM_PIPELINES = {'newsplease.pipeline.pipelines.ArticleMasterExtractor': 100,
                  'newsloom.integrations.newsplease.NewsloomPipeline': 900}
"""

from collections.abc import Mapping
from typing import Any

from newsloom.integrations import scrapy


class NewsloomPipeline(scrapy.NewsloomPipeline):
    """Sends what news-please extracted, in the form of its own JSON files; the page itself where it found no text."""

    def article(self, item: Any) -> Mapping[str, Any]:
        from newsplease.pipeline.pipelines import ExtractedInformationStorage  # it has loaded that itself

        article: dict[str, Any] = ExtractedInformationStorage.extract_relevant_info(item)
        if not article.get("maintext") and (response := item.get("spider_response")) is not None:
            article["html"] = response.text
        return article
