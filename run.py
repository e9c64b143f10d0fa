#!/usr/bin/env python3
"""Starts 乡亭: the commands are in deploy/commands.py, what they do is in the packages, how parts meet in deploy/wiring.py.

Python 3.6 must be able to read this file as far as the version check, so: no `match`, no `:=`.
"""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 (an older Python must get a sentence, not a traceback)
    sys.exit(
        "乡亭需要 Python 3.11 或更新的版本,这里是 " + sys.version.split()[0] + ",请先装新的 Python 再启动。\n"
        "Xiangting needs Python 3.11 or newer; please install it and start again with it."
    )

from deploy import bootstrap

ROOT = Path(__file__).resolve().parent

if __name__ == "__main__":
    bootstrap.enter(ROOT)

# ---- From here on this runs inside `.venv`. ----

from collections.abc import MutableMapping  # noqa: E402

import click  # noqa: E402

from content.errors import XiangtingError  # noqa: E402


class Commands(click.Group):
    """The commands of deploy/commands.py, brought in when one is named: a plain start needs nothing of what they need,
    and would take twice as long."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _commands().get(cmd_name)


def _commands() -> MutableMapping[str, click.Command]:
    from deploy.commands import commands

    return commands.commands


@click.group(cls=Commands, invoke_without_command=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), default=ROOT / "demo", help="Where the demonstration lives."
)
@click.option("--village-port", default=8000, help="The demonstration village's port.")
@click.option("--county-port", default=8100, help="The demonstration county's port.")
@click.pass_context
def cli(context: click.Context, folder: Path, village_port: int, county_port: int) -> None:
    """乡亭: a village information kiosk with an SMS service and county sync.

    Without a command: a county, a village and a phone with demonstration content.
    """
    if context.invoked_subcommand is None:
        from deploy.demonstration import run_demonstration  # a village that serves has no use for its content

        run_demonstration(
            folder, ROOT / "run.py", village_port=village_port, county_port=county_port, say=bootstrap.say
        )


def main() -> None:
    """Runs the command named on the command line: exit code 0, 1 (failed) or 2 (misused)."""
    try:
        cli(prog_name="run.py")
    except XiangtingError as exc:
        click.echo(str(exc), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
