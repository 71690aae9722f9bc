"""How lines are worded that are no part of the news, in the languages of the sites that we know.

The wordings are narrow on purpose: a line that is wrongly kept costs a little similarity, a line that is wrongly dropped
is lost to everyone after this step.
"""

import re

from newsloom.core.days import months, weekday_names

#: Lines that are nothing but a label, whatever their case. Matched against the whole stripped line.
LABEL = re.compile(
    r"""(?:
    advert(?:isement|isements|ising|s)? | sponsored(?:\ content|\ links?)? | promoted(?:\ content|\ stories)?
    | publicidad(?:e)? | publicité | pubblicità | anzeige | werbung | реклама | reklam[ae]? | advertentie
    | share | share\ this(?:\ (?:story|article|page|post|with))? | share\ on\ .{1,20} | tweet | post | e-?mail | print | pin(?:terest)?
    | facebook | twitter | linkedin | whats\s?app | reddit | google\+? | pocket | telegram | messenger | copy\ link | link\ copied
    | compartir | partager | teilen | condividi | compartilhar | поделиться | drucken | imprimer | imprimir
    | (?:\d[\d,.]*\s+)?(?:pending\s+)?comments? | comentarios | commentaires | kommentare? | комментарии
    | more | enlarge | close | caption | gallery | photos? | video | videos | play | pause | mute | replay | menu | search | skip | subscribe | (?:sign|log)\ (?:in|up) | login
    | text\ size | font\ size | a\ a | loading | top\ trending | trending(?:\ now)? | most\ (?:read|popular|viewed|watched) | meistgelesen | lo\ más\ (?:leído|visto)
    | watch\ (?:this\ story|now|live|video) | view\ (?:all|gallery|more|comments) | show\ (?:more|all|hide) | load\ more | read\ more | see\ more | hide\ caption
    | image\ source | getty\ images | spreaker | listen(?:\ to\ (?:this\ )?article)? | listen\ now
    | (?:related|recommended|previous|more)\ (?:links?|content|stories|articles|coverage|local\ news|topics|news|reading|videos?) | also\ on\ .{2,30}
    | more\ from\ .{2,30} | more\ on\ this(?:\ story)? | más\ (?:noticias|información) | lire\ aussi | a\ lire\ aussi | à\ lire\ aussi | mehr\ zum\ thema | читайте\ также | lea\ también | leia\ também
    | leave\ a\ (?:reply|comment) | add\ a?\ ?comment | post\ a\ comment | deja\ un\ comentario | laisser\ un\ commentaire
    | 广告 | 廣告 | 分享(?:到.{1,8})? | (?:相关|相關|推荐|推薦|延伸)(?:阅读|閱讀|新闻|新聞|报道|報導) | 責任編輯.{0,12} | 责任编辑.{0,12} | 広告 | (?:関連|おすすめ)(?:記事|ニュース) | シェア(?:する)? | 続きを読む
    | 광고 | 공유(?:하기)? | 관련\s?(?:기사|뉴스) | 무단\s?전재.{0,30} | โฆษณา | แชร์ | ข่าวที่เกี่ยวข้อง | อ่านเพิ่มเติม | إعلان | شارك | اقرأ\ أيضا[ًّ]? | مواضيع\ ذات\ صلة | विज्ञापन | शेयर(?:\ करें)? | ये\ भी\ पढ़ें
    | شارك\ (?:على\ .{2,20}|الخبر|المقال) | تابعنا\ على\ .{2,20} | جميع\ الحقوق\ محفوظة.{0,40} | المصدر:\ وكالات | اشترك\ في\ (?:نشرتنا|قناتنا).{0,20} | آخر\ تحديث:.{4,40}
    | انتهای\ پیام | اشتراک.?گذاری | تبلیغات | کد\ خبر:?\ .{1,12} | لینک\ کوتاه.{0,40} | (?:اخبار|مطالب)\ مرتبط | विज्ञापन\ के\ बाद\ जारी.{0,10} | (?:google\ news|फेसबुक|व्हाट्सऐप|व्हाट्सएप|यूट्यूब|टेलीग्राम)\ (?:पर\ हमें\ फॉलो\ करें|चैनल\ से\ जुड़ें)
    | この記事をシェア(?:する)? | 無断(?:転載|複製).{0,20}禁.{0,8} | 会員登録はこちら | 最終更新[:：].{4,20} | (?:네이버|카카오톡|유튜브)\S{0,3}\ .{0,12}구독하기 | 저작권자.{0,60} | [가-힣]{2,4}\ 기자 | (?:编辑|編輯)[:：].{1,12}
    | haberin\ devamı\ için\ tıklayın(?:ız)? | ilgili\ haberler | (?:(?:facebook|twitter|whatsapp|x)['’][td][ae]\ )?paylaş | bizi\ .{3,20}\ takip\ edin | поділитися | udostępnij | dalsza\ część\ (?:artykułu|tekstu)\ (?:znajduje\ się\ )?pod\ .{4,40}
    | continua\ (?:depois|após)\ (?:d)?a\ publicidade | compartilhe | receba\ (?:as\ |nossas\ )?notícias\ .{2,40} | tangazo | shiriki\ kwenye\ .{2,20} | zur\ startseite | bagikan | simak\ (?:juga\ )?video.{0,60} | podeli(?:te)?\ vest | подели(?:те)?\ вест
    | skip\ to\ (?:main\ )?content | scroll\ to\ continue(?:\ with\ content)? | (?:article|story)\ continues\ (?:below|after)\b.{0,40}
    | was\ this\ (?:article|page|story)\ (?:useful|helpful|interesting)\b.{0,20} | comments\ (?:are|have\ been)\ (?:now\ )?closed\b.{0,40} | we\ value\ your\ privacy
    | \d+\s*-?\s*min(?:ute)?s?\ read | (?:reading\ time|lesezeit|temps\ de\ lecture|tiempo\ de\ lectura|tempo\ d[ei]\ le(?:it)?(?:ura|ttura)|leestijd)\s*:?\ .{1,20}
    | powered\ by\ .{2,40} | page\ \d+\ of\ \d+ | \d+\ of\ \d+ | by\ of\ the | posted\ on | filed\ under.{0,60} | tags:.{0,120}
    | view\ (?:(?:this|the)\ (?:e-?mail|message|newsletter)\ )?(?:in|on)\ (?:your|a|the|another)?\ ?(?:web\ )?browser | (?:un|de)subscribe(?:\ here)? | (?:manage|update|change)\ (?:your\ )?(?:e-?mail\ )?(?:preferences|subscriptions?|settings)
    | (?:newsletter\ )?(?:abmelden|abbestellen) | im\ browser\ (?:an)?sehen | se\ désabonner | se\ désinscrire | darse\ de\ baja | cancelar\ (?:la\ )?suscripción | annulla\ (?:l['’])?iscrizione | afmelden | avregistrera | отписаться
    | (?:from|to|cc|bcc|reply-to):\ .{0,80}[@<].{1,120} | (?:date|sent):\ (?=.*\d).{6,60}
    )[\W_]*""",
    re.IGNORECASE | re.VERBOSE,
)

