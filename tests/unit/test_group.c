/* SPDX-License-Identifier: Apache-2.0
 *
 * test_group.c - groups of random bytes, written as policies and read again by
 * the compiler: every fact is there, and is what it was.  What images and pods
 * hold is chosen by whoever made them.
 */
#include "base/file.h"
#include "compiler/compile.h"
#include "import/group.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 150, MOST = 4 };

static struct arena arena;
static struct source place = { { "a\nb\x1b[31m.yaml", 13 }, { "x\ny\n", 4 } };
static uint64_t seed = 88172645463325252u;

static uint32_t any(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

/* Bytes that mean something to somebody, and any others. */
static struct str text(bool may_be_empty)
{
	static const char *const parts[] = { "\"", "\\", "/", "#", "\n", "\r", "\t", "*/", "${x}", "\\Q", "\\E", "[", "]",
		"(?i)", "|", ".", "*", "{", "}", "\xe2\x80\xae", "\xc3\xa9", "\xff", "\xc0\x80", "a", "B", "7", " ", "any",
		"optional", "\x7f", "\x01", "policy x svn 1", "^", "$", "+", "?" };
	uint32_t i, n = any(6) + !may_be_empty;
	struct str all = { "", 0 };
	char byte;

	for (i = 0; i < n; i++) {
		const char *part = parts[any(sizeof(parts) / sizeof(parts[0]))];
		struct str joined = { NULL, all.len + strlen(part) + 1 };
		char *to = arena_alloc(&arena, joined.len);

		byte = (char)any(256);
		memcpy(to, all.ptr, all.len);
		memcpy(to + all.len, part, strlen(part));
		to[joined.len - 1] = byte;
		joined.len -= any(3) != 0;      /* mostly without the random byte */
		joined.ptr = to;
		all = joined;
	}
	return all;
}

static struct loc somewhere(void)
{
	return (struct loc){ any(2) == 0 ? &place : NULL, any(4), 4 };
}

/* A literal, or the pattern of it, which is the same language. */
static struct value value(struct str *meant)
{
	*meant = text(true);
	if (any(2) == 0)
		return (struct value){ .text = *meant, .from = somewhere() };
	return (struct value){ .text = pattern_of(&arena, *meant), .is_pattern = true, .from = somewhere() };
}

struct expected {
	struct str names[MOST], values[MOST];
	struct str sources[MOST], destinations[MOST];
};

static void make_container(struct container *c, struct expected *e)
{
	uint32_t i, n = any(MOST) + 1;

	c->name = text(true);
	c->image = text(true);
	c->remark = text(true);
	c->from = somewhere();
	c->layers = arena_new(&arena, struct layer);
	c->layers[0] = hole_layer(&arena, text(true), somewhere());
	c->n_layers = 1;
	for (i = 0; i < n; i++)
		values_add(&arena, &c->command, text(true), somewhere());
	c->workdir.text = text(false);
	c->seccomp.text = text(false);
	values_add(&arena, &c->signals, STR("15"), somewhere());
	c->execs = arena_new(&arena, struct process);
	values_add(&arena, &c->execs[c->n_execs++].command, text(true), somewhere());
	c->env = arena_array(&arena, MOST, struct variable);
	c->mounts = arena_array(&arena, MOST, struct mount);
	for (i = 0; i < n; i++) {
		struct variable *v = &c->env[c->n_env++];
		struct mount *m = &c->mounts[c->n_mounts++];

		v->name = value(&e->names[i]);
		v->value = value(&e->values[i]);
		v->optional = any(2) == 0;
		v->from = somewhere();
		m->type = any(4) != 0 ? STR("bind") : text(true);
		m->origin = (enum mount_origin)any(4);
		m->source = value(&e->sources[i]);
		/* The language refuses to declare one destination twice. */
		m->destination = arena_printf(&arena, "/%u/%u", i, any(9));
		e->destinations[i] = m->destination;
		values_add(&arena, &m->options, STR("rbind"), somewhere());
	}
}

static const struct ir_value *cell(const struct ir_table *t, const struct ir_row *row, const char *name)
{
	uint32_t i;

	for (i = 0; i < t->n_columns; i++)
		if (str_is(t->columns[i].name, name))
			return &row->cells[i];
	abort();
}

static bool same_language(const struct ir_value *v, struct str meant)
{
	return v->pattern.is_literal && str_equal(v->pattern.literal, meant);
}

/* Sets have an order of their own. */
static bool has_variable(const struct ir_value *env, const struct variable *v, struct str name, struct str meant)
{
	uint32_t i;

	for (i = 0; i < env->n_items; i++) {
		const struct ir_table *rule = env->items[i].type.table;
		const struct ir_row *r = env->items[i].row;

		if (same_language(cell(rule, r, "name"), name) && same_language(cell(rule, r, "value"), meant)
		    && (cell(rule, r, "optional")->word != 0) == v->optional)
			return true;
	}
	return false;
}

static bool has_mount(const struct ir_value *mounts, struct str source, struct str destination)
{
	uint32_t i;

	for (i = 0; i < mounts->n_items; i++) {
		const struct ir_table *rule = mounts->items[i].type.table;
		const struct ir_row *r = mounts->items[i].row;

		if (same_language(cell(rule, r, "source"), source)
		    && str_equal(cell(rule, r, "destination")->text, destination))
			return true;
	}
	return false;
}

static bool agrees(const struct ir_table *t, const struct ir_row *row, const struct container *c,
    const struct expected *e)
{
	const struct ir_value *command = cell(t, row, "command"), *env = cell(t, row, "env");
	const struct ir_value *mounts = cell(t, row, "mount");
	bool so = command->n_items == c->command.n && mounts->n_items == c->n_mounts
	    && cell(t, row, "signals")->n_items == 1
	    && str_equal(cell(t, row, "workdir")->text, c->workdir.text)
	    && str_equal(cell(t, row, "seccomp")->text, c->seccomp.text);
	uint32_t i;

	for (i = 0; so && i < command->n_items; i++)
		so = str_equal(command->items[i].text, c->command.items[i].text);
	for (i = 0; so && i < c->n_env; i++)
		so = has_variable(env, &c->env[i], e->names[i], e->values[i]);
	for (i = 0; so && i < c->n_mounts; i++)
		so = has_mount(mounts, e->sources[i], e->destinations[i]);
	return so;
}

static bool read_again(struct str framework, struct str policy, const struct container *c, const struct expected *e)
{
	struct diag d = { .out = stdout };
	struct cpolc *compilation = cpolc_new(&d);
	const struct ir_policy *ir = NULL;
	bool so = false;
	uint32_t i;

	if (cpolc_add(compilation, "framework", framework) == 0 && cpolc_add(compilation, "policy", policy) == 0)
		ir = cpolc_lower(compilation);
	for (i = 0; ir != NULL && i < ir->n_tables; i++)
		if (str_is(ir->tables[i]->name, "container"))
			so = ir->tables[i]->n_rows == 1
			    && agrees(ir->tables[i], ir->tables[i]->rows[0], c, e);
	cpolc_free(compilation);
	return so;
}

static bool compiles(struct str framework, struct str policy)
{
	struct diag d = { .out = stdout };
	struct cpolc *compilation = cpolc_new(&d);
	bool so = cpolc_add(compilation, "framework", framework) == 0
	    && cpolc_add(compilation, "policy", policy) == 0 && cpolc_lower(compilation) != NULL;

	cpolc_free(compilation);
	return so;
}

/* A container called like each word that the framework has, and what comes near it. */
static bool all_names(struct str framework)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	struct group g = { .name = STR("all-names"), .kind = STR("test") };
	size_t at, len;
	uint32_t i;

	for (at = 0; at < framework.len; at += len + 1) {
		struct str word = { framework.ptr + at, 0 };
		struct container *c;

		for (len = 0; at + len < framework.len && strchr(letters, framework.ptr[at + len]) != NULL
		    && framework.ptr[at + len] != '\0'; len++)
			;
		word.len = len;
		for (i = 0; i < g.n_containers && !str_equal(g.containers[i].name, word); i++)
			;
		if (i < g.n_containers)
			continue;
		c = group_add(&arena, &g);
		c->name = word;
		c->layers = arena_new(&arena, struct layer);
		c->layers[c->n_layers++] = hole_layer(&arena, word, somewhere());
		values_add(&arena, &c->command, word, somewhere());
	}
	return g.n_containers > 300 && compiles(framework, group_write(&arena, &g));
}

