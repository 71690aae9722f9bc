"""Every key in Redis, its type and how long it lives.

Keys of one language share the hash tag ``{xx}``, so that a script touches one slot. Ids are 8 raw
bytes. Every key marked *retention* expires that long after its last change; the rest is bounded by
its cap.

======================== ======= ========= ====================================================
key                      type    lives     holds
======================== ======= ========= ====================================================
newsloom:{xx}:seq        string  for ever  number of changes: the version of the index
newsloom:{xx}:j          list    capped    journal of the latest changes: event id, index terms
newsloom:{xx}:young      zset    retention event ids by the version at which a second look is due, capped
newsloom:{xx}:stats      hash    for ever  counters, one a field
newsloom:{xx}:df:G       hash    2 of them stories that hold a term, generation G of counts
newsloom:{xx}:l:SOURCE   hash    retention digest of a line to the source's articles that held it; all of them n, capped
newsloom:{xx}:r:G        set     retention digests of the runs stories begin and end with, generation G of two
newsloom:{xx}:w:G        set     2 of them digests of articles of archives learned from, generation G of two
newsloom:{xx}:t:TERM     zset    retention event ids by article time: one posting list, capped
newsloom:{xx}:b:I:BB     list    retention story id and fingerprint, by band of the fingerprint, capped
newsloom:{xx}:e:EVENT    hash    retention size n, first f, last l, dated d, members m, title t, settled
                                           by a person hand; of a merged one only where it went, to
newsloom:{xx}:es:EVENT   list    retention story ids, in order of commit
newsloom:{xx}:s:STORY    string  retention event id, stream record id, packed story
newsloom:{xx}:mv:STORY   list    retention stream record ids of its latest moves, capped
newsloom:{xx}:a:ARTICLE  hash    retention its segments, its previous version, story id of each part
newsloom:{xx}:p:PLACE    string  retention article id of the latest version from this place
newsloom:{xx}:day:N      list    retention story ids in order of commit, by day since 1970
newsloom:languages       set     for ever  languages that have an index
newsloom:decisions       stream  capped    one record a decision, a merge, a split, a move
newsloom:quarantine      hash    for ever  file, or file and record, to why it could not be read
newsloom:{kept}          hash    capped    article of a message in quarantine, by its name
newsloom:{kept}:order    zset    capped    those names by the time they were kept
newsloom:{kept}:bytes    string  for ever  how much that is
newsloom:attempts        hash    for ever  file to attempts begun without an end
newsloom:watch:W         hash    for ever  how far a watched folder was handed in, and what is being moved
newsloom:watch:W:folders set     for ever  its sub-folders, as long as they exist
newsloom:looking         string  seconds   who is taking a second look: one at a time
======================== ======= ========= ====================================================
"""

LANGUAGES = "newsloom:languages"
DECISIONS = "newsloom:decisions"
QUARANTINE = "newsloom:quarantine"
KEPT = "newsloom:{kept}"
KEPT_ORDER = "newsloom:{kept}:order"
KEPT_BYTES = "newsloom:{kept}:bytes"
ATTEMPTS = "newsloom:attempts"
WATCH = "newsloom:watch:"
LOOKING = "newsloom:looking"
LEASES = "newsloom:leases"
REFUSED = ":refused"  #: behind a queue's key: the list of messages that no task could be made of
HELD = ":held:"  #: between a queue's key and a consumer: the list of what that consumer has in hand


def prefix(language: str) -> str:
    """What all keys of one language's index begin with."""
    return f"newsloom:{{{language}}}:"