#: A clock, a date stamp, a count, a player's position: no letter that tells anything.
STAMP = re.compile(
    r"""(?:
    (?:\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?\s*[|/–-]?\s*){1,3}
    | \d{1,2}\s*[ap]\.?m\.?
    | (?:(?:last\s+)?(?:updated|modified|published|posted|created|first\ published|actualizado|publicado|publié|mis\ à\ jour|aktualisiert|veröffentlicht|обновлено|опубликовано)
        (?:\s+(?:on|at|el|le|am))?\s*[:@–-]?\s*)
      (?=[^.!?]*\d)[^!?]{4,60}
    | (?:\w+,?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?\s+\d{4}(?:\W+\d{1,2}:\d{2}\s*(?:[ap]\.?m\.?)?(?:\s+[A-Z]{2,4})?)?
    | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\W+\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?)?
    | (?:发布时间|發布時間|更新时间|更新時間|公開日?|更新日?|입력|수정)?[\s:：]*\d{4}\s?[年년.]\s?\d{1,2}\s?[月월.]\s?\d{1,2}\s?[日일]?[\s\d:時时시分분()（）月火水木金土日일월화수목금토午前後오전후上下]{0,24}
    | [\d\W_]+
    )[\W_]*""",
    re.IGNORECASE | re.VERBOSE,
)

