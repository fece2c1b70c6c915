/* What the history keeps in memory: texts by the ledger's numbers, read back at the start. */
#include "history/history_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what is kept in memory ---- */

const char *gn_history_pid(const struct gn_history *h, uint32_t number)
{
	return number < h->pid_count ? h->pids[number] : "";
}

struct equivalent_note *gn_history_equivalent(const struct gn_history *h, uint32_t number)
{
	return number < h->equivalent_count ? &h->equivalents[number] : NULL;
}

bool gn_history_pair(void *user, uint32_t eq, uint32_t pair, char lower[GN_PID_MAX],
		     char higher[GN_PID_MAX])
{
	const struct gn_history *h = user;
	const struct equivalent_note *e = gn_history_equivalent(h, eq);
	if (!e || pair >= e->pair_count)
		return false;
	memcpy(lower, h->pids[e->pairs[pair].lower], GN_PID_MAX);
	memcpy(higher, h->pids[e->pairs[pair].higher], GN_PID_MAX);
	return true;
}

gn_err gn_history_note_pid(struct gn_history *h, uint32_t number, const char *pid)
{
	if (number >= h->pid_cap) {
		uint32_t cap = number * 2 + 64;
		void *p = realloc(h->pids, (size_t)cap * sizeof *h->pids);
		if (!p)
			return GN_NOMEM;
		h->pids = p;
		h->pid_cap = cap;
	}
	if (number != h->pid_count && number >= h->pid_count)
		return GN_CORRUPT;
	snprintf(h->pids[number], GN_PID_MAX, "%s", pid);
	if (number == h->pid_count)
		h->pid_count++;
	return GN_OK;
}

gn_err gn_history_note_equivalent(struct gn_history *h, uint32_t number, const char *code,
				  unsigned precision)
{
	if (number > h->equivalent_count)
		return GN_CORRUPT;
	if (number == h->equivalent_count) {
		void *p = realloc(h->equivalents, (number + 1) * sizeof *h->equivalents);
		if (!p)
			return GN_NOMEM;
		h->equivalents = p;
		memset(&h->equivalents[h->equivalent_count++], 0, sizeof *h->equivalents);
	}
	snprintf(h->equivalents[number].code, sizeof h->equivalents[number].code, "%s", code);
	h->equivalents[number].precision = (uint8_t)precision;
	return GN_OK;
}

gn_err gn_history_note_pair(struct gn_history *h, uint32_t eq, uint32_t pair, uint32_t lower,
			    uint32_t higher)
{
	struct equivalent_note *e = gn_history_equivalent(h, eq);
	if (!e || pair > e->pair_count || lower >= h->pid_count || higher >= h->pid_count)
		return GN_CORRUPT;
	if (pair >= e->pair_cap) {
		uint32_t cap = pair * 2 + 64;
		void *p = realloc(e->pairs, (size_t)cap * sizeof *e->pairs);
		if (!p)
			return GN_NOMEM;
		e->pairs = p;
		e->pair_cap = cap;
	}
	e->pairs[pair].lower = lower;
	e->pairs[pair].higher = higher;
	if (pair == e->pair_count)
		e->pair_count++;
	return GN_OK;
}

void gn_history_forget(struct gn_history *h)
{
	for (uint32_t i = 0; i < h->equivalent_count; i++)
		free(h->equivalents[i].pairs);
	free(h->equivalents);
	free(h->pids);
	h->equivalents = NULL;
	h->pids = NULL;
	h->equivalent_count = h->pid_count = h->pid_cap = 0;
	h->watermark = 0;
	h->settings[0] = 0;
}
