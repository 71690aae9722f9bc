"""Write src/newsloom/core/days.json: what each language calls the months and the days of the week.

The names are those of the Unicode CLDR: `pip install babel`, then run this. Added to them are the forms that
sentences have and the CLDR does not: the case in which a language tells when, weekdays that are one word with a
part of the day or the article, and names that only some countries use.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import regex
from wordfreq import available_languages

from newsloom.core.background import SEGMENTED
from newsloom.core.forms import fold, normalise

TARGET = Path(__file__).parents[2] / "src/newsloom/core/days.json"
WORD = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}\p{N}]+|\p{N}+")
SHORTEST = 3  #: letters of an abbreviation
MONTHS = {
    # The CLDR has these by country: the Levant and Iraq, Algeria and Tunisia, Morocco; and as many write them.
    "ar": {"كانون الثاني": 1, "شباط": 2, "آذار": 3, "اذار": 3, "نيسان": 4, "أيار": 5, "ايار": 5, "حزيران": 6, "تموز": 7,
           "آب": 8, "أيلول": 9, "ايلول": 9, "تشرين الأول": 10, "تشرين الاول": 10, "تشرين الثاني": 11,
           "كانون الأول": 12, "كانون الاول": 12,
           "جانفي": 1, "فيفري": 2, "أفريل": 4, "افريل": 4, "ماي": 5, "جوان": 6, "جويلية": 7, "أوت": 8, "اوت": 8,
           "يوليوز": 7, "غشت": 8, "شتنبر": 9, "نونبر": 11, "دجنبر": 12,
           "ابريل": 4, "إبريل": 4, "يوليه": 7, "اغسطس": 8, "اكتوبر": 10},
    "de": {"jänner": 1},
    "en": {"sept": 9},
    "es": {"setiembre": 9},
    # As the English and the French call them; the CLDR has one way of each.
    "fa": {"مه": 5, "جون": 6, "جولای": 7, "آگوست": 8, "اگست": 8, "اگوست": 8, "اوت": 8, "سپتمبر": 9, "اکتوبر": 10,
           "نومبر": 11, "دسمبر": 12},
    "hi": {"फरवरी": 2, "मई": 5, "सितम्बर": 9, "अक्तूबर": 10, "नवम्बर": 11, "दिसम्बर": 12},
    "sh": {"januara": 1, "februara": 2, "marta": 3, "aprila": 4, "maja": 5, "juna": 6, "jula": 7, "avgusta": 8,
           "augusta": 8, "septembra": 9, "oktobra": 10, "novembra": 11, "decembra": 12},
}  # fmt: skip
WEEKDAYS = {  # Monday is 0
    "ar": {"الإثنين": 0, "الثلثاء": 1, "الاربعاء": 2, "الاحد": 6},
    "de": {"sonnabend": 5},
    "fi": {"sunnuntaina": 6},
    "hu": {"hétfőn": 0, "kedden": 1, "szerdán": 2, "csütörtökön": 3, "pénteken": 4, "szombaton": 5},
    "is": {"mánudag": 0, "þriðjudag": 1, "miðvikudag": 2, "fimmtudag": 3, "föstudag": 4, "laugardag": 5,
           "sunnudag": 6},
    "lv": {"pirmdien": 0, "otrdien": 1, "trešdien": 2, "ceturtdien": 3, "piektdien": 4, "sestdien": 5,
           "svētdien": 6},
    "cs": {"středu": 2, "sobotu": 5, "neděli": 6},
    "hr": {"srijedu": 2, "subotu": 5, "nedjelju": 6},
    "lt": {"pirmadienį": 0, "antradienį": 1, "trečiadienį": 2, "ketvirtadienį": 3, "penktadienį": 4,
           "šeštadienį": 5, "sekmadienį": 6},
    "pl": {"środę": 2, "sobotę": 5, "niedzielę": 6},
    "ru": {"среду": 2, "пятницу": 4, "субботу": 5},
    "sk": {"stredu": 2, "sobotu": 5, "nedeľu": 6},
    "sl": {"sredo": 2, "soboto": 5, "nedeljo": 6},
    "sr": {"sredu": 2, "subotu": 5, "nedelju": 6},
    "th": {"วันพฤหัส": 3},
    "uk": {"середу": 2, "п'ятницю": 4, "суботу": 5, "неділю": 6},
}  # fmt: skip
#: What is written on behind a weekday: "Freitagabend", "torsdagskvällen".
BEHIND = {
    "da": "en ens s",
    "de": "abend abends früh mittag morgen nachmittag nacht vormittag",
    "nl": "avond middag morgen nacht namiddag ochtend voormiddag",
    "no": "en ens kveld skveld skvelden smorgen",
    "sv": "en ens s seftermiddag seftermiddagen sförmiddag sförmiddagen skväll skvällen smorgon smorgonen snatt snatten",
}
#: What is written on in front: "in", "from", "to".
FRONT = {"he": "במל"}
#: Names that more often mean something else: a week, a market, the third.
ELSE = {
    "неделя",
    "недела",
    "nedelja",
    "nedelju",
    "minggu",
    "linggo",
    "ہفتہ",
    "pazar",
    "bazar",
    "კვირა",
    "τρίτη",
}
#: Languages without a word list of their own. Cut short their months are other words: you, snow, wind.
MORE = {"az", "ka", "kk", "sw"}
#: Languages that share an index, by its code, and whose names go into it.
TOGETHER = {"sh": ("sr_Latn", "hr", "bs_Latn"), "no": ("nb", "nn"), "id": ("id", "ms"), "fil": ("fil",)}


def main() -> None:
    languages = sorted(
        {*available_languages("best"), *TOGETHER, *MORE, "th"} - (SEGMENTED - {"th"}) - {"nb", "ms"}
    )
    # A process each: what Babel has merged for one locale may show in the next.
    with ProcessPoolExecutor(1, max_tasks_per_child=1) as pool:
        found = dict(zip(languages, pool.map(names, languages), strict=True))
    rows = ",\n".join(
        f'"{language}": {json.dumps(told, ensure_ascii=False, sort_keys=True)}'
        for language, told in found.items()
    )
    TARGET.write_text("{\n" + rows + "\n}\n", encoding="utf-8")


def names(language: str) -> dict[str, dict[str, int]]:
    from babel import Locale

    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for code in TOGETHER.get(language, (language,)):
        locale = Locale.parse(code)
        for form in ("format", "stand-alone"):
            for width in ("wide",) if language in MORE else ("wide", "abbreviated"):
                for number, name in locale.months[form][width].items():
                    put(months, name, number, language)
            for number, name in locale.days[form]["wide"].items():
                put(weekdays, name, number, language)
        for extra in {language, code.partition("_")[0]}:
            for name, number in MONTHS.get(extra, {}).items():
                put(months, name, number, language, shortest=2)
            for name, number in WEEKDAYS.get(extra, {}).items():
                put(weekdays, name, number, language)
    # "De gener" is "gener" with a word before it, "kanun al-thani" is a name of two words.
    months = {name: number for name, number in months.items() if name.partition(" ")[2] not in months}
    for told in (months, weekdays):
        told |= {front + name: number for name, number in told.items() for front in FRONT.get(language, "")}
    weekdays |= {
        name + behind: number
        for name, number in weekdays.items()
        for behind in BEHIND.get(language, "").split()
    }
    return {"months": months, "weekdays": weekdays}


def put(names: dict[str, int], name: str, number: int, language: str, shortest: int = SHORTEST) -> None:
    """Under its words as a text has them, in whatever spelling; in a script without spaces as it is written."""
    written = fold(normalise(name)).rstrip(".")
    cut = [written] if language in SEGMENTED else WORD.findall(written)
    if cut and cut[0] not in ELSE and len(written) >= shortest:
        names.setdefault(" ".join(cut), number)


if __name__ == "__main__":
    main()
