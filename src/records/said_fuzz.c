/* Messages of the bus from any bytes: what is parsed keeps BS-1's form, and a subject that passed
 * matches itself as a filter. */
#include "records/said.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_said(struct gn_slice bytes)
{
	struct gn_said s = {.lease = 1};
	if (gn_said_parse(bytes, &s) != GN_OK) {
		GN_ASSERT(s.lease == 1); /* untouched */
		return;
	}
	bool will = s.flags & GN_FB_BUS_FLAG_WILL, kept = s.flags & GN_FB_BUS_FLAG_RETAINED;
	GN_ASSERT(s.epoch && s.seq && s.time && s.payload.len <= GN_SAID_PAYLOAD);
	GN_ASSERT((will || kept) == (s.until != 0) && will == (s.seq == GN_SAID_WILL));
	GN_ASSERT(will == (s.lease != 0) && will != gn_is_zero(s.by.b, sizeof s.by.b));
	GN_ASSERT(gn_subject_ok(s.subject, false) == GN_OK);
}

static void check_kept(struct gn_slice bytes)
{
	static const struct gn_hash topic = {{1}};
	struct gn_said s = {.lease = 1};
	struct gn_slice token = GN_LIT("untouched");
	if (gn_said_kept(&topic, bytes, &s, &token) == GN_OK)
		GN_ASSERT(s.flags & GN_FB_BUS_FLAG_QUORUM && token.len <= GN_SAID_TOKEN);
	else
		GN_ASSERT(s.lease == 1 && token.len == 9);
}

/* The first byte says where the filter ends. */
static void check_subjects(struct gn_slice bytes)
{
	size_t at = bytes.len ? bytes.p[0] : 0;
	struct gn_slice rest = gn_slice_sub(bytes, 1, SIZE_MAX);
	struct gn_slice filter = gn_slice_sub(rest, 0, at),
			subject = gn_slice_sub(rest, filter.len, SIZE_MAX);
	bool is_filter = gn_subject_ok(filter, true) == GN_OK,
	     is_subject = gn_subject_ok(subject, false) == GN_OK;
	if (is_subject) {
		GN_ASSERT(gn_subject_ok(subject, true) == GN_OK);
		GN_ASSERT(gn_subject_matches(subject, subject));
	}
	if (is_subject && is_filter)
		(void)gn_subject_matches(filter, subject);
	if (is_subject && subject.len)
		GN_ASSERT(gn_subject_matches(GN_LIT(">"), subject));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_slice bytes = gn_slice(data, len);
	check_said(bytes);
	check_kept(bytes);
	check_subjects(bytes);
	return 0;
}
