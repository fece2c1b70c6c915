/* A folder as a site: its regular files in sorted order. What a site cannot hold is refused with
 * its path, before anything is sent. */
#include "geonet/frame/frame.h"
#include "geonet/site/site.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEPTH_MAX 64

static bool add_file(struct cli *cli, struct site_folder *f, char *path, char *full, uint64_t size)
{
	const char *why = "";
	bool ok = gn_bundle_path_check(gn_str(path), &why) == GN_OK;
	if (ok && f->count == GN_BUNDLE_FILES) {
		ok = false;
		why = "a site has at most 100,000 files";
	}
	if (ok && size > (uint64_t)GN_FILE_BLOCKS * GN_BLOCK) {
		ok = false;
		why = "a file of a site has at most 64 GiB";
	}
	if (!ok) {
		site_refuse(cli, full, why);
		free(path);
		free(full);
		return false;
	}
	if (f->count == f->cap) {
		f->cap = f->cap * 2 + 64;
		f->files = cli_grow(f->files, f->cap * sizeof *f->files);
	}
	f->files[f->count++] = (struct site_file){.path = path, .full = full, .size = size};
	f->bytes += size;
	return true;
}

/* prefix and name as the site has them: in NFC, whatever the file system writes (BU-1). What
 * cannot be a path stays as it is, and is refused. */
static char *site_path(const char *prefix, const char *name)
{
	char *path = cli_format("%s%s", prefix, name), text[GN_PATH_MAX];
	size_t len;
	if (gn_bundle_path_nfc(gn_str(path), text, &len))
		return path;
	free(path);
	return cli_format("%.*s", (int)len, text);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool walk_folder(struct cli *cli, const char *dir, const char *prefix, bool hidden,
			unsigned depth, struct site_folder *out);

static bool take_entry(struct cli *cli, const char *dir, const char *prefix, const char *name,
		       bool hidden, unsigned depth, struct site_folder *out)
{
	struct stat st;
	char *full = cli_format("%s/%s", dir, name), *path = site_path(prefix, name);
	bool ok = false;
	if (lstat(full, &st) != 0) {
		site_refuse(cli, full, strerror(errno));
	} else if (S_ISREG(st.st_mode)) {
		return add_file(cli, out, path, full, (uint64_t)st.st_size); /* takes both texts */
	} else if (S_ISDIR(st.st_mode)) {
		char *inner = cli_format("%s/", path);
		ok = depth < DEPTH_MAX ? walk_folder(cli, full, inner, hidden, depth + 1, out)
				       : site_refuse(cli, full, "the folders are nested too deep");
		free(inner);
	} else {
		site_refuse(cli, full,
			    S_ISLNK(st.st_mode)
				    ? "a symbolic link; a site has files and folders only"
				    : "neither a file nor a folder");
	}
	free(full);
	free(path);
	return ok;
}

static bool walk_folder(struct cli *cli, const char *dir, const char *prefix, bool hidden,
			unsigned depth, struct site_folder *out)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, by_bytes);
	bool ok = n >= 0;
	if (!ok)
		return site_refuse(cli, dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && ok) {
			if (name[0] == '.' && !hidden && strcmp(name, ".well-known") != 0)
				out->hidden++;
			else
				ok = take_entry(cli, dir, prefix, name, hidden, depth, out);
		}
		free(list[i]);
	}
	free(list);
	return ok;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct site_file *)a)->path, ((const struct site_file *)b)->path);
}

bool site_walk(struct cli *cli, const char *dir, bool hidden, struct site_folder *out)
{
	*out = (struct site_folder){0};
	struct stat st;
	if (stat(dir, &st) != 0)
		return site_refuse(cli, dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return site_refuse(cli, dir, "not a folder");
	char *plain = cli_format("%s", dir);
	for (size_t n = strlen(plain); n > 1 && plain[n - 1] == '/'; n--)
		plain[n - 1] = 0;
	bool ok = walk_folder(cli, plain, "", hidden, 0, out);
	free(plain);
	if (ok && out->count == 0)
		return site_refuse(cli, dir, "there is no file in it");
	if (ok)
		qsort(out->files, out->count, sizeof *out->files, by_path);
	for (size_t i = 1; ok && i < out->count; i++)
		if (strcmp(out->files[i - 1].path, out->files[i].path) == 0)
			return site_refuse(
				cli, out->files[i].full,
				"another file has the same name, written with other code points");
	out->packing = ok && site_packs(out);
	return ok;
}

void site_folder_free(struct site_folder *folder)
{
	for (size_t i = 0; i < folder->count; i++) {
		free(folder->files[i].path);
		free(folder->files[i].full);
		free(folder->files[i].blocks);
	}
	free(folder->files);
	free(folder->packs);
	*folder = (struct site_folder){0};
}
