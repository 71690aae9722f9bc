"""What servers and their guards answer in place of an article: that the scraper does not look like a reader, or an error.

What is said by a site itself is in ``notices``. Such answers often come with status 200, and a scraper that is blocked stores
the same one thousands of times. Taken for news it would be one event, larger than any other, with copies by every outlet.
"""

import re

from newsloom.readers.notices import is_missing

#: Longest text, in characters, that is looked at: an article about such answers says more.
MAX_CHARS = 1_200

#: What only servers and their guards say, where a sentence of theirs begins: news tells it of somebody, or quotes it.
_SAID = re.compile(
    r"""
    please\ enable\ js\ and\ disable\ any\ ad\ blocker | cloudflare\ ray\ id\W+[0-9a-f]{8} | incapsula\ incident\ id\W+\d | verifying\ you\ are\ human\W+this\ may\ take
    | (?:^ | [.!?|…]\s+ | (?:denied|error|forbidden|not\ found|rejected|cloudflare)\W?\s)
      (?:(?:please|sorry|let['’]s|(?:you\ )?(?:just\ )?need\ to|(?:before\ you|to)\ (?:continue|proceed),?|we\ (?:just\ )?need\ to|please\ wait\ while\ we(?:['’]re|\ are)?),?\s){0,3}
      (?:
        checking\ (?:if\ the\ site\ connection\ is\ secure|your\ browser\ before\ access) | enable\ javascript\ and\ cookies\ to\ continue
        | ddos\ protection\ by | the\ request\ could\ not\ be\ satisfied | press\ (?:&|and)\ hold\ to\ confirm
        | (?:verify|verifying|confirm|prove)\ (?:that\ )?you\ are\ (?:a\ )?(?:human|not\ a\ (?:ro)?bot)\b(?!:)
        | (?:(?:our\ systems|we)(?:['’]ve|\ have)?\ )?(?:detected|received)\ unusual\ (?:traffic|activity)\ (?:coming\ )?from\ your
        | (?:as\ you\ were\ browsing,?\ )?something\ about\ your\ browser\ made\ us\ think
        | you\ have\ been\ blocked\b(?!:) | your\ (?:ip(?:\ address)?|request|access)\ has\ been\ (?:temporarily\ )?blocked
        | you\ do(?:n['’]t|\ not)\ have\ permission\ to\ access\ .{1,300}\ on\ this\ server | the\ requested\ url\ (?:\S{1,300}\ )?was\ (?:not\ found\ on|rejected)
      )
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
#: How servers and their guards head such an answer, with a site's name behind it; an article may be headed so as well, so it
#: takes an apology below it, or an empty page and no dash. A number counts if no other word follows it: 404 may be as many dead.
_HEADED = re.compile(
    r"""(?:(?:http\ )?error\W*)?(?:
    (?:400|401|403|404|410|429|50[0234])(?:\W{1,3}(?:error|bad\ request|forbidden|unauthorized|(?:could\ )?not\ (?:be\ )?found|gone
        |too\ many\ requests|internal\ server\ error|bad\ gateway|service\ (?:temporarily\ )?unavailable|gateway\ time-?\s?out))?
    | forbidden | too\ many\ requests | bad\ gateway | service\ (?:temporarily\ )?unavailable
    | just\ a\ moment | attention\ required | access\ (?:to\ this\ page\ has\ been\ )?denied
    )[.!…]*(?:(?:(?P<dash>\ [-–—·•]\ )|\ ?\|\ ?).{1,60})?\W*""",
    re.IGNORECASE | re.VERBOSE,
)
#: Longest heading, in characters.
_MAX_HEAD = 160
_APOLOGY = re.compile(
    r"""\b(?:this|the|that|requested)\ (?:\w+\ )?(?:page|url|address|article|link|content|file)\b.{0,60}\b
        (?:(?:not|n['’]t|no\ longer)\ (?:be\ )?(?:found|exist|available|there)|(?:been|was|is)\ (?:re)?(?:moved|deleted))\b
    | \byou(?:['’]re|\ are|\ were)?\ (?:looking|searching)\ for | \bnginx\b | ^cloudflare$ | \bapache/\d | (?:^|[.!]\ )try\ again\ (?:later|in)\b | \bplease\ try\ again
    | \b(?:go|back|return|visit|to|our|the)\ (?:\w+\ )?home\s?page | \b(?:your|our|site|system|server|web(?:site)?|network)\ administrator | \bcontact\ (?:the|our)\ webmaster""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def answer(title: str | None, text: str) -> str | None:
    """What a server said in place of an article, to quote it; None of what may be one."""
    if len(text) > MAX_CHARS:
        return None
    if said := _SAID.search(text):
        return said[0].strip(" .!?|…\n")
    first, _, rest = text.partition("\n")
    for head, below in ((title or "", text if first != title else rest), (first, rest)):
        if is_missing(head):
            return head.strip()
        headed = _headed(head)
        if headed and (
            (not below.strip(" \n") and not headed["dash"])
            or _headed(below)
            or is_missing(below)
            or _APOLOGY.search(below)
        ):
            return head.strip()
    return None


def _headed(line: str) -> re.Match[str] | None:
    return _HEADED.fullmatch(line.strip()) if len(line) <= _MAX_HEAD else None