#: What an agency or a press office puts above and below a text: how urgent it is, which version, until when it is held.
FLAG = re.compile(
    r"""(?:
    flash | urgent | bulletin | news\ ?alert | breaking(?:\ news)? | (?:bulletin\ )?kill | advance | more | ends? | endit
    | urgente | última\ hora | ultim['’]ora | dernière\ minute | eil(?:t|meldung) | spoed | срочно | молния | терміново | pilne | son\ dakika | عاجل | فوری | 速報 | 속보 | 快讯 | 快訊
    | (?:press|news|media)\ release | pressemitteilung | communiqué\ de\ presse | (?:nota|comunicado)\ de\ (?:prensa|imprensa) | comunicato\ stampa | persbericht | pressmeddelande | pressemeddelelse | pressemelding | komunikat\ prasowy | пресс-релиз
    | (?:\d{1,2}(?:st|nd|rd|th)\ )?(?:(?:ld|lead|add|sub)(?:[\ -]+writethru)?|writethru)(?:,?\ \d{1,4})?
    | adv\ for\ [^.!?]{3,40} | adv\d{1,2} | (?:strictly\ )?(?:embargoed|hold)\ (?:until|till|for|to)\b[^.!?]{2,60} | embargo:[^.!?]{2,60} | sperrfrist:?\ (?=.*\d)[^!?]{2,60}
    | eds:\ (?!kill\b).*
    )[\W_]*""",
    re.IGNORECASE | re.VERBOSE,
)
#: The name by which it goes on the wire, its version and when it was sent; in capitals, as no headline has them.
SLUG = re.compile(
    r"""(?:
    (?:[a-z]\s+){0,3}(?:BC|AM|PM)-+[A-Z0-9][\w'’./&-]*(?:\s+[A-Z0-9][\w'’./&-]*){0,3}(?:\s*,\s*\w[\w\ /-]{0,30}){0,4}
    | [A-Z]{2,4}(?:-[A-Z]{2,4}){0,2}-\d\d-\d\d(?:-\d\d)?\s+\d{4}\s?(?:[A-Z]{3,4})?
    )[\W_]*""",
    re.VERBOSE,
)

_MONTHS = "|".join(map(re.escape, sorted(months())))
#: A date with its day first, in any language, and the clock behind it. The other order stands among the stamps.
DAY_FIRST = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+(?:den\s+)?)?\d\d?(?:st|nd|rd|th|er|\.)?\s+(?:de\s+)?(?:{_MONTHS})\.?,?\s+(?:de\s+)?\d\d\d\d(?:\s+[гр]\.?)?"
    r"(?:\W+(?:(?:at|um|à|a las|om|klo?\.?|в|о)\s+)?\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?|uhr|h)?(?:\s+[A-Z]{2,4})?)?[\W_]*",
    re.IGNORECASE,
)

_DAYS = "|".join(map(re.escape, sorted(weekday_names(), reverse=True)))
#: A day at the end of a line, and the number of the page. Blanks are not given back: a run of them would cost its cube.
DAY_END = re.compile(
    rf"(?<!\w)(?:(?P<weekday>{_DAYS})\.?,?\s++(?:den\s++)?)?"
    rf"(?:(?:{_MONTHS})\.?\s++\d\d?(?:st|nd|rd|th)?,?|\d\d?(?:st|nd|rd|th|er|\.)?\s++(?:de\s++)?(?:{_MONTHS})\.?,?(?:\s++de)?)\s++\d{{4}}"
    r"(?:\s++(?:(?:page|seite|p\.|s\.)\s*+)?\d{1,3})?[\W_]*+\Z",
    re.IGNORECASE,
)
#: The name of a paper or of a broadcast, and what sets it apart from the day.
NAME = re.compile(r"[^.!?]{3,60}(?:[,|·–—-]\s+|\s\s)\Z")

