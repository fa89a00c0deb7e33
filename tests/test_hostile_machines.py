"""What README.md shows, on machines that get in the way: a sentence or a result, a true status, no half of a file.

Everything runs as another user, who owns one folder and nothing else: only root can arrange that. `nox -s hostile`.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from twoway.simulation.compilation import _cache_folder

pytestmark = pytest.mark.hostile
REQUIRED = os.environ.get("TWOWAY_HOSTILE") == "required"
README = re.findall(r"```(sh|python)\n(.*?)```", (Path(__file__).parents[1] / "README.md").read_text("utf-8"), re.S)
COMMANDS = re.findall(r"(?:^|&& )(twoway .*)", "\n".join(text for kind, text in README if kind == "sh"), re.M)
SCRIPTS = [text for kind, text in README if kind == "python"]
SOMEBODY = 65534
PATIENCE = 120
"""Seconds to wait for a process."""
INTERRUPTED, REFUSED = 130, 2
UNKIND = """
import errno, os, tempfile
os.cpu_count = lambda: 8
tempfile._candidate_tempdir_list = lambda: [os.environ["TMPDIR"], os.getcwd()]
def refuse(*_, **__):
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))
os.link = refuse
"""
"""Eight processors, no hard links, and no place for temporary files but, at last, the current folder."""


def unable(reason):
    """Skip a test, or fail it where it is required."""
    (pytest.fail if REQUIRED else pytest.skip)(reason)


@pytest.fixture(scope="session")
def ground():
    """A folder that somebody else can reach, with the compiled code of this model for that user."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None:
        unable("only root can run a command as somebody else")
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    folder.chmod(0o755)
    (folder / "unkind").mkdir()
    (folder / "unkind" / "sitecustomize.py").write_text(UNKIND)
    for name in ("home", "others"):
        (folder / name).mkdir()
    source = Path(_cache_folder()[0])
    (folder / "cache").mkdir()
    os.chown(folder / "cache", SOMEBODY, SOMEBODY)
    if source.is_dir():
        copy = shutil.copytree(source, folder / "cache" / f"two-way-process-{source.name}")
        for path in (copy, *copy.rglob("*")):
            os.chown(path, SOMEBODY, SOMEBODY)
    yield folder
    shutil.rmtree(folder)


