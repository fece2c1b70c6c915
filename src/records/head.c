/* Site heads: the one record of a site that changes. It says where the newest manifest is, and
 * where the last sixteen were, so that any of them can be opened or put on top again without
 * asking anyone. Rule: docs/spec/services.md BU-7. */
#include "records/head.h"
#include "records/manifest_int.h"
#include "wire/generated/bodies_fb.h"

void gn_head_key(const struct gn_pk *owner, struct gn_slice label, struct gn_hash *key)
{
	gn_wire_record_key(GN_FB_RECORD_TYPE_SITE, owner, label, 0, key);
}

static bool version_ok(const struct gn_head_version *v)
{
	return v->manifest_size > 0 && v->manifest_size <= MANIFEST_MAX && v->version > 0 &&
	       gn_merkle_file_ok(v->manifest_size, &v->manifest, v->manifest_blocks);
}

/* Fields that struct gn_head and struct gn_head_version have. */
#define BODY_FIELDS (GN_FB_SLOT(2) - 1)
#define VERSION_FIELDS (GN_FB_SLOT(5) - 1)

static struct gn_fb_site_version version_at(struct gn_fb_site_body body, uint32_t i)
{
	return i ? gn_fb_site_body_previous_at(body, i - 1) : gn_fb_site_body_now(body);
}

/* Does the body say more than a struct gn_head can hold? */
static bool says_more(struct gn_fb_site_body body)
{
	bool more = gn_fbt_beyond(body.t, BODY_FIELDS);
	for (uint32_t i = 0; i <= gn_fb_site_body_previous_len(body) && !more; i++)
		more = gn_fbt_beyond(version_at(body, i).t, VERSION_FIELDS);
	return more;
}

/* A version that stood there before is kept with all it says. */
static gn_fbref put_version(struct gn_fbb *b, const struct gn_head_version *v,
			    struct gn_fb_site_body over)
{
	struct gn_fb_hash root;
	memcpy(root.b, v->manifest.b, sizeof root.b);
	struct gn_fb_site_version_args args = {
		.manifest = &root,
		.manifest_len = v->manifest_size,
		.version = v->version,
		.total_size = v->total_size,
		.manifest_blocks = {(const struct gn_fb_hash *)(const void *)v->manifest_blocks.p,
				    v->manifest_blocks.len / 32}};
	for (uint32_t i = 0; over.t.buf && i <= gn_fb_site_body_previous_len(over); i++) {
		struct gn_fb_site_version old = version_at(over, i);
		if (gn_fb_site_version_version(old) == v->version)
			return gn_fbb_table_over(b, &gn_fbtype_site_version, &args, VERSION_FIELDS,
						 old.t);
	}
	return gn_fb_site_version_make(b, &args);
}

static gn_err make_body(const struct gn_head *head, uint8_t *storage, size_t cap,
			struct gn_slice *out)
{
	struct gn_fbb b = gn_fbb(storage, cap);
	struct gn_fb_site_body over = {0};
	gn_fbref previous[GN_HEAD_HISTORY];
	if (head->before.body.p)
		GN_TRY(gn_fb_site_body_verify(head->before.body, &over));
	if (over.t.buf && says_more(over))
		gn_fbb_keep(&b, head->before.body);
	else
		over = (struct gn_fb_site_body){0};
	for (size_t i = head->previous_count; i-- > 0;)
		previous[i] = put_version(&b, &head->previous[i], over);
	struct gn_fb_site_body_args args = {
		.now = put_version(&b, &head->now, over),
		.previous = {head->previous_count ? previous : NULL, head->previous_count}};
	if (!over.t.buf)
		return gn_fbb_finish(&b, gn_fb_site_body_make(&b, &args), NULL, out);
	gn_fbref root = gn_fbb_table_over(&b, &gn_fbtype_site_body, &args, BODY_FIELDS, over.t);
	GN_TRY(gn_fbb_finish(&b, root, NULL, out));
	return gn_fb_site_body_verify(*out, &over) == GN_OK ? GN_OK : GN_TOO_LARGE; /* WR-4 */
}

