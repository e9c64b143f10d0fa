"""The commands of `run.py`: each is a few lines over a library function; results on stdout, problems on stderr."""

import logging
import os
import shutil
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from pathlib import Path

import click

from content import backup
from content.doctor import examine
from content.errors import XiangtingError
from content.imports import FOR_COUNTY, FOR_VILLAGE, import_file
from content.node import Node, open_node
from content.node import init as init_node
from content.record.verify import verify as verify_record
from content.settings import Settings, load_settings
from deploy import bootstrap
from deploy.serving import serve_until_stopped
from sync import bundle
from sync import enrol as enrolment
from sync.client import Client
from sync.enrol import Register
from sync.journal import Exchange, Journal

ROOT = Path(__file__).resolve().parent.parent
UV_COMPILE = "pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet"

home_option = click.option(
    "--home", type=click.Path(path_type=Path), required=True, help="The folder of the node."
)
database_option = click.option(
    "--database",
    default="",
    help="A county's record in PostgreSQL: postgresql://… instead of home/record.db.",
)
host_option = click.option("--host", default="127.0.0.1", help="The address to listen on.")


@click.group()
def commands() -> None:
    """What `run.py` can do besides the demonstration."""


@commands.command("init")
@click.argument("kind", type=click.Choice(["village", "county"]))
@home_option
@click.option(
    "--code", required=True, help="Area code of the statistics bureau: county 6 digits, village 12."
)
@click.option("--name", required=True, help="The name that pages show.")
def make_home(kind: str, home: Path, code: str, name: str) -> None:
    """Makes the home folder of a new node."""
    init_node(home, kind=kind, code=code, name=name)
    click.echo(f"{home}: {name} {code}")


@commands.command("village")
@home_option
@host_option
@click.option("--port", default=8000)
@click.option("--sync-every", "sync_every_s", type=int, help="Seconds between syncs, instead of the setting.")
def run_village(home: Path, host: str, port: int, sync_every_s: int | None) -> None:
    """Runs a village: kiosk, desk and sync."""
    from deploy.wiring import wire_village  # every page there is: a third of the start of every other command

    with ExitStack() as running:
        node, settings = _open(running, home)
        app = wire_village(node, settings, running, sync_every_s=sync_every_s or settings.sync_every_s)
        serve_until_stopped(app, node, host=host, port=port, threads=settings.threads)


@commands.command("county")
@home_option
@database_option
@host_option
@click.option("--port", default=8100)
@click.option(
    "--phone-pages", is_flag=True, help="Show the drawn phones at /phone to everybody: demonstrations only."
)
def run_county(home: Path, database: str, host: str, port: int, phone_pages: bool) -> None:
    """Runs a county: portal, console, hub and SMS."""
    from deploy.wiring import wire_county  # every page there is: a third of the start of every other command

    with ExitStack() as running:
        node, settings = _open(running, home, database=database)
        app = wire_county(node, settings, running, has_phone_pages=phone_pages)
        serve_until_stopped(app, node, host=host, port=port, threads=settings.threads)


@commands.command("invite")
@home_option
@database_option
@click.option("--village", required=True, help="The village's 12-digit area code.")
def invite(home: Path, database: str, village: str) -> None:
    """Prints a one-time code with which a village's device may enrol (at the county)."""
    with ExitStack() as running:
        node, _ = _open(running, home, database=database)
        click.echo(Register(node.record).invite(village))


@commands.command("enrol")
@home_option
@click.option("--hub", required=True, help="The county's address, such as https://portal.example.cn.")
@click.option("--code", required=True, help="The one-time code that the county gave.")
def enrol(home: Path, hub: str, code: str) -> None:
    """Enrols a village at its county; a person there then approves it."""
    with ExitStack() as running:
        node, _ = _open(running, home)
        node, reply = enrolment.ask(node, hub_url=hub, code=code)
        mark = node.keys.public_key.hex()[:8].upper()
        click.echo(f"{reply.county_name}: {reply.state}; {mark}")


@commands.command("approve")
@home_option
@database_option
@click.argument("mark")
def approve(home: Path, database: str, mark: str) -> None:
    """Approves a waiting device by the mark that `enrol` printed at the village (at the county)."""
    with ExitStack() as running:
        node, _ = _open(running, home, database=database)
        register = Register(node.record)
        waiting = [d for d in register.all_devices() if d.mark == mark.upper() and d.state == "waiting"]
        if len(waiting) != 1:
            raise XiangtingError(f"没有标记为 {mark} 的待批准设备。", code="no_device")
        register.set_state(waiting[0].public_key, "active")
        click.echo(f"{waiting[0].village}: active")


