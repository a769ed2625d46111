/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_env.c - see kubernetes.h: a container's variables, in the order in
 * which kubelet makes them: envFrom, env, and what nobody has said.
 */
#include <ctype.h>

#include "kubernetes.h"

static void set_variable(struct reading *r, struct str name, struct value value, bool optional)
{
	struct variable *v = env_add(r->pod->im->arena, r->out, name, value.text, value.from);

	v->value = value;
	v->optional = optional;
}

static struct value hole(const char *pattern, struct loc from)
{
	return (struct value){ .text = { pattern, strlen(pattern) }, .is_pattern = true, .from = from };
}

/* As the API server has it (with RelaxedEnvironmentVariableValidation: before it, no digit came first). */
static bool is_name(struct str name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (name.ptr[i] < 0x20 || name.ptr[i] > 0x7e || name.ptr[i] == '=')
			return false;
	return name.len != 0;
}

static void warn_of_secret(struct import *im, const struct object *o, struct str key, struct loc loc)
{
	if (str_is(o->kind, "Secret"))
		diag_warning(im->diag, loc, DIAG_PUBLISHED,
		    "the Secret's '%.*s' becomes a part of the policy, which is no "
		    "secret: without the Secret in the input any line is allowed instead",
		    STR_ARG(key));
}

/* ---- envFrom ---- */

static void take_all(struct reading *r, const struct object *o, struct str prefix, const char *path)
{
	struct import *im = r->pod->im;
	struct values keys = kubernetes_keys(im, o);
	uint32_t i;

	for (i = 0; i < keys.n; i++) {
		struct str name =
		    arena_printf(im->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(keys.items[i].text));
		struct value value;

		if (!kubernetes_value(im, o, keys.items[i].text, &value))
			continue;
		if (!is_name(name))
			diag_warning(im->diag, keys.items[i].from, DIAG_BAD_VALUE,
			    "%s: '%.*s' is no name of a variable: kubelet leaves it out", path,
			    STR_ARG(name));
		else
			set_variable(r, name, value, isdigit((unsigned char)name.ptr[0]));
		warn_of_secret(im, o, keys.items[i].text, value.from);
	}
}

static void take_from(
    struct reading *r, const struct node *source, const char *field, const char *kind, const char *path)
{
	struct import *im = r->pod->im;
	struct node *ref = import_map(im, source, field);
	struct str name = { "", 0 }, prefix = { "", 0 };
	struct loc loc = source->loc;
	const struct object *o;
	bool optional = false;

	if (ref == NULL)
		return;
	(void)import_string(im, ref, "name", &name, &loc);
	(void)import_string(im, source, "prefix", &prefix, NULL);
	(void)import_bool(im, ref, "optional", &optional, NULL);
	o = kubernetes_find(r->pod, kind, name);
	if (o != NULL)
		take_all(r, o, prefix, path);
	else if (optional)
		diag_warning(im->diag, loc, DIAG_UNRESOLVED,
		    "%s: the %s '%.*s' is not in the input: none of its variables is allowed", path, kind,
		    STR_ARG(name));
	else
		diag_error(im->diag, loc, DIAG_UNRESOLVED,
		    "%s: the %s '%.*s' is not in the input, so nobody can say "
		    "which variables it has: give its file too",
		    path, kind, STR_ARG(name));
}

static void read_env_from(struct reading *r)
{
	struct import *im = r->pod->im;
	const struct node *list = import_list(im, r->node, "envFrom");
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		const char *path = arena_printf(im->arena, "%s.envFrom[%u]", r->path, (unsigned)i).ptr;

		take_from(r, list->items[i], "configMapRef", "ConfigMap", path);
		take_from(r, list->items[i], "secretRef", "Secret", path);
	}
}

/* ---- valueFrom ---- */

/* A ConfigMap's or Secret's key.  False: the variable is not there. */
static bool from_key(struct reading *r, const struct node *ref, const char *kind, const char *path,
    struct value *out, bool *optional)
{
	struct import *im = r->pod->im;
	struct str name = { "", 0 }, key = { "", 0 };
	struct loc loc = ref->loc;
	const struct object *o;

	(void)import_string(im, ref, "name", &name, NULL);
	(void)import_bool(im, ref, "optional", optional, NULL);
	if (!import_string(im, ref, "key", &key, &loc)) {
		diag_error(im->diag, ref->loc, DIAG_MISSING_FIELD, "%s has no 'key'", path);
		return false;
	}
	o = kubernetes_find(r->pod, kind, name);
	if (o == NULL) {
		*out = hole(HOLE_LINE, loc);
		diag_warning(im->diag, loc, DIAG_HOLE,
		    "%s: the %s '%.*s' is not in the input: any line of text is allowed", path, kind,
		    STR_ARG(name));
		return true;
	}
	if (kubernetes_value(im, o, key, out)) {
		warn_of_secret(im, o, key, out->from);
		*optional = false;
		return true;
	}
	if (!*optional)
		diag_error(im->diag, loc, DIAG_UNRESOLVED, "%s: the %s '%.*s' has no '%.*s'", path, kind,
		    STR_ARG(name), STR_ARG(key));
	return false;
}

