/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_services.c - see kubernetes.h: the variables that kubelet makes of
 * the services of a pod's namespace.  Which services there are is not in the
 * input, so each shape of them may be there.
 */
#include <regex.h>

#include "kubernetes.h"

#define ONE_PORT "_PORT_[0-9]{1,5}_(TCP|UDP|SCTP)"
#define PORT "[0-9]{1,5}"

/* What follows the service's name in the variable's, and its value. */
static const struct {
	const char *after, *value;      /* value NULL: a URL */
} shapes[] = {
	{ "(_SERVICE_HOST|" ONE_PORT "_ADDR)", HOLE_IP },
	{ "(_SERVICE_PORT(_[A-Z0-9_]+)?|" ONE_PORT "_PORT)", PORT },
	{ ONE_PORT "_PROTO", "tcp|udp|sctp" },
	{ "_PORT(_[0-9]{1,5}_(TCP|UDP|SCTP))?", NULL },
};
enum { N_SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static struct value name_of(struct pod *pod, size_t shape)
{
	bool links = true;

	(void)import_bool(pod->im, pod->spec, "enableServiceLinks", &links, NULL);
	return (struct value){ .is_pattern = true, .text = arena_printf(pod->im->arena, "%s%s",
	    links ? "[A-Z][A-Z0-9_]*" : "KUBERNETES", shapes[shape].after) };
}

static struct value value_of(struct pod *pod, size_t shape)
{
	const char *value = shapes[shape].value;

	return (struct value){ .is_pattern = true,
		.text = value != NULL
			    ? (struct str){ value, strlen(value) }
			    : arena_printf(pod->im->arena,
				"(tcp|udp|sctp)://(%s|\\[[0-9a-fA-F:.]{2,45}\\]):" PORT, HOLE_IPV4) };
}

static bool is_whole(struct arena *a, struct str pattern, struct str text)
{
	struct str copy = arena_copy(a, text.ptr, text.len);
	regex_t regex;
	bool matches;

	if (regcomp(&regex, arena_printf(a, "^(%.*s)$", STR_ARG(pattern)).ptr, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	matches = strlen(copy.ptr) == text.len && regexec(&regex, copy.ptr, 0, NULL, 0) == 0;
	regfree(&regex);
	return matches;
}

bool kubernetes_service_value(struct pod *pod, struct str name, struct value *out)
{
	size_t i;

	for (i = 0; i < N_SHAPES; i++)
		if (is_whole(pod->im->arena, name_of(pod, i).text, name)) {
			*out = value_of(pod, i);
			return true;
		}
	return false;
}

void kubernetes_services(struct reading *r)
{
	struct container *c = r->out;
	struct entry *said = node_find(r->pod->spec, "enableServiceLinks");
	size_t i;

	for (i = 0; i < N_SHAPES; i++) {
		arena_push(r->pod->im->arena, c->env, c->n_env, c->cap_env);
		c->env[c->n_env++] = (struct variable){ .name = name_of(r->pod, i),
			.value = value_of(r->pod, i),
			.optional = true,
			.from = said == NULL ? (struct loc){ 0 } : said->loc };
	}
}
