"""lemon24/reader as the peer: run by the Python of its own environment, and told its rounds on standard input.

    ENVIRONMENT/bin/python benchmarks/scale/peer.py DATABASE WORKERS

The first line is a JSON list of feeds, which are added; each line after it is a round, in which all feeds are updated. Each is
answered by a line of JSON: the CPU seconds that it took, and how many feeds were updated, of them how many had failed.
"""

import json
import logging
import resource
import sys

from reader import make_reader


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    logging.disable(logging.CRITICAL)
    reader = make_reader(sys.argv[1])
    for url in json.loads(sys.stdin.readline()):
        reader.add_feed(url)
    print(json.dumps({"version": __import__("reader").__version__}), flush=True)
    for _ in sys.stdin:
        begun, done, failed = spent(), 0, 0
        for result in reader.update_feeds_iter(scheduled=False, workers=int(sys.argv[2])):
            done += 1
            failed += isinstance(result.value, Exception)
        print(json.dumps({"cpu": spent() - begun, "feeds": done, "failed": failed}), flush=True)


if __name__ == "__main__":
    main()
