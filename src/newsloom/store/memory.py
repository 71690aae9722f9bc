"""A store in this process's memory: for evaluation, and the reading of what the Redis store does."""

from collections.abc import Sequence

from newsloom.core.decide import Earlier
from newsloom.core.model import Candidate, Counts, Decision, Outcome, Repeated, Story
from newsloom.core.views import DAY_S
from newsloom.errors import Conflict
from newsloom.store.changes import Headline
from newsloom.store.codec import as_stored, hash_keys, term_key
from newsloom.store.memory_index import LIST_BYTES, ArticleVersion, Event, Index, day_of
from newsloom.store.memory_upkeep import MemoryUpkeep
from newsloom.store.values import (
    COPIES_CAP,
    HASH_CAP,
    Asked,
    Caps,
    Commit,
    Known,
    Lesson,
    Place,
    Question,
    Recalled,
    Spoken,
    Stored,
    heading,
    replaced,
    stored,
)


class MemoryStore(MemoryUpkeep):
    """Same decisions as the Redis store, and the same three layers, without the expiry of what is old."""

    def __init__(self, caps: Caps | None = None, window_days: float = 7.0) -> None:
        super().__init__(caps)
        self._window_s = window_days * DAY_S

    def known(self, language: str, place: Place) -> Known:
        index = self._indexes[language]
        article = index.articles.get(place.article)
        previous = article.previous if article else index.places.get(place.place)
        before = index.articles.get(previous) if previous else None
        earlier = index.known(before.parts) if before else {}
        return Known(
            segments=article.segments if article else (),
            decided={
                part: Decision(story.member.story, story.event, Outcome.REPEAT, policy="", threshold=0.0)
                for part, story in (index.known(article.parts) if article else {}).items()
            },
            earlier=tuple(Earlier(event=s.event, member=s.member) for s in earlier.values()),
            headlines={
                story: index.events[one.event].headline.title
                for one in earlier.values()
                if index.events[one.event].headline.story == (story := one.member.story)
            },
            previous=previous,
            learned=index.repeats.learned_from(place.article),
        )

    def counts(self, language: str, terms: Sequence[str]) -> Counts:
        return self._indexes[language].counts(terms, self.caps.generation)

    def spoken(self, place: Place, source: bytes) -> dict[str, Spoken]:
        return {
            language: Spoken(place.place in index.places, index.repeats.articles(source))
            for language, index in ((name, self._indexes[name]) for name in self.languages())
        }

    def known_and_repeated(self, asked: Sequence[Asked]) -> list[tuple[Known, Repeated]]:
        return [
            (
                self.known(one.language, one.place),
                self._indexes[one.language].repeats.repeated(one, self.caps),
            )
            for one in asked
        ]

    def recall(self, question: Question) -> Recalled:
        with self._lock:
            index = self._indexes[question.query.story.language]
            found, read = self._by_terms(index, question)
            members = {event: index.events[event].members for event in found[: self.caps.candidates]}
            known = {story for listed in members.values() for story in listed}
            return Recalled(
                version=index.version,
                terms=tuple(question.terms[:read]),
                candidates=tuple(
                    Candidate(
                        event=event,
                        size=len(index.events[event].stories),
                        members=tuple(index.stories[story].member for story in listed),
                    )
                    for event, listed in members.items()
                ),
                copies=tuple(
                    Candidate(one.event, len(index.events[one.event].stories), (one.member,))
                    for one in self._by_text(index, question)
                    if one.member.story not in known
                ),
                capped=len(found) > self.caps.candidates,
            )

    def _by_terms(self, index: Index, question: Question) -> tuple[list[str], int]:
        """Events of its time that share its terms, by the weight of those, heaviest first; and of how many terms."""
        query = question.query
        scores: dict[int, float] = {}
        since = self._since(query.story)
        read = asked = 0
        for term in question.terms:
            if read >= self.caps.read:
                break
            asked += 1
            for number, day in index.postings.get(term_key(term)[:LIST_BYTES], {}).items():
                if day >= since:
                    scores[number] = scores.get(number, 0.0) + query.weights[term] ** 2
                    read += 1
        ranked = sorted(scores, key=lambda number: (scores[number], number), reverse=True)
        named = dict.fromkeys(index.opened[number] for number in ranked)
        found = [event for event in named if self._in_window(index.events.get(event), query.story)]
        return found, asked

    def _by_text(self, index: Index, question: Question) -> list[Stored]:
        """Stories that it may be a copy of, of any age: by shingle hashes that they share, rare ones first."""
        shares: dict[int, float] = {}
        for key in hash_keys(question.query.smallest):
            posted = [number for number, day in index.postings.get(key[:LIST_BYTES], {}).items() if not day]
            for number in posted:
                shares[number] = shares.get(number, 0.0) + 1 / len(posted)
        ranked = sorted(shares, key=lambda number: (shares[number], number), reverse=True)
        met = dict.fromkeys(index.committed[number] for number in ranked[:COPIES_CAP])
        known = [index.stories[story] for story in met if story in index.stories]
        return [one for one in known if question.may_copy(one.member.profile.sketch)]

    def recall_all(self, questions: Sequence[Question]) -> list[Recalled]:
        return list(map(self.recall, questions))

    def _since(self, story: Story) -> int:
        """The first day of its window."""
        if story.published_s is None:
            return 1
        return day_of(min(story.published_s, story.arrived_s) - self._window_s)

    def _in_window(self, event: Event | None, story: Story) -> bool:
        """Whether the event's time is the story's; an undated event stands at its arrival."""
        if event is None or story.published_s is None:
            return event is not None
        low, high, recent = (
            story.published_s - self._window_s,
            story.published_s + self._window_s,
            story.arrived_s - self._window_s,
        )
        return event.last_s >= min(low, recent) and (event.first_s <= high or event.last_s >= recent)

    def commit(self, commit: Commit) -> None:
        with self._lock:
            story, decision = commit.query.story, commit.decision
            index = self._indexes[story.language]
            self._check(index, commit)
            record = f"{len(self._records)}-0"
            event = self._event(index, commit)
            event.stories.append(story.id)
            if not decision.redundant:
                older = replaced(commit)
                event.members = [member for member in event.members if member != older]
                if len(event.members) >= self.caps.members:
                    del event.members[1]
                    index.capped["members_capped"] += 1
                event.members.append(story.id)
            number = len(index.committed)
            index.committed.append(story.id)
            index.close(commit.closes, number, self.caps.files)
            index.stories[story.id] = as_stored(stored(commit, record))
            keys, hashes = list(map(term_key, commit.terms)), hash_keys(commit.query.posted)
            for key in keys:
                index.capped["postings_capped"] += index.post(
                    key, event.number, day_of(event.last_s), self.caps.postings
                )
            for key in hashes:
                index.post(key, number, 0, HASH_CAP)
            if commit.counted:
                index.count(commit.counted, self.caps.generation)
            index.repeats.learn(commit.shown, self.caps)
            article = index.articles.setdefault(
                commit.place.article, ArticleVersion(commit.segments, commit.known.previous)
            )
            article.parts[story.part] = story.id
            index.places[commit.place.place] = commit.place.article
            index.version += 1
            if not decision.redundant:
                self._due(index, decision.event)
            index.journal.append((decision.event, frozenset((*keys, *hashes))))
            index.capped["candidates_capped"] += commit.recalled.capped
            self._outcomes[decision.outcome] += 1
            self._records.append(dict(commit.record))

    def commit_and_recall(self, commit: Commit, then: Question) -> Recalled:
        self.commit(commit)
        return self.recall(then)

    def decided(self, files: Sequence[str]) -> list[bool]:
        return [
            any(index.closed(file, self.caps.files) for index in self._indexes.values()) for file in files
        ]

    def learn(self, language: str, place: Place, lessons: Sequence[Lesson]) -> bool:
        with self._lock:
            index = self._indexes[language]
            if place.article in index.articles or index.repeats.learned_from(place.article):
                return False
            index.repeats.note(place.article, self.caps)
            for one in lessons:
                if one.counted:
                    index.count(one.counted, self.caps.generation)
                index.repeats.learn(one.shown, self.caps)
            return True

    def _event(self, index: Index, commit: Commit) -> Event:
        """The event that the story joins or opens, its times and its headline brought up to date."""
        story, decision = commit.query.story, commit.decision
        headline = Headline(heading(story, decision, commit.known), story.id)
        event = index.events.get(decision.event)
        dated = story.published_s is not None
        if event is None:
            if decision.outcome is not Outcome.OPEN:
                raise Conflict(f"event {decision.event} is gone")
            event = Event(story.time_s, story.time_s, dated, headline, len(index.opened))
            index.opened.append(decision.event)
            index.events[decision.event] = event
            index.merged.pop(decision.event, None)
        elif decision.outcome is Outcome.OPEN:
            raise Conflict(f"event {decision.event} is there already")
        elif headline.title and event.headline.story != decision.revision_of:
            raise Conflict(f"event {decision.event} is called by another story meanwhile")
        elif dated == event.dated:
            event.first_s = min(event.first_s, story.time_s)
            event.last_s = max(event.last_s, story.time_s)
        elif dated:
            event.first_s, event.last_s, event.dated = story.time_s, story.time_s, True
        if headline.title:
            event.headline = headline
        return event

    def _due(self, index: Index, event: str) -> None:
        """The event has a story more: it is to be looked at again."""
        index.young[event] = index.version
        if len(index.young) > self.caps.young:
            del index.young[max(index.young, key=lambda e: (index.young[e], e))]
            index.capped["young_capped"] += 1

    def _check(self, index: Index, commit: Commit) -> None:
        story, recalled = commit.query.story, commit.recalled
        if story.id in index.stories:
            raise Conflict(f"story {story.id} was committed meanwhile")
        place = commit.place
        if place.article not in index.articles and index.places.get(place.place) != commit.known.previous:
            raise Conflict(f"place {place.place} has another version by now")
        follows = commit.decision.revision_of or commit.decision.duplicate_of
        followed = index.stories.get(follows) if follows else None
        if followed is not None and followed.event != commit.decision.event:
            raise Conflict(f"story {follows} is in another event by now")
        if place.article in index.articles and index.articles[place.article].segments != commit.segments:
            raise Conflict(f"article {place.article} was cut otherwise meanwhile")
        read = frozenset((*map(term_key, recalled.terms), *hash_keys(commit.query.smallest)))
        compared = {candidate.event for candidate in recalled.candidates}
        for event, gained in index.since(recalled.version):
            if event in compared or not read.isdisjoint(gained):
                raise Conflict(f"event {event} changed meanwhile")
