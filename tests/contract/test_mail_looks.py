"""How a mail looks on a phone, in a real browser."""

import html
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alerts.digests import digest_page, notice_page
from alerts.render import page
from nightdesk.samples import sample_alert
from storage.models import Carrier, Digest, Notice

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = 375  # CSS pixels
LONG = "Donaudampfschifffahrtsgesellschaftskapitaen" * 4
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


def measured(text, folder):
    """How wide the page's content is, in a window as wide as a phone's."""
    outer = folder / "phone.html"
    measure = "document.title = this.contentDocument.documentElement.scrollWidth"
    outer.write_text(
        f'<iframe style="border:0;width:{PHONE}px" srcdoc="{html.escape(text)}" onload="{measure}"></iframe>', encoding="utf-8"
    )
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
               "--virtual-time-budget=2000", "--dump-dom", outer.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return int(re.search(r"<title>(\d+)</title>", done.stdout)[1])


def test_no_mail_is_wider_than_a_phone_however_long_its_words_and_addresses_are(tmp_path):
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    alert = sample_alert(now)
    (first, *others) = alert.carriers
    changed = {"url": f"https://paper.example/{LONG}", "title": LONG, "source": LONG}
    carriers = (Carrier(replace(first.article, **changed), first.relation, first.evidence), *others)
    long = replace(alert, story_title=LONG, rule=replace(alert.rule, name=LONG, query=LONG), carriers=carriers)
    assert measured(f"<p>{LONG}", tmp_path) > PHONE  # this browser does measure
    for text in (page(long), digest_page(Digest("dig_1", LONG, (long,), now)), notice_page(Notice("n", LONG, LONG, now))):
        assert measured(text, tmp_path) <= PHONE
