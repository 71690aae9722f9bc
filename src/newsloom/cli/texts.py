"""Stories with their texts, which newsloom does not keep, and their events as labels: ``export --what labels``."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from newsloom import bootstrap
from newsloom.cli import output
from newsloom.core.identity import article_id, place_id, story_id
from newsloom.core.language import UNKNOWN
from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.page import open_sheet
from newsloom.parcels import batched
from newsloom.readers import read
from newsloom.store.values import Stored
from newsloom.telling import iso

_READ = 500  #: stories whose files are read together


def label_rows(stories: Iterable[Stored]) -> Iterator[dict[str, Any]]:
    """A labelled article for each story whose file still holds it; how many have none is said on standard error."""
    lost, first = 0, ""
    for some in batched(stories, _READ):
        texts = _texts(some)
        for story in some:
            if (text := texts.get(story.member.story)) is not None:
                yield _label_row(story, text)
            else:
                lost, first = lost + 1, first or story.file
    if lost:
        output.stderr.print(
            f"{output.stories(lost)} left out: seen from this folder, their file is missing, cannot be read or now contains "
            f"another text, for example {first}.",
            style="yellow",
        )


def _label_row(story: Stored, text: str) -> dict[str, Any]:
    return {
        "id": story.member.story,
        "label": story.event,
        "placed": story.placed,
        "title": story.title,
        "text": text,
        "published": iso(story.member.published_s),
        "source": story.source,
        "language": None if story.language == UNKNOWN else story.language,
        # The stories of one page would be taken for versions of one another.
        "url": story.url if story.parts == 1 else None,
    }


def _texts(stories: Sequence[Stored]) -> dict[str, str]:
    """Story -> its text, of those that are still there. Each file is read once."""
    of_files: dict[str, dict[int, list[Stored]]] = defaultdict(lambda: defaultdict(list))
    for story in stories:
        # A member of an archive is counted with all others.
        file = story.file if os.path.lexists(story.file) else story.file.partition("!")[0]
        of_files[file][story.index].append(story)
    texts = {}
    for file, wanted in of_files.items():
        for article in _articles(os.path.abspath(file), wanted):
            key = article_id(place_id(article), article)
            for story in wanted[article.index]:
                if story_id(key, story.part, story.language) == story.member.story:
                    paragraphs = open_sheet(article).paragraphs[story.first_paragraph :][: story.paragraphs]
                    texts[story.member.story] = "\n".join(paragraphs)
    return texts


def _articles(path: str, wanted: Iterable[int]) -> Iterator[Article]:
    """The articles of a file at these places, as a worker reads them; none where it cannot be read."""
    places = set(wanted)
    try:
        reading = read(path, bootstrap.limits(), start=min(places))
        for record in reading:
            if record.index in places and isinstance(record, Article):
                yield replace(record, path=path)
            if record.index >= max(places):
                reading.close()
    except BadFile:
        return
