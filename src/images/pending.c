/* SPDX-License-Identifier: Apache-2.0
 *
 * pending.c - no image is read yet; see images.h.
 */
#include "images.h"

struct images {
	struct diag *diag;
	struct image_strings names;
};

struct images *images_new(struct arena *a, struct diag *d, struct str fs, struct str salt)
{
	struct images *s = arena_new(a, struct images);

	(void)fs, (void)salt;
	s->diag = d;
	return s;
}

void images_free(struct images *s)
{
	(void)s;
}

int images_add(struct images *s, const char *given)
{
	diag_error(s->diag, (struct loc){ NULL, 0, 0 }, DIAG_NO_IMAGE, "%s: images are not read yet", given);
	return -1;
}

const struct image *images_find(struct images *s, struct str reference, bool *failed)
{
	(void)s, (void)reference, (void)failed;
	return NULL;
}

struct image_user image_user_of(struct images *s, const struct image *image, struct str text)
{
	(void)s, (void)image, (void)text;
	return (struct image_user){ .is_known = false };
}

const struct image_strings *images_names(const struct images *s)
{
	return &s->names;
}
