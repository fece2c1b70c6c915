/* Any bytes as a content: refused, or read within the limits, and then it can be made again and
 * says the same. Rules PE-1..PE-6. */
#include "people/content.h"
#include "people/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t one[GN_CONTENT_MAX], two[GN_CONTENT_MAX];
	struct gn_buf a = {one, 0, sizeof one}, b = {two, 0, sizeof two};
	struct gn_content c, d;
	size_t read;
	if (gn_content_open(gn_slice(data, len), &c, &read) != GN_OK)
		return 0;
	GN_ASSERT(read <= len && read <= GN_CONTENT_MAX && c.order >= c.sent && c.sent > 0);
	GN_ASSERT(c.seen_count <= GN_CONTENT_SEEN_MAX && c.text.len <= GN_CONTENT_TEXT_MAX);
	GN_ASSERT(c.ids.count <= GN_CONTENT_IDS_MAX && gn_utf8_ok(c.text));
	gn_err err = gn_content_make(&c, &a);
	/* what is there twice in the bytes, or shares a place, may not fit when it is made anew */
	GN_ASSERT(err == GN_OK || err == GN_TOO_LARGE ||
		  (err == GN_USAGE && c.kind == GN_CONTENT_OTHER));
	if (err)
		return 0;
	GN_ASSERT(gn_content_open(gn_buf_slice(&a), &d, NULL) == GN_OK && d.kind == c.kind);
	GN_ASSERT(gn_content_make(&d, &b) == GN_OK);
	GN_ASSERT(gn_slice_eq(gn_buf_slice(&a), gn_buf_slice(&b)));
	return 0;
}
