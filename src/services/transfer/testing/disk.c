/* The disk of disk.h. */
#include "services/transfer/testing/disk.h"

#include <stdio.h>
#include <stdlib.h>

static void resize(struct gn_buf *b, size_t len)
{
	if (len > b->cap) {
		b->cap = len + len / 2;
		uint8_t *p = realloc(b->p, b->cap);
		GN_ASSERT(p != NULL);
		b->p = p;
	}
	if (len > b->len)
		memset(b->p + b->len, 0, len - b->len);
	b->len = len;
}

static void copy(struct gn_buf *to, const struct gn_buf *from)
{
	resize(to, from->len);
	if (from->len)
		memcpy(to->p, from->p, from->len);
}

static uint64_t below(struct rig_disk *d, uint64_t n)
{
	return n ? gn_prng_next(&d->prng) % n : 0;
}

void rig_disk_init(struct rig_disk *d, uint64_t seed)
{
	memset(d, 0, sizeof *d);
	gn_prng_init(&d->prng, seed);
	d->answer = malloc(GN_BLOCK);
	GN_ASSERT(d->answer != NULL);
}

static void forget(struct rig_file *f)
{
	free(f->now.p);
	free(f->durable.p);
	memset(f, 0, sizeof *f);
}

void rig_disk_fini(struct rig_disk *d)
{
	for (unsigned i = 0; i < RIG_FILES; i++)
		forget(&d->files[i]);
	free(d->answer);
}

