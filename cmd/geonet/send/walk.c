/* The files of walk.h. A path is as the receiver sees it, below the name that was typed; a source
 * is absolute, so that the state is of use from another folder, too. */
#include "geonet/send/walk.h"

#include "crypto/crypto.h"
#include "geonet/frame/frame.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 64

static bool refuse(struct cli *cli, const char *name, const char *why)
{
	cli_fail(cli, CLI_FAILED, "io", "%s: %s", name, why);
	return false;
}

/* Takes both texts over. */
static void add(struct walk *w, char *path, char *source, uint64_t size)
{
	if (w->count == w->cap) {
		w->cap = w->cap * 2 + 64;
		w->files = cli_grow(w->files, w->cap * sizeof *w->files);
	}
	w->files[w->count++] =
		(struct gn_transfer_file){.path = gn_str(path), .source = gn_str(source)};
	w->bytes += size;
}

static bool walk_folder(struct cli *cli, struct walk *w, const char *path, const char *source,
			unsigned depth);

static bool walk_entry(struct cli *cli, struct walk *w, char *path, char *source, unsigned depth)
{
	struct stat st;
	bool ok = true;
	if (lstat(source, &st) != 0) {
		ok = refuse(cli, source, strerror(errno));
	} else if (S_ISREG(st.st_mode)) {
		add(w, path, source, (uint64_t)st.st_size);
		return true;
	} else if (!S_ISDIR(st.st_mode)) {
		w->skipped++;
	} else if (depth == DEPTH_MAX) {
		ok = refuse(cli, source, "the folders are nested too deep");
	} else {
		ok = walk_folder(cli, w, path, source, depth + 1);
	}
	free(path);
	free(source);
	return ok;
}

static bool walk_folder(struct cli *cli, struct walk *w, const char *path, const char *source,
			unsigned depth)
{
	struct dirent **list;
	int n = scandir(source, &list, NULL, alphasort);
	bool ok = n >= 0 || refuse(cli, source, strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		if (ok && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			ok = walk_entry(cli, w, cli_format("%s/%s", path, name),
					cli_format("%s/%s", source, name), depth);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return ok;
}

/* The name that was typed; of "." and the like the folder's own. */
static char *name_of(const char *word, const char *real)
{
	size_t len = strlen(word);
	while (len > 1 && word[len - 1] == '/')
		len--;
	size_t from = len;
	while (from > 0 && word[from - 1] != '/')
		from--;
	char *name = cli_format("%.*s", (int)(len - from), word + from);
	if (*name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return name;
	free(name);
	return cli_format("%s", strrchr(real, '/') + 1);
}

/* A link that was named is followed, as people expect; others are not. */
static bool walk_word(struct cli *cli, struct walk *w, const char *word)
{
	struct stat st;
	char real[PATH_MAX];
	size_t before = w->count;
	if (!realpath(word, real) || stat(real, &st) != 0)
		return refuse(cli, word, strerror(errno));
	char *name = name_of(word, real);
	bool ok = *name && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
	if (!ok) {
		refuse(cli, word, "neither a file nor a folder that can be sent");
		free(name);
		return false;
	}
	ok = walk_entry(cli, w, name, cli_format("%s", real), 0);
	if (ok && w->count == before)
		ok = refuse(cli, word, "there is no file in it");
	return ok;
}

static int by_path(const void *a, const void *b)
{
	const struct gn_transfer_file *x = a, *y = b;
	return strcmp((const char *)x->path.p, (const char *)y->path.p);
}

bool walk_all(struct cli *cli, const char *const *words, int count, struct walk *out)
{
	bool ok = true;
	*out = (struct walk){0};
	for (int i = 0; i < count && ok; i++)
		ok = walk_word(cli, out, words[i]);
	if (ok)
		qsort(out->files, out->count, sizeof *out->files, by_path);
	for (size_t i = 1; ok && i < out->count; i++)
		if (by_path(&out->files[i - 1], &out->files[i]) == 0)
			ok = refuse(cli, (const char *)out->files[i].source.p,
				    "another one of the same name is sent, too");
	if (out->skipped)
		cli_warn(cli, "%s not sent: only files and folders are",
			 out_count(out->skipped, "link or the like is", "links and the like are"));
	return ok;
}

void walk_name(const struct walk *w, char name[17])
{
	struct gn_hash all = {{0}};
	for (size_t i = 0; i < w->count; i++) {
		uint8_t len[4];
		gn_put_be32(len, (uint32_t)w->files[i].path.len);
		struct gn_slice parts[] = {GN_SLICE(all.b), GN_SLICE(len), w->files[i].path,
					   w->files[i].source};
		gn_sha256(parts, GN_COUNT(parts), &all);
	}
	gn_hex(gn_slice(all.b, 8), name);
}

void walk_free(struct walk *w)
{
	for (size_t i = 0; i < w->count; i++) {
		free((void *)(uintptr_t)w->files[i].path.p);
		free((void *)(uintptr_t)w->files[i].source.p);
	}
	free(w->files);
	*w = (struct walk){0};
}
