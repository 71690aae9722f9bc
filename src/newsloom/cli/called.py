"""What a person calls events and stories: by a headline, or where there is none by how a story begins or where it is."""

from newsloom import bootstrap
from newsloom.core.beginning import beginning
from newsloom.core.decide import event_id
from newsloom.store.values import Stored

_SHORT = 60  #: characters of a headline within a sentence


def quoted(title: str) -> str:
    """A headline within a sentence, behind an id; nothing where there is none."""
    return f" “{beginning(title, _SHORT)}”" if title else ""


def headline(story: Stored) -> str | None:
    """The story's own, or how it begins; that is kept where it opened its event."""
    if story.title or event_id(story.member.story) != story.event:
        return story.title
    store = bootstrap.store()
    event, stories = store.event(story.event), store.stories_of(story.language, story.event)
    # A story that came back may find the headline of another, under which the event went meanwhile.
    return event.title if event and event.title not in {one.title for one in stories} else None


def place(story: Stored) -> str:
    """Where the story is: its file, and which article and story of that if there are several."""
    article = f"article {story.index + 1} of " if story.index else ""
    part = f"story {story.part + 1} of {story.parts} of " if story.parts > 1 else ""
    return f"{part}{article}{story.file}"


def called(story: Stored) -> str:
    """By its headline, else by its place."""
    return headline(story) or place(story)
