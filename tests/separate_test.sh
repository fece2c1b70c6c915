#!/bin/sh
# The node holds no key of a person and reads nothing they say: geonetd has neither sessions nor
# people in it. usage: separate_test.sh GEONETD PROGRAM_WITH_E2EE
set -eu
symbols() { nm "$1" | grep -c -E ' gn_(e2ee|people|content)_' || true; }
[ "$(nm "$1" | grep -c ' gn_node_')" -gt 0 ] || { echo "$1: nm shows no gn_node_"; exit 1; }
[ "$(symbols "$2")" -gt 0 ] || { echo "$2: nm does not show what is there"; exit 1; }
[ "$(symbols "$1")" -eq 0 ] || { echo "$1 has symbols of e2ee or people"; exit 1; }