class Machine:
    """A machine as somebody else finds it: no home to write to, no place for temporary files, and what is said more."""

    def __init__(self, ground, folder, **variables):
        self.folder, self.ground = folder, ground
        os.chown(folder, SOMEBODY, SOMEBODY)
        self.variables = {name: value for name, value in os.environ.items() if not name.startswith(("XDG", "PYTHON"))}
        self.variables |= {
            "HOME": str(ground / "home"), "TMPDIR": str(ground / "others"), "NUMBA_CACHE_DIR": str(ground / "cache"),
            "PYTHONPATH": str(ground / "unkind"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }  # fmt: skip
        self.variables |= variables

    def start(self, *command, shell=None, **more):
        """Start a command, or a line of the shell with that command as "$@"."""
        rights = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")  # Python may lie in root's home
        somebody = ("setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups", *rights)
        line = ("sh", "-c", shell, "sh") if shell else ()
        more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
        return subprocess.Popen(
            [*somebody, *line, *map(str, command)], cwd=self.folder, env=self.variables, start_new_session=True, **more
        )

    def run(self, *command, **more):
        """Run a command to its end; status, output and errors, of which neither holds a traceback."""
        process = self.start(*command, **more)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            process.wait()
        for said in (out or b"", err or b""):
            assert b"Traceback" not in said, said.decode("latin-1")
            assert b"Error:" not in said, said.decode("latin-1")
        return process.returncode, out, err.decode("utf-8", "replace")


@pytest.fixture
def machine(ground):
    """Make a machine."""
    return lambda **variables: Machine(ground, Path(tempfile.mkdtemp(prefix="work-", dir=ground)), **variables)


def left(folder):
    """Files and folders that were begun and not ended."""
    return [path for path in folder.rglob("*") if "partial" in path.name or path.name.startswith(".")]


TEXTS = ("list scenarios", "show strict-but-fair", "lessons", "lesson the-same-refusal", "study --help",
         "story runs/four-centres --dyad 7", "interview runs/four-centres --dyad 7 --day 60", "odd ordinary",
         "measures runs/four-centres", "verify runs/four-centres",
         "why runs/four-centres --dyad 7 --day 59")  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "more", "shell"),
    [
        ("cp1250", {}, '"$@" <&-'),
        ("cp932", {"LANG": "C", "PYTHONUTF8": "0"}, '"$@" | cat'),
        ("ascii", {"LC_ALL": "C", "NUMBA_NUM_THREADS": "8"}, None),
    ],
)
def test_all_that_the_readme_shows_works_in_every_encoding_with_nothing_to_write_to_but_the_folder(
    machine, encoding, more, shell
):
    here = machine(PYTHONIOENCODING=encoding, **more)
    first = next(line for line in COMMANDS if "run four-centres" in line)
    lines = {"cp1250": COMMANDS, "cp932": [first, *(f"twoway {text}" for text in TEXTS)]}  # each encoding has its part
    for line in lines.get(encoding, [first, "twoway story runs/four-centres --dyad 7"]):
        command = shlex.split(line, comments=True)
        if command[1] == "seminar":
            continue  # it is tested below
        status, out, err = here.run(*command, shell=shell)
        assert status == 0, (line, err)
        assert out.decode(encoding), line
    for number, script in enumerate(SCRIPTS if encoding == "ascii" else ()):
        (here.folder / f"script{number}.py").write_text(script)
        status, out, err = here.run(sys.executable, f"script{number}.py", shell=shell)
        assert status == 0, err
        assert out
    assert left(here.folder) == []


def test_files_are_written_where_hard_links_are_refused_and_never_over_others(machine):
    here = machine()
    (here.folder / "mine.json").write_text("mine")
    assert here.run("twoway", "schema", "--out", "new.json")[0] == 0
    assert "context" in json.loads((here.folder / "new.json").read_text("utf-8"))["properties"]
    status, _, err = here.run("twoway", "schema", "--out", "mine.json")
    assert (status, err.count("\n")) == (REFUSED, 1)
    assert (here.folder / "mine.json").read_text() == "mine"


def test_where_no_compiled_code_can_be_kept_a_run_says_so_once_and_works(machine):
    here = machine(NUMBA_CACHE_DIR="", MPLCONFIGDIR="/nowhere")
    status, _, err = here.run("twoway", "run", "ordinary", "--days", "3", "--detail", "dyads", "--out", "out")
    assert status == 0, err
    assert err.count("compiled code is not kept") == 1
    assert (here.folder / "out" / "dyads.parquet").is_file()


def test_somebody_elses_cache_is_not_used(machine, ground):
    here = machine(NUMBA_CACHE_DIR=str(ground / "others"))
    _, _, err = here.run(
        sys.executable, "-c", "from twoway.simulation.compilation import _cache_folder as f; print(f())"
    )
    assert list((ground / "others").iterdir()) == []
    assert err == ""


@pytest.mark.parametrize("shell", ['"$@" >&-', '"$@" <&- >&- 2>&-', '"$@" | head -1', '"$@" 2>&1 | true'])
def test_nobody_need_read_what_a_command_prints(machine, shell):
    here = machine()
    line = f"set -o pipefail; {shell}" if "|" in shell else shell
    for command in (("run", "ordinary", "--days", "5", "--out", "out"), ("show", "ordinary"), ("list", "outcomes"),
                    ("story", "out", "--dyad", "1"), ("--help",)):  # fmt: skip
        status, _, err = here.run("bash", "-c", line, "bash", "twoway", *command)
        assert (status, err) == (0, ""), command
    assert (here.folder / "out" / "manifest.json").is_file()