int main(void)
{
	const char *folder = getenv("COCOAPOL_FRAMEWORK_DIR");
	struct arena kept = { 0 };
	struct str framework, policy;
	uint32_t i;

	if (folder == NULL || file_read(&kept, arena_printf(&kept, "%s/cocoaexpo.cpol", folder).ptr, 1 << 20, &framework) != 0) {
		perror("framework");
		return 2;
	}
	for (i = 0; i < ROUNDS; i++) {
		struct expected e = { 0 };
		struct group g = { .name = text(true), .kind = text(true), .from = somewhere() };
		struct container *c = group_add(&arena, &g);

		make_container(c, &e);
		values_add(&arena, &g.notes, text(true), somewhere());
		policy = group_write(&arena, &g);
		if (!read_again(framework, policy, c, &e)) {
			printf("%.*s\nnot ok - a policy of random bytes says what it was made of (round %u)\n",
			    STR_ARG(policy), i);
			return 1;
		}
		arena_clear(&arena);
	}
	printf("ok - %u policies of random bytes say what they were made of\n", ROUNDS);
	if (!all_names(framework)) {
		printf("not ok - containers may be called like any word of the framework\n");
		return 1;
	}
	printf("ok - containers may be called like any word of the framework\n");
	arena_clear(&arena);
	arena_clear(&kept);
	return 0;
}
