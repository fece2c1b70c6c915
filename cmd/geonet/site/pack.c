/* Small files into packs: blocks of up to 1 MiB that many files share, so that a site of 20,000
 * small files is a few blocks to store, to sync, to spread and to find. Files of one content lie
 * in a pack once. A pack of the version before that is still half full of what this version
 * needs is used again, so that a small change sends little and packs do not crumble. Rule:
 * docs/spec/services.md BU-18. */
#include "geonet/frame/frame.h"
#include "geonet/site/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define REUSE_MIN (GN_BLOCK / 2) /* bytes of an old pack that must still be needed */

/* Where a content lies in the version before. */
struct old_place {
	struct gn_hash root;
	uint32_t size, pack, offset;
};

struct packing {
	struct cli *cli;
	struct site_folder *folder;
	size_t *members, count; /* small files, first by content, then by place in the folder */
	size_t *leader;         /* per file: the first one of the same content */
	struct old_place *old;  /* by content */
	size_t old_count;
	uint32_t *renamed; /* per old pack: its number in the new version, 0: not used */
	uint8_t *data;     /* the pack that is being filled */
	uint32_t len;
};

static bool is_small(const struct site_file *f)
{
	return f->size > 0 && f->size <= GN_PACK_FILE;
}

bool site_packs(const struct site_folder *folder)
{
	size_t small = 0;
	for (size_t i = 0; i < folder->count; i++)
		small += is_small(&folder->files[i]);
	return small > SITE_PACK_FROM;
}

bool site_packed(const struct site_folder *folder, const struct site_file *f)
{
	return folder->packing && is_small(f);
}

/* The whole file into buf, and its root. */
static bool read_small(struct cli *cli, struct site_file *f, uint8_t buf[GN_PACK_FILE + 1],
		       struct gn_hash *root)
{
	int fd = open(f->full, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;
	struct stat st;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		do {
			n = read(fd, buf + len, GN_PACK_FILE + 1 - len);
			len += n > 0 ? (size_t)n : 0;
		} while ((n > 0 && len <= GN_PACK_FILE) || (n < 0 && errno == EINTR));
	const char *why =
		fd < 0 || n < 0 ? strerror(errno) : "changed while it was read; try again";
	if (fd >= 0)
		close(fd);
	if (n < 0 || len != f->size) {
		cli_fail(cli, CLI_FAILED, "io", "%s: %s", f->full, why);
		return false;
	}
	gn_merkle_leaf(gn_slice(buf, len), root);
	return true;
}

/* ---- contents ---- */

static const struct site_folder *sorting; /* for by_content */

static int by_content(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int c = memcmp(&sorting->files[x].root, &sorting->files[y].root, sizeof(struct gn_hash));
	return c ? c : (x > y) - (x < y);
}

static bool hash_members(struct packing *k)
{
	uint8_t buf[GN_PACK_FILE + 1];
	struct site_folder *folder = k->folder;
	for (size_t i = 0; i < folder->count; i++) {
		struct site_file *f = &folder->files[i];
		k->leader[i] = i;
		if (!is_small(f))
			continue;
		if (!read_small(k->cli, f, buf, &f->root))
			return false;
		k->members[k->count++] = i;
		cli_progress(k->cli, "reading: %zu of %zu files", i + 1, folder->count);
	}
	sorting = folder;
	qsort(k->members, k->count, sizeof *k->members, by_content);
	for (size_t i = 1; i < k->count; i++)
		if (gn_hash_eq(&folder->files[k->members[i]].root,
			       &folder->files[k->members[i - 1]].root))
			k->leader[k->members[i]] = k->leader[k->members[i - 1]];
	return true;
}

/* ---- packs of the version before ---- */

static int by_root(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gn_hash));
}

static const struct old_place *old_of(const struct packing *k, const struct gn_hash *root)
{
	return k->old_count ? bsearch(root, k->old, k->old_count, sizeof *k->old, by_root) : NULL;
}

static void add_pack(struct site_folder *folder, const struct gn_bundle_pack *pack)
{
	folder->packs = cli_grow(folder->packs, (folder->pack_count + 1) * sizeof *folder->packs);
	folder->packs[folder->pack_count++] = *pack;
}

