"""Posting lists on the server, against lists that a child could write."""

import random
import struct
from collections import defaultdict
from typing import Any

import msgpack

from newsloom.core.model import Article
from newsloom.core.policy import Policy
from newsloom.ingest import Ingest
from newsloom.store.redis import RedisStore
from newsloom.store.scripts import lua

CAP = 60  # above what a list may hold in its bucket
# A tag of 255s looks like the room at the end of a bucket, two share a bucket while there are few.
TAGS = [b"\xff\xff\xff", b"\0\0\0", b"aaa", b"baa", *(bytes([n, 7, 7]) for n in range(40))]
RETENTION_S = 1_000

SCRIPT = """
local lists = open_lists(ARGV[1], %d)
for _, one in ipairs(cmsgpack.unpack(ARGV[2])) do
  local what, tag, whose, day = unpack(one)
  if what == 'add' then lists.add(tag, whose, day, %d) else lists.remove(tag, whose) end
end
lists.close()
local told = {}
for i, tag in ipairs(cmsgpack.unpack(ARGV[3])) do
  local found = {}
  lists.score(tag, 1, 1, 65535, {}, found)
  told[i] = found
end
return told
"""


def script(client: Any) -> Any:
    return client.register_script(f"{lua('directories', 'lists')}\n{SCRIPT % (RETENTION_S, CAP)}")


def packed(value: Any) -> bytes:
    return bytes(msgpack.packb(value, use_bin_type=False))


def test_lists_hold_what_was_added_and_not_removed(valkey: Any) -> None:
    """Of each tag the latest entries up to the cap, whatever a bucket goes through in between."""
    client, rng = valkey.client, random.Random(4)
    run, model = script(client), defaultdict[bytes, dict[int, int]](dict)
    for number in range(400):  # or what the entries are about would have expired
        client.setrange(f"i:{number // 128}", 8 * (number % 128), b"an event")
    for _ in range(250):
        told = []
        for _ in range(rng.randint(1, 12)):
            tag = rng.choice(TAGS[: rng.choice((4, len(TAGS)))])
            if rng.random() < 0.12 and model[tag]:
                number = rng.choice(sorted(model[tag]))
                del model[tag][number]
                told.append(("remove", tag, struct.pack(">I", number), b""))
                continue
            number, day = rng.randrange(400), rng.randint(1, 300)
            kept = model[tag]
            kept[number] = max(day, kept.get(number, 0))
            if len(kept) > CAP:
                del kept[min(kept, key=lambda each: (kept[each], each))]
            told.append(("add", tag, struct.pack(">I", number), struct.pack(">H", day)))
        found = run(args=["", packed(told), packed(TAGS)])
        for tag, numbers in zip(TAGS, found, strict=True):
            assert sorted(struct.unpack(">I", each)[0] for each in numbers) == sorted(model[tag]), tag
    assert max(map(len, model.values())) == CAP
    assert int(client.hget("stats", "buckets")) > 4
    assert all(0 < client.ttl(key) <= RETENTION_S for key in client.scan_iter("t:*"))


def test_a_story_adds_little_to_the_append_only_file(valkey: Any) -> None:
    """What is written goes to replicas as well: entries, not the buckets that they stand in."""
    client, rng = valkey.client, random.Random(3)
    client.config_set("auto-aof-rewrite-percentage", 0)
    ingest = Ingest(RedisStore(client), Policy.load())

    def told(first: int, stop: int) -> int:
        for number in range(first, stop):
            own = [f"word{rng.randrange(3_000)}" for _ in range(80)]
            words = rng.choices(own, k=120)  # some of them in several paragraphs, as in a story
            text = "\n".join(" ".join(words[at : at + 20]).capitalize() + "." for at in range(0, 120, 20))
            for _ in ingest.article(Article(file=f"{number}.txt", text=text, language="en")):
                pass
        return int(client.info("persistence")["aof_current_size"])

    before = told(0, 200)
    assert (told(200, 300) - before) / 100 < 20_000
