/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c - cocoapolv(1): arguments, and which command.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>

#include "../base/file.h"
#include "../report/tool.h"

#ifndef COCOAPOL_VERSION
#define COCOAPOL_VERSION "unknown"
#endif

/* Options, and the bits of those that a command takes. */
enum { OPT_HELP, OPT_JSON, OPT_MAP, OPT_TIMEOUT, OPT_FROM, OPT_JOBS, OPT_CACHE, OPT_SEED, OPT_MEMORY,
	OPT_HTML, OPT_CLAIM, OPT_ALLOW, OPT_LIST, OPT_LEMMAS, OPT_CERTIFICATE,
	N_OPTIONS };
#define TAKES(option) (1u << OPT_##option)
/* Not an option: the command's other file comes before the policy. */
#define OTHER_FIRST (1u << 31)

/* In the order of the bits. */
static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 256 + OPT_JSON },
	{ "map", required_argument, NULL, 256 + OPT_MAP },
	{ "timeout", required_argument, NULL, 256 + OPT_TIMEOUT },
	{ "from", required_argument, NULL, 256 + OPT_FROM },
	{ "jobs", required_argument, NULL, 256 + OPT_JOBS },
	{ "cache", required_argument, NULL, 256 + OPT_CACHE },
	{ "seed", required_argument, NULL, 256 + OPT_SEED },
	{ "memory", required_argument, NULL, 256 + OPT_MEMORY },
	{ "html", required_argument, NULL, 256 + OPT_HTML },
	{ "claim", required_argument, NULL, 256 + OPT_CLAIM },
	{ "allow", required_argument, NULL, 256 + OPT_ALLOW },
	{ "list", no_argument, NULL, 256 + OPT_LIST },
	{ "lemmas", no_argument, NULL, 256 + OPT_LEMMAS },
	{ "certificate", required_argument, NULL, 256 + OPT_CERTIFICATE },
	{ NULL, 0, NULL, 0 }
};

#define HELP_JSON    "  --json             print one JSON object\n"
#define HELP_TIMEOUT "  --timeout SECONDS  for everything (60)\n"
#define HELP_JOBS    "  --jobs N           processes that prove at once (one for each processor, at most 8)\n"
#define HELP_CACHE   "  --cache DIR        keep there what is proved, and believe what is there\n"
#define HELP_SEED    "  --seed N           of the solver's choices (0)\n"
#define HELP_MEMORY  "  --memory MB        that each process may have (no limit)\n"
#define HELP_HTML    "  --html FILE        write a page to look at, too\n"
#define HELP_MAP     "  --map FILE         places in the source (POLICY.cpb.map)\n"

#define HELP_PROVER  HELP_JOBS HELP_CACHE HELP_SEED HELP_MEMORY
#define TAKES_PROVER (TAKES(JOBS) | TAKES(CACHE) | TAKES(SEED) | TAKES(MEMORY))

/* A command reads a policy, and maybe one more file: after it or before it. */
struct command {
	const char *name;
	int (*run)(struct tool *);
	const char *second;             /* "REQUESTS.json"; NULL: the policy alone */
	uint32_t takes;
	const char *line, *help;
};

