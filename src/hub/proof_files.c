/* A journal's files, and a directory to read them from: the hub's own, which is locked when nobody
 * runs it; while it runs, its journal is copied (files only grow, so a copy is a prefix, and its
 * torn tail is cut in the copy alone) and the copy is read. */
#include "hub/proof_int.h"
#include "ledger/ledger.h"
#include "net/net.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_MAX ((size_t)4 << 20)

/* ---- the files of a journal ---- */

bool gn_hub_proof_is_log(const char *name)
{
	return strspn(name, "0123456789abcdef") == 8 && strcmp(name + 8, ".log") == 0 &&
	       strncmp(name, "00000000", 8) != 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

/* Log files of data/journal in order; snapshots are made again. Read without the lock: plain
 * paths. */
gn_err gn_hub_proof_list(const struct gn_os_dir *dir, struct file **out, size_t *count)
{
	struct gn_buf text = {malloc(LIST_MAX), 0, LIST_MAX - 1};
	struct file *files = NULL;
	size_t n = 0;
	gn_err err = text.p ? gn_os_list(dir, "journal", &text) : GN_NOMEM;
	if (!err)
		text.p[text.len] = 0;
	char *p = (char *)text.p;
	while (!err && p < (char *)text.p + text.len) {
		char *end = strchr(p, '\n'), *space;
		if (end)
			*end = 0;
		uint64_t size = strtoull(p, &space, 10);
		if (*space == ' ' && gn_hub_proof_is_log(space + 1)) {
			struct file *grown = realloc(files, (n + 1) * sizeof *files);
			if (!grown) {
				err = GN_NOMEM;
				break;
			}
			files = grown;
			files[n].size = size;
			snprintf(files[n++].name, sizeof files->name, "%s", space + 1);
		}
		if (!end)
			break;
		p = end + 1;
	}
	free(text.p);
	if (err) {
		free(files);
		return err;
	}
	if (n)
		qsort(files, n, sizeof *files, by_name);
	*out = files;
	*count = n;
	return GN_OK;
}

/* ---- a directory to read from: the hub's own, or a copy ---- */

static void remove_copy(struct source *s)
{
	struct file *files;
	size_t count;
	char path[700];
	if (gn_hub_proof_list(s->dir, &files, &count) == GN_OK) {
		for (size_t i = 0; i < count; i++) {
			snprintf(path, sizeof path, "journal/%s", files[i].name);
			(void)!gn_os_remove(s->dir, path);
		}
		free(files);
	}
	gn_os_dir_close(s->dir);
	static const char *const left[] = {"/journal", "/lock", ""};
	for (size_t i = 0; i < GN_COUNT(left); i++) {
		snprintf(path, sizeof path, "%s%s", s->copy, left[i]);
		if (unlink(path) != 0)
			rmdir(path);
	}
	s->dir = NULL;
}

void gn_hub_proof_close(struct source *s)
{
	if (s->copy[0] && s->dir)
		remove_copy(s);
	else
		gn_os_dir_close(s->dir);
}

static gn_err copy_file(const char *from, struct gn_os_dir *to, const char *name)
{
	uint8_t *piece = malloc(PIECE);
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	gn_err err = fd < 0 ? GN_IO : piece ? GN_OK : GN_NOMEM;
	uint64_t at = 0;
	while (!err) {
		ssize_t n = pread(fd, piece, PIECE, (off_t)at);
		if (n <= 0) {
			err = n < 0 ? GN_IO : GN_OK;
			break;
		}
		err = gn_os_write_at(to, name, at, gn_slice(piece, (size_t)n));
		at += (uint64_t)n;
	}
	if (fd >= 0)
		close(fd);
	free(piece);
	return err;
}

/* Files are numbered from 1: copied until one is missing. */
static gn_err copy_journal(const char *data, struct source *s)
{
	for (unsigned number = 1;; number++) {
		char from[700], name[64];
		struct stat st;
		snprintf(name, sizeof name, "journal/%08x.log", number);
		snprintf(from, sizeof from, "%s/%s", data, name);
		if (lstat(from, &st) != 0)
			return errno != ENOENT ? GN_IO : number > 1 ? GN_OK : GN_NOT_FOUND;
		GN_TRY(copy_file(from, s->dir, name));
	}
}

gn_err gn_hub_proof_open(const char *data, struct source *s, char why[GN_HUB_WHY])
{
	struct stat st;
	s->copy[0] = 0;
	if (stat(data, &st) != 0)
		FAIL(errno == ENOENT ? GN_NOT_FOUND : GN_IO, "%s cannot be read: %s", data,
		     strerror(errno));
	gn_err err = gn_os_dir_open(data, &s->dir);
	if (!err)
		return GN_OK;
	if (err != GN_BUSY)
		FAIL(err, "%s", gn_os_why());
	snprintf(s->copy, sizeof s->copy, "%s.copy.XXXXXX", data);
	if (!mkdtemp(s->copy))
		FAIL(GN_IO, "the running hub's journal cannot be copied beside %s", data);
	if ((err = gn_os_dir_open(s->copy, &s->dir)))
		FAIL(err, "%s", gn_os_why());
	if ((err = copy_journal(data, s))) {
		remove_copy(s);
		FAIL(err, "the running hub's journal cannot be copied: %s", gn_err_text(err));
	}
	return GN_OK;
}