#: Openings that only a page's own machinery uses.
OPENING = re.compile(
    r"""(?:
    please\ (?:use|enable|update|upgrade|refresh|turn\ on|verify|install|log\ in|sign\ in|include\ a\ contact)\b
    | (?:sorry,\ )?your\ (?:browser|email\ address\ will\ not) | you\ need\ (?:the\ latest|to\ enable|javascript|an\ updated)
    | this\ (?:video|content|feature|site|website|page)\ (?:is\ (?:not\ )?(?:available|provided|currently|protected)|can(?:no|'|’)t?|requires|uses|has\ been\ optimi)
    | to\ (?:show|view|see|play|watch)\ (?:you\ )?this\ (?:content|video)
    | you\ can\ (?:use\ the\ buttons?|change\ your\ settings|receive\ breaking|also\ follow\ @|manage\ your|unsubscribe)
    | unfortunately\ we\ have\ been\ unable\ to\ verify
    | you\ have\ (?:\w+\ )?(?:free\ )?(?:articles?|stories)\ (?:left|remaining)\b | you(?:\ have|['’]ve)\ (?:read|reached)\ (?:\w+\ ){0,4}free\ (?:articles?|stories)\b
    | (?:this|the\ full)\ (?:article|story|content|post)\ is\ (?:only\ )?(?:for|available\ (?:only\ )?to|reserved\ for|exclusive\ to)\ (?:our\ )?(?:\w+\ )?(?:subscribers|members)\b
    | (?:continue|keep)\ reading(?=\W*$|\ (?:with|for|by|this|the\ full)\b) | (?:already|not)\ (?:yet\ )?(?:a|an)\ (?:\w+\ )?(?:subscriber|member)\s?\? | already\ have\ an\ account\s?\?
    | (?:log|sign)\ in\ (?:or\ \w+\ )?to\ (?:continue|read|keep|unlock|access)\b | (?:to\ (?:continue|keep)\ reading|to\ read\ (?:the\ rest|the\ full|this))\b.{0,60}\b(?:subscri\w+|log\ in|sign\ in|register)\b
    | (?:bereits|schon)\ abonnent(?:in)?\s?\? | (?:jetzt\ )?weiterlesen\ mit\b | dieser\ (?:artikel|beitrag|inhalt)\ ist\ (?:nur|exklusiv)\ für\ (?:unsere\ )?abonnent
    | déjà\ abonnée?s?\s?\? | cet\ article\ est\ réservé\ (?:aux|à\ nos)\ abonnés | ya\ eres\ suscriptora?\s?\? | (?:contenido|artículo)\ (?:exclusivo|solo)\ para\ suscriptores
    | do\ you\ have\ a\ (?:story|(?:news\ )?tip)\b | to\ report\ (?:a\ typo|an\ error|a\ mistake)\b | join\ our\ (?:whatsapp|telegram|facebook)\b
    | we\ and\ our\ (?:\d+\ )?partners\b | by\ (?:continuing|using\ this|signing\ up|clicking|subscribing)
    | this\ (?:is\ a\ )?(?:breaking|developing)\b.{0,30}\bstory\b | this\ story\ is\ (?:being\ updated|developing|still\ developing) | this\ breaking\ news\ story
    | (?:check\ back|stay\ tuned|stay\ with)\b.{0,60}\b(?:updates?|details|information|more)\b
    | receive\ free\b | get\ (?:the|our|breaking|daily|all\ the)\b.{0,80}\b(?:in|to|delivered\ to|on)\ your\ (?:inbox|phone|mailbox|device)\b
    | (?:sign|signed)\ up\b.{0,120}\b(?:newsletter|alerts?|inbox|updates|briefing|today|here|email) | subscribe\ (?:to|now|today|here|for)\b | suscr[ií]bete\b | abonnez-vous\b | inscrivez-vous\b | подпис(?:ывайтесь|аться)\b | abonnieren\ sie\b
    | (?:thank\ you|thanks)\ for\ (?:signing|subscribing|registering|your\ (?:subscription|support))
    | (?:follow|like|find|join)\ (?:us|me|him|her|@\w+|the\ author)\ (?:on|at)\b | follow\ .{2,60}\bon\ (?:twitter|facebook|instagram|x\b|google|linkedin) | síguenos\b | suivez[- ]nous\b | folgen\ sie\ uns\b
    | download\ (?:the|our)\b.{0,60}\bapps?\b | for\ the\ latest\ news\b.{0,80}\bapp | click\ (?:here|on|the|to)\b | tap\ here\b
    | your\ email\ address | required\ fields | save\ my\ name | notify\ me\ of | log\ in\ to\ (?:comment|reply) | message:\ \*
    | (?:tm\ and\ )?™ | todos\ los\ derechos | tous\ droits\ r | alle\ rechte\ v | все\ права
    | this\ material\ may\ not\ be | (?:support|donate\ to)\ (?:our|progressive|independent|quality)\ journalism
    | (?:just|must)\ watch(?:ed)?\b | listen\ to\ (?:this\ )?article | interested\ in\ .{2,60}\?\ add\b | start\ the\ day\ smarter
    | view\ (?:also|more|next|related|the\ full\ (?:story|article))\s*: | (?:also|more)\s*:\s*$
    | enter\ your\ e-?mail | we\ (?:will|'ll|’ll)\ (?:never|not)\ (?:share|publish)\ your
    | (?:\w+\ ){0,4}(?:watch|warning|advisory|statement|alert)s?\ issued\ \w{3,9}\ \d{1,2}\ at\ \d{1,2}:\d\d\ ?[AP]M\b
    | you(?:['’]re|\ are)\ (?:receiving|getting)\ this\b | (?:if|was)\ (?:you|this)\b.{0,40}\b(?:forwarded\ to\ you|trouble\ (?:viewing|reading)) | this\ (?:e-?mail|newsletter|message)\ was\ sent\ (?:to|by)\b
    | to\ (?:unsubscribe|opt\ out|stop\ receiving)\b | sie\ erhalten\ diese[ns]?\ (?:e-?mail|newsletter) | vous\ recevez\ cet(?:te)?\ (?:e-?mail|newsletter|lettre)
    | (?:closed[\ -])?(?:caption(?:s|ed|ing)|subtitle[sd])\ (?:provided\ |made\ possible\ |sponsored\ |performed\ )?by\b | untertitel(?:ung)?\ (?:von|im\ auftrag|der)\b | sous-titr(?:es|age)\ (?:par|de|:) | субтитры\ (?:сделал|создавал|подготов) | subtítulos\ (?:por|realizados)\b
    | (?:good\ (?:morning|afternoon|evening)\b[^.!?]{0,30}[.!,]\s*)?here(?:['’]s|\ is|\ are)\ .{0,20}\byou\ need\ to\ know\ (?:today|tonight|this\ (?:morning|evening|week))\W*$
    | gallery_thumbnails | (?:text|texto)\ size | automated\ translation | (?:translated|generated)\ by\ (?:google|ai|machine)
    )""",
    re.IGNORECASE | re.VERBOSE,
)

