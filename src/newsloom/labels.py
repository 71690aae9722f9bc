"""Labelled articles: files of any format whose records also name the event that a person put the article in."""

import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from newsloom.core.model import Article
from newsloom.core.views import DAY_S
from newsloom.errors import BadFile
from newsloom.readers import BadRecord, Limits, read
from newsloom.readers.names import knows

#: What names the event, unless it is said: the first, or one of the others.
FIELDS = ("label", "event_id", "cluster")
BAD_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article and the event that a person put it in."""

    article: Article
    label: str
    given_id: int | str | None = None  #: the article's own id as its record has it

    @property
    def id(self) -> int | str:
        """What to call it: its own id, else its file and the place there, from 0."""
        return self.article.path if self.given_id is None else self.given_id


@dataclass(frozen=True, slots=True)
class Labels:
    """The labelled articles of a file."""

    items: list[Labelled]  #: in order of publication, an undated one behind the record before it
    left_out: list[BadRecord]  #: records that are not among them, in order


def labelled(path: Path | str, field: str | None = None, *, skip_bad: bool = False) -> list[Labelled]:
    """The labelled articles of a file: the ``items`` of ``read_labels``."""
    return read_labels(path, field, skip_bad=skip_bad).items


def read_labels(path: Path | str, field: str | None = None, *, skip_bad: bool = False) -> Labels:
    """The labelled articles of a file of any format that has named fields: JSON, CSV, Parquet.

    ``field`` names the event; unless given, that is ``label``, else whichever of ``event_id`` and ``cluster`` there is.
    What a site said in place of an article is left out. Raises ``BadFile`` that names the other records which are no
    labelled article, or with ``skip_bad`` leaves these out as well.
    """
    wanted = FIELDS if field is None else (field,)
    found: list[tuple[Article, Mapping[str, object], int | str | None]] = []
    bad: list[BadRecord] = []
    try:
        for one in read(str(path), Limits(keep_records=True)):
            if isinstance(one, BadRecord):
                bad.append(one)
                continue
            record: Mapping[str, object] = one.record or {}
            told = {name: record[name] for name in wanted if _names(record.get(name))}
            # The place keeps apart what has neither a URL nor an id; the record is as large as the article.
            article = replace(one, path=f"{path}#{one.index}", record=None)
            found.append((article, told, _given_id(one.id, record)))
    except BadFile as error:
        raise BadFile(error.reason, f"{path}: {error.detail}") from error
    name = _field(path, wanted, [labels for _, labels, _ in found])
    items = []
    for article, labels, given in found:
        if name in labels:
            items.append(Labelled(article, str(labels[name]), given))
        else:
            bad.append(
                BadRecord(article.index, "malformed", f'Its "{name}", the name of its event, is missing.')
            )
    bad.sort(key=lambda one: one.index)
    if not skip_bad and (faulty := [one for one in bad if one.reason != "blocked"]):
        raise BadFile(faulty[0].reason, _complaint(path, faulty))
    times = list(_times(items))
    return Labels([items[at] for _, at in sorted(zip(times, range(len(items)), strict=True))], bad)


def shuffled_within_days(items: Sequence[Labelled], seed: int) -> list[Labelled]:
    """The articles in random order within each day (UTC), as scrapers might have brought them."""
    rnd = random.Random(seed)  # noqa: S311  # an order, no secret
    mixed: list[Labelled] = []
    days = (time_s // DAY_S for time_s in _times(items))
    for _, day in groupby(zip(days, items, strict=True), key=lambda pair: pair[0]):
        found = [item for _, item in day]
        rnd.shuffle(found)
        mixed += found
    return mixed


def _times(items: Iterable[Labelled]) -> Iterator[float]:
    """When each was published; an undated one with the last before it, or on one day before all."""
    latest = -sys.float_info.max  # not an infinity, which is in no day
    for item in items:
        latest = item.article.published_s if item.article.published_s is not None else latest
        yield latest


def _names(label: object) -> bool:
    """Whether it names an event: an empty cell of a table does not, however it is written."""
    return isinstance(label, int | float | str) and label != "" and label == label  # noqa: PLR0124  # NaN


def _given_id(read_as: str | None, record: Mapping[str, object]) -> int | str | None:
    """The id of an article as its record has it: a number there is one for whoever joins by it."""
    numbers = (value for name, value in record.items() if isinstance(value, int) and "id" in knows([name]))
    return next((value for value in numbers if str(value) == read_as), read_as)


def _field(path: Path | str, wanted: Sequence[str], told: Sequence[Mapping[str, object]]) -> str:
    """Which of these fields names the events of a file."""
    there = [name for name in wanted if any(name in one for one in told)]
    if wanted[0] in there or len(there) == 1 or not told:
        return there[0] if there else wanted[0]
    which = (
        f"its events may be named by {_or(there)}: say which"
        if there
        else f"no record names its event in a field {_or(wanted)}; if another field does, say which"
    )
    raise BadFile("malformed", f"{path}: {which} (--label-field).")


def _or(names: Sequence[str]) -> str:
    return " or ".join(f'"{name}"' for name in names)


def _complaint(path: Path | str, bad: Sequence[BadRecord]) -> str:
    """What is wrong with the first records of these, a line each, and how many more there are."""
    told = [place_told(path, one) for one in bad[:BAD_SHOWN]]
    if (more := len(bad) - BAD_SHOWN) > 0:
        told.append(f"and {more} more {'record' if more == 1 else 'records'}.")
    return "\n".join([*told, "Fix them, or leave them out (--skip-bad)."])


def place_told(path: Path | str, bad: BadRecord) -> str:
    """Where a record is, and what is wrong with it."""
    return f"{path}, record {bad.index + 1}: {bad.detail}"
