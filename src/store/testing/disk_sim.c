/* A disk in memory, as disk_sim.h says. */
#include "store/testing/disk_sim.h"

void disk_sim_resize(struct gn_buf *b, size_t len)
{
	if (len > b->cap) {
		b->cap = len * 2;
		uint8_t *p = realloc(b->p, b->cap);
		GN_ASSERT(p != NULL);
		b->p = p;
	}
	if (len > b->len)
		memset(b->p + b->len, 0, len - b->len);
	b->len = len;
}

void disk_sim_copy(struct gn_buf *to, const struct gn_buf *from)
{
	disk_sim_resize(to, from->len);
	if (from->len)
		memcpy(to->p, from->p, from->len);
}

static void files_grow(struct disk_sim *d, size_t cap)
{
	GN_ASSERT(cap > d->file_cap);
	struct disk_sim_file *files = realloc(d->files, cap * sizeof *files);
	GN_ASSERT(files != NULL);
	d->files = files;
	memset(d->files + d->file_cap, 0, (cap - d->file_cap) * sizeof *d->files);
	d->file_cap = cap;
}

void disk_sim_init(struct disk_sim *d, uint64_t seed)
{
	memset(d, 0, sizeof *d);
	gn_prng_init(&d->prng, seed);
	files_grow(d, DISK_SIM_FILES);
	disk_sim_resize(&d->answer, 64);
}

static void file_forget(struct disk_sim_file *f)
{
	free(f->now.p);
	free(f->durable.p);
	memset(f, 0, sizeof *f);
}

void disk_sim_fini(struct disk_sim *d)
{
	for (size_t i = 0; i < d->file_cap; i++)
		file_forget(&d->files[i]);
	free(d->files);
	free(d->answer.p);
}

struct disk_sim_file *disk_sim_find(struct disk_sim *d, const char *name)
{
	for (size_t i = 0; i < d->file_cap; i++)
		if (d->files[i].name[0] && strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	return NULL;
}

struct disk_sim_file *disk_sim_create(struct disk_sim *d, const char *name)
{
	struct disk_sim_file *f = disk_sim_find(d, name);
	size_t i = 0;
	if (f)
		return f;
	while (i < d->file_cap && d->files[i].name[0])
		i++;
	if (i == d->file_cap)
		files_grow(d, 2 * d->file_cap);
	snprintf(d->files[i].name, sizeof d->files[i].name, "%s", name);
	return &d->files[i];
}

uint64_t disk_sim_below(struct disk_sim *d, uint64_t n)
{
	return n ? gn_prng_next(&d->prng) % n : 0;
}

void disk_sim_clone(struct disk_sim *to, const struct disk_sim *from)
{
	*to = *from;
	to->answer = (struct gn_buf){0};
	disk_sim_resize(&to->answer, 64);
	to->files = NULL;
	to->file_cap = 0;
	files_grow(to, from->file_cap);
	for (size_t i = 0; i < to->file_cap; i++) {
		to->files[i] = from->files[i];
		to->files[i].now = to->files[i].durable = (struct gn_buf){0};
		disk_sim_copy(&to->files[i].now, &from->files[i].now);
		disk_sim_copy(&to->files[i].durable, &from->files[i].durable);
	}
}

static void file_settle(struct disk_sim *d, struct disk_sim_file *f)
{
	struct gn_buf *old = &f->durable, *new = &f->now;
	uint64_t mode = disk_sim_below(d, 4);
	if (!f->synced && disk_sim_below(d, 2)) {
		file_forget(f);
		return;
	}
	if (mode == 0) { /* nothing arrived */
		disk_sim_copy(new, old);
	} else if (mode >= 2) {
		size_t len =
			disk_sim_below(d, 2)
				? new->len
				: old->len + disk_sim_below(d, new->len > old->len
								       ? new->len - old->len + 1
								       : 1);
		size_t cut = disk_sim_below(d, len + 1);
		disk_sim_resize(new, len);
		for (size_t i = 0; i < len; i++) {
			bool lost = mode == 2 ? i >= cut : false;
			if (mode == 3 && i % DISK_SIM_PIECE == 0)
				cut = disk_sim_below(d, 2); /* this piece: 1 = lost */
			if (lost || (mode == 3 && cut == 1))
				new->p[i] = i < old->len ? old->p[i] : 0;
		}
	}
	disk_sim_copy(old, new);
	f->synced = true;
}

void disk_sim_crash(struct disk_sim *d)
{
	for (size_t i = 0; i < d->file_cap; i++)
		if (d->files[i].name[0])
			file_settle(d, &d->files[i]);
	d->crashed = true;
}

void disk_sim_restart(struct disk_sim *d)
{
	d->crashed = false;
	d->crash_at = d->fail_at = 0;
	d->fail_ops = 0;
}

uint64_t disk_sim_bytes(const struct disk_sim *d)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < d->file_cap; i++)
		sum += d->files[i].name[0] ? d->files[i].now.len : 0;
	return sum;
}