#: A line in brackets that is no sentence speaks of the page: other stories, sections, what a plug-in should have put there.
ASIDE = re.compile(r"\s*\[[^\[\]]+\]\s*")

#: Wordings that give a short line away wherever they stand in it.
ANYWHERE = re.compile(
    r"""\b(?:sign\ up\ (?:here|today|now|for)\b.{0,60}(?:newsletter|inbox|email|alerts) | (?:newsletter|email\ sign\ up)\b.{0,60}\bsign\ up
    | (?:delivered|sent|straight)\ (?:\w+\ )?to\ your\ inbox | in\ your\ inbox
    | you\ agree\ to\ our\ (?:privacy|terms) | (?:privacy|cookie)\ (?:policy|notice|settings) | enable\ javascript | adobe\ flash
    | may\ not\ be\ (?:published|reproduced),?\ (?:broadcast|rewritten|without) | all\ rights\ reserved
    | download\ (?:the|our)\ .{0,30}\bapp\b | subscribe\ to\ our\b | political\ newsletter
    | forward\ (?:it|this(?:\ \w+)?)\ to\ a\ friend | (?<!\w\s)for\ immediate\ release\b(?!\ (?:of|from|to)\b))""",
    re.IGNORECASE | re.VERBOSE,
)

#: How readers leave a newsletter.
LEAVE = re.compile(
    r"\bunsubscribe\b|\babmelden\b|\babbestellen\b|\bse désabonner\b|\bse désinscrire\b|\bdarse de baja\b|\bcancelar (?:la )?suscripción\b"
    r"|\bannulla (?:l['’])?iscrizione\b|\bafmelden\b|\bavregistrera\b|\bотписаться\b",
    re.IGNORECASE,
)

