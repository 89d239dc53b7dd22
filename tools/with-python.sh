#!/bin/sh
# Run a script with the first Python that is new enough: with-python.sh SCRIPT [ARGUMENT...]
# PYTHON=/path/to/python comes first when it is set.

version='import sys; print("%d.%d.%d" % sys.version_info[:3]); sys.exit(sys.version_info < (3, 11))'
can_make_venv='import ensurepip, venv'
incomplete=
old=

for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    if ! found=$("$candidate" -S -c "$version" 2>/dev/null); then
        old="$old${found:+ $candidate ($found)}"
    elif [ ! -e .venv/bin/python ] && ! "$candidate" -c "$can_make_venv" 2>/dev/null; then
        incomplete=$candidate
    else
        exec "$candidate" "$@"
    fi
done

if [ -n "$incomplete" ]; then
    echo "$incomplete cannot make virtual environments: its venv module is missing." >&2
    echo "On Debian and Ubuntu: sudo apt-get install -y $(basename "$incomplete")-venv" >&2
else
    echo "Bluelamp needs Python 3.11 or newer.${old:+ Found only:$old.}" >&2
    echo "Install it, or say where it is: make PYTHON=/path/to/python3.11 ..." >&2
fi
exit 1