static void disk_list(struct disk_sim *d, const char *dir)
{
	size_t len = strlen(dir);
	d->answer.len = 0;
	for (size_t i = 0; i < d->file_cap; i++) {
		const char *name = d->files[i].name;
		if (strncmp(name, dir, len) != 0 || name[len] != '/')
			continue;
		const char *rest = name + len + 1, *slash = strchr(rest, '/');
		char line[GN_DISK_NAME_MAX + 32];
		int n = slash ? snprintf(line, sizeof line, "0 %.*s\n", (int)(slash - rest), rest)
			      : snprintf(line, sizeof line, "%zu %s\n", d->files[i].now.len, rest);
		size_t at = d->answer.len;
		bool seen = false; /* a folder shows once */
		for (size_t k = 0; slash && k + (size_t)n <= at; k++)
			seen = seen || (memcmp(d->answer.p + k, line, (size_t)n) == 0 &&
					(k == 0 || d->answer.p[k - 1] == '\n'));
		if (seen)
			continue;
		disk_sim_resize(&d->answer, at + (size_t)n);
		memcpy(d->answer.p + at, line, (size_t)n);
	}
}

static gn_err disk_write(struct disk_sim *d, const struct gn_disk_request *r, size_t len)
{
	struct disk_sim_file *f = disk_sim_find(d, r->name);
	size_t end = (size_t)r->offset + len, had = f ? f->now.len : 0;
	if (d->bytes_max && end > had && disk_sim_bytes(d) + end - had > d->bytes_max)
		return GN_DISK_FULL;
	f = disk_sim_create(d, r->name);
	if (end > f->now.len)
		disk_sim_resize(&f->now, end);
	if (len)
		memcpy(f->now.p + r->offset, r->data.p, len);
	return GN_OK;
}

static gn_err disk_do(struct disk_sim *d, const struct gn_disk_request *r)
{
	struct disk_sim_file *f = disk_sim_find(d, r->name);
	switch (r->op) {
	case GN_DISK_LIST: disk_list(d, r->name); return GN_OK;
	case GN_DISK_READ: {
		if (!f)
			return GN_NOT_FOUND;
		size_t left = r->offset < f->now.len ? f->now.len - (size_t)r->offset : 0;
		size_t len = r->len < left ? (size_t)r->len : left;
		d->answer.len = 0;
		disk_sim_resize(&d->answer, len);
		if (len)
			memcpy(d->answer.p, f->now.p + r->offset, len);
		return GN_OK;
	}
	case GN_DISK_WRITE: return disk_write(d, r, r->data.len);
	case GN_DISK_SYNC:
		if (!f)
			return GN_NOT_FOUND;
		disk_sim_copy(&f->durable, &f->now);
		f->synced = true;
		return GN_OK;
	case GN_DISK_TRUNCATE:
		if (!f)
			return GN_NOT_FOUND;
		disk_sim_resize(&f->now, (size_t)r->len);
		return GN_OK;
	case GN_DISK_RENAME: {
		if (!f)
			return GN_NOT_FOUND;
		struct disk_sim_file *over = disk_sim_find(d, r->name2);
		if (over && over != f)
			file_forget(over);
		memcpy(f->name, r->name2, sizeof f->name);
		f->synced = true;
		return GN_OK;
	}
	case GN_DISK_REMOVE:
		if (f)
			file_forget(f);
		return GN_OK;
	}
	return GN_INTERNAL;
}

gn_err disk_sim_perform(struct disk_sim *d, const struct gn_disk_request *r, struct gn_slice *data)
{
	*data = gn_slice(NULL, 0);
	if (d->crashed)
		return GN_IO;
	d->requests++;
	bool crash = d->requests == d->crash_at;
	if (crash || d->requests == d->fail_at || (d->fail_ops >> r->op & 1)) {
		if (r->op == GN_DISK_WRITE)
			(void)disk_write(d, r, disk_sim_below(d, r->data.len + 1));
		else if (crash && disk_sim_below(d, 2))
			(void)disk_do(d, r);
		if (crash)
			disk_sim_crash(d);
		return crash ? GN_IO : d->fail_err ? d->fail_err : GN_IO;
	}
	gn_err err = disk_do(d, r);
	if (!err && (r->op == GN_DISK_READ || r->op == GN_DISK_LIST))
		*data = gn_slice(d->answer.p, d->answer.len);
	return err;
}
