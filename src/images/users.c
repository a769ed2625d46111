/* SPDX-License-Identifier: Apache-2.0
 *
 * users.c - USER[:GROUP] by the image's own /etc/passwd and /etc/group, as
 * container runtimes read them: the first line that fits counts.
 */
#include <ctype.h>

#include "inside.h"

enum { FIELDS = 7, ID_MAX = 0x7fffffff };       /* runtimes take no larger ids */

/* Fields of one line; what it has less is empty. */
struct line {
	struct str fields[FIELDS];
};

/* The topmost layer that says anything decides.  NULL: nobody can say. */
static const struct users_file *top_file(const struct image *image, bool group)
{
	static const struct users_file none = { USERS_HIDDEN, { "", 0 } };
	uint32_t i;

	if (!image->files->is_read)
		return NULL;
	for (i = image->n_layers; i > 0; i--) {
		const struct layer_done *layer = image->files->layers[i - 1];
		const struct users_file *file = group ? &layer->group : &layer->passwd;

		if (file->state == USERS_ELSEWHERE)
			return NULL;
		if (file->state != USERS_ABSENT)
			return file;
	}
	return &none;
}

/* The next line that is no comment; false: there is none. */
static bool next_line(struct str *left, struct line *line)
{
	struct str text;
	const char *end;
	size_t i;

	do {
		if (left->len == 0)
			return false;
		end = memchr(left->ptr, '\n', left->len);
		text = (struct str){ left->ptr, end == NULL ? left->len : (size_t)(end - left->ptr) };
		left->len -= text.len + (end != NULL);
		left->ptr += text.len + (end != NULL);
	} while (text.len == 0 || text.ptr[0] == '#');
	for (i = 0; i < FIELDS; i++) {
		end = text.len == 0 ? NULL : memchr(text.ptr, ':', text.len);
		line->fields[i] = (struct str){ text.ptr, end == NULL ? text.len : (size_t)(end - text.ptr) };
		text.len -= line->fields[i].len + (end != NULL);
		text.ptr += line->fields[i].len + (end != NULL);
	}
	return true;
}

static bool read_id(struct str text, uint32_t *id)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (!isdigit((unsigned char)text.ptr[i]))
			return false;
		value = value * 10 + (uint64_t)(text.ptr[i] - '0');
		if (value > ID_MAX)
			return false;
	}
	*id = (uint32_t)value;
	return text.len != 0;
}

/* The first line with this name, or this number as its third field. */
static bool find_line(const struct users_file *file, struct str name, bool is_number, uint32_t number, struct line *line)
{
	struct str left = file == NULL ? STR("") : file->text;
	uint32_t id;

	while (next_line(&left, line))
		if (str_equal(line->fields[0], name) || (is_number && read_id(line->fields[2], &id) && id == number))
			return true;
	return false;
}

/* Whether a list of names, with commas, has this one. */
static bool lists(struct str list, struct str name)
{
	const char *comma;
	size_t n;

	while (list.len > 0) {
		comma = memchr(list.ptr, ',', list.len);
		n = comma == NULL ? list.len : (size_t)(comma - list.ptr);
		if (str_equal((struct str){ list.ptr, n }, name))
			return true;
		list.ptr += n + (comma != NULL);
		list.len -= n + (comma != NULL);
	}
	return false;
}

static void add_more(struct images *s, const struct users_file *file, struct image_user *user)
{
	struct str left = file == NULL ? STR("") : file->text;
	struct line line;
	uint32_t id;

	while (user->name.len != 0 && next_line(&left, &line)) {
		if (!lists(line.fields[3], user->name) || !read_id(line.fields[2], &id))
			continue;
		arena_push(s->arena, user->more, user->n_more, user->cap_more);
		user->more[user->n_more++] = id;
	}
}

/* The user's number, name and group; whether the last is known goes to *has_group. */
static bool find_user(const struct users_file *passwd, struct str text, struct image_user *user, bool *has_group)
{
	bool is_number = read_id(text, &user->uid);
	struct line line;

	if (find_line(passwd, text, is_number, user->uid, &line)) {
		user->name = line.fields[0];
		*has_group = read_id(line.fields[3], &user->gid);
		return read_id(line.fields[2], &user->uid);
	}
	/* A number that the file does not have is of group 0, as is root where there is no file to ask. */
	user->gid = 0;
	*has_group = passwd != NULL || (is_number && user->uid == 0);
	return is_number;
}

static bool find_group(const struct users_file *group, struct str text, struct image_user *user)
{
	bool is_number = read_id(text, &user->gid);
	struct line line;

	if (!find_line(group, text, is_number, user->gid, &line))
		return is_number;
	return read_id(line.fields[2], &user->gid);
}

static void name_group(const struct users_file *group, struct image_user *user)
{
	struct str left = group == NULL ? STR("") : group->text;
	struct line line;
	uint32_t id;

	while (user->group.len == 0 && next_line(&left, &line))
		if (read_id(line.fields[2], &id) && id == user->gid)
			user->group = line.fields[0];
}

struct image_user image_user_of(struct images *s, const struct image *image, struct str text)
{
	const struct users_file *passwd = top_file(image, false), *group = top_file(image, true);
	struct image_user user = { .name = { "", 0 }, .group = { "", 0 } };
	const char *colon = text.len == 0 ? NULL : memchr(text.ptr, ':', text.len);
	struct str name = { text.ptr, colon == NULL ? text.len : (size_t)(colon - text.ptr) };
	bool has_group = false;

	user.is_known = find_user(passwd, name.len == 0 ? STR("0") : name, &user, &has_group);
	if (colon != NULL && name.len + 1 < text.len) {
		user.names_group = true;
		has_group = find_group(group, (struct str){ colon + 1, text.len - name.len - 1 }, &user);
	}
	user.is_known = user.is_known && has_group;
	if (!user.is_known)
		return user;
	name_group(group, &user);
	add_more(s, group, &user);
	return user;
}