struct rig_file *rig_disk_find(struct rig_disk *d, const char *name)
{
	for (unsigned i = 0; i < RIG_FILES; i++)
		if (d->files[i].name[0] && strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	return NULL;
}

static struct rig_file *create(struct rig_disk *d, const char *name)
{
	struct rig_file *f = rig_disk_find(d, name);
	for (unsigned i = 0; i < RIG_FILES && !f; i++)
		if (!d->files[i].name[0]) {
			f = &d->files[i];
			snprintf(f->name, sizeof f->name, "%s", name);
		}
	GN_ASSERT(f != NULL);
	return f;
}

struct rig_file *rig_disk_put(struct rig_disk *d, const char *name, const void *bytes, size_t len)
{
	struct rig_file *f = create(d, name);
	resize(&f->now, len);
	if (len)
		memcpy(f->now.p, bytes, len);
	copy(&f->durable, &f->now);
	f->synced = true;
	return f;
}

/* What is below a folder, when f is. */
static const char *within(const struct rig_file *f, const char *folder)
{
	size_t n = strlen(folder);
	return f->name[0] && strncmp(f->name, folder, n) == 0 && f->name[n] == '/' ? f->name + n
										   : NULL;
}

static bool is_there(struct rig_disk *d, const char *name)
{
	for (unsigned i = 0; i < RIG_FILES; i++)
		if (within(&d->files[i], name))
			return true;
	return rig_disk_find(d, name) != NULL;
}

void rig_disk_remove(struct rig_disk *d, const char *name)
{
	for (unsigned i = 0; i < RIG_FILES; i++)
		if (within(&d->files[i], name) || strcmp(d->files[i].name, name) == 0)
			forget(&d->files[i]);
}

static void full_name(const struct gn_transfer_request *r, const char *name, char *out, size_t cap)
{
	if (r->place == GN_TRANSFER_STATE)
		snprintf(out, cap, "state");
	else if (r->place == GN_TRANSFER_SOURCE)
		snprintf(out, cap, "src/%u", r->file);
	else
		snprintf(out, cap, "dst/%s", name);
}

static gn_err do_rename(struct rig_disk *d, const char *from, const char *to)
{
	if (!is_there(d, from))
		return GN_NOT_FOUND;
	if (is_there(d, to))
		return GN_EXISTS;
	for (unsigned i = 0; i < RIG_FILES; i++) {
		struct rig_file *f = &d->files[i];
		const char *rest = strcmp(f->name, from) == 0 ? "" : within(f, from);
		char name[sizeof f->name];
		if (!f->name[0] || !rest)
			continue;
		int n = snprintf(name, sizeof name, "%s%s", to, rest);
		GN_ASSERT(n > 0 && (size_t)n < sizeof name);
		memcpy(f->name, name, sizeof name);
		f->synced = true;
	}
	return GN_OK;
}

static gn_err do_stat(struct rig_disk *d, const char *name, struct gn_transfer_result *result)
{
	const struct rig_file *f = rig_disk_find(d, name);
	if (!is_there(d, name))
		return GN_NOT_FOUND;
	result->kind = f && !f->folder ? GN_TRANSFER_FILE : GN_TRANSFER_FOLDER;
	result->size = f ? f->now.len : 0;
	result->mtime = f ? f->mtime : 0;
	return GN_OK;
}

static gn_err do_read(struct rig_disk *d, const char *name, const struct gn_transfer_request *r,
		      struct gn_transfer_result *result)
{
	const struct rig_file *f = rig_disk_find(d, name);
	if (!f)
		return GN_NOT_FOUND;
	size_t left = r->offset < f->now.len ? f->now.len - (size_t)r->offset : 0,
	       n = r->len < left ? r->len : left;
	GN_ASSERT(r->len <= GN_BLOCK);
	if (n)
		memcpy(d->answer, f->now.p + r->offset, n);
	result->data = gn_slice(d->answer, n);
	d->reads++;
	return GN_OK;
}

static void do_write(struct rig_disk *d, const char *name, const struct gn_transfer_request *r)
{
	struct rig_file *f = create(d, name);
	size_t end = (size_t)r->offset + r->data.len;
	if (end > f->now.len)
		resize(&f->now, end);
	if (r->data.len)
		memcpy(f->now.p + r->offset, r->data.p, r->data.len);
	d->writes++;
}

static gn_err do_sync(struct rig_disk *d, const struct gn_transfer_request *r)
{
	for (unsigned i = 0; i < RIG_FILES; i++) {
		struct rig_file *f = &d->files[i];
		bool state = strcmp(f->name, "state") == 0;
		if (!f->name[0] || state != (r->place == GN_TRANSFER_STATE))
			continue;
		copy(&f->durable, &f->now);
		f->synced = true;
	}
	d->syncs++;
	return GN_OK;
}

gn_err rig_disk_do(struct rig_disk *d, const struct gn_transfer_request *r,
		   struct gn_transfer_result *result)
{
	char name[GN_TRANSFER_NAME_MAX + 8], name2[GN_TRANSFER_NAME_MAX + 8];
	full_name(r, r->name, name, sizeof name);
	full_name(r, r->name2, name2, sizeof name2);
	*result = (struct gn_transfer_result){.size = 0};
	if (d->fail_ops >> r->op & 1)
		return d->fail_err;
	switch (r->op) {
	case GN_TRANSFER_STAT: return do_stat(d, name, result);
	case GN_TRANSFER_READ: return do_read(d, name, r, result);
	case GN_TRANSFER_MAKE:
		if (is_there(d, name))
			return GN_EXISTS;
		create(d, name)->folder = r->len == 1;
		return GN_OK;
	case GN_TRANSFER_WRITE: do_write(d, name, r); return GN_OK;
	case GN_TRANSFER_SYNC: return do_sync(d, r);
	case GN_TRANSFER_RENAME: return do_rename(d, name, name2);
	}
	return GN_INTERNAL;
}

/* What a power cut leaves of one file: what was durable, all, or any mixture of pieces. */
static void settle(struct rig_disk *d, struct rig_file *f)
{
	uint64_t mode = below(d, 3);
	if (!f->synced && below(d, 2)) {
		forget(f);
		return;
	}
	if (mode == 0)
		copy(&f->now, &f->durable);
	for (size_t at = 0; mode == 1 && at < f->now.len; at += RIG_PIECE) {
		size_t n = f->now.len - at < RIG_PIECE ? f->now.len - at : RIG_PIECE;
		size_t had = at < f->durable.len ? f->durable.len - at : 0;
		if (below(d, 2))
			continue;
		memset(f->now.p + at, 0, n);
		if (had)
			memcpy(f->now.p + at, f->durable.p + at, had < n ? had : n);
	}
	copy(&f->durable, &f->now);
	f->synced = true;
}

void rig_disk_power(struct rig_disk *d)
{
	for (unsigned i = 0; i < RIG_FILES; i++)
		if (d->files[i].name[0])
			settle(d, &d->files[i]);
}