#: Links to the rest of a text, behind what is shown of it; in lower case.
MORE = (
    "more", "read on", "continue reading", "full story", "full article", "weiterlesen", "mehr", "mehr lesen", "lire la suite", "en savoir plus", "leer más",
    "seguir leyendo", "leia mais", "saiba mais", "leggi tutto", "leggi di più", "continua a leggere", "lees meer", "lees verder", "läs mer", "les mer",
    "læs mere", "lue lisää", "czytaj więcej", "czytaj dalej", "číst dále", "читать далее", "читать полностью", "читати далі", "devamını oku", "διαβάστε περισσότερα",
    "baca selengkapnya", "xem thêm", "đọc tiếp", "続きを読む", "もっと読む", "阅读全文", "閱讀全文", "더 보기", "더보기", "اقرأ المزيد", "और पढ़ें", "อ่านต่อ",
    "read more", "see more", "learn more", "find out more",
)  # fmt: skip

#: Lines that close a story in the name of those who made it: credits and legal lines.
SIGN_OFF = re.compile(
    r"""(?:
    contribut(?:ing|ors?)(?:\ to\ this\ (?:report|story|article))?\s*: | (?:with\ )?(?:inputs?|files?|reporting|additional\ reporting|material)\ (?:from|by)\b
    | (?:writing|edited|editing|written|reported|compiled)\ by\b
    | (?:have|got)\ (?:more\ to\ add|a\ (?:news\ )?(?:tip|story)) | originally\ published
    | (?:tm\ and\ )?(?:©|c\)\s|copyright\b)
    | (?:follow|e-?mail|contact|reach)\ .{2,60}(?:\bon\ twitter\b|@)
    )""",
    re.IGNORECASE | re.VERBOSE,
)

#: Wordings of such lines that stand near their beginning.
CLOSING = (
    "contributed to this ",
    "all rights reserved",
    "earlier version of this ",
    "previous version of this ",
)

_ROLE = (
    r"(?:reporter|journalist|correspondent|columnist|editor|writer|producer|contributor|blogger|critic|commentator"
    r"|redakteur(?:in)?|korrespondent(?:in)?|journalistin|periodista|redactora?|corresponsal|journaliste|correspondante?|rédact(?:eur|rice)"
    r"|jornalista|repórter|giornalista|corrispondente|verslaggever|redacteur|журналист|корреспондент|обозреватель)s?"
)
#: Who wrote it, told after the story's end.
AUTHOR = re.compile(
    rf"(?:[^\W\d_][\w.’'-]*,?\s+){{1,8}}?(?:(?:is|are|ist|sind|es|est|é|è)\s+(?:[^\s,;:.!?]+\s+){{0,8}}?{_ROLE}\b"
    r"|(?:covers|writes (?:about|on|for)|reports (?:on|from|for))\b.{0,160}?\b(?:newsroom|newspaper|staff|desk|"
    rf"{_ROLE})\b)",
    re.IGNORECASE,
)

# What stands over links to other pages, or in front of one.
_READ_ON = r"""
    (?:also\ )?(?:read|see|watch|hear)\ (?:also|more|next|related|the\ full\ (?:story|article)) | also\ (?:read|see|watch)
    | (?:related|recommended)(?:\ (?:stories|story|articles?|posts|news|content|coverage|reading|headlines|links|videos?))?
    | most\ (?:read|popular|viewed|watched)(?:\ (?:stories|articles|news))? | more\ (?:stories|articles|headlines|on\ this(?:\ story)?)
    | what\ to\ read\ next | up\ next | don['’]t\ miss | in\ case\ you\ missed\ it | must\ read | editors?['’]?s?\ picks?
    | (?:lea|lee|te\ puede\ interesar|también)\ también | te\ puede\ interesar | más\ información | (?:à\ )?lire\ (?:aussi|également|la\ suite) | (?:lesen|sehen)\ sie\ auch
    | mehr\ zum\ thema | auch\ interessant | leia\ (?:também|mais) | veja\ também | leggi\ anche | lees\ (?:ook|meer) | läs\ (?:också|även|mer) | les\ (?:også|mer) | læs\ også
    | (?:czytaj|zobacz)\ (?:też|także|również) | ayrıca\ (?:oku|bak)\w* | ilgili\ haber | читайте\ (?:также|також|ещё|еще) | baca\ juga | 延伸閱讀 | 相关阅读 | 関連記事 | 관련\s?기사 | اقرأ\ أيضا[ًّ]?
    | (?:ये|यह)\ भी\ पढ़ें | یہ\ بھی\ پڑھیں | আরও\ পড়ুন | بیشتر\ بخوانید | soma\ (?:zaidi|pia) | pročitajte\ (?:još|i|takođe) | прочитајте\ (?:још|и|такође) | прочетете\ (?:още|също) | διαβάστε\ (?:επίσης|ακόμ[αη])
    | čtěte\ také | přečtěte\ si\ také | prečítajte\ si\ (?:aj|tiež) | olvassa\ el\ ezt\ is | citește\ și | lue\ myös | xem\ thêm | đọc\ thêm | อ่านเพิ่มเติม | קראו\ (?:גם|עוד) | llegeix\ també
    """

