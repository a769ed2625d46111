/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_probes.c - see kubernetes.h: what kubelet runs in a container.
 */
#include "kubernetes.h"

static bool same_command(const struct values *l, const struct values *r)
{
	uint32_t i;

	for (i = 0; i < l->n && i < r->n; i++)
		if (!str_equal(l->items[i].text, r->items[i].text))
			return false;
	return l->n == r->n;
}

static void add_exec(struct reading *r, struct values command, struct loc from, const char *path)
{
	struct container *c = r->out;
	struct process process = { .command = command, .from = from };
	uint32_t i;

	for (i = 0; i < c->n_execs; i++)
		if (same_command(&c->execs[i].command, &command)) {
			kubernetes_remember(r->pod, path, "the same command is declared already", from);
			return;
		}
	values_add(r->pod->im->arena, &process.signals, STR("9"), (struct loc){ 0 });
	arena_push(r->pod->im->arena, c->execs, c->n_execs, c->cap_execs);
	c->execs[c->n_execs++] = process;
}

/* Kubelet expands the commands of probes, but not those of lifecycle hooks. */
static void read_exec(struct reading *r, const struct node *handler, const char *path, bool is_expanded)
{
	struct import *im = r->pod->im;
	const struct node *exec = import_map(im, handler, "exec");
	struct values command = { NULL, 0, 0 };
	uint32_t i;

	if (exec == NULL)
		return;
	import_strings(im, exec, "command", &command);
	if (command.n == 0)
		diag_error(im->diag, exec->loc, DIAG_MISSING_FIELD, "%s.exec has no command", path);
	for (i = 0; i < command.n && is_expanded; i++)
		command.items[i] = kubernetes_expand_static(r, command.items[i].text, command.items[i].from);
	if (command.n != 0)
		add_exec(r, command, command.items[0].from, path);
}

void kubernetes_probes(struct reading *r)
{
	static const char *const probes[] = { "startupProbe", "livenessProbe", "readinessProbe" };
	static const char *const hooks[] = { "postStart", "preStop" };
	struct import *im = r->pod->im;
	const struct node *lifecycle = import_map(im, r->node, "lifecycle");
	size_t i;

	for (i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		read_exec(r, import_map(im, r->node, probes[i]),
		    arena_printf(im->arena, "%s.%s", r->path, probes[i]).ptr, true);
	for (i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		read_exec(r, import_map(im, lifecycle, hooks[i]),
		    arena_printf(im->arena, "%s.lifecycle.%s", r->path, hooks[i]).ptr, false);
}
