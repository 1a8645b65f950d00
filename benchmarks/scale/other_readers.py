"""Another tool at its usual work on pages: download and read each address. Run by that tool's own Python.

    python benchmarks/scale/other_readers.py news-please|newspaper4k < addresses

Prints how many gave a text.
"""

import sys


def news_please(url: str) -> str | None:
    """By its documented way for one article."""
    from newsplease import NewsPlease  # noqa: PLC0415 - each is there in its own environment only

    text: str | None = NewsPlease.from_url(url).maintext
    return text


def newspaper4k(url: str) -> str | None:
    """By its documented way for one article, without its natural language part."""
    import newspaper  # noqa: PLC0415 - as above

    text: str | None = newspaper.article(url).text
    return text


def main() -> None:
    read = {"news-please": news_please, "newspaper4k": newspaper4k}[sys.argv[1]]
    good = 0
    for url in sys.stdin.read().split():
        try:
            good += bool(read(url))
        except Exception as error:  # noqa: BLE001 - whatever it is: the others are read all the same
            print(f"{url}: {error}", file=sys.stderr)
    print(good)


if __name__ == "__main__":
    main()
