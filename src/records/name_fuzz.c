/* Names as text, entries, and bodies of name records, any bytes: what is accepted is normalised,
 * and judged without harm. The first byte chooses: text, entry, body. */
#include "records/name_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool is_same(const struct gn_name *a, const struct gn_name *b)
{
	return a->form == b->form && a->labels == b->labels && gn_hash_eq(&a->pid, &b->pid) &&
	       gn_slice_eq(gn_name_text(a), gn_name_text(b));
}

static void text(struct gn_slice in)
{
	struct gn_name name, again, up;
	char host[GN_NAME_HOST_MAX];
	const char *why = NULL;
	if (gn_name_parse(in, &name, &why) != GN_OK) {
		GN_ASSERT(why);
		return;
	}
	gn_err err = gn_name_parse_exact(gn_name_text(&name), &again);
	GN_ASSERT(err == GN_OK && is_same(&name, &again));
	gn_name_host(&name, host);
	err = gn_name_parse(gn_str(host), &again, NULL);
	GN_ASSERT((err == GN_OK && is_same(&name, &again)) || strlen(host) > NAME_TEXT_MAX);
	while (gn_name_parent(&name, &up))
		name = up;
	GN_ASSERT(name.labels == 1);
}

static void entry(struct gn_slice in)
{
	if (in.len < 2)
		return;
	struct gn_name_entry e = {.type = (uint16_t)(in.p[0] << 8 | in.p[1]),
				  .value = gn_slice(in.p + 2, in.len - 2),
				  .ttl = 60};
	const char *why = NULL;
	if (gn_name_entry_check(&e, &why) != GN_OK)
		GN_ASSERT(why);
	(void)gn_name_type_text(e.type);
}

/* The bytes as the body of a record for each form of name. */
static void body(struct gn_slice in)
{
	static const char *const labels[] = {"welcome", "a.welcome",
					     "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd"};
	for (size_t i = 0; i < GN_COUNT(labels); i++) {
		struct gn_record r = {.type = GN_FB_RECORD_TYPE_NAME,
				      .label = gn_str(labels[i]),
				      .seq = 5,
				      .created = 1767225600,
				      .ttl = 86400,
				      .body = in};
		struct gn_record held = {.created = 1767225600, .ttl = 86400, .seq = 4};
		struct gn_name_view v;
		if (gn_name_view(&r, &v) == GN_OK)
			for (uint32_t k = 0; k < v.entry_count; k++)
				(void)gn_name_view_entry(&v, k);
		(void)gn_name_admit(&held, &r, 0, (gn_time)1767225600 * GN_SEC);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	struct gn_slice in = gn_slice(data + 1, len - 1);
	switch (data[0] % 3) {
	case 0: text(in); break;
	case 1: entry(in); break;
	default: body(in); break;
	}
	return 0;
}
