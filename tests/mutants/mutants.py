#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# mutants.py [--count N] [--skip N] [--only TEXT] [--listed | --made]: plant small bugs, one
# at a time, in the guest's code and the lifter, and run tests, the quickest first,
# until one fails.  N of all that the rules below can make (the same N for the same
# sources; 0: all; --skip: without so many that come first, for a run in parts), and
# those of tests/verify/twin_planted.list; --listed: those alone; --made: not those.
#
# A bug that no test notices must be in equivalent.list, with the argument why it is
# none; else it is printed and the exit status is 1.  A mutant that compiles to the
# same code, or not at all, is none.  Environment: srcdir, builddir, CC, JOBS.
import concurrent.futures, filecmp, hashlib, os, re, shutil, subprocess, sys, threading

SRC, BUILD, CC = (os.path.abspath(os.environ[k]) if k != 'CC' else os.environ[k] for k in ('srcdir', 'builddir', 'CC'))
WORK = BUILD + '/mutants'
FLAGS = ['-std=c11', '-D_POSIX_C_SOURCE=200809L', '-O1', '-fPIC', '-w', '-I' + BUILD]
LIBRARIES = {'guest': ['src/bytecode', 'src/runtime'], 'lift': ['src/lift']}

# What is replaced by what, wherever it stands outside of comments and strings.
RULES = [
    (r' < ', ' <= '), (r' <= ', ' < '), (r' > ', ' >= '), (r' >= ', ' > '),
    (r' < ', ' > '), (r' == ', ' != '), (r' != ', ' == '),
    (r' && ', ' || '), (r' \|\| ', ' && '), (r' \+ 1\b', ''), (r' - 1\b', ''), (r' \+ ', ' - '), (r' - ', ' + '),
    (r' \| ', ' & '), (r' & ', ' | '), (r' / ', ' * '), (r' % ', ' / '), (r' \|= ', ' = '), (r' \+= ', ' = '),
    (r'(?<=return )false;', 'true;'), (r'(?<=return )true;', 'false;'), (r'(?<==) 0;', ' 1;'),
    (r'\b4 \*', '5 *'), (r'\b8 \*', '7 *'), (r'\b7\b', '8'), (r'\b255\b', '254'), (r'\+\+;', ';'),
    (r'\bif \(!', 'if ('), (r'\bif \((?=.*\)$)', 'if (0 && ('), (r'\bif \((?=.*\)$)', 'if (1 || ('),
    (r'\b(?:UINT64|UINT32|UINT16)_MAX\b', '0'), (r'!(?=[a-z])', ''), (r' \? (.*) : (.*);', r' ? \2 : \1;'),
    (r'^\t+[a-z_>\[\].&*()-]+ (?:=|\|=|\+=) .*;$', ''), (r'^\t+[a-z_]+\(.*\);$', ''),
]


def blank(text):
    """Comments and strings as spaces, so that places stay."""
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"', lambda m: re.sub(r'[^\n]', ' ', m.group()), text, flags=re.S)


def candidates(path):
    lines = open(WORK + '/' + path).read().split('\n')
    bare = blank('\n'.join(lines)).split('\n')
    for number, line in enumerate(bare):
        if line.startswith('#') or not line.startswith('\t'):
            continue
        for what, to in RULES:
            for m in re.finditer(what, line):
                new = lines[number][:m.start()] + m.expand(to) + lines[number][m.end():]
                if to.endswith('('):
                    new += ')'
                yield path, number, lines[number], new


def listed():
    for line in open(SRC + '/tests/verify/twin_planted.list'):
        if line.startswith('#') or not line.strip():
            continue
        path, old, new = line.rstrip('\n').split('\t')
        text = open(WORK + '/' + path).read()
        if old not in text:
            sys.exit('twin_planted.list: %s has no "%s"' % (path, old))
        number = text[:text.index(old)].count('\n')
        before = text.split('\n')[number]
        after = text.replace(old, new, 1).split('\n')
        yield path, number, before, '\n'.join(after[number:number + 1 + new.count('\n')])


def files(which, kind='.c'):
    for folder in LIBRARIES[which]:
        for name in sorted(os.listdir(WORK + '/' + folder)):
            if name.endswith(kind):
                yield folder + '/' + name


