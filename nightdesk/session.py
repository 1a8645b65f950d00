"""What every command starts from: the configuration, the clock and the store, opened when first needed."""

from functools import cached_property

import click

from nightdesk.config import Config, load
from storage.clock import Clock, parse_clock
from storage.store import Store, connect


class Session:
    """One run of the command line."""

    def __init__(self, *, config_path: str | None, database: str | None, debug: bool) -> None:
        self.debug = debug
        self.config_path = config_path
        self._database = database
        self.patience = 15.0  # real seconds that this command waits for another process's lock

    @cached_property
    def config(self) -> Config:
        """The configuration."""
        return load(self.config_path)

    @cached_property
    def clock(self) -> Clock:
        """The clock, as NIGHTDESK_CLOCK sets it."""
        clock = parse_clock(self.config.environment.get("NIGHTDESK_CLOCK"))
        if clock.rehearsed:
            click.echo(f"rehearsal: the clock shows {clock.now():%Y-%m-%d %H:%M:%SZ} and runs {clock.rate:g}×", err=True)
        return clock

    @cached_property
    def store(self) -> Store:
        """The store, closed when the command ends."""
        store = connect(self.database, self.clock, patience=self.patience)
        click.get_current_context().find_root().call_on_close(store.close)
        return store

    @property
    def database(self) -> str:
        """The database's URL: the option's, else the environment's, else the file's."""
        return self._database or self.config.database


pass_session = click.make_pass_decorator(Session)
