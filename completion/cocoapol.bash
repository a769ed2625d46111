# SPDX-License-Identifier: Apache-2.0
# bash completion for cocoapolc(1) and cocoapolv(1).

_cocoapol() {
	local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} commands options pattern
	case ${COMP_WORDS[0]##*/} in
	cocoapolc) commands='compile fmt dump digest explain version' ;;
	*) commands='prove reach replay version' ;;
	esac
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$current")
		return
	fi
	case $command in
	compile) options='-o --map --no-map --framework --help' pattern='*.cpol' ;;
	fmt) options='-w --check --help' pattern='*.cpol' ;;
	dump | digest) options='--json --help' pattern='*.cpb' ;;
	explain) options='--json --map --help' pattern='*.cpb' ;;
	prove | reach) options='--json --timeout --map --help' pattern='*.cpb' ;;
	replay) options='--json --from --map --help' pattern='*.@(cpb|json)' ;;
	*) return ;;
	esac
	case $current in
	-*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current") ;;
	*)
		local extglob
		extglob=$(shopt -p extglob)
		shopt -s extglob
		mapfile -t COMPREPLY < <(compgen -f -X "!$pattern" -- "$current"; compgen -d -- "$current")
		eval "$extglob"
		;;
	esac
}
complete -o filenames -F _cocoapol cocoapolc cocoapolv
