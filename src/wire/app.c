/* Frames of app/1: split from a stream, opened, made. Areas are unions inside the frame's union,
 * and what lies in them is found by the descriptors that fbc writes, so a new call needs no code
 * here. Rules: docs/spec/app.md AP-1..AP-4. */
#include "wire/app.h"

#define FRAME_BODY 5 /* slot of AppFrame.body */
#define AREA_BODY 1  /* slot of body in each area's table */
#define FIRST_AREA GN_FB_APP_BODY_APP_NODE

static const struct gn_fb_field *field_at(const struct gn_fb_type *type, unsigned slot)
{
	for (unsigned i = 0; i < type->field_count; i++)
		if (type->fields[i].slot == slot)
			return &type->fields[i];
	return NULL;
}

/* Member n, from 1, of a union; NULL: unknown. */
static const struct gn_fb_type *member_of(const struct gn_fb_type *type, unsigned slot, unsigned n)
{
	const struct gn_fb_field *f = field_at(type, slot);
	GN_ASSERT(f && f->kind == GN_FB_UNION);
	return n && n <= f->type_count ? f->types[n - 1] : NULL;
}

const struct gn_fb_type *gn_app_type(struct gn_app_kind kind)
{
	const struct gn_fb_type *area = member_of(&gn_fbtype_app_frame, FRAME_BODY, kind.area);
	if (!area || (kind.area < FIRST_AREA) != (kind.member == 0))
		return NULL;
	return kind.member ? member_of(area, AREA_BODY, kind.member) : area;
}

/* Which member of the union has this name; 0: none. */
static unsigned member_named(const struct gn_fb_type *type, unsigned slot, struct gn_slice name)
{
	const struct gn_fb_field *f = field_at(type, slot);
	for (unsigned n = f->type_count; n; n--)
		if (gn_slice_eq(gn_str(f->types[n - 1]->name), name))
			return n;
	return 0;
}

bool gn_app_kind_named(struct gn_slice area, struct gn_slice call, struct gn_app_kind *out)
{
	struct gn_app_kind kind = {member_named(&gn_fbtype_app_frame, FRAME_BODY, area), 0};
	if (kind.area < FIRST_AREA)
		return false;
	kind.member = member_named(member_of(&gn_fbtype_app_frame, FRAME_BODY, kind.area),
				   AREA_BODY, call);
	if (kind.member)
		*out = kind;
	return kind.member;
}

gn_err gn_app_frame_split(struct gn_slice in, size_t max, struct gn_slice *frame, size_t *used)
{
	if (in.len < GN_APP_PREFIX)
		return GN_AGAIN;
	uint32_t len = gn_be32(in.p);
	if (!len)
		return GN_MALFORMED;
	if (len > max)
		return GN_TOO_LARGE;
	if (in.len - GN_APP_PREFIX < len)
		return GN_AGAIN;
	*frame = gn_slice(in.p + GN_APP_PREFIX, len);
	*used = GN_APP_PREFIX + (size_t)len;
	return GN_OK;
}

gn_err gn_app_frame_open(struct gn_slice frame, struct gn_app_frame *out)
{
	struct gn_fb_app_frame t;
	if (frame.len > GN_APP_FRAME_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_app_frame_verify(frame, &t));
	struct gn_app_frame f = {.call = gn_fb_app_frame_call(t),
				 .cursor = gn_fb_app_frame_cursor(t),
				 .deadline_ms = gn_fb_app_frame_deadline_ms(t),
				 .more = gn_fb_app_frame_more(t),
				 .kind = {.area = gn_fb_app_frame_body_type(t)}};
	struct gn_fbt table = gn_fbt_member(t.t, FRAME_BODY, f.kind.area);
	if (f.kind.area >= FIRST_AREA && gn_app_type((struct gn_app_kind){f.kind.area, 1})) {
		f.kind.member = (unsigned)gn_fbt_bits(table, AREA_BODY - 1, 1, 0);
		table = gn_fbt_member(table, AREA_BODY, f.kind.member);
	}
	f.type = gn_app_type(f.kind);
	if (f.type)
		f.table = table;
	*out = f;
	return GN_OK;
}

/* ---- making ---- */

struct gn_fbb gn_app_fbb(uint8_t *storage, size_t cap)
{
	GN_ASSERT(cap > GN_APP_PREFIX);
	return gn_fbb(storage + GN_APP_PREFIX, cap - GN_APP_PREFIX);
}

/* The args of any area's table: they are alike. */
static gn_fbref put_area(struct gn_fbb *b, struct gn_app_kind kind, gn_fbref table)
{
	struct gn_fb_app_node_args args = {.body_type = (uint8_t)kind.member, .body = table};
	return gn_fbb_table(b, member_of(&gn_fbtype_app_frame, FRAME_BODY, kind.area), &args);
}

gn_err gn_app_frame_make(struct gn_fbb *b, const struct gn_app_frame *head, gn_fbref table,
			 struct gn_slice *out)
{
	struct gn_slice frame;
	GN_ASSERT(gn_app_type(head->kind));
	struct gn_fb_app_frame_args args = {
		.call = head->call,
		.more = head->more,
		.deadline_ms = head->deadline_ms,
		.cursor = head->cursor,
		.body_type = (uint8_t)head->kind.area,
		.body = head->kind.member ? put_area(b, head->kind, table) : table};
	GN_TRY(gn_fbb_finish(b, gn_fb_app_frame_make(b, &args), GN_FB_APP_FRAME_IDENTIFIER,
			     &frame));
	if (frame.len > GN_APP_FRAME_MAX)
		return GN_TOO_LARGE;
	uint8_t *p = b->p + b->cap - b->used - GN_APP_PREFIX; /* gn_app_fbb left room for it */
	GN_ASSERT(p + GN_APP_PREFIX == frame.p);
	gn_put_be32(p, (uint32_t)frame.len);
	*out = gn_slice(p, frame.len + GN_APP_PREFIX);
	return GN_OK;
}

gn_err gn_app_frame_of(uint8_t *storage, size_t cap, const struct gn_app_frame *head,
		       const void *args, struct gn_slice *out)
{
	struct gn_fbb b = gn_app_fbb(storage, cap);
	const struct gn_fb_type *type = gn_app_type(head->kind);
	GN_ASSERT(type);
	return gn_app_frame_make(&b, head, gn_fbb_table(&b, type, args), out);
}
