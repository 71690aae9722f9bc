"""What a person names: an event or a story by its id, or its article by address, file, or the id that it came with."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import NoReturn

import click

from newsloom import bootstrap
from newsloom.addresses import GIVEN, is_address
from newsloom.cli import output
from newsloom.core.identity import place_id
from newsloom.core.model import Article
from newsloom.errors import BadFile
from newsloom.store.values import EventSummary, Stored

#: Articles of one file whose stories are looked up; of more nobody wants to read.
_ARTICLES = 100
_EXPECTED = "give the file, the address or the id of an article, or an id of 16 hexadecimal digits"


def known_event(given: str, otherwise: str = "") -> EventSummary:
    """The event of that id, or that it was merged into; the command ends where there is none.

    ``otherwise`` is what else might have been given.
    """
    name = _id(given, f"an event; `newsloom events` lists them{otherwise}")
    return bootstrap.store().event(name) or _not_found(f"There is no event {given}.")


def known_story(given: str) -> Stored:
    """The story of that id; the command ends where there is none."""
    name = _id(given, "a story; `newsloom show EVENT` lists them")
    return bootstrap.store().story(name) or _not_found(f"There is no story {given}.")


def events_named(given: str) -> list[EventSummary]:
    """The event of that id, of the story of that id, or those of an article's stories."""
    if is_id(given):
        store, name = bootstrap.store(), given.lower()
        if (event := store.event(name)) is not None:
            return [event]
        story = store.story(name) or _not_found(f"There is no event and no story {given}.")
        return [known_event(story.event)]
    return [known_event(event) for event in dict.fromkeys(story.event for story in stories_named(given))]


def stories_named(given: str, *, versions: int = 1) -> list[Stored]:
    """The story of that id, or those of an article, of so many of its versions, the latest first; 0: of all.

    The command ends where there is none.
    """
    if is_id(given):
        return [known_story(given)]
    if not given.strip():
        raise click.UsageError(f"{given!r} was not found: {_EXPECTED}.")
    found = _stories_at(_articles(given), versions) or _stories_at(_articles_of_id(given), versions)
    if not found:
        if os.path.isdir(given):
            raise click.UsageError(f"{given} is a folder: {_EXPECTED}.")
        if re.fullmatch("[0-9a-fA-F]+", given):
            _not_found(f"No story of a file {given} is known, and an id has 16 hexadecimal digits.")
        refused = [
            one for one in bootstrap.store().quarantined() if one.file in {given, os.path.abspath(given)}
        ]
        if refused:
            _not_found(f"{given} is in quarantine: {refused[0].reason}. {refused[0].detail}")
        # Of a message no more than a name is left, and a file may be gone: neither tells the address any more.
        gone = not is_address(given) and not os.path.exists(given)
        by_address = (
            " An article that told its own address is found by that, and a repeat by the name that it came under first."
            if gone
            else ""
        )
        _not_found(
            f"No story of {given} is known. It may wait on the queue (`newsloom stats`), or have expired.{by_address}"
        )
    return found


def _stories_at(articles: Iterable[Article], versions: int) -> list[Stored]:
    store, places = bootstrap.store(), dict.fromkeys(map(place_id, articles))
    languages = store.languages() if places else []
    return [
        story
        for place in places
        for language in languages
        for stories in store.versions(language, place)[-versions:][::-1]
        for story in stories
    ]


def _articles_of_id(given: str) -> list[Article]:
    """The articles that came with this id. No index holds it, so all stories are gone over."""
    if os.path.exists(given) or is_address(given):
        return []
    found = []
    for story in bootstrap.store().stories():
        if story.article_id == given:
            file, _, member = story.file.partition("!")
            path = file if is_address(file) or file.startswith(GIVEN) else os.path.abspath(file)
            place = Article(file, text="", path=path, member=member)
            found.append(replace(place, id=given, url=story.url, source=story.source))
    return found


def _articles(given: str) -> Sequence[Article]:
    """The articles that an address or a file stands for, as a worker would read them."""
    from newsloom.readers import read, values  # parsers: half a second, which an id does not cost

    if is_address(given) or given.startswith(GIVEN):
        fetched = Article(file=given, path=given, text="")  # an article that does not tell its own address
        return [fetched, replace(fetched, url=values.url(given))]
    file, _, member = (given, "", "") if os.path.lexists(given) else given.partition("!")
    path = os.path.abspath(file)
    try:
        records = (one for one in read(path, bootstrap.limits()) if isinstance(one, Article))
        meant = (replace(one, path=path) for one in records if member in {"", one.member})
        found = list(islice(meant, _ARTICLES + 1))
    except BadFile:  # not here, or not any more
        return [Article(file=file, path=path, member=member, text="")]
    if len(found) > _ARTICLES:
        raise click.UsageError(f"{given} holds more than {_ARTICLES} articles: name one by its URL or id.")
    return found


def is_id(given: str) -> bool:
    return re.fullmatch("[0-9a-fA-F]{16}", given) is not None


def _id(given: str, what: str) -> str:
    if not is_id(given):
        raise click.UsageError(f"{given!r} is not an id: give the 16 hexadecimal digits of {what}.")
    return given.lower()


def _not_found(told: str) -> NoReturn:
    output.stderr.print(told, style="red")
    raise click.exceptions.Exit(output.NOT_FOUND)