static const struct command commands[] = {
	{ "prove", command_prove, NULL, TAKES(JSON) | TAKES(TIMEOUT) | TAKES(MAP) | TAKES(HTML) |
	    TAKES_PROVER | TAKES(LEMMAS) | TAKES(CERTIFICATE),
	    "prove what is claimed of every state that can be reached",
	    "Prove each invariant and step claim over all reachable states, or refute it\n"
	    "by a trace of requests that the interpreter allows.\n\n"
	    HELP_JSON HELP_TIMEOUT HELP_PROVER HELP_MAP HELP_HTML
	    "  --lemmas           print what else had to be proved, as invariants to keep\n"
	    "  --certificate FILE write down why, for cocoapol-check\n"
	    "\nExit status: 0 all proved, 1 one refuted, 2 otherwise, 130 interrupted.\n" },
	{ "reach", command_reach, NULL, TAKES(JSON) | TAKES(TIMEOUT) | TAKES(MAP) | TAKES(HTML) |
	    TAKES_PROVER,
	    "find requests that lead to what shall be possible",
	    "Find requests that lead to a state as each `reachable` claim wants it, or prove\n"
	    "that there are none.\n\n"
	    HELP_JSON HELP_TIMEOUT HELP_PROVER HELP_MAP HELP_HTML
	    "\nExit status: 0 all reached, 1 one is impossible, 2 otherwise, 130 interrupted.\n" },
	{ "compare", command_compare, "OTHER.cpb", TAKES(JSON) | TAKES(TIMEOUT) | TAKES(MAP) |
	    TAKES(HTML),
	    "prove that another policy allows nothing that this one denies",
	    "Prove, over all states that both can come to, that OTHER.cpb (B) allows nothing\n"
	    "that POLICY.cpb (A) denies, or find requests by which it does; and the same the\n"
	    "other way round.\n\n"
	    HELP_JSON HELP_TIMEOUT
	    "  --map FILE         places in the source of A (POLICY.cpb.map)\n"
	    HELP_HTML
	    "\nExit status: 0 B allows nothing that A denies, 1 it does, 2 otherwise,\n"
	    "130 interrupted.\n" },
	{ "replay", command_replay, "REQUESTS.json", TAKES(JSON) | TAKES(FROM) | TAKES(MAP) | TAKES(HTML) |
	    TAKES(CLAIM),
	    "run recorded requests through the interpreter",
	    "Run requests through the interpreter, as the guest does, and say why each\n"
	    "denial is one.\n\n"
	    HELP_JSON
	    "  --from hcsshim     the requests are those of hcsshim's policy simulator\n"
	    "  --claim NAME       the claim whose trace is meant, if the file is a report\n"
	    HELP_MAP HELP_HTML
	    "\nExit status: 0, or 1 if a verdict is not what its request expects, 2 trouble.\n" },
	{ "demand", command_demand, "PROPS.cpol",
	    TAKES(JSON) | TAKES(TIMEOUT) | TAKES(MAP) | TAKES_PROVER | OTHER_FIRST,
	    "prove one's own properties of somebody else's policy",
	    "Prove the claims of PROPS.cpol of a compiled policy, from its bytes alone:\n"
	    "its own claims and its source play no part.\n\n"
	    HELP_JSON
	    "  --timeout SECONDS  for the proofs, and again for what is to be reached (60)\n"
	    HELP_PROVER HELP_MAP
	    "\nExit status: 0 all proved and reached, 1 one refuted or impossible, 2 otherwise,\n"
	    "130 interrupted.\n" },
	{ "lint", command_lint, NULL, TAKES(JSON) | TAKES(MAP) | TAKES(TIMEOUT) | TAKES(ALLOW) |
	    TAKES(LIST),
	    "point at what a careful reviewer would",
	    "Point at rules that never allow anything, declarations that can't be used or\n"
	    "can be taken for each other, and what lets the host do more than it seems.\n\n"
	    "  --allow NAME       be silent about NAME; may be given again\n"
	    "  --list             print the names of all findings\n"
	    "  --timeout SECONDS  for finding out whether containers start (4)\n"
	    HELP_JSON HELP_MAP
	    "\nExit status: 0 no warning (maybe notes), 1 warnings, 2 trouble.\n" },
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int flush(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return tool_trouble("standard output");
	return status;
}

static void print_usage(FILE *stream)
{
	fputs("usage: cocoapolv COMMAND [OPTION...] [FILE] POLICY.cpb [FILE]\n\n", stream);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(stream, "  %-8s  %s\n", commands[i].name, commands[i].line);
	fputs("  version   print the version\n\n"
	    "'cocoapolv COMMAND --help' says more; cocoapolv(1) all of it.\n", stream);
}

static int print_help(const struct command *c)
{
	const char *second = c->second == NULL ? "" : c->second;
	bool comes_first = (c->takes & OTHER_FIRST) != 0;

	printf("usage: cocoapolv %s [OPTION...] %s%s%s\n\n%s", c->name,
	    comes_first ? second : "POLICY.cpb", c->second == NULL ? "" : " ",
	    comes_first ? "POLICY.cpb" : second, c->help);
	return flush(TOOL_YES);
}

static int parse_seconds(struct tool *t, const char *text)
{
	char *end;

	errno = 0;
	t->timeout = strtod(text, &end);
	if (errno != 0 || end == text || *end != '\0' || !isfinite(t->timeout) ||
	    !(t->timeout > 0) || t->timeout > 1e6)
		return tool_usage(t, "--timeout wants seconds, this is '%s'", text);
	return TOOL_YES;
}

static int parse_number(struct tool *t, const char *option, uint64_t least, uint64_t most, uint64_t *number)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(optarg, &end, 10);
	if (errno != 0 || *optarg < '0' || *optarg > '9' || *end != '\0' || value < least || value > most)
		return tool_usage(t, "--%s wants a number from %llu to %llu, this is '%s'", option,
		    (unsigned long long)least, (unsigned long long)most, optarg);
	*number = value;
	return TOOL_YES;
}

static int set_number(struct tool *t, int option)
{
	uint64_t number = 0;
	int status = option == OPT_JOBS ? parse_number(t, "jobs", 1, 64, &number) :
	    option == OPT_SEED ? parse_number(t, "seed", 0, UINT32_MAX, &number) :
	    parse_number(t, "memory", 1, 1u << 20, &number);

	if (option == OPT_JOBS)
		t->jobs = (uint32_t)number;
	else if (option == OPT_SEED)
		t->seed = (uint32_t)number;
	else
		t->memory = number << 20;
	return status;
}

