"""Makes this folder ready to run, doing only what changed since the last time.

    python3 ops/setup.py [run|dev] [world]

`run` installs what serving needs, `dev` what building and testing needs on top; with
`world` the database is migrated and, on a local installation, the demo world is loaded.
Standard library only, and readable by old Pythons, so that they can say what is wrong.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VAR = os.path.abspath(os.environ.get("LIANXIN_VAR") or os.path.join(ROOT, "var"))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
PAGES = os.path.join(ROOT, "lianxin", "web")
STAMPS = os.path.join(VAR, "stamps")
NODE_STAMPS = os.path.join(ROOT, "node_modules", ".stamps")  # npm ci empties the folder first
NODE_OLDEST = 20


def say(sentence):
    print(sentence, flush=True)


def give_up(sentence):
    sys.exit("\n" + sentence)


def newer_python():
    """Goes on under a Python that is new enough, when the machine has one."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in range(16, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found:
            os.execv(found, [found] + sys.argv)
    give_up(
        "Python %d.%d or newer is needed, and %s is %s. Install one (Debian: apt-get install "
        "python3 python3-venv) and name it: make run PYTHON=/path/to/python3"
        % (OLDEST + (sys.executable, sys.version.split()[0]))
    )


def run(command, **options):
    try:
        subprocess.run(command, check=True, cwd=options.pop("cwd", ROOT), **options)
    except subprocess.CalledProcessError as error:
        give_up("This step failed (exit code %d): %s" % (error.returncode, " ".join(command)))


def manage(*words):
    run([PYTHON, os.path.join(ROOT, "manage.py")] + list(words))


def files_under(folder, *endings):
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {"node_modules", "__pycache__"})
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.join(here, name)


def digest(*things):
    """Of texts as they are, and of files by their content."""
    made = hashlib.sha256()
    for thing in things:
        if os.path.isfile(thing):
            made.update(thing.encode())
            with open(thing, "rb") as file:
                made.update(file.read())
        else:
            made.update(("text:" + thing).encode())
    return made.hexdigest()


def current(folder, name, key):
    """Whether things still are as they were when this step last succeeded."""
    stamp = os.path.join(folder, name)
    if not os.path.exists(stamp):
        return False
    with open(stamp, encoding="utf-8") as file:
        return file.read() == key()


def once(folder, name, key, sentence, action):
    """Calls `action` unless its step is current.

    `key` looks at what goes in and, where it can vanish, at what came out.
    """
    stamp = os.path.join(folder, name)
    if current(folder, name, key):
        return
    start = time.monotonic()
    say("· " + sentence)
    action()
    os.makedirs(folder, exist_ok=True)
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(key())
    say("  done in %.1f s" % (time.monotonic() - start))


