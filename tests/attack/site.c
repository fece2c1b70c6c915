/* A site whose manifest costs its visitors: --arg "rules FILE" has 64 header rules with globs of
 * 501 bytes, all of which match a path of 1,000 after much trying; --arg "paths FILE" has
 * --count files (90,000) with paths of 560 bytes that differ at their end. No tool of ours makes
 * these. Writes FILE.manifest and FILE.head, for whoever publishes them. */
#include "attack.h"
#include "services/bundles/bundles.h"
#include "wire/generated/bundle_fb.h"

#include <stdio.h>
#include <stdlib.h>

#define RULES 64
#define GLOB 501
#define PATH 560

static void write_file(const char *base, const char *suffix, struct gn_slice bytes)
{
	char path[512];
	snprintf(path, sizeof path, "%s.%s", base, suffix);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes.p, 1, bytes.len, f) != bytes.len || fclose(f) != 0)
		fail("%s cannot be written", path);
}

static struct gn_fb_hash empty_root(void)
{
	struct gn_hash h;
	struct gn_fb_hash out;
	gn_merkle_leaf(GN_LIT(""), &h);
	memcpy(out.b, h.b, sizeof out.b);
	return out;
}

static gn_fbref file_of(struct gn_fbb *b, struct gn_slice path)
{
	struct gn_fb_hash root = empty_root();
	return gn_fb_bundle_file_make(
		b, &(struct gn_fb_bundle_file_args){.path = path, .root = &root});
}

static struct gn_slice make_rules(struct gn_fbb *b, const struct gn_fb_key *owner)
{
	static uint8_t glob[GLOB], path[1000];
	gn_fbref rules[RULES], file;
	struct gn_slice bytes;
	memset(glob, 'a', sizeof glob);
	memset(path, 'a', sizeof path);
	glob[0] = '*';
	for (unsigned i = 0; i < RULES; i++)
		rules[i] = gn_fb_bundle_header_make(
			b, &(struct gn_fb_bundle_header_args){
				   .glob = gn_slice(glob, sizeof glob),
				   .name = GN_LIT("access-control-allow-origin"),
				   .value = GN_LIT("*")});
	file = file_of(b, gn_slice(path, sizeof path));
	gn_fbref root =
		gn_fb_manifest_make(b, &(struct gn_fb_manifest_args){.version = 1,
								     .owner = owner,
								     .files = {&file, 1},
								     .headers = {rules, RULES}});
	if (gn_fbb_finish(b, root, GN_FB_MANIFEST_IDENTIFIER, &bytes) != GN_OK)
		fail("the manifest cannot be made");
	return bytes;
}

static struct gn_slice make_paths(struct gn_fbb *b, const struct gn_fb_key *owner, unsigned count)
{
	static char path[PATH + 1];
	gn_fbref *files = calloc(count, sizeof *files);
	struct gn_slice bytes;
	if (!files)
		fail("out of memory");
	memset(path, 'p', PATH);
	for (unsigned i = 0; i < count; i++) {
		snprintf(path + PATH - 8, 9, "%08u", i % 100000000);
		files[i] = file_of(b, gn_slice(path, PATH));
	}
	gn_fbref root = gn_fb_manifest_make(
		b, &(struct gn_fb_manifest_args){
			   .version = 1, .owner = owner, .files = {files, count}});
	if (gn_fbb_finish(b, root, GN_FB_MANIFEST_IDENTIFIER, &bytes) != GN_OK)
		fail("the manifest cannot be made");
	free(files);
	return bytes;
}

int attack_site(struct attack *a)
{
	const char *base = a->arg ? strchr(a->arg, ' ') : NULL;
	bool rules = a->arg && strncmp(a->arg, "rules ", 6) == 0;
	size_t cap = GN_BLOCK * (size_t)GN_MANIFEST_BLOCKS;
	uint8_t *storage = malloc(cap), record[GN_RECORD_MAX];
	static struct gn_hash blocks[GN_MANIFEST_BLOCKS];
	static struct gn_tree_hasher hasher;
	struct gn_sk sk = key_of(a, 1);
	struct gn_fb_key owner;
	struct gn_buf out = {record, 0, sizeof record};
	if (!base || !storage)
		fail("--arg \"rules FILE\" or \"paths FILE\"");
	struct gn_fbb b = gn_fbb(storage, cap);
	memcpy(owner.b, sk.pk.b, sizeof owner.b);
	struct gn_slice bytes = rules ? make_rules(&b, &owner)
				      : make_paths(&b, &owner, a->count ? a->count : 90000);
	struct gn_head head = {.owner = sk.pk, .created = gn_unix(a->now), .ttl = 86400};
	struct gn_head_version v = {.version = 1, .manifest_size = bytes.len};
	gn_tree_hasher_init(&hasher, blocks, GN_MANIFEST_BLOCKS);
	if (gn_tree_hasher_put(&hasher, bytes) != GN_OK)
		fail("the manifest is too long");
	gn_tree_hasher_end(&hasher, &v.manifest);
	v.manifest_blocks = gn_slice(blocks, hasher.block_count * sizeof blocks[0]);
	gn_head_advance(&head, &v);
	gn_err err = gn_head_record(&sk, &head, &out);
	if (err)
		fail("the head cannot be made: %s", gn_err_name(err));
	write_file(base + 1, "manifest", bytes);
	write_file(base + 1, "head", gn_buf_slice(&out));
	char hex[65];
	gn_hex(GN_SLICE(sk.pk.b), hex);
	result("\"owner\": \"%s\", \"bytes\": %zu", hex, bytes.len);
	free(storage);
	return 0;
}
