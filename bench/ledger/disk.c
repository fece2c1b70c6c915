/* Where the bench's journals lie: memory, or files written and synced as a hub does. */
#include "bench.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct bench_file *find(struct bench_disk *d, const char *name, bool make)
{
	for (unsigned i = 0; i < d->count; i++)
		if (strcmp(d->files[i].name, name) == 0)
			return &d->files[i];
	if (!make)
		return NULL;
	struct bench_file *files = realloc(d->files, (d->count + 1) * sizeof *files);
	GN_ASSERT(files);
	d->files = files;
	struct bench_file *f = &d->files[d->count++];
	*f = (struct bench_file){.fd = -1};
	snprintf(f->name, sizeof f->name, "%s", name);
	if (d->folder) {
		char path[512];
		const char *base = strrchr(name, '/');
		snprintf(path, sizeof path, "%s/%s", d->folder, base ? base + 1 : name);
		f->fd = open(path, O_CREAT | O_RDWR | O_TRUNC, 0600);
		GN_ASSERT(f->fd >= 0);
	}
	return f;
}

static gn_err perform_write(struct bench_disk *d, const struct gn_ledger_io *q)
{
	struct bench_file *f = find(d, q->name, true);
	if (d->folder)
		return pwrite(f->fd, q->data.p, q->data.len, (off_t)q->offset) ==
				       (ssize_t)q->data.len
			       ? GN_OK
			       : GN_IO;
	if (d->forget)
		return GN_OK;
	size_t need = q->offset + q->data.len;
	if (need > f->cap) {
		uint8_t *bytes = realloc(f->bytes, need * 2);
		GN_ASSERT(bytes);
		f->bytes = bytes;
		f->cap = need * 2;
	}
	memcpy(f->bytes + q->offset, q->data.p, q->data.len);
	f->len = need > f->len ? need : f->len;
	return GN_OK;
}

gn_err disk_perform(struct bench_disk *d, const struct gn_ledger_io *q, struct gn_slice *answer)
{
	static char list[1 << 16];
	struct bench_file *f = find(d, q->name, false);
	*answer = (struct gn_slice){NULL, 0};
	switch (q->op) {
	case GN_LIO_LIST: {
		size_t n = 0;
		for (unsigned i = 0; i < d->count; i++)
			n += (size_t)snprintf(list + n, sizeof list - n, "%zu %s\n",
					      d->files[i].len, strrchr(d->files[i].name, '/') + 1);
		*answer = gn_slice(list, n);
		return GN_OK;
	}
	case GN_LIO_READ:
		*answer = f ? gn_slice_sub(gn_slice(f->bytes, f->len), q->offset, q->len) : *answer;
		return f ? GN_OK : GN_NOT_FOUND;
	case GN_LIO_WRITE: return perform_write(d, q);
	case GN_LIO_SYNC: d->syncs++; return d->folder && fdatasync(f->fd) ? GN_IO : GN_OK;
	case GN_LIO_RENAME:
		snprintf(find(d, q->name, true)->name, GN_LEDGER_NAME_MAX, "%s", q->name2);
		return GN_OK;
	default: return GN_OK;
	}
}

void disk_fini(struct bench_disk *d)
{
	for (unsigned i = 0; i < d->count; i++) {
		free(d->files[i].bytes);
		if (d->files[i].fd >= 0)
			close(d->files[i].fd);
	}
	free(d->files);
	*d = (struct bench_disk){.folder = d->folder};
}
