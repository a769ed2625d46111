/* SPDX-License-Identifier: Apache-2.0
 *
 * portable.c - what must be the same on every machine, without the libraries that
 * a foreign machine may lack:
 *
 *   portable compile FRAMEWORK.cpol POLICY.cpol OUT.cpb
 *   portable run POLICY.cpb REQUESTS      the form of REQUESTS is in record.h
 *
 * run prints, for each request, the verdict to the last number and a number for
 * the whole state after it, which is made of values and not of memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "bytecode/decode.h"
#include "record.h"
#include "runtime/machine.h"
#ifndef GUEST_ONLY
#include "compiler/compile.h"
#include "compiler/emit.h"

static int compile(const char *framework, const char *policy, const char *out)
{
	struct arena a = { 0 };
	struct diag d = { .out = stderr };
	struct cpolc *c = cpolc_new(&d);
	struct canonical image;
	struct str texts[2];
	const struct ir_policy *ir;

	if (file_read(&a, framework, BC_LEN_MAX, &texts[0]) != 0 ||
	    file_read(&a, policy, BC_LEN_MAX, &texts[1]) != 0)
		return 2;
	if (cpolc_add(c, framework, texts[0]) != 0 || cpolc_add(c, policy, texts[1]) != 0 ||
	    (ir = cpolc_lower(c)) == NULL || emit(&a, ir, &d, &image) != 0)
		return 1;
	return file_write(out, image.ptr, image.len) == 0 ? 0 : 2;
}
#endif

static struct cpol_policy policy;
static struct cpol_group group;

/* ---- a number for the state ---- */

static uint64_t with_byte(uint64_t h, uint8_t byte)
{
	return (h ^ byte) * UINT64_C(0x100000001b3);
}

static uint64_t with_word(uint64_t h, uint64_t word)
{
	for (uint32_t i = 0; i < 8; i++)
		h = with_byte(h, (uint8_t)(word >> (56 - 8 * i)));
	return h;
}

static uint64_t with_one(uint64_t h, const struct value *v)
{
	if (v->kind != V_BYTES)
		return with_word(h, v->word);
	h = with_word(h, v->n);
	for (uint32_t i = 0; i < v->n; i++)
		h = with_byte(h, v->ptr[i]);
	return h;
}

static uint64_t with_value(uint64_t h, uint32_t type, const struct value *v)
{
	struct view view = { .policy = group.policy, .now = &group };
	struct value element;
	uint32_t i = 0;

	if (BC_SHAPE(type) == BC_ONE)
		return with_one(h, v);
	h = with_word(h, cpol_count(&view, v));
	while (cpol_next(&view, v, &i, &element))
		h = with_one(h, &element);
	return h;
}

static uint64_t state_number(void)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (uint32_t var = 0; var < policy.bc.n_vars; var++) {
		const struct bc_var *v = &policy.bc.vars[var];

		h = with_word(h, state_scalar(&group, var));
		for (uint32_t i = 0; v->key != 0 && i < state_count(&group, var); i++) {
			struct value key, val = { .kind = V_WORD };

			state_entry(&group, var, i, &key, &val);
			h = with_value(h, v->key, &key);
			if (v->value != 0)
				h = with_value(h, v->value, &val);
		}
	}
	return h;
}

/* ---- requests ---- */

static void start(uint32_t most_keys)
{
	struct cpol_options options = { .most_keys = most_keys };
	static void *memory;
	size_t len = cpol_memory(&policy, NULL);

	if (memory == NULL)
		memory = malloc(len);
	if (memory == NULL || cpol_init(&group, &policy, memory, len, &options) != BC_OK)
		exit(2);
}

static void decide(const uint8_t *bytes, uint32_t len)
{
	struct cpol_event event = { bytes, len };
	struct cpol_verdict v = cpol_decide(&group, &event);

	printf("%d %d %" PRIu32 " %" PRIu32, v.allowed, (int)v.reason, v.event, v.pc);
	for (uint32_t i = 0; i < v.n_outs; i++)
		printf(" out %" PRIu64, v.outs[i]);
	for (uint32_t i = 0; i < v.n_kept; i++) {
		printf(" keep %" PRIu32 " %" PRIu32 " ", v.kept[i].field, v.kept[i].n);
		for (uint32_t k = 0; k < v.kept[i].n; k++)
			putchar('0' + (v.kept[i].mask[k / 8] >> k % 8 & 1));
	}
	cpol_commit(&group);
	printf(" %016" PRIx64 "\n", state_number());
}

static int run(const char *path, const char *requests)
{
	struct arena a = { 0 };
	struct str bytes, all;
	const uint8_t *at;
	size_t left;

	if (file_read(&a, path, BC_LEN_MAX, &bytes) != 0 || file_read(&a, requests, SIZE_MAX / 2, &all) != 0 ||
	    cpol_open(&policy, bytes.ptr, bytes.len, NULL) != BC_OK)
		return 2;
	at = (const uint8_t *)all.ptr;
	for (left = all.len; left >= 4;) {
		uint32_t len = bc_get32(at);

		at += 4;
		left -= 4;
		if (len == RECORD_START && left >= 4) {
			start(bc_get32(at));
			len = 4;
		} else if (len <= left) {
			decide(at, len);
		} else {
			return 2;
		}
		at += len;
		left -= len;
	}
	return fflush(stdout) == 0 && left == 0 ? 0 : 2;
}

int main(int argc, char **argv)
{
#ifndef GUEST_ONLY
	if (argc == 5 && strcmp(argv[1], "compile") == 0)
		return compile(argv[2], argv[3], argv[4]);
#endif
	if (argc == 4 && strcmp(argv[1], "run") == 0)
		return run(argv[2], argv[3]);
	fputs("usage: portable compile FRAMEWORK POLICY OUT | portable run POLICY.cpb REQUESTS\n", stderr);
	return 2;
}
