/* SPDX-License-Identifier: Apache-2.0
 *
 * names.c - references as Docker reads them, digests, and paths inside archives.
 */
#include <ctype.h>

#include "inside.h"

bool digest_is_valid(struct str text)
{
	size_t i;

	if (text.len != 7 + DIGEST_HEX_LEN || memcmp(text.ptr, "sha256:", 7) != 0)
		return false;
	for (i = 7; i < text.len; i++)
		if (!isdigit((unsigned char)text.ptr[i]) && (text.ptr[i] < 'a' || text.ptr[i] > 'f'))
			return false;
	return true;
}

struct str reference_split(struct str reference, struct str *digest)
{
	const char *at = reference.len == 0 ? NULL : memchr(reference.ptr, '@', reference.len);

	*digest = (struct str){ "", 0 };
	if (at == NULL)
		return reference;
	digest->ptr = at + 1;
	digest->len = reference.len - (size_t)(at + 1 - reference.ptr);
	reference.len = (size_t)(at - reference.ptr);
	return reference;
}

static bool is_reference_text(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (!isalnum((unsigned char)text.ptr[i]) && strchr("._-/:[]", text.ptr[i]) == NULL)
			return false;
	return text.len != 0 && memchr(text.ptr, '\0', text.len) == NULL;
}

/* What is before the first slash is a registry if it looks like a host. */
static bool is_registry(struct str first)
{
	size_t i;

	for (i = 0; i < first.len; i++)
		if (first.ptr[i] == '.' || first.ptr[i] == ':' || isupper((unsigned char)first.ptr[i]))
			return true;
	return str_is(first, "localhost");
}

bool reference_normalize(struct arena *a, struct str text, struct str *out)
{
	struct str digest, name = reference_split(text, &digest), registry = STR("docker.io");
	const char *slash, *folder = "", *tag = "";
	size_t i;

	if (!is_reference_text(name) || (name.len != text.len && !digest_is_valid(digest)))
		return false;
	slash = memchr(name.ptr, '/', name.len);
	if (slash != NULL && is_registry((struct str){ name.ptr, (size_t)(slash - name.ptr) })) {
		registry = (struct str){ name.ptr, (size_t)(slash - name.ptr) };
		name = (struct str){ slash + 1, name.len - registry.len - 1 };
	}
	if (str_is(registry, "index.docker.io"))
		registry = STR("docker.io");
	if (str_is(registry, "docker.io") && memchr(name.ptr, '/', name.len) == NULL)
		folder = "library/";
	for (i = name.len; i > 0 && name.ptr[i - 1] != '/' && name.ptr[i - 1] != ':'; i--)
		;
	if ((i == 0 || name.ptr[i - 1] == '/') && digest.len == 0)
		tag = ":latest";
	if (name.len == 0 || i == name.len)
		return false;
	*out = arena_printf(a, "%.*s/%s%.*s%s%s%.*s", STR_ARG(registry), folder, STR_ARG(name), tag,
	    digest.len == 0 ? "" : "@", STR_ARG(digest));
	return true;
}

const char *const path_faults[] = {
	[PATH_FINE] = "",
	[PATH_ABSOLUTE] = "is absolute",
	[PATH_UP] = "has '..' in it",
	[PATH_LONG] = "is too long",
};

enum path_fault path_clean(struct arena *a, const char *path, struct str *out)
{
	size_t len = strlen(path), n;
	char *clean;

	*out = (struct str){ "", 0 };
	if (len > IMAGE_PATH_MAX)
		return PATH_LONG;
	if (path[0] == '/')
		return PATH_ABSOLUTE;
	clean = arena_alloc(a, len + 1);
	out->ptr = clean;
	for (; *path != '\0'; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n == 2 && path[0] == '.' && path[1] == '.')
			return PATH_UP;
		if (n == 0 || (n == 1 && path[0] == '.'))
			continue;
		if (out->len != 0)
			clean[out->len++] = '/';
		memcpy(clean + out->len, path, n);
		out->len += n;
	}
	return PATH_FINE;
}