static void find_old(struct packing *k, const struct gn_manifest *previous)
{
	struct gn_manifest_args info;
	gn_manifest_info(previous, &info);
	uint64_t *live = cli_alloc((info.pack_count + 1) * sizeof *live);
	k->old = cli_alloc((info.file_count + 1) * sizeof *k->old);
	k->renamed = cli_alloc((info.pack_count + 1) * sizeof *k->renamed);
	for (size_t i = 0; i < info.file_count; i++) {
		struct gn_bundle_file f;
		gn_manifest_at(previous, i, &f);
		if (f.pack)
			k->old[k->old_count++] =
				(struct old_place){f.root, (uint32_t)f.size, f.pack, f.offset};
	}
	qsort(k->old, k->old_count, sizeof *k->old, by_root);
	for (size_t i = 0; i < k->count; i++) {
		size_t at = k->members[i];
		const struct old_place *o =
			k->leader[at] == at ? old_of(k, &k->folder->files[at].root) : NULL;
		if (o)
			live[o->pack] += o->size;
	}
	for (uint32_t i = 1; i <= info.pack_count; i++) {
		struct gn_bundle_pack pack;
		if (live[i] < REUSE_MIN)
			continue;
		gn_manifest_pack_at(previous, i - 1, &pack);
		add_pack(k->folder, &pack);
		k->renamed[i] = (uint32_t)k->folder->pack_count;
	}
	free(live);
}

/* ---- new packs ---- */

static bool flush_pack(struct packing *k)
{
	struct gn_bundle_pack pack = {.len = k->len};
	struct gn_hash *blocks = NULL;
	size_t count = 0;
	if (k->len == 0)
		return true;
	bool ok =
		site_upload_bytes(k->cli, gn_slice(k->data, k->len), &pack.root, &blocks, &count) &&
		count == 1;
	free(blocks);
	k->len = 0;
	if (ok)
		add_pack(k->folder, &pack);
	return ok;
}

static bool place_file(struct packing *k, struct site_file *f, size_t *sent)
{
	const struct old_place *o = old_of(k, &f->root);
	uint8_t buf[GN_PACK_FILE + 1];
	struct gn_hash root;
	if (o && k->renamed[o->pack] && o->size == f->size) {
		f->pack = k->renamed[o->pack];
		f->offset = o->offset;
		return true;
	}
	if ((k->len + f->size > GN_BLOCK && !flush_pack(k)) || !read_small(k->cli, f, buf, &root))
		return false;
	if (!gn_hash_eq(&root, &f->root)) {
		cli_fail(k->cli, CLI_FAILED, "io", "%s: changed while it was read; try again",
			 f->full);
		return false;
	}
	memcpy(k->data + k->len, buf, f->size);
	f->pack = (uint32_t)k->folder->pack_count + 1; /* the number it gets when it is full */
	f->offset = k->len;
	k->len += (uint32_t)f->size;
	(*sent)++;
	return true;
}

bool site_pack(struct cli *cli, struct site_folder *folder, const struct gn_manifest *previous,
	       size_t *sent)
{
	struct packing k = {.cli = cli,
			    .folder = folder,
			    .members = cli_alloc((folder->count + 1) * sizeof *k.members),
			    .leader = cli_alloc((folder->count + 1) * sizeof *k.leader),
			    .data = cli_alloc(GN_BLOCK)};
	folder->pack_count = 0;
	bool ok = hash_members(&k);
	if (ok && previous)
		find_old(&k, previous);
	for (size_t i = 0; ok && i < folder->count; i++) {
		struct site_file *f = &folder->files[i];
		if (!is_small(f))
			continue;
		if (k.leader[i] == i) {
			ok = place_file(&k, f, sent);
		} else {
			f->pack = folder->files[k.leader[i]].pack;
			f->offset = folder->files[k.leader[i]].offset;
		}
	}
	ok = ok && flush_pack(&k);
	free(k.members);
	free(k.leader);
	free(k.old);
	free(k.renamed);
	free(k.data);
	return ok;
}