@commands.command("sync")
@home_option
def sync_now(home: Path) -> None:
    """Syncs a village with its county once; exit 0 when both then hold the same."""
    with ExitStack() as running:
        node, _ = _open(running, home)
        if not node.config.hub_url:
            raise XiangtingError("还没有登记到县里，请先运行 enrol。", code="not_enrolled")
        exchange = Client(node, Journal(node.record)).sync()
        click.echo(_exchange_words(exchange))
        if exchange.outcome != "level":
            raise XiangtingError(exchange.words or "还没有对齐，请再运行一次。", code="not_level")


@commands.command("import")
@click.argument("kind", type=click.Choice([*FOR_COUNTY, *FOR_VILLAGE]))
@click.argument(
    "files", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True
)
@home_option
@database_option
def import_files(kind: str, files: tuple[Path, ...], home: Path, database: str) -> None:
    """Takes files in: regions, catalogue, programmes, guides at a county; notices, statement, roll at a village."""
    with ExitStack() as running:
        node, _ = _open(running, home, database=database)
        for path in files:
            click.echo(import_file(node, kind, path))


@commands.command("verify")
@home_option
@database_option
def verify(home: Path, database: str) -> None:
    """Recomputes the whole record and names the first thing that is wrong."""
    with ExitStack() as running:
        node, _ = _open(running, home, database=database)
        fault = next(iter(verify_record(node.record)), None)
        if fault is not None:
            raise XiangtingError(f"{fault.where}: {fault.what}", code="not_true")
        streams = node.record.streams()
        click.echo(f"{sum(s.size for s in streams)} events in {len(streams)} streams: true")


@commands.command("rebuild")
@home_option
@database_option
def rebuild(home: Path, database: str) -> None:
    """Throws the views away and folds the record again."""
    with ExitStack() as running:
        node, _ = _open(running, home, database=database)
        click.echo(f"{node.views.rebuild()} events")


@commands.group("bundle")
def bundles() -> None:
    """Sync by USB stick where there is no network."""


