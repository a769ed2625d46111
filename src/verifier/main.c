/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c - cocoapolv(1): arguments, and which command.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>

#include "tool.h"

#ifndef COCOAPOL_VERSION
#define COCOAPOL_VERSION "unknown"
#endif

/* Options, and the bits of those that a command takes. */
enum { OPT_HELP, OPT_JSON, OPT_MAP, OPT_TIMEOUT, OPT_FROM, OPT_CERTIFICATE, N_OPTIONS };
#define TAKES(option) (1u << OPT_##option)

/* In the order of the bits. */
static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 256 + OPT_JSON },
	{ "map", required_argument, NULL, 256 + OPT_MAP },
	{ "timeout", required_argument, NULL, 256 + OPT_TIMEOUT },
	{ "from", required_argument, NULL, 256 + OPT_FROM },
	{ "certificate", required_argument, NULL, 256 + OPT_CERTIFICATE },
	{ NULL, 0, NULL, 0 }
};

#define HELP_JSON    "  --json             print one JSON object\n"
#define HELP_TIMEOUT "  --timeout SECONDS  for everything (60)\n"
#define HELP_MAP     "  --map FILE         places in the source (POLICY.cpb.map)\n"

/* A command reads a policy, and maybe one more file. */
struct command {
	const char *name;
	int (*run)(struct tool *);
	const char *second;             /* "REQUESTS.json"; NULL: the policy alone */
	uint32_t takes;
	const char *line, *help;
};

static const struct command commands[] = {
	{ "prove", command_prove, NULL, TAKES(JSON) | TAKES(TIMEOUT) | TAKES(MAP) | TAKES(CERTIFICATE),
	    "prove what is claimed of every state that can be reached",
	    "Prove each invariant and step claim over all reachable states, or refute it\n"
	    "by a trace of requests that the interpreter allows.\n\n"
	    HELP_JSON HELP_TIMEOUT HELP_MAP
	    "  --certificate FILE write down why, for cocoapol-check\n"
	    "\nExit status: 0 all proved, 1 one refuted, 2 otherwise.\n" },
	{ "reach", command_reach, NULL, TAKES(JSON) | TAKES(TIMEOUT) | TAKES(MAP),
	    "find requests that lead to what shall be possible",
	    "Find requests that lead to a state as each `reachable` claim wants it.\n\n"
	    HELP_JSON HELP_TIMEOUT HELP_MAP
	    "\nExit status: 0 all reached, 2 otherwise.\n" },
	{ "replay", command_replay, "REQUESTS.json", TAKES(JSON) | TAKES(FROM) | TAKES(MAP),
	    "run recorded requests through the interpreter",
	    "Run requests through the interpreter, as the guest does, and say why each\n"
	    "denial is one.\n\n"
	    HELP_JSON
	    "  --from hcsshim     the requests are those of hcsshim's policy simulator\n"
	    HELP_MAP
	    "\nExit status: 0, or 1 if a verdict is not what its request expects, 2 trouble.\n" },
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
	fputs("usage: cocoapolv COMMAND [OPTION...] POLICY.cpb [FILE]\n\n", stream);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(stream, "  %-8s  %s\n", commands[i].name, commands[i].line);
	fputs("  version   print the version\n\n"
	    "'cocoapolv COMMAND --help' says more; cocoapolv(1) all of it.\n", stream);
}

static int print_help(const struct command *c)
{
	printf("usage: cocoapolv %s [OPTION...] POLICY.cpb%s%s\n\n%s", c->name,
	    c->second == NULL ? "" : " ", c->second == NULL ? "" : c->second, c->help);
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

static int set_option(struct tool *t, int option)
{
	switch (option) {
	case OPT_JSON:
		t->json = true;
		return TOOL_YES;
	case OPT_MAP:
		t->map_path = optarg;
		return TOOL_YES;
	case OPT_TIMEOUT:
		return parse_seconds(t, optarg);
	case OPT_FROM:
		t->from = optarg;
		return strcmp(optarg, "hcsshim") == 0 ? TOOL_YES :
		    tool_usage(t, "--from wants 'hcsshim', this is '%s'", optarg);
	case OPT_CERTIFICATE:
		t->certificate_path = optarg;
		return TOOL_YES;
	default:
		return TOOL_TROUBLE;
	}
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
	argv += optind;
	t->path = *argv;
	if (t->path == NULL)
		return tool_usage(t, "which policy?");
	argv++;
	if (c->second != NULL && *argv == NULL)
		return tool_usage(t, "which %s?", c->second);
	if (c->second != NULL)
		t->second = *argv++;
	return *argv == NULL ? TOOL_YES : tool_usage(t, "what is '%s' for?", *argv);
}

static int run(const struct command *c, int argc, char **argv)
{
	struct tool t = { .command = c->name };
	bool helped = false;
	int status = parse(&t, c, argc, argv, &helped);

	if (status == TOOL_YES && !helped)
		status = tool_open(&t);
	if (status == TOOL_YES && !helped)
		status = c->run(&t);
	arena_clear(&t.arena);
	return status;
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
