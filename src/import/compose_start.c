/* SPDX-License-Identifier: Apache-2.0
 *
 * compose_start.c - which services run, how often, and in which order.
 */
#include "compose.h"

/* Whether a list "a,b" has a name. */
static bool lists(struct str list, struct str name)
{
	size_t start = 0, i;

	for (i = 0; i <= list.len; i++) {
		if (i < list.len && list.ptr[i] != ',')
			continue;
		if (str_equal(name, (struct str){ list.ptr + start, i - start }))
			return true;
		start = i + 1;
	}
	return str_is(list, "*");
}

static bool has_profile(struct compose *c, const struct entry *service)
{
	struct values profiles = { NULL, 0, 0 };
	struct str active = { "", 0 };
	uint32_t i;

	compose_texts(c, service->value, "profiles", &profiles);
	interpolate_find(&c->in, STR("COMPOSE_PROFILES"), &active);
	for (i = 0; i < profiles.n; i++)
		if (lists(active, profiles.items[i].text))
			return true;
	return profiles.n == 0;
}

static void leave_out(struct compose *c, const struct entry *service, const char *why)
{
	diag_warning(c->im->diag, service->loc, DIAG_NO_EFFECT, "'%.*s' is left out: %s",
	    STR_ARG(service->key), why);
	values_add(c->im->arena, &c->group->notes, arena_printf(c->im->arena, "%.*s is left out: %s",
	    STR_ARG(service->key), why), service->loc);
}

/* reservations.devices are refused. */
static void check_resources(struct compose *c, const struct node *deploy, const char *path)
{
	const struct node *resources = import_map(c->im, deploy, "resources"), *reservations;

	if (resources == NULL)
		return;
	path = compose_path(c, path, STR("resources"));
	compose_fields(c, resources, "Resources", path);
	reservations = import_map(c->im, resources, "reservations");
	if (reservations != NULL)
		compose_fields(c, reservations, "Reservations", compose_path(c, path, STR("reservations")));
}

bool compose_is_active(struct compose *c, const struct entry *service, uint32_t *instances)
{
	const char *path = compose_path(c, compose_path(c, "services", service->key), STR("deploy"));
	const struct node *deploy = import_map(c->im, service->value, "deploy");
	int64_t number = 1, replicas;
	struct loc loc = service->loc, replicas_loc;

	if (!has_profile(c, service)) {
		leave_out(c, service, "no profile of it is among --set COMPOSE_PROFILES=NAME,...");
		return false;
	}
	if (deploy != NULL) {
		compose_fields(c, deploy, "Deploy", path);
		check_resources(c, deploy, path);
	}
	if (compose_int(c, deploy, "replicas", &replicas, &replicas_loc)) {
		number = replicas;
		loc = replicas_loc;
	}
	if (compose_int(c, service->value, "scale", &number, &loc) && node_find(deploy, "replicas") != NULL
	    && number != replicas)
		diag_error(c->im->diag, loc, DIAG_BAD_VALUE, "'scale' and 'deploy.replicas' differ");
	if (number < 0 || number > 64)
		diag_error(c->im->diag, loc, DIAG_BAD_VALUE, "a group has at most 64 containers");
	if (number == 0)
		leave_out(c, service, "it has no replicas");
	*instances = number < 0 || number > 64 ? 1 : (uint32_t)number;
	return number != 0;
}

static void wait_for(struct compose *c, struct container *to, const struct entry *service, struct str name,
    struct loc loc, bool required)
{
	uint32_t i;

	if (str_equal(name, service->key)) {
		diag_error(c->im->diag, loc, DIAG_CYCLE, "'%.*s' waits for itself", STR_ARG(name));
		return;
	}
	for (i = 0; i < to->after.n; i++)
		if (str_equal(to->after.items[i].text, name))
			return;
	if (node_find(c->services, arena_copy(c->im->arena, name.ptr, name.len).ptr) == NULL) {
		if (required)
			diag_error(c->im->diag, loc, DIAG_UNKNOWN_NAME, "'%.*s' is no service of the file",
			    STR_ARG(name));
		else
			remark_add(c->im, &c->remarks, arena_printf(c->im->arena,
			    "waiting for '%.*s', which is not there",
			    STR_ARG(name)), loc);
		return;
	}
	values_add(c->im->arena, &to->after, name, loc);
}

static bool is_required(struct compose *c, const struct entry *entry)
{
	return node_find(entry->value, "required") == NULL || compose_flag(c, entry->value, "required", NULL);
}