@bundles.command("export")
@home_option
@database_option
@click.option("--village", default="", help="At a county: the village that the file is for.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_file(home: Path, database: str, village: str, file: Path) -> None:
    """Writes all that the other side may have into one sealed file."""
    with ExitStack() as running:
        node, _ = _open(running, home, database=database)
        key = Register(node.record).seal_key(village) if node.is_county else b""
        click.echo(f"{bundle.export_bundle(node, file, village=village, seal_key=key)} events")


@bundles.command("import")
@home_option
@database_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_bundle_file(home: Path, database: str, file: Path) -> None:
    """Takes a file in, up to its last whole piece."""
    with ExitStack() as running:
        node, _ = _open(running, home, database=database)
        taken = bundle.import_bundle(node, file, Register(node.record) if node.is_county else None)
        click.echo(f"{taken.events} events, {taken.files} files")
        if taken.problems:
            raise XiangtingError("；".join(taken.problems), code="bundle")


@commands.command("backup")
@home_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def back_up(home: Path, file: Path) -> None:
    """Writes the record and its files, without the keys, into one file."""
    with ExitStack() as running:
        node, _ = _open(running, home)
        click.echo(f"{file}: {backup.back_up(node, file):,} bytes")


@commands.command("restore")
@home_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(home: Path, file: Path) -> None:
    """Puts a backup into a home without a record; the next start goes on in a new epoch."""
    backup.restore(home, file)
    click.echo(f"{home}")


@commands.command("doctor")
@home_option
@database_option
def doctor(home: Path, database: str) -> None:
    """Looks a node over and says what to do about what is not well."""
    with ExitStack() as running:
        node, _ = _open(running, home, database=database)
        findings = list(examine(node))
        for finding in findings:
            click.echo(f"{'ok ' if finding.is_well else '!! '} {finding.name}: {finding.words}")
        if not all(finding.is_well for finding in findings):
            sys.exit(1)


@commands.command("bench")
@click.option("--notices", "count", default=10_000, help="How many notices and records to measure with.")
@click.option(
    "--county",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Measure the console on this home, which `run.py generate` has filled.",
)
def bench(count: int, county: Path | None) -> None:
    """Measures pages, record, sync, start and memory on this machine; with --county a whole county's console."""
    from deploy import bench as village_bench  # measures with what only Linux and developers have
    from deploy import bench_county

    rows = bench_county.run_bench(county) if county else village_bench.run_bench(ROOT / "run.py", count=count)
    for row in rows:
        click.echo(f"{row.name:<42} {row.figure}{f'   [{row.target}]' if row.target else ''}")


@commands.command("generate")
@home_option
@click.option("--villages", default=300, show_default=True, help="How many villages, in twenty towns.")
@click.option("--cases", default=200_000, show_default=True, help="How many cases, over two years.")
@click.option("--payments", default=2_000_000, show_default=True, help="How many payments, on rolls.")
@click.option("--seed", default=1, show_default=True, help="Another number, another county.")
def generate_county(home: Path, villages: int, cases: int, payments: int, seed: int) -> None:
    """Fills a new county's home with made-up villages, cases and payments, to measure with and to look at."""
    from deploy.generate import Size, generate  # only developers have a use for it

    generate(home, Size(villages, cases, payments), seed=seed, say=click.echo).close()
    click.echo(f"run.py county --home {home}")


@commands.command("soak")
def soak() -> None:
    """Runs the long tests at length (texts, broken files, screens, page turns, power cuts); two hours or so."""
    bootstrap.prepare(ROOT, bootstrap.TEST_LOCK)
    tests = sorted((ROOT / "tests").glob("test_*.py"))
    long = [str(path) for path in tests if "IS_SOAK" in path.read_text(encoding="utf-8")]
    command = [sys.executable, "-m", "pytest", "-q", *long]
    sys.exit(subprocess.call(command, cwd=ROOT, env=os.environ | {"XIANGTING_SOAK": "1"}))


@commands.command("screenshots")
@click.option("--village-port", default=8200, help="A free port for the pictures' own village.")
@click.option("--county-port", default=8300, help="A free port for their county.")
@click.option("--chromium", default=lambda: shutil.which("chromium"), help="The browser; found by itself.")
def take_pictures(village_port: int, county_port: int, chromium: str | None) -> None:
    """Takes the pictures of docs/screenshots anew, from a demonstration of its own."""
    from deploy.screenshots import take_screenshots  # a browser's driver, which only developers have

    if chromium is None:
        raise XiangtingError("没有找到 Chromium，请用 --chromium 指明在哪里。", code="no_chromium")
    ports, folder = (village_port, county_port), ROOT / "docs" / "screenshots"
    for path in take_screenshots(ROOT / "run.py", folder, chromium=chromium, ports=ports, say=bootstrap.say):
        click.echo(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


@commands.command("test", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def run_tests(pytest_args: tuple[str, ...]) -> None:
    """Sets up all that the tests need and runs every check; with arguments, only pytest with them."""
    bootstrap.prepare(ROOT, bootstrap.TEST_LOCK)
    checks = [sys.executable, str(ROOT / "tests" / "environment.py"), *pytest_args]
    sys.exit(subprocess.call(checks, cwd=ROOT))


@commands.command("lock")
@click.option("--upgrade", is_flag=True, help="Take newer versions instead of keeping the pinned ones.")
def write_locks(upgrade: bool) -> None:
    """Writes the three lock files from pyproject.toml; for developers, needs `uv`."""
    if shutil.which("uv") is None:
        raise XiangtingError("没有找到 uv;请先运行 pip install uv 再试。/ uv is missing: pip install uv.")
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    wanted = {
        bootstrap.BUILD_LOCK: ["-"],
        bootstrap.RUNTIME_LOCK: ["pyproject.toml"],
        bootstrap.TEST_LOCK: ["pyproject.toml", "--extra", "test", "--constraint", bootstrap.RUNTIME_LOCK],
    }
    options = ["--custom-compile-command", "python3 run.py lock", *(["--upgrade"] if upgrade else [])]
    for lock, sources in wanted.items():
        command = ["uv", *UV_COMPILE.split(), *options, *sources, "--output-file", lock]
        if subprocess.run(command, input="\n".join(build), encoding="utf-8", cwd=ROOT).returncode != 0:
            raise XiangtingError(f"{lock} 没有写成,原因见上。/ {lock} was not written, see above.")
        click.echo(lock)


def _open(running: ExitStack, home: Path, *, database: str = "") -> tuple[Node, Settings]:
    """The node in `home` with its settings, closed when the command ends."""
    settings = load_settings(home, os.environ)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    node = open_node(home, database=database)
    running.callback(node.close)
    return node, settings


def _exchange_words(exchange: Exchange) -> str:
    return (
        f"{exchange.outcome}: sent {exchange.sent}, received {exchange.received} events; "
        f"{exchange.bytes_up} bytes up, {exchange.bytes_down} down, {exchange.requests} requests"
    )