gn_err gn_head_record(const struct gn_sk *owner, const struct gn_head *head, struct gn_buf *out)
{
	uint8_t storage[GN_RECORD_MAX];
	struct gn_slice body;
	if (head->previous_count > GN_HEAD_HISTORY || !version_ok(&head->now))
		return GN_USAGE;
	for (size_t i = 0; i < head->previous_count; i++)
		if (!version_ok(&head->previous[i]))
			return GN_USAGE;
	if (head->before.beyond)
		return GN_VERSION;
	GN_TRY(make_body(head, storage, sizeof storage, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_SITE,
					  .label = head->label,
					  .prev = gn_before_prev(&head->before, 0),
					  .body = body,
					  .seq = head->seq,
					  .created = head->created,
					  .ttl = head->ttl};
	return gn_wire_record_make(owner, NULL, &fields, out);
}

static gn_err get_version(struct gn_fb_site_version t, struct gn_head_version *out)
{
	struct gn_head_version v = {.version = gn_fb_site_version_version(t),
				    .total_size = gn_fb_site_version_total_size(t),
				    .manifest_size = gn_fb_site_version_manifest_len(t),
				    .manifest_blocks = gn_fb_site_version_manifest_blocks_bytes(t)};
	memcpy(v.manifest.b, gn_fb_site_version_manifest(t).b, sizeof v.manifest.b);
	if (!version_ok(&v))
		return GN_MALFORMED;
	*out = v;
	return GN_OK;
}

static gn_err view_body(const struct gn_record *r, struct gn_head *out)
{
	struct gn_fb_site_body body;
	if (r->type != GN_FB_RECORD_TYPE_SITE || r->salt != 0)
		return GN_MALFORMED;
	GN_TRY(gn_fb_site_body_verify(r->body, &body));
	struct gn_head head = {.owner = r->owner,
			       .label = r->label,
			       .seq = r->seq,
			       .created = r->created,
			       .ttl = r->ttl,
			       .previous_count = gn_fb_site_body_previous_len(body)};
	if (head.previous_count > GN_HEAD_HISTORY)
		return GN_MALFORMED;
	GN_TRY(get_version(gn_fb_site_body_now(body), &head.now));
	for (uint32_t i = 0; i < head.previous_count; i++)
		GN_TRY(get_version(gn_fb_site_body_previous_at(body, i), &head.previous[i]));
	gn_wire_before(r, &head.before);
	*out = head;
	return GN_OK;
}

gn_err gn_head_open(struct gn_slice record, struct gn_head *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_open(record, &r));
	return view_body(&r, out);
}

gn_err gn_head_parse(struct gn_slice record, struct gn_head *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_parse(record, &r));
	return view_body(&r, out);
}

void gn_head_advance(struct gn_head *head, const struct gn_head_version *next)
{
	struct gn_head_version top = *next;
	uint64_t highest = head->now.version;
	for (size_t i = 0; i < head->previous_count; i++)
		highest = head->previous[i].version > highest ? head->previous[i].version : highest;
	if (top.version == 0)
		top.version = highest + 1;
	if (head->now.version) { /* not the first one */
		size_t kept = head->previous_count < GN_HEAD_HISTORY ? head->previous_count
								     : GN_HEAD_HISTORY - 1;
		memmove(&head->previous[1], &head->previous[0], kept * sizeof head->previous[0]);
		head->previous[0] = head->now;
		head->previous_count = kept + 1;
	}
	head->now = top;
	head->seq++;
}

void gn_head_file(const struct gn_head_version *version, struct gn_bundle_file *out)
{
	*out = (struct gn_bundle_file){.path = GN_LIT("manifest"),
				       .mime = GN_LIT("application/octet-stream"),
				       .size = version->manifest_size,
				       .root = version->manifest,
				       .blocks = version->manifest_blocks};
}
