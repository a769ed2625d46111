#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is installed works: a program finds the runtime through pkg-config, links
# it, and the compiler finds its framework.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
claim() { if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; cat "$tmp/log"; status=1; fi; }

make -C "$builddir" -s install DESTDIR="$tmp/root" >"$tmp/log" 2>&1
claim $? "make install"
pc=$(find "$tmp/root" -name cocoapol.pc)
cat >"$tmp/agent.c" <<'END'
#include <cocoapol/cpol.h>
int main(void)
{
	static struct cpol_policy policy;
	return cpol_open(&policy, "", 0, 0) == BC_OK;
}
END
PKG_CONFIG_PATH=$(dirname "$pc") PKG_CONFIG_SYSROOT_DIR=$tmp/root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
flags=
[ -z "${SANITIZERS:-}" ] || flags=-fsanitize=address,undefined
# shellcheck disable=SC2046,SC2086
$CC $flags -std=c11 -Wall -Werror "$tmp/agent.c" $(pkg-config --cflags --libs cocoapol) -o "$tmp/agent" 2>"$tmp/log" && "$tmp/agent"
claim $? "a program finds the runtime with pkg-config and denies without a policy"
for file in bin/cocoapolc bin/cocoapolv bin/cocoapol-check share/cocoapol/cocoaexpo.cpol \
    share/man/man1/cocoapol-check.1 share/man/man5/cocoapol.5 share/man/man5/cocoapol-bytecode.5 \
    share/man/man7/cocoapol-lint.7 share/bash-completion/completions/cocoapolv \
    share/bash-completion/completions/cocoapol-check; do
	find "$tmp/root" -path "*/$file" | grep -q . 2>"$tmp/log"
	claim $? "$file is installed"
done
exit $status