#: Headings over links to other pages. What follows them in headline form is other people's news.
TEASERS = re.compile(
    rf"""(?:{_READ_ON}
    | (?:articles|stories|you|things|posts)\ you\ (?:may|might)\ (?:also\ )?(?:like|have\ missed|want)\b.{{0,20}} | you\ (?:may|might)\ (?:also\ )?(?:like|be\ interested\ in|have\ missed)\b.{{0,10}}
    | (?:related|recommended|previous|other|top|latest|trending|popular|most\ popular|must\ read|editors?['’]?s?\ picks?)\ ?(?:stories|articles|posts|news|content|coverage|reading|headlines|links|videos)?(?:\ for\ you|\ this\ week|\ today)?
    | more\ (?:news|from\ .{{2,30}}) | top\ trending | trending\ now | (?:from|around)\ the\ web | promoted\ (?:content|stories) | sponsored\ (?:content|links|stories)
    | también\ te\ puede\ interesar | más\ noticias | noticias\ relacionadas | articles\ similaires | das\ könnte\ sie\ auch\ interessieren
    )[\W_]*""",
    re.IGNORECASE | re.VERBOSE,
)

# A link with such a heading in front of it; what "Latest:" or "Top:" stands in front of may be news.
LINKED = re.compile(rf"(?:{_READ_ON})\s*(?:[:：»>|–—]|\s-\s)\W*\w", re.IGNORECASE | re.VERBOSE)

#: What those who run a site have to say to whoever reads it, at any length.
LEGAL = re.compile(
    r"(?:©|(?:tm and )?copyright\W+(?:©|c\)|\d{4})|this material may not be |(?:we|this (?:site|website)|our (?:site|website|partners)) (?:and our (?:\d+ )?partners )?uses? (?:\w+ )?cookies"
    r"|by (?:continuing to (?:use|browse|visit)|using this (?:site|website))\b)",
    re.IGNORECASE,
)

#: One of these stands in every line that ANYWHERE matches; looking for them first is 8 times faster.
HINTS = (
    "sign",
    "inbox",
    "agree to our",
    "privacy",
    "cookie",
    "javascript",
    "flash",
    "not be ",
    "rights reserved",
    "download",
    "subscribe",
    "newsletter",
    "to a friend",
    "immediate release",
)

CAPTION_START = re.compile(
    r"(?:image|photo|picture|pic|file pic|caption|foto|bild|imagen|фото)s?\b"
    r"(?:\s+\d+\s+of\s+/?\s*\d+|\s*:|\s+(?:by|courtesy|credit)\b)",
    re.IGNORECASE,
)
CREDIT_END = re.compile(
    r"\((?:photo|image|picture|ap photo|credit|source|file)\b[^)]{0,60}\)\s*$"
    r"|\b(?:pics?|photo|photograph|image|credit)\s?:\s?[^.]{2,60}$|(?:/|\s)(?:getty images|afp|reuters|ap photo|ap|epa)\s*$",
    re.IGNORECASE,
)
#: Who wrote it, beside other things that are told of a page, and what stands between those.
BYLINE = re.compile(
    r"(?:by|von|por|par|di|door|av|от)\s+[^\W\d_]+(?:[\s,.’'-]+[^\W\d_]+){1,7}", re.IGNORECASE
)
BETWEEN = re.compile(r"\s*[|·•]\s*")
#: Where a line begins to say something.
FIRST = re.compile(r"[^\W_]|[©™]")
