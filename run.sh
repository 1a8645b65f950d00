#!/usr/bin/env bash
# The developer's door: every verb makes its own environment in .venv when it is missing or outdated.
set -euo pipefail

ROOT="$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd -P)"
VENV="$ROOT/.venv"
STAMP="$VENV/nightdesk.stamp"
unset PYTHONHOME
unset PYTHONDONTWRITEBYTECODE # the tests start the program thousands of times; compiled anew, each start takes much longer
export PIP_DISABLE_PIP_VERSION_CHECK=1

usage() {
    cat <<'TEXT'
./run.sh VERB [ARGUMENT …]

  install   make the environment in .venv, with all that the other verbs need
  demo      watch a small local newspaper, offline; goes on until Ctrl-C (demo --once ends by itself)
  test      the whole test suite but the long trials; arguments go to pytest (test -k feeds)
  check     ruff, formatting, mypy, import contracts
  trial     the long forms of fault and endurance tests; arguments go to pytest
  bench     every script in benchmarks/
  format    format the code, and mend what ruff can mend
  clean     remove .venv, caches and builds; never a database

PYTHON=/path/to/python chooses the interpreter (3.11 or newer). Arguments after the verb are passed on.
TEXT
}

fail() {
    echo "run.sh: $*" >&2
    exit 1
}

# --- the environment

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3; do
        if [[ $("$candidate" -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null) == True ]]; then
            command -v -- "$candidate"
            return
        fi
        if [[ -n ${PYTHON:-} ]]; then
            fail "PYTHON=$PYTHON is no Python 3.11 or newer; give another, or leave PYTHON unset"
        fi
    done
    fail "Python 3.11 or newer is missing; install it (Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv)"
}

# Debian leaves ensurepip, without which there is no pip in a new environment, to a package of its own.
need_venv() {
    local python="$1" package
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    package="$("$python" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')"
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        echo "run.sh: installing $package with apt-get" >&2
        if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; } </dev/null >/dev/null 2>&1 &&
            "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            return
        fi
    fi
    fail "the venv module of $python is missing; install it: sudo apt-get install $package"
}

# What the environment depends on: the interpreter, this folder (its scripts name it), the declared and the pinned packages.
fingerprint() {
    {
        "$1" -c 'import sys; print(sys.version, sys.base_prefix)'
        echo "$ROOT"
        cat -- "$ROOT/pyproject.toml" "$ROOT/constraints.txt"
    } | sha256sum | cut -d' ' -f1
}

environment() {
    local python wanted
    python="$(find_python)"
    exec 9<"$ROOT/run.sh"
    flock 9 # two verbs at once make one environment
    wanted="$(fingerprint "$python")"
    if [[ -x $VENV/bin/python && $(cat -- "$STAMP" 2>/dev/null) == "$wanted" ]]; then
        exec 9<&-
        return
    fi
    need_venv "$python"
    echo "run.sh: making the environment in $VENV (once, about a minute)" >&2
    "$python" -m venv --clear "$VENV" </dev/null || fail "$VENV could not be made; is the disk full, or the folder read-only?"
    install_packages || fail "the packages could not be installed (see above); is the package index reachable?"
    echo "$wanted" >"$STAMP"
    exec 9<&-
}

# The development packages are read from the file, because the pip of Debian 12 knows no --group.
install_packages() {
    local -a development
    mapfile -t development < <("$VENV/bin/python" - "$ROOT/pyproject.toml" <<'PYTHON'
import sys
import tomllib

with open(sys.argv[1], "rb") as file:
    print(*tomllib.load(file)["dependency-groups"]["dev"], sep="\n")
PYTHON
    )
    "$VENV/bin/python" -m pip install --quiet --no-input -c "$ROOT/constraints.txt" -e "$ROOT" "${development[@]}" </dev/null
}

# --- the verbs

step() {
    local name="$1" said
    shift
    if said="$("$@" 2>&1)"; then
        echo "ok      $name"
    else
        printf '%s\nFAILED  %s\n' "$said" "$name"
        return 1
    fi
}

check() {
    local failed=0
    step "ruff check" "$VENV/bin/python" -m ruff check . || failed=1
    step "ruff format --check" "$VENV/bin/python" -m ruff format --check . || failed=1
    step "mypy" "$VENV/bin/python" -m mypy || failed=1
    step "import contracts" "$VENV/bin/lint-imports" || failed=1
    return "$failed"
}

bench() {
    local script found=0 failed=0
    for script in benchmarks/*.py benchmarks/copies/{cost,tradeoff,streams}.py benchmarks/rules/{speed,backtests,hostile,exactness,spikes}.py benchmarks/telling/{kills,rates,histories}.py benchmarks/health/{simulation,completeness}.py benchmarks/cadence/simulate.py benchmarks/scale/{polls,memory,articles,growth}.py; do
        [[ -f $script && ${script##*/} != _* ]] || continue
        found=1
        echo "— $script"
        "$VENV/bin/python" "$script" "$@" || failed=1
    done
    [[ $found == 1 ]] || echo "there is no script in benchmarks/ yet"
    return "$failed"
}

clean() {
    rm -rf -- "$VENV" build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
    find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf -- {} +
}

verb="${1:-}"
[[ $# == 0 ]] || shift
case "$verb" in
    "" | help | -h | --help)
        usage
        exit
        ;;
    clean)
        cd -- "$ROOT"
        clean
        exit
        ;;
    install | demo | test | check | trial | bench | format) ;;
    *)
        echo "run.sh: there is no verb '$verb'; ./run.sh lists them" >&2
        exit 2
        ;;
esac
environment # on a line of its own: bash ignores failures inside a function that is part of a condition
[[ $verb == demo ]] || cd -- "$ROOT" # the demo stays in the caller's folder, because its --dir may be relative
case "$verb" in
    install) echo "ready: $VENV/bin/nightdesk" ;;
    demo) exec "$VENV/bin/nightdesk" demo "$@" ;;
    # More workers than cores: many tests wait for clocks and servers.
    test) exec "$VENV/bin/python" -m pytest -n 4 -m "not trial" "$@" ;;
    trial) exec "$VENV/bin/python" -m pytest -m trial "$@" ;;
    check) check ;;
    bench) bench "$@" ;;
    format)
        "$VENV/bin/python" -m ruff check --fix --quiet . || true # what it cannot mend is for `check` to say
        "$VENV/bin/python" -m ruff format .
        ;;
esac
