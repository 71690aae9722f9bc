"""What a person names: an event or a story by its id, or its article by address, file, or the id that it came with."""

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import NoReturn

import click

from newsloom import bootstrap
from newsloom.addresses import GIVEN, is_address
from newsloom.cli import called, output
from newsloom.core.identity import article_id, place_id, story_id
from newsloom.core.model import Article
from newsloom.errors import BadFile, Impossible
from newsloom.store.values import EventSummary, Stored

#: Articles of one file whose stories are looked up; of more nobody wants to read.
_ARTICLES = 100
_MAYBE = "It may have expired, or been forgotten."
_EXPECTED = "give the file, URL or id of an article, or an id of 16 hexadecimal digits"


def events_named(given: str) -> list[EventSummary]:
    """The event of that id, of the story of that id, or those of an article's stories."""
    if is_id(given):
        store, name = bootstrap.store(), given.lower()
        if (event := store.event(name)) is not None:
            return [event]
        story = store.story(name) or _unknown(f"There is no event or story {given}. {_MAYBE}")
        return [_event_of(story)]
    found = {story.event: story for story in stories_named(given)}
    return [_event_of(story) for story in found.values()]


def event_named(given: str, otherwise: str = "") -> EventSummary:
    """The event of that id, or that of all stories of an article; the command ends where there is none, or more.

    ``otherwise`` is what else might have been given.
    """
    if is_id(given):
        store, name = bootstrap.store(), given.lower()
        if (event := store.event(name)) is not None:
            return event
        if (story := store.story(name)) is not None:
            _not_found(f"{given} is a story, in event {story.event}: name an event.")
        _unknown(f"There is no event {given}. {_MAYBE}")
    found = {story.event: story for story in stories_named(given, otherwise=otherwise)}
    if len(found) > 1:
        raise Impossible(
            f"{given} has stories in {len(found)} events: name one by its id, {', '.join(found)}."
        )
    return _event_of(*found.values())


def story_named(given: str) -> Stored:
    """The story of that id, or the one of an article; the command ends where there is none, or more."""
    found = stories_named(given)
    if len(found) > 1:
        told = ", ".join(story.member.story for story in found)
        raise Impossible(f"{given} has {len(found)} stories: name one by its id, {told}.")
    return found[0]


def stories_named(given: str, *, all_versions: bool = False, otherwise: str = "") -> list[Stored]:
    """The story of that id, or those of an article: of a file in the version that it holds, else in the latest.

    With ``all_versions``, those of each version, the latest first. The command ends where there is none;
    ``otherwise`` is what else might have been given.
    """
    if is_id(given):
        return [_story(given)]
    if not given.strip():
        raise click.UsageError(f"{given!r} was not found: {_EXPECTED}{otherwise}.")
    found = _stories_at(given, _articles(given), all_versions=all_versions) or _stories_at(
        given, _articles_of_id(given), all_versions=all_versions
    )
    return found or _no_story(given, otherwise)


def _story(given: str) -> Stored:
    store, name = bootstrap.store(), given.lower()
    story = store.story(name)
    if story is None and store.event(name) is not None:
        _not_found(f"{given} is an event: name a story of it. `newsloom show {given}` lists them.")
    return story or _unknown(f"There is no story {given}. {_MAYBE}")


def _event_of(story: Stored) -> EventSummary:
    return bootstrap.store().event(story.event) or _not_found(f"Event {story.event} is gone.")


def _no_story(given: str, otherwise: str) -> NoReturn:
    """Say why an article is not known, as far as that can be told."""
    if os.path.isdir(given):
        raise click.UsageError(f"{given} is a folder: {_EXPECTED}{otherwise}.")
    if re.fullmatch("[0-9a-fA-F]+", given):
        _unknown(f"No decided file is called {given}, and an id has 16 hexadecimal digits.")
    refused = [one for one in bootstrap.quarantine().entries() if one.file in {given, os.path.abspath(given)}]
    if refused:
        _not_found(f"{given} is in quarantine: {refused[0].reason}. {refused[0].detail}")
    # Of a message no more than a name is left, and a file may be gone: neither tells the address any more.
    gone = not is_address(given) and not os.path.exists(given)
    by_address = (
        " If its file is gone, try its URL, or the name that it was submitted under first." if gone else ""
    )
    _unknown(
        f"No story of {given} is known: no article that was decided has this file name, URL or id{otherwise}. It may "
        f"wait on the queue (`newsloom stats`), or have expired.{by_address} `newsloom events WORD` finds events by "
        "the words of headlines, and by file names and sources."
    )


def _stories_at(given: str, articles: Iterable[Article], *, all_versions: bool) -> list[Stored]:
    store, places = bootstrap.store(), {place_id(article): article for article in articles}
    found: list[Stored] = []
    for place, article in places.items():
        for language in store.languages():
            versions = store.versions(language, place)
            if all_versions:
                found += [story for version in versions[::-1] for story in version]
            elif versions:
                found += _version(given, article, versions)
    return found


def _version(given: str, article: Article, versions: Sequence[tuple[Stored, ...]]) -> tuple[Stored, ...]:
    """The version that an article is, and a word if there is a later one; the latest where that is not known."""
    key, latest = article_id(place_id(article), article), versions[-1]
    for version in versions:
        if any(one.member.story == story_id(key, one.part, one.language) for one in version):
            if version is not latest:
                newer = latest[0]
                told = f"{given} is an earlier version: the latest is story {newer.member.story}, {called.place(newer)}."
                output.stderr.print(told, style="yellow")
            return version
    return latest


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
    folder, name = os.path.split(os.path.abspath(file))
    # A Mac writes letters and marks apart, and who types the name does not.
    forms = (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))
    paths = [os.path.join(folder, form) for form in dict.fromkeys(forms)]
    path = next(filter(os.path.lexists, paths), paths[0])
    try:
        records = (one for one in read(path, bootstrap.limits()) if isinstance(one, Article))
        meant = (replace(one, path=path) for one in records if member in {"", one.member})
        found = list(islice(meant, _ARTICLES + 1))
    except BadFile:  # not here, or not any more
        return [Article(file=file, path=path, member=member, text="") for path in paths]
    if len(found) > _ARTICLES:
        raise click.UsageError(f"{given} holds more than {_ARTICLES} articles: name one by its URL or id.")
    return found


def is_id(given: str) -> bool:
    return re.fullmatch("[0-9a-fA-F]{16}", given) is not None


def _unknown(told: str) -> NoReturn:
    """End where nothing has that name; maybe it is not the name that is wrong."""
    _not_found(nothing_decided() or told)


def nothing_decided() -> str | None:
    """What is said of a store that is empty; None if it is not: it may be another than was meant."""
    if bootstrap.store().stats()["stories"]:
        return None
    url = bootstrap.settings().redis_url
    return (
        f"Nothing has been decided in {url.get_secret_value() if url else bootstrap.settings().data_dir} yet."
    )


def _not_found(told: str) -> NoReturn:
    output.stderr.print(told, style="red")
    raise click.exceptions.Exit(output.NOT_FOUND)