static void wait_by_map(struct compose *c, struct container *to, const struct entry *service,
    const struct node *map)
{
	static const char *const conditions[] = { "service_started", "service_healthy",
	    "service_completed_successfully" };
	struct str condition;
	struct loc loc;
	uint32_t i;
	size_t j;

	for (i = 0; i < map->n; i++) {
		const struct entry *entry = &map->entries[i];

		compose_fields(c, entry->value, "DependsOn", "depends_on");
		if (import_string(c->im, entry->value, "condition", &condition, &loc)) {
			for (j = 0; j < 3 && !str_is(condition, conditions[j]); j++)
				;
			if (j == 3)
				diag_error(c->im->diag, loc, DIAG_BAD_VALUE, "'%.*s' is no condition",
				    STR_ARG(condition));
			if (j == 1)
				remark_add(c->im, &c->remarks,
				    STR("service_healthy: waited for is that the other has begun"), loc);
		}
		wait_for(c, to, service, entry->key, entry->loc, is_required(c, entry));
	}
}

/* What stands before the colon of each. */
static void wait_by_names(struct compose *c, struct container *to, const struct entry *service, const char *key)
{
	struct values names = { NULL, 0, 0 };
	uint32_t i;

	compose_texts(c, service->value, key, &names);
	for (i = 0; i < names.n; i++) {
		struct str name = names.items[i].text;
		const char *colon = memchr(name.ptr, ':', name.len);

		if (colon != NULL)
			name.len = (size_t)(colon - name.ptr);
		wait_for(c, to, service, name, names.items[i].from, true);
	}
}

void compose_order(struct compose *c, struct container *to, const struct entry *service)
{
	const struct node *depends = node_get(service->value, "depends_on");
	const struct node *deploy = import_map(c->im, service->value, "deploy");
	struct str mode;
	struct loc loc;

	if (depends != NULL && depends->kind == NODE_MAP)
		wait_by_map(c, to, service, depends);
	else
		wait_by_names(c, to, service, "depends_on");
	wait_by_names(c, to, service, "links");
	wait_by_names(c, to, service, "volumes_from");
	if (!import_string(c->im, deploy, "mode", &mode, &loc) || str_is(mode, "replicated"))
		return;
	if (str_is(mode, "replicated-job") || str_is(mode, "global-job"))
		to->begins_only = true;
	else if (!str_is(mode, "global"))
		diag_error(c->im->diag, loc, DIAG_BAD_VALUE, "'%.*s' is no mode of a deployment",
		    STR_ARG(mode));
}

static struct container *container_of(struct compose *c, struct str name)
{
	uint32_t i;

	for (i = 0; i < c->group->n_containers; i++)
		if (str_equal(c->group->containers[i].name, name))
			return &c->group->containers[i];
	return NULL;
}

/* Who is waited for until it has ended need not run when all run. */
static void mark_completed(struct compose *c, const struct entry *service)
{
	const struct node *depends = node_get(service->value, "depends_on");
	struct container *other;
	struct str condition;
	uint32_t i;

	for (i = 0; depends != NULL && depends->kind == NODE_MAP && i < depends->n; i++) {
		other = container_of(c, depends->entries[i].key);
		if (other != NULL && import_string(c->im, depends->entries[i].value, "condition",
		    &condition, NULL)
		    && str_is(condition, "service_completed_successfully"))
			other->begins_only = true;
	}
}

/* Containers that others wait for, which are not there. */
static void check_there(struct compose *c)
{
	uint32_t i, j;

	for (i = 0; i < c->group->n_containers; i++) {
		struct container *one = &c->group->containers[i];

		for (j = 0; j < one->after.n; j++)
			if (container_of(c, one->after.items[j].text) == NULL)
				diag_error(c->im->diag, one->after.items[j].from, DIAG_BAD_VALUE,
				    "'%.*s' waits for '%.*s', which is left out", STR_ARG(one->name),
				    STR_ARG(one->after.items[j].text));
	}
}

/* Take away what waits for nothing that is left, until nothing changes. */
static void check_circle(struct compose *c)
{
	uint32_t n = c->group->n_containers, i, j, left = n;
	bool *gone = arena_array(c->im->arena, n, bool), moved = true;

	while (moved) {
		moved = false;
		for (i = 0; i < n; i++) {
			const struct container *one = &c->group->containers[i];
			const struct container *other = NULL;

			for (j = 0; j < one->after.n && !gone[i]; j++) {
				other = container_of(c, one->after.items[j].text);
				if (other != NULL && !gone[other - c->group->containers])
					break;
			}
			if (gone[i] || j < one->after.n)
				continue;
			gone[i] = moved = true;
			left--;
		}
	}
	for (i = 0; i < n && left != 0; i++)
		if (!gone[i]) {
			diag_error(c->im->diag, c->group->containers[i].after.items[0].from, DIAG_CYCLE,
			    "services wait for each other in a circle");
			return;
		}
}

void compose_finish_order(struct compose *c)
{
	uint32_t i;

	for (i = 0; i < c->services->n; i++)
		mark_completed(c, &c->services->entries[i]);
	check_there(c);
	check_circle(c);
}
