"""Write src/newsloom/core/words_th.txt: Thai words and how often the Thai National Corpus holds each.

wordfreq counts no Thai. PyThaiNLP publishes these counts under CC0: `pip install pythainlp`, then run this.
"""

import re
from pathlib import Path

WORDS = 30_000
TARGET = Path(__file__).parents[2] / "src/newsloom/core/words_th.txt"


def main() -> None:
    from pythainlp.corpus import tnc

    counts = tnc.unigram_word_freqs()
    thai = [(word, count) for word, count in counts.items() if re.fullmatch(r"[\u0e00-\u0e7f]+", word)]
    thai.sort(key=lambda pair: (-pair[1], pair[0]))
    TARGET.write_text("".join(f"{word} {count}\n" for word, count in thai[:WORDS]), encoding="utf-8")
    print(f"{WORDS} words; running words of the corpus, for background.py: {sum(counts.values())}")


if __name__ == "__main__":
    main()
