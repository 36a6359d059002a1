#!/bin/sh
# Say in one line what is missing, and the apt line that brings it.
python=${1:-python3}
if ! command -v "$python" >/dev/null 2>&1; then
    echo "OSCARTES needs Python 3.11 or newer / il faut Python 3.11 ou plus récent :  sudo apt install python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "OSCARTES needs Python 3.11 or newer, this is $("$python" -V 2>&1) / il faut Python 3.11 ou plus récent :  sudo apt install python3.11 python3.11-venv, puis/then  make PYTHON=python3.11 demo" >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    echo "OSCARTES needs the module venv / il faut le module venv :  sudo apt install python3-venv" >&2
    exit 1
fi
