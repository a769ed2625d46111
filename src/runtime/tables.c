/* SPDX-License-Identifier: Apache-2.0
 *
 * tables.c - automata as tables, made once by cpol_init(), so that a byte of
 * text costs two look-ups.
 *
 * For each pattern, `at` and `n` are where its one word is in the policy, and how
 * long that is; or n is AUTOMATON, and `at` is where its table is, in units of 8
 * bytes (tables of BC_LEN_MAX bytes of automata are below 16 GiB), or EVERYTHING.
 * A table is the class of each byte, then a row of u16 for each state: whether it
 * accepts, and for each class of bytes the row that follows, as its offset.
 */
#include "bytecode/mem.h"
#include "step.h"

#define AUTOMATON  UINT32_MAX
#define EVERYTHING 0u
#define REJECT     UINT16_C(0xffff)

struct pattern { uint32_t at, n; };

/* Bytes that no state tells apart are in one class; how many classes. */
static uint32_t classify(const uint8_t *states, uint32_t n, uint8_t *class)
{
	uint32_t n_classes = 0;

	memset(class, 0, 256);
	for (; n > 0; n--) {
		for (uint32_t ranges = *states++; ranges > 0; ranges--, states += 3) {
			class[states[0]] = 1;
			if (states[1] < 255)
				class[states[1] + 1] = 1;
		}
	}
	class[0] = 0;
	for (uint32_t byte = 0; byte < 256; byte++) {
		n_classes += class[byte];
		class[byte] = (uint8_t)n_classes;
	}
	return n_classes + 1;
}

static void fill_rows(const uint8_t *automaton, const uint8_t *class, uint32_t width, uint16_t *row)
{
	uint32_t n = automaton[0];
	const uint8_t *accepts = automaton + 1, *states = accepts + (n + 7) / 8;

	for (uint32_t state = 0; state < n; state++, row += width) {
		row[0] = accepts[state / 8] >> state % 8 & 1;
		for (uint32_t i = 1; i < width; i++)
			row[i] = REJECT;
		for (uint32_t ranges = *states++; ranges > 0; ranges--, states += 3) {
			for (uint32_t i = class[states[0]]; i <= class[states[1]]; i++)
				row[1 + i] = (uint16_t)(width * states[2]);
		}
	}
}

uint64_t cpol_make_tables(const struct bc_policy *p, uint8_t *tables)
{
	uint64_t len = (uint64_t)sizeof(struct pattern) * p->patterns.n;

	for (uint32_t i = 0; i < p->patterns.n; i++) {
		struct bc_bytes entry = bc_pattern(p, i), word;
		const uint8_t *automaton = entry.ptr + 1;
		uint8_t classes[256], *class = tables != NULL ? tables + len : classes;
		uint32_t n = automaton[0], width;
		struct pattern pattern = { EVERYTHING, AUTOMATON };

		if (entry.ptr[0] == 0) {
			word = bc_string(p, bc_get32(automaton));
			pattern.at = (uint32_t)(word.ptr - p->bytes);
			pattern.n = word.len;
		} else if (!bc_is_everything(entry)) {
			pattern.at = (uint32_t)(len / 8);
			width = 1 + classify(automaton + 1 + (n + 7) / 8, n, class);
			if (tables != NULL)
				fill_rows(automaton, class, width, (uint16_t *)(void *)(class + 256));
			len += (256 + 2 * (uint64_t)width * n + 7) / 8 * 8;
		}
		if (tables != NULL)
			((struct pattern *)(void *)tables)[i] = pattern;
	}
	return len;
}

bool cpol_match(const struct cpol_group *g, uint64_t pattern, const uint8_t *text, uint32_t len)
{
	const struct bc_policy *p = g->policy;
	const uint8_t *tables = g->memory + cpol_header(g)->tables_at, *class, *end = text + len;
	const struct pattern *of;
	const uint16_t *rows;
	uint32_t state = 0, next;

	if (pattern >= p->patterns.n)
		return false;
	of = (const struct pattern *)(const void *)tables + pattern;
	if (of->n != AUTOMATON) {
		CPOL_METER(of->n == len ? len / 8 : 0);
		return of->n == len && memcmp(p->bytes + of->at, text, len) == 0;
	}
	if (of->at == EVERYTHING)
		return true;
	class = tables + 8 * (size_t)of->at;
	rows = (const uint16_t *)(const void *)(class + 256);
	if (len != 0) {
		do {
			CPOL_METER((end - text) % 8 == 0);
			next = rows[state + 1 + class[*text++]];
			/* Mostly it stays, and processors that guess so need not wait for it. */
			if (next != state) {
				if (next == REJECT)
					return false;
				state = next;
			}
		} while (text != end);
	}
	return rows[state] != 0;
}
