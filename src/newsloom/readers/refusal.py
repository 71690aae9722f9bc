"""What sites say in place of an article: that the scraper looks like no reader, or that there is no such page.

Such answers often come with status 200, and a scraper that is blocked stores the same one thousands of times. Taken
for news it would be one event, larger than any other, with copies by every outlet.
"""

import re

from newsloom.errors import BadFile

#: Longest text, in characters, that is looked at: an article about such answers says more.
MAX_CHARS = 1_200

#: What only servers and their guards say.
_SAID = re.compile(
    r"""
    checking\ (?:if\ the\ site\ connection\ is\ secure|your\ browser\ before) | enable\ javascript\ and\ cookies\ to\ continue
    | cloudflare\ ray\ id | ddos\ protection\ by | incapsula\ incident\ id | press\ (?:&|and)\ hold\ to\ confirm
    | (?:verify|verifying|confirm|prove)\ (?:that\ )?you\ are\ (?:a\ )?(?:human|not\ a\ (?:ro)?bot)
    | (?:detected|received)\ unusual\ (?:traffic|activity)\ (?:coming\ )?from\ your | made\ us\ think\ (?:that\ )?you\ (?:were|are|might\ be)\ a\ bot
    | sorry,\ you\ have\ been\ blocked | your\ (?:ip(?:\ address)?|request|access)\ has\ been\ (?:temporarily\ )?blocked
    | you\ do(?:n['’]t|\ not)\ have\ permission\ to\ access\ .{1,300}\ on\ this\ server | the\ requested\ url\ (?:\S{1,300}\ )?was\ (?:not\ found\ on|rejected)
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: How such an answer is headed; an article may be as well, so it takes an empty page or an apology below it.
_HEADED = re.compile(
    r"""(?:error\W*)?(?:
    (?:400|401|403|404|410|429|50[0234])(?:\W+(?:error|bad\ request|forbidden|unauthorized|(?:page\ )?not\ found|gone|too\ many\ requests
        |internal\ server\ error|bad\ gateway|service\ (?:temporarily\ )?unavailable|gateway\ time-?\s?out))?
    | (?:page|file)\ not\ found | forbidden | too\ many\ requests | bad\ gateway | service\ (?:temporarily\ )?unavailable
    | just\ a\ moment | attention\ required | access\ (?:to\ this\ page\ has\ been\ )?denied
    )(?:\W+.{1,60})?\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_APOLOGY = re.compile(
    r"""(?:page|url|address|article|link|content)\b.{0,60}\b(?:not|n['’]t|no\ longer|moved|deleted|removed)\b | looking\ for
    | nginx | apache | try\ again\ (?:later|in) | home\s?page | webmaster | administrator""",
    re.IGNORECASE | re.VERBOSE,
)


def check(title: str | None, text: str) -> None:
    """Raise ``BadFile`` if a site said this in place of an article."""
    if said := refusal(title, text):
        raise BadFile("blocked", f"The site answered “{said[:80]}” in place of an article; fetch it again.")


def refusal(title: str | None, text: str) -> str | None:
    """What a site said in place of an article, to quote it; None of what is one."""
    if len(text) > MAX_CHARS:
        return None
    if said := _SAID.search(text):
        return said[0]
    first, _, rest = text.partition("\n")
    for head, below in ((title or "", text if first != title else rest), (first, rest)):
        if _HEADED.fullmatch(head.strip()) and (not below.strip(" \n") or _APOLOGY.search(below)):
            return head.strip()
    return None