def library_of(path):
    return next(which for which, folders in LIBRARIES.items() if os.path.dirname(path) in folders)


def compile_one(path, source, out, root=WORK):
    folders = ['-I' + root + '/' + folder for folder in ('src', 'src/bytecode', os.path.dirname(path))]
    return subprocess.run([CC] + FLAGS + folders + ['-c', source, '-o', out], stderr=subprocess.DEVNULL).returncode == 0


def object_of(path):
    return WORK + '/base/' + path.replace('/', '-')[:-2] + '.o'


def link(which, out, instead={}):
    objects = [instead.get(path, object_of(path)) for path in files(which)]
    return subprocess.run([CC, '-shared', '-o', out] + objects).returncode == 0


def prepare():
    """The sources as they are now: a long run is not disturbed by work on them."""
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK + '/base')
    shutil.copytree(SRC + '/src', WORK + '/src')
    for which in LIBRARIES:
        for path in files(which):
            if not compile_one(path, WORK + '/' + path, object_of(path)):
                sys.exit(path + ' does not compile')
        link(which, WORK + '/base/lib' + which + '.so')
    # The programs of the build, with these two libraries outside of them.
    for line in os.environ['PROGRAMS'].split(';'):
        name, rest = (part.strip(' \\\n') for part in line.split(':'))
        words = rest.replace('libmetered.a', '').replace('libcocoapol.a', '-lguest').replace('liblift.a', '-llift').split()
        objects = [w for w in words if w.endswith('.o')]
        others = [w for w in words if not w.endswith('.o')]
        command = [CC] + os.environ.get('LDFLAGS', '').split() + objects + ['-L' + WORK + '/base', '-Wl,--allow-shlib-undefined'] + others + ['-o', WORK + '/' + name]
        if subprocess.run(command, cwd=BUILD).returncode != 0:
            sys.exit(name + ' does not link')


def corpus(target):
    folder = SRC + '/tests/fuzz/corpus/' + target
    return [folder + '/' + name for name in sorted(os.listdir(folder))] if os.path.isdir(folder) else []


def tests(which):
    w = WORK + '/'
    small = [BUILD + '/mutants.policies/small.cpb', SRC + '/tests/hostile/small.requests.json']
    front = [BUILD + '/mutants.policies/storefront.cpb', SRC + '/examples/storefront.requests.json']
    guest = [
        ('test_open', [w + 'test_open']), ('test_limits', [w + 'test_limits']), ('test_decide', [w + 'test_decide']),
        ('test_bounds', [w + 'test_bounds']),
        ('corpus of decide', [w + 'fuzz_decide'] + corpus('decide')), ('corpus of open', [w + 'fuzz_open'] + corpus('open')),
        ('corpus of sequence', [w + 'fuzz_sequence'] + corpus('sequence')),
        ('twin 3000', [w + 'twin', '-s', '7', '3000']), ('hostile 10000', [w + 'hostile'] + small + ['10000']),
        ('test_canon', [w + 'test_canon']),
        ('hostile 60000', [w + 'hostile', '-s', '4'] + small + ['60000']), ('hostile 120000', [w + 'hostile', '-s', '5'] + front + ['120000']),
        ('twin 40000', [w + 'twin', '-s', '99', '40000']),
    ]
    lift = [('twin 5000', [w + 'twin', '-s', '7', '5000']), ('twin 60000', [w + 'twin', '-s', '99', '60000'])]
    return guest if which == 'guest' else lift


