#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# report.py SRCDIR FILE.gcov.json.gz...: a table of branches and lines by file, and what
# was not taken.  excluded.list has FILE, the line (or "*" and a part of it; FILE "*": of
# any), how many of its branches may stay, and why, with tabs between; a line that never
# runs counts as one.  An entry that excuses nothing is itself complained of.
import collections, gzip, json, os, sys

srcdir = sys.argv[1]
branches, lines = collections.defaultdict(dict), collections.defaultdict(dict)
for name in sys.argv[2:]:
    for f in json.load(gzip.open(name))['files']:
        path = os.path.relpath(os.path.join(os.getcwd(), f['file']), os.path.abspath(srcdir))
        if not path.startswith(('src/bytecode/', 'src/runtime/')):
            continue
        for line in f['lines']:
            n = line['line_number']
            lines[path][n] = lines[path].get(n, 0) + line['count']
            # An inline function of a header is there once for each file: what one takes is taken.
            for i, b in enumerate(line['branches']):
                key = n, i
                branches[path][key] = branches[path].get(key, 0) + b['count']

excluded = []
for line in open(os.path.join(srcdir, 'tests/coverage/excluded.list')):
    if line.strip() and not line.startswith('#'):
        path, text, most, why = line.rstrip('\n').split('\t')
        excluded.append((path, text, int(most)))


def is_excused(path, n, text):
    """Whether a branch of this line may stay; of each line so many."""
    # What is said of the line itself goes before what is said of many.
    for path_of, text_of, most in sorted(excluded, key=lambda e: e[1][0] == '*'):
        if path_of in ('*', path) and (text == text_of or text_of[0] == '*' and text_of[1:] in text):
            used.add((path_of, text_of, most))
            given[path, n] = given.get((path, n), 0) + 1
            return given[path, n] <= most
    return False


given = {}
missed, used, total, taken, excused = [], set(), 0, 0, 0
print('%-26s %8s %8s %8s %8s' % ('', 'branches', 'taken', 'excluded', 'lines'))
for path in sorted(lines):
    text = open(os.path.join(srcdir, path)).read().split('\n')
    n_taken = n_excused = 0
    for (n, i), count in sorted(branches[path].items()):
        if count > 0:
            n_taken += 1
        elif is_excused(path, n, text[n - 1].strip()):
            n_excused += 1
        else:
            missed.append((path, n, i, text[n - 1].strip()))
    for n, count in lines[path].items():
        if count == 0 and not is_excused(path, n, text[n - 1].strip()):
            missed.append((path, n, -1, text[n - 1].strip()))
    print('%-26s %8d %8d %8d %7d/%d' % (path, len(branches[path]), n_taken, n_excused,
                                        sum(c > 0 for c in lines[path].values()), len(lines[path])))
    total, taken, excused = total + len(branches[path]), taken + n_taken, excused + n_excused
print('%-26s %8d %8d %8d   %.1f %% of branches taken' % ('all', total, taken, excused, 100 * taken / max(total, 1)))
for path, n, i, text in missed:
    print('not ok - %s:%d: %s: %s' % (path, n, 'never runs' if i < 0 else 'branch %d is never taken' % i, text))
for path, text, most in sorted(set(excluded) - used):
    print('not ok - excluded.list: %s: nothing is missed there: %s' % (path, text))
status = bool(missed or set(excluded) - used)
print('%s - coverage: %d branches, %d taken, %d excluded, %d missed' % (
    'not ok' if status else 'ok', total, taken, excused, total - taken - excused))
sys.exit(status)
