"""Every key in Redis, its type and how long it lives.

Keys of one language share the hash tag ``{xx}``, so that a script touches one slot and languages spread
over the nodes of a cluster. Ids are 8 raw bytes, terms 4. Every key marked *retention* expires that long
after its last change; the rest is bounded by its cap. What 0.1.0 wrote begins otherwise and is not read.

========================== ======= ========= ====================================================
key                        type    lives     holds
========================== ======= ========= ====================================================
loom:{xx}:seq              string  for ever  number of changes: the version of the index
loom:{xx}:j                list    capped    journal of the latest changes: event id, lists that gained
loom:{xx}:young            zset    retention event ids by the version at which a second look is due, capped
loom:{xx}:stats            hash    for ever  counters, one a field; when the last posting list is to end
loom:{xx}:decisions        stream  capped    one record a decision, a merge, a split, a move
loom:{xx}:dt:G             string  2 of them stories that hold each term, generation G of counts, see counted.py
loom:{xx}:dl:G             string  2 of them ranks of terms that stories have shown since
loom:{xx}:du:G             string  2 of them hashes of the other terms that stories have shown since
loom:{xx}:l:SOURCE         hash    retention digest of a line to the source's articles that held it; all of them n, capped
loom:{xx}:r:G              set     retention digests of the runs stories begin and end with, generation G of two
loom:{xx}:w:G              set     2 of them digests of articles of archives learned from, generation G of two
loom:{xx}:g:G              set     2 of them digests of files that are decided, generation G of two
loom:{xx}:t:N              string  retention one of many buckets of posting lists, see lists.lua
loom:{xx}:h:TAG            string  retention days and numbers of events (of stories for copies), in order: a longer posting list, capped
loom:{xx}:i:N              string  retention directory: event ids by number, 128 a key
loom:{xx}:o:N              string  retention the same of stories, in order of commit
loom:{xx}:e:EVENT          string  retention an event, see event.lua; of a merged one the id of where it went
loom:{xx}:es:EVENT         list    retention its story ids in order, where they are not its members alone
loom:{xx}:s:STORY          string  retention a story, see codec.py
loom:{xx}:mv:STORY         list    retention stream record ids of its latest moves, capped
loom:{xx}:p:PLACE          hash    retention article id to a version of the page, see version.lua; the latest's id
newsloom:languages         set     for ever  languages that have an index
newsloom:{quarantine}      hash    capped    file, or file and record, to why it could not be read
newsloom:{quarantine}:order zset   capped    those by the time they were refused
newsloom:{quarantine}:records zset capped    those of records, by file and number: the first of each file
newsloom:{kept}            hash    capped    article of a message in quarantine, by its name
newsloom:{kept}:order      zset    capped    those names by the time they were kept
newsloom:{kept}:bytes      string  for ever  how much that is
newsloom:attempts          hash    for ever  file of a message, or a part, to attempts of the last week that have no end
newsloom:watch:{W}         hash    for ever  how far a watched folder was handed in to a queue, what is being moved, what came last
newsloom:watch:{W}:folders set     for ever  its sub-folders, as long as they exist
newsloom:looking           string  seconds   who is taking a second look: one at a time
newsloom:looked            list    for ever  languages in the order in which the second look came to them
newsloom:looks             hash    for ever  when the last second look ended, how long it took, events that looks failed at
newsloom:run:MESSAGE:N     hash    a week    slices of a large file that are done, see mailbox.py
newsloom:leases            zset    seconds   held lists by the time their leases run out, or were found so, see worker/held.py
newsloom:workers           zset    seconds   held lists of the workers that live, each with what it runs, whether it holds anything or not
QUEUE                      list    until read messages, those of other priorities beside it
QUEUE:held:CONSUMER        list    until done messages that a worker has in hand
QUEUE:refused              list    capped    messages that were put aside
QUEUE:refused:why          hash    capped    digest of such a message to when and why
LIST:newsloom              list    until sent items of a scrapy-redis list that a bridge has in hand
LIST:newsloom:turn         string  seconds   which bridge moves that list: one at a time
========================== ======= ========= ====================================================
"""

DIRECTORY = 128  #: ids a key of a directory
PAGE = 500  #: keys, fields or records that one command is given, or asks for
LANGUAGES = "newsloom:languages"
QUARANTINE = "newsloom:{quarantine}"
QUARANTINE_ORDER = "newsloom:{quarantine}:order"
QUARANTINE_RECORDS = "newsloom:{quarantine}:records"
KEPT = "newsloom:{kept}"
KEPT_ORDER = "newsloom:{kept}:order"
KEPT_BYTES = "newsloom:{kept}:bytes"
ATTEMPTS = "newsloom:attempts"
WATCH = "newsloom:watch:"
LOOK_TURN = "newsloom:looking"
LOOK_ORDER = "newsloom:looked"
LOOK_FIGURES = "newsloom:looks"
RUN = "newsloom:run:"
LEASES = "newsloom:leases"
LIVING = "newsloom:workers"
REFUSED = ":refused"  #: behind a queue's key: the list of messages that were put aside
WHY = ":why"  #: behind that: when and why each was
HELD = ":held:"  #: between a queue's key and a consumer: the list of what that consumer has in hand


# What one thing of a language goes by, between the prefix and its id. The scripts have the same letters.
EVENT, MOVES, PLACE, SOURCE, STORIES, STORY = b"e:", b"mv:", b"p:", b"l:", b"es:", b"s:"


def prefix(language: str) -> str:
    """What all keys of one language's index begin with."""
    return f"loom:{{{language}}}:"


def of(language: str, kind: bytes, one: bytes) -> bytes:
    """The key of one thing of a language; ``one``: its id, 8 bytes, or the digest of a source."""
    return prefix(language).encode() + kind + one


def decisions(language: str) -> str:
    """The stream of one language."""
    return f"{prefix(language)}decisions"