def fails(command, libraries, folder):
    env = dict(os.environ, LD_LIBRARY_PATH=libraries, COCOAPOL_FUZZ_POLICY=BUILD + '/mutants.policies/storefront.cpb',
               COCOAPOL_FUZZ_REQUESTS=SRC + '/examples/storefront.requests.json')
    run = subprocess.run(['sh', '-c', 'ulimit -t 10; ulimit -c 0; ulimit -v 8000000; exec "$@"', 'sh'] + command, env=env, cwd=folder,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # The twin test and the hostile host complain of what they did not see in so few rounds.
    out = run.stdout.decode(errors='replace')
    few = run.returncode == 1 and all('was not seen both ways' in l or 'triples' in l or 'was never allowed' in l or
                                      'no verdict was' in l for l in out.splitlines() if l.startswith('not ok'))
    return run.returncode != 0 and not few


def compile_mutant(path, text, folder):
    """The objects of what has this text in it, or None: a header is in any file of its library."""
    # The same name, for assertions of the compiler and for #include "" beside it.
    if path.endswith('.c'):
        root, touched = WORK, [path]
        sources = {path: folder + '/' + os.path.basename(path)}
        open(sources[path], 'w').write(text)
    else:
        root, touched = folder, list(files(library_of(path)))
        sources = {file: folder + '/' + file for file in touched}
        shutil.copytree(WORK + '/src', folder + '/src')
        open(folder + '/' + path, 'w').write(text)
    objects = {file: folder + '/' + file.replace('/', '-')[:-2] + '.o' for file in touched}
    return objects if all(compile_one(file, sources[file], objects[file], root) for file in touched) else None


def try_one(mutant):
    path, number, old, new = mutant
    which = library_of(path)
    folder = WORK + '/' + hashlib.sha1(repr(mutant).encode()).hexdigest()[:12]
    os.makedirs(folder)
    try:
        lines = open(WORK + '/' + path).read().split('\n')
        lines[number] = new
        objects = compile_mutant(path, '\n'.join(lines), folder)
        if objects is None:
            return mutant, 'invalid'
        if all(filecmp.cmp(objects[file], object_of(file), False) for file in objects):
            return mutant, 'same'
        link(which, folder + '/lib' + which + '.so', objects)
        for name, command in tests(which):
            if fails(command, folder + ':' + WORK + '/base', folder):
                return mutant, name
        return mutant, 'survives'
    finally:
        shutil.rmtree(folder)


def excused():
    known = {}
    for line in open(SRC + '/tests/mutants/equivalent.list'):
        if line.strip() and not line.startswith('#'):
            path, old, new, why = line.rstrip('\n').split('\t')
            known[path, old, new] = why
    return known


def main():
    args = sys.argv[1:]
    count = int(args[args.index('--count') + 1]) if '--count' in args else 240
    skip = int(args[args.index('--skip') + 1]) if '--skip' in args else 0
    only = args[args.index('--only') + 1] if '--only' in args else ''
    prepare()
    mutants = [] if '--made' in args else list(listed())
    if '--listed' not in args:
        made = [m for which in LIBRARIES for kind in ('.c', '.h')
                for path in files(which, kind) for m in candidates(path)]
        made.sort(key=lambda m: hashlib.sha1(repr((m[0], m[2], m[3])).encode()).digest())
        mutants += made[skip:skip + count] if count else made[skip:]
    mutants = [m for m in mutants if only in m[0] + ': ' + m[2] + ' -> ' + m[3]]
    for name, command in (t for which in LIBRARIES for t in tests(which)):
        if fails(command, WORK + '/base', WORK):
            sys.exit('without a mutant: %s fails' % name)
    known, tally, survivors, equivalent, done = excused(), {}, 0, 0, 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get('JOBS', '2'))) as pool:
        for (path, number, old, new), fate in pool.map(try_one, mutants):
            key, done = (path, old.strip(), new.strip()), done + 1
            if done % 25 == 0:
                print('# %d of %d' % (done, len(mutants)), file=sys.stderr, flush=True)
            if fate == 'survives' and key in known:
                fate, equivalent = 'equivalent', equivalent + 1
            elif fate == 'survives':
                survivors += 1
                print('not ok - %s:%d: no test notices\t%s\t%s' % (path, number + 1, old.strip(), new.strip()), flush=True)
            tally[fate] = tally.get(fate, 0) + 1
    invalid = tally.pop('invalid', 0) + tally.pop('same', 0)
    total = sum(tally.values())
    print('%s - mutants: %d planted, %d noticed, %d shown to be equivalent, %d survive' % (
        'not ok' if survivors else 'ok', total, total - equivalent - survivors, equivalent, survivors))
    for name, n in sorted(tally.items(), key=lambda i: -i[1]):
        print('# %5d  %s' % (n, name))
    print('# %5d  were none: they do not compile, or to the same code' % invalid)
    return 1 if survivors else 0


sys.exit(main())
