"""Lists of mail addresses."""

import pytest

from storage.mailboxes import listed, mailbox_of
from storage.models import Channel, ChannelKind


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", ()),
        (" , ,", ()),
        ("a@x.example", ("a@x.example",)),
        ("a@x.example, b@x.example ,c@x.example", ("a@x.example", "b@x.example", "c@x.example")),
        ('"Doe, Jane" <jane@x.example>, b@x.example', ('"Doe, Jane" <jane@x.example>', "b@x.example")),
        (
            "Good One <good@x.example>, good@x.example, GOOD@X.example, b@x.example",
            ("Good One <good@x.example>", "b@x.example"),
        ),
    ],
)
def test_a_list_names_each_mailbox_once_as_it_was_first_written(text, addresses):
    assert listed(text) == addresses


@pytest.mark.parametrize("address", ["jane@x.example", "Jane <jane@x.example>", '"Doe, Jane" <Jane@X.example>'])
def test_a_mailbox_is_its_address(address):
    assert mailbox_of(address) == "jane@x.example"
    assert Channel("desk", ChannelKind.EMAIL, {"to": "Jane Doe <jane@x.example>"}).tells(address)


def test_a_channel_without_addresses_tells_itself():
    channel = Channel("hook", ChannelKind.WEBHOOK, {"url": "https://hooks.example/"})
    assert channel.recipients == ("hook",)
    assert channel.tells("hook")
    assert not channel.tells("jane@x.example")
