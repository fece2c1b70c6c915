/* Files in memory, each with what a reader sees and what a crash leaves. */
#include "ledger/testing/disk.h"

#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct sim_file *sim_find(struct sim_disk *d, const char *name)
{
	for (unsigned i = 0; i < d->count; i++)
		if (strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	return NULL;
}

static struct sim_file *sim_make(struct sim_disk *d, const char *name)
{
	struct sim_file *f = sim_find(d, name);
	if (f)
		return f;
	assert_true(d->count < SIM_FILES);
	f = &d->files[d->count++];
	*f = (struct sim_file){.now = NULL};
	snprintf(f->name, sizeof f->name, "%s", name);
	return f;
}

void sim_resize(uint8_t **p, size_t *len, size_t to)
{
	uint8_t *grown = realloc(*p, to + 1);
	assert_non_null(grown);
	if (to > *len)
		memset(grown + *len, 0, to - *len);
	*p = grown;
	*len = to;
}

static void sim_make_safe(struct sim_file *f)
{
	sim_resize(&f->safe, &f->safe_len, f->now_len);
	if (f->now_len)
		memcpy(f->safe, f->now, f->now_len);
}

void sim_drop(struct sim_disk *d, struct sim_file *f)
{
	free(f->now);
	free(f->safe);
	*f = d->files[--d->count];
}

void sim_free(struct sim_disk *d)
{
	while (d->count > 0)
		sim_drop(d, &d->files[0]);
}

void sim_copy(struct sim_disk *to, const struct sim_disk *from)
{
	sim_free(to);
	*to = (struct sim_disk){.gone = from->gone};
	for (unsigned i = 0; i < from->count; i++) {
		struct sim_file *f = sim_make(to, from->files[i].name);
		sim_resize(&f->now, &f->now_len, from->files[i].now_len);
		if (f->now_len)
			memcpy(f->now, from->files[i].now, f->now_len);
		sim_resize(&f->safe, &f->safe_len, from->files[i].safe_len);
		if (f->safe_len)
			memcpy(f->safe, from->files[i].safe, f->safe_len);
	}
}

void sim_crash(struct sim_disk *d, enum sim_crash mode, struct gn_rand *rand)
{
	for (unsigned i = 0; i < d->count; i++) {
		struct sim_file *f = &d->files[i];
		if (mode == SIM_KEEP_ALL) {
			sim_make_safe(f);
			continue;
		}
		size_t most = f->now_len > f->safe_len ? f->now_len : f->safe_len;
		size_t upto = mode == SIM_PREFIX ? gn_rand_below(rand, most / SIM_SECTOR + 1) : 0;
		bool long_one = mode != SIM_LOSE_ALL && gn_rand_below(rand, 2);
		size_t len = long_one ? f->now_len : f->safe_len;
		if (mode == SIM_PREFIX && f->now_len > f->safe_len)
			len = upto * SIM_SECTOR > f->safe_len ? upto * SIM_SECTOR : f->safe_len;
		len = len > most ? most : len;
		if (f->now_len < most)
			sim_resize(&f->now, &f->now_len, most);
		if (f->safe_len < most)
			sim_resize(&f->safe, &f->safe_len, most);
		for (size_t s = 0; s * SIM_SECTOR < len; s++) {
			size_t at = s * SIM_SECTOR,
			       n = len - at < SIM_SECTOR ? len - at : SIM_SECTOR;
			bool keep = mode == SIM_MIX      ? gn_rand_below(rand, 2)
				    : mode == SIM_PREFIX ? s < upto
							 : false;
			if (!keep && memcmp(f->now + at, f->safe + at, n) != 0)
				memcpy(f->now + at, f->safe + at, n);
		}
		sim_resize(&f->now, &f->now_len, len);
		sim_make_safe(f);
	}
	for (unsigned i = 0; i < d->count;) {
		if (d->files[i].now_len == 0 && mode == SIM_LOSE_ALL)
			sim_drop(d, &d->files[i]);
		else
			i++;
	}
}

gn_err sim_perform(struct sim_disk *d, const struct gn_ledger_io *q, struct gn_slice *answer,
		   uint8_t **owned)
{
	struct sim_file *f = sim_find(d, q->name);
	*answer = (struct gn_slice){NULL, 0};
	*owned = NULL;
	if (d->fail_at && --d->fail_at == 0)
		return GN_IO;
	switch (q->op) {
	case GN_LIO_LIST: {
		size_t cap = SIM_FILES * 160, len = 0;
		char *text = malloc(cap);
		assert_non_null(text);
		for (unsigned i = 0; i < d->count; i++)
			if (strncmp(d->files[i].name, q->name, strlen(q->name)) == 0)
				len += (size_t)snprintf(text + len, cap - len, "%zu %s\n",
							d->files[i].now_len,
							d->files[i].name + strlen(q->name) + 1);
		*owned = (uint8_t *)text;
		*answer = gn_slice(text, len);
		return GN_OK;
	}
	case GN_LIO_READ:
		if (!f || (d->gone && strcmp(d->gone, q->name) == 0))
			return GN_NOT_FOUND;
		*answer = gn_slice_sub(gn_slice(f->now, f->now_len), q->offset, q->len);
		return GN_OK;
	case GN_LIO_WRITE:
		d->writes++;
		f = sim_make(d, q->name);
		if (q->offset + q->data.len > f->now_len)
			sim_resize(&f->now, &f->now_len, q->offset + q->data.len);
		memcpy(f->now + q->offset, q->data.p, q->data.len);
		return GN_OK;
	case GN_LIO_SYNC:
		d->syncs++;
		sim_make_safe(sim_make(d, q->name));
		return GN_OK;
	case GN_LIO_TRUNCATE: sim_resize(&f->now, &f->now_len, q->len); return GN_OK;
	case GN_LIO_RENAME: {
		struct sim_file *old = sim_find(d, q->name2);
		if (old) {
			sim_drop(d, old);
			f = sim_find(d, q->name);
		}
		snprintf(f->name, sizeof f->name, "%s", q->name2);
		return GN_OK;
	}
	case GN_LIO_REMOVE:
		if (f)
			sim_drop(d, f);
		return GN_OK;
	}
	return GN_INTERNAL;
}