static int set_option(struct tool *t, int option)
{
	switch (option) {
	case OPT_JSON:
		t->json = true;
		return TOOL_YES;
	case OPT_MAP:
		t->map_path = optarg;
		return TOOL_YES;
	case OPT_LEMMAS:
		t->lemmas = true;
		return TOOL_YES;
	case OPT_TIMEOUT:
		return parse_seconds(t, optarg);
	case OPT_FROM:
		t->from = optarg;
		return strcmp(optarg, "hcsshim") == 0 ? TOOL_YES :
		    tool_usage(t, "--from wants 'hcsshim', this is '%s'", optarg);
	case OPT_JOBS: case OPT_SEED: case OPT_MEMORY:
		return set_number(t, option);
	case OPT_CACHE:
		t->cache = optarg;
		return *optarg != '\0' ? TOOL_YES : tool_usage(t, "--cache wants a folder");
	case OPT_HTML:
		t->html_path = optarg;
		return *optarg != '\0' && strcmp(optarg, "-") != 0 ? TOOL_YES :
		    tool_usage(t, "--html wants a file, this is '%s'", optarg);
	case OPT_CLAIM:
		t->claim = optarg;
		return TOOL_YES;
	case OPT_ALLOW:
		return lint_allow(t, optarg);
	case OPT_LIST:
		t->list = true;
		return TOOL_YES;
	case OPT_CERTIFICATE:
		t->certificate_path = optarg;
		return TOOL_YES;
	default:
		return TOOL_TROUBLE;
	}
}

/* argv ends with NULL. */
static int take_files(struct tool *t, const struct command *c, char **argv)
{
	bool comes_first = (c->takes & OTHER_FIRST) != 0;

	if (comes_first && *argv != NULL)
		t->second = *argv++;
	else if (comes_first)
		return tool_usage(t, "which %s?", c->second);
	if (*argv == NULL)
		return tool_usage(t, "which policy?");
	t->path = *argv++;
	if (c->second != NULL && !comes_first && *argv == NULL)
		return tool_usage(t, "which %s?", c->second);
	if (c->second != NULL && !comes_first)
		t->second = *argv++;
	return *argv == NULL ? TOOL_YES : tool_usage(t, "what is '%s' for?", *argv);
}

static int parse(struct tool *t, const struct command *c, int argc, char **argv, bool *helped)
{
	int letter, status;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		const char *arg = argv[optind - 1];

		if (letter == 'h') {
			*helped = true;
			return print_help(c);
		}
		if (letter == ':')
			return tool_usage(t, "%s wants a value", arg);
		if (letter == '?')
			return tool_usage(t, "no option '%s' here", arg);
		if ((c->takes >> (letter - 256) & 1) == 0)
			return tool_usage(t, "no option '--%s' here", options[letter - 256].name);
		status = set_option(t, letter - 256);
		if (status != TOOL_YES)
			return status;
	}
	if (t->list && argv[optind] == NULL) {
		*helped = true;
		return flush(lint_list_names(t));
	}
	return t->list ? tool_usage(t, "what is '%s' for?", argv[optind]) :
	    take_files(t, c, argv + optind);
}

/* What can't be written is better said before the work than after it. */
static int probe(const char *path)
{
	return path == NULL || file_probe(path) == 0 ? TOOL_YES : tool_trouble(path);
}

static int run(const struct command *c, int argc, char **argv)
{
	struct tool t = { .command = c->name };
	bool helped = false;
	int status = parse(&t, c, argc, argv, &helped);

	if (status == TOOL_YES && !helped)
		status = probe(t.html_path) != TOOL_YES ? TOOL_TROUBLE : probe(t.certificate_path);
	if (status == TOOL_YES && !helped)
		status = tool_open(&t);
	if (status == TOOL_YES && !helped)
		status = c->run(&t);
	arena_clear(&t.arena);
	return status == TOOL_TROUBLE ? status : flush(status);
}

int main(int argc, char **argv)
{
	struct tool none = { .command = NULL };
	size_t i;

	if (argc < 2) {
		print_usage(stderr);
		return TOOL_TROUBLE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return flush(TOOL_YES);
	}
	if (strcmp(argv[1], "version") == 0 || strcmp(argv[1], "--version") == 0) {
		printf("cocoapolv %s\n", COCOAPOL_VERSION);
		return flush(TOOL_YES);
	}
	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return run(&commands[i], argc - 1, argv + 1);
	return tool_usage(&none, "no command '%s'", argv[1]);
}