static bool from_field(struct reading *r, const struct node *ref, const char *path, struct value *out)
{
	struct import *im = r->pod->im;
	struct str field = { "", 0 };
	struct loc loc = ref->loc;

	if (import_string(im, ref, "fieldPath", &field, &loc) && kubernetes_field(r->pod, field, out)) {
		out->from = loc;
		if (out->is_pattern && str_is(out->text, HOLE_LINE))
			diag_warning(im->diag, loc, DIAG_HOLE,
			    "%s: '%.*s' is not in the input: any line of text is allowed", path, STR_ARG(field));
		return true;
	}
	diag_error(im->diag, loc, DIAG_BAD_VALUE, "%s: '%.*s' is no field that a variable can be made of",
	    path, STR_ARG(field));
	return false;
}

static bool begins_with(struct str s, const char *start)
{
	return s.len > strlen(start) && memcmp(s.ptr, start, strlen(start)) == 0;
}

static bool from_resource(struct reading *r, const struct node *ref, const char *path, struct value *out)
{
	static const char *const resources[] = { "limits.cpu", "limits.memory", "limits.ephemeral-storage",
		"requests.cpu", "requests.memory", "requests.ephemeral-storage" };
	struct import *im = r->pod->im;
	struct str name = { "", 0 };
	struct loc loc = ref->loc;
	size_t i;

	(void)import_string(im, ref, "resource", &name, &loc);
	*out = hole(HOLE_UNSIGNED, loc);
	for (i = 0; i < sizeof(resources) / sizeof(resources[0]); i++)
		if (str_is(name, resources[i]))
			return true;
	if (begins_with(name, "limits.hugepages-") || begins_with(name, "requests.hugepages-"))
		return true;
	diag_error(
	    im->diag, loc, DIAG_BAD_VALUE, "%s: '%.*s' is no resource of a container", path, STR_ARG(name));
	return false;
}

static bool value_from(
    struct reading *r, const struct node *source, const char *path, struct value *out, bool *optional)
{
	struct import *im = r->pod->im;
	const struct node *ref;

	if ((ref = import_map(im, source, "fieldRef")) != NULL)
		return from_field(r, ref, path, out);
	if ((ref = import_map(im, source, "resourceFieldRef")) != NULL)
		return from_resource(r, ref, path, out);
	if ((ref = import_map(im, source, "configMapKeyRef")) != NULL)
		return from_key(r, ref, "ConfigMap", path, out, optional);
	if ((ref = import_map(im, source, "secretKeyRef")) != NULL)
		return from_key(r, ref, "Secret", path, out, optional);
	diag_error(im->diag, source->loc, DIAG_MISSING_FIELD,
	    "%s.valueFrom names no source that is known here", path);
	return false;
}

/* ---- env ---- */

static void read_variable(struct reading *r, const struct node *node, const char *path)
{
	struct import *im = r->pod->im;
	const struct node *source = import_map(im, node, "valueFrom");
	struct str name = { "", 0 }, text = { "", 0 };
	struct loc loc = node->loc;
	struct value value = { .text = { "", 0 } };
	bool optional = false;

	(void)import_string(im, node, "name", &name, &loc);
	value.from = loc;
	if (!is_name(name)) {
		diag_error(im->diag, loc, DIAG_BAD_VALUE, "%s: '%.*s' is no name of a variable", path,
		    STR_ARG(name));
		return;
	}
	(void)import_string(im, node, "value", &text, &loc);
	if (text.len != 0 && source != NULL)
		diag_error(im->diag, source->loc, DIAG_BAD_VALUE, "%s has a 'value' and a 'valueFrom'", path);
	else if (source != NULL && !value_from(r, source, path, &value, &optional))
		return;
	else if (source == NULL)
		value = kubernetes_expand(r, text, loc);
	set_variable(r, name, value, optional);
}

void kubernetes_env(struct reading *r)
{
	struct import *im = r->pod->im;
	const struct node *list = import_list(im, r->node, "env");
	uint32_t i;

	read_env_from(r);
	for (i = 0; list != NULL && i < list->n; i++)
		read_variable(
		    r, list->items[i], arena_printf(im->arena, "%s.env[%u]", r->path, (unsigned)i).ptr);
	if (r->pod->is_indexed && env_find(r->out, STR("JOB_COMPLETION_INDEX")) == NULL)
		set_variable(
		    r, STR("JOB_COMPLETION_INDEX"), hole("[0-9]{1,10}", r->pod->indexed_from), false);
}

void kubernetes_env_added(struct reading *r)
{
	struct value xterm = { .text = STR("xterm") };
	bool tty = false;

	if (env_find(r->out, STR("HOSTNAME")) == NULL)
		set_variable(r, STR("HOSTNAME"), r->pod->hostname, true);
	if (import_bool(r->pod->im, r->node, "tty", &tty, &xterm.from) && tty
	    && env_find(r->out, STR("TERM")) == NULL)
		set_variable(r, STR("TERM"), xterm, true);
	kubernetes_services(r);
}