def test_a_script_without_a_guard_uses_eight_processes(machine):
    here = machine()
    here.variables["MPLCONFIGDIR"] = str(here.folder / "matplotlib")  # of which Matplotlib would have a word to say
    (here.folder / "tiny.toml").write_text(
        'title = "T"\nquestion = "?"\nreplicates = 20\n[changes]\ndesign.clients = 4\ndesign.days = 8\n'
        "[inputs]\ncontext.strictness = [0.0, 1.0]\n"
    )
    script = 'import twoway\nprint(len(twoway.run_study("tiny.toml", "done").table))\n'
    (here.folder / "script.py").write_text(script)
    status, out, err = here.run(sys.executable, "script.py")
    assert (status, out, err) == (0, b"40\n", "")


@pytest.mark.parametrize("megabytes", [100, 2900, 3100])
def test_too_little_memory_is_a_sentence_or_enough(machine, megabytes):
    here = machine()

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    command = ("run", "four-centres", "--days", "30", "--replicates", "20", "--out", "out")
    status, _, err = here.run("twoway", *command, preexec_fn=limit)
    assert status in (0, REFUSED), (status, err)
    assert status == 0 or err.rstrip().splitlines()[-1].startswith("twoway: "), err
    assert (here.folder / "out").exists() == (status == 0)
    assert left(here.folder) == []


@pytest.fixture
def disk(machine):
    """A machine with a disk that has room for little, and a run of its own elsewhere."""
    here = machine()
    (here.folder / "disk").mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size=64k,uid={SOMEBODY},mode=700", "tmpfs", here.folder / "disk"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        unable("a small disk cannot be mounted here")
    yield here
    subprocess.run(["umount", "-l", here.folder / "disk"], check=True)


def test_a_full_disk_leaves_nothing_half_written(disk):
    assert disk.run("twoway", "run", "four-centres", "--days", "30", "--out", "run")[0] == 0
    for command in (
        "run four-centres --days 10 --out disk/run", "export run --out disk/exported", "schema --out disk/schema.json",
        "story run --dyad 3 --format html --out disk/s.html", "study run peers --replicates 1 --out disk/study",
    ):  # fmt: skip
        (disk.folder / "disk" / "filler").write_bytes(bytes(61_000))
        status, _, err = disk.run("twoway", *command.split())
        assert status == REFUSED, command
        assert "disk is full" in err or "No space left" in err, err
        assert [path.name for path in (disk.folder / "disk").iterdir()] == ["filler"], command


LONG = {
    "run four-centres --replicates 100000 --out out": "4 centres",
    "compare ordinary permissive --replicates 100000 --most 100000 --out out": "The same people",
    "study run what-keeps-conflict-alive --out out": "runs: about",
    "study run what-keeps-conflict-alive --out out --executor processes --workers 2": "runs: about",
    "calibrate --out out": "Points are saved",
    "validate --out out": "conditions with",
    "landscape ordinary --replicates 5000 --out out": "",
    "seminar --no-browser --port 0": "Stop it with",
}


@pytest.mark.parametrize("command", LONG)
def test_sigterm_ends_a_command_as_ctrl_c_does(machine, command):
    here = machine(PYTHONUNBUFFERED="1", PYTHONPATH="")
    process = here.start("twoway", *command.split())
    try:
        while LONG[command] and (line := process.stdout.readline()) and LONG[command].encode() not in line:
            pass
        time.sleep(3 if LONG[command] else 10)  # into its work
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert b"Traceback" not in out + err, err.decode()
    if "seminar" in command:
        assert (process.returncode, out.splitlines()[-1]) == (0, b"Stopped.")
    else:
        assert process.returncode == INTERRUPTED, err.decode()
        assert b"nterrupted" in out + err
    kept = {"study": ["out"], "calibrate": ["out.points"]}.get(command.split()[0], [])
    assert [path.name for path in here.folder.iterdir()] == kept
    assert [path for path in left(here.folder) if "partial" in path.name] == []
