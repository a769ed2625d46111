/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c - cocoapolv(1): arguments, and which command.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "tool.h"

#ifndef COCOAPOL_VERSION
#define COCOAPOL_VERSION "unknown"
#endif

struct command {
	const char *name;
	int (*run)(struct tool *);
	const char *arguments, *help;
	bool takes_requests, takes_timeout, takes_from;
};

static const struct command commands[] = {
	{ "prove", command_prove, "[--json] [--timeout SECONDS] [--map FILE] POLICY.cpb",
	    "Prove each invariant and step claim over all reachable states, or refute it\n"
	    "by a trace of requests that the interpreter allows.\n\n"
	    "  --json             print one JSON object\n"
	    "  --timeout SECONDS  for everything (60)\n"
	    "  --map FILE         places in the source (POLICY.cpb.map)\n\n"
	    "Exit status: 0 all proved, 1 one refuted, 2 otherwise.\n", false, true, false },
	{ "reach", command_reach, "[--json] [--timeout SECONDS] [--map FILE] POLICY.cpb",
	    "Find requests that lead to a state as each `reachable` claim wants it.\n\n"
	    "  --json             print one JSON object\n"
	    "  --timeout SECONDS  for everything (60)\n"
	    "  --map FILE         places in the source (POLICY.cpb.map)\n\n"
	    "Exit status: 0 all reached, 2 otherwise.\n", false, true, false },
	{ "replay", command_replay,
	    "[--json] [--from hcsshim] [--map FILE] POLICY.cpb REQUESTS.json",
	    "Run requests through the interpreter, as the guest does, and say why each\n"
	    "denial is one.\n\n"
	    "  --json             print one JSON object\n"
	    "  --from hcsshim     the requests are those of hcsshim's policy simulator\n"
	    "  --map FILE         places in the source (POLICY.cpb.map)\n\n"
	    "Exit status: 0, or 1 if a verdict is not what its request expects, 2 trouble.\n",
	    true, false, true },
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static const char usage[] =
    "usage: cocoapolv prove  [--json] [--timeout SECONDS] [--map FILE] POLICY.cpb\n"
    "       cocoapolv reach  [--json] [--timeout SECONDS] [--map FILE] POLICY.cpb\n"
    "       cocoapolv replay [--json] [--from hcsshim] [--map FILE] POLICY.cpb REQUESTS.json\n"
    "       cocoapolv version\n"
    "\n"
    "'cocoapolv COMMAND --help' explains a command; cocoapolv(1) all of them.\n";

static int flush(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return tool_trouble("standard output");
	return status;
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

/* The value of an option "--name VALUE" or "--name=VALUE"; NULL if arg is another. */
static const char *option_value(const char *arg, const char *name, char **argv, int *i)
{
	size_t len = strlen(name);

	if (strncmp(arg, name, len) != 0)
		return NULL;
	if (arg[len] == '=')
		return arg + len + 1;
	if (arg[len] != '\0')
		return NULL;
	return argv[*i + 1] == NULL ? "" : argv[++*i];
}

static int parse_option(struct tool *t, const struct command *c, char **argv, int *i)
{
	const char *arg = argv[*i], *value;

	if (strcmp(arg, "--json") == 0) {
		t->json = true;
		return TOOL_YES;
	}
	value = option_value(arg, "--map", argv, i);
	if (value != NULL && *value != '\0') {
		t->map_path = value;
		return TOOL_YES;
	}
	value = c->takes_timeout ? option_value(arg, "--timeout", argv, i) : NULL;
	if (value != NULL)
		return parse_seconds(t, value);
	value = c->takes_from ? option_value(arg, "--from", argv, i) : NULL;
	if (value != NULL && strcmp(value, "hcsshim") == 0) {
		t->from = value;
		return TOOL_YES;
	}
	if (value != NULL)
		return tool_usage(t, "--from wants 'hcsshim', this is '%s'", value);
	return tool_usage(t, "no option '%s' here, or it wants a value", arg);
}

static int parse(struct tool *t, const struct command *c, char **argv)
{
	bool options = true;
	int i, status;

	for (i = 0; argv[i] != NULL; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
			status = parse_option(t, c, argv, &i);
			if (status != TOOL_YES)
				return status;
		} else if (t->path == NULL) {
			t->path = argv[i];
		} else if (c->takes_requests && t->requests == NULL) {
			t->requests = argv[i];
		} else {
			return tool_usage(t, "what is '%s' for?", argv[i]);
		}
	}
	if (t->path == NULL)
		return tool_usage(t, "which policy?");
	if (c->takes_requests && t->requests == NULL)
		return tool_usage(t, "which requests?");
	return TOOL_YES;
}

static bool wants_help(char **argv)
{
	for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++)
		if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
			return true;
	return false;
}

static int run(const struct command *c, char **argv)
{
	struct tool t = { .command = c->name };
	int status;

	if (wants_help(argv)) {
		printf("usage: cocoapolv %s %s\n\n%s", c->name, c->arguments, c->help);
		return flush(TOOL_YES);
	}
	status = parse(&t, c, argv);
	if (status == TOOL_YES)
		status = tool_open(&t);
	if (status == TOOL_YES)
		status = c->run(&t);
	arena_clear(&t.arena);
	return status;
}

int main(int argc, char **argv)
{
	struct tool none = { .command = NULL };
	size_t i;

	if (argc < 2) {
		fputs(usage, stderr);
		return TOOL_TROUBLE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		fputs(usage, stdout);
		return flush(TOOL_YES);
	}
	if (strcmp(argv[1], "version") == 0 || strcmp(argv[1], "--version") == 0) {
		printf("cocoapolv %s\n", COCOAPOL_VERSION);
		return flush(TOOL_YES);
	}
	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return run(&commands[i], argv + 2);
	return tool_usage(&none, "no command '%s'", argv[1]);
}