def make_environment():
    if not os.path.exists(PYTHON):
        say("· making the environment .venv with Python %s" % sys.version.split()[0])
        made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            run([sys.executable, "-m", "venv", "--without-pip", VENV])
    version = subprocess.run(
        [PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
    ).stdout.strip()
    if not version or tuple(map(int, version.split("."))) < OLDEST:
        give_up("The environment .venv has Python %s: remove .venv and run this again." % version)
    return version


def pip(requirements):
    """Debian's python3 comes without ensurepip; a pip of the system serves as well."""
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        command = [PYTHON, "-m", "pip"]
    elif subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        give_up("pip is missing (Debian: apt-get install python3-venv).")
    else:
        command = [sys.executable, "-m", "pip", "--python", PYTHON]
    run(
        command
        + ["install", "--quiet", "--disable-pip-version-check", "--no-warn-script-location"]
        + ["--require-hashes", "--requirement", requirements]
    )


def install(kind, version):
    """The packages of requirements/<kind>.txt, exactly and by their hashes."""
    stamps = os.path.join(VENV, "stamps")

    def key(name):
        return digest(version, os.path.join(ROOT, "requirements", name + ".txt"))

    def fetch():
        pip(os.path.join(ROOT, "requirements", kind + ".txt"))

    once(stamps, kind, lambda: key(kind), "installing the Python packages (%s)" % kind, fetch)
    if kind == "dev":  # It holds all of run.txt.
        once(stamps, "run", lambda: key("run"), "(the packages to run are among them)", int)


def npm():
    """The npm of the system, or the one of a PyPI wheel when Node.js is missing or old."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= NODE_OLDEST:
            return shutil.which("npm")
    say("  (no Node.js %d or newer here: taking the one of PyPI)" % NODE_OLDEST)
    pip(os.path.join(ROOT, "requirements", "node.txt"))
    return os.path.join(VENV, "bin", "npm")


def fetch_page_libraries(kind):
    """By lock file and without their install scripts; vendor.py copies what we serve.

    Only tests need the packages for development.
    """
    target = os.path.join(PAGES, "static", "vendor", "hashes.json")
    vendor = os.path.join(PAGES, "vendor.py")
    inputs = [os.path.join(ROOT, name) for name in ("package.json", "package-lock.json")]

    def fetch():
        command, environment = npm(), dict(os.environ)
        environment["PATH"] = os.path.dirname(command) + os.pathsep + environment["PATH"]
        words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run([command] + words + (["--omit=dev"] if kind == "run" else []), env=environment)
        run([PYTHON, vendor])

    def key():
        return digest(str(os.path.exists(target)), vendor, *inputs)

    if not current(NODE_STAMPS, "dev", key):
        once(NODE_STAMPS, kind, key, "fetching the page libraries (%s)" % kind, fetch)


def prepare_files():
    """Translations and static files, as the web server needs them."""
    package = os.path.join(ROOT, "lianxin")

    def texts():
        found = list(files_under(package, ".po"))
        return digest(str([os.path.exists(path[:-3] + ".mo") for path in found]), *found)

    def static():
        found = [path for path in files_under(package, "") if os.sep + "static" + os.sep in path]
        there = os.path.exists(os.path.join(VAR, "static", "staticfiles.json"))
        return digest(str(there), os.path.join(VENV, "stamps", "run"), *found)

    once(STAMPS, "texts", texts, "compiling the translations", lambda: manage("compile_texts"))
    gather = ["collectstatic", "--noinput", "--clear", "--verbosity=0"]
    once(STAMPS, "static", static, "gathering the static files", lambda: manage(*gather))


def database():
    """Which database is meant; a file removed and made anew is another one."""
    url = os.environ.get("DATABASE_URL") or "sqlite:///" + os.path.join(VAR, "lianxin.sqlite3")
    path = url[len("sqlite:///") :] if url.startswith("sqlite:///") else ""
    if not path:
        return url
    return "%s %d" % (path, os.stat(path).st_ino if os.path.exists(path) else 0)


def prepare_world():
    """The tables and, on a local installation that has not got it yet, the demo world."""

    def tables():
        moves = files_under(os.path.join(ROOT, "lianxin"), ".py")
        moves = [path for path in moves if os.sep + "migrations" + os.sep in path]
        return digest(database(), os.path.join(VENV, "stamps", "run"), *moves)

    once(STAMPS, "tables", tables, "preparing the database", lambda: manage("migrate", "-v0"))
    local = os.environ.get("LIANXIN_MODE", "local") == "local"
    wanted = os.environ.get("DEMO", "yes") not in ("no", "0", "false")
    if local and wanted and list(files_under(os.path.join(ROOT, "lianxin"), "load_demo.py")):
        once(STAMPS, "demo", database, "loading the demo world", lambda: manage("load_demo"))


def main():
    newer_python()
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    version = make_environment()
    install(kind, version)
    fetch_page_libraries(kind)
    prepare_files()
    if "world" in sys.argv[2:]:
        prepare_world()


main()
