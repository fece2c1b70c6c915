/* Bodies of records that are one table. A body in which nothing is beyond what we know is built
 * from nothing, so that equal values are equal bytes (WR-7); else the old one is carried along and
 * the new table points into it (WR-22). */
#include "records/body_int.h"

gn_err gn_body_make(const struct gn_body *body, void *storage, size_t cap, struct gn_slice *out)
{
	struct gn_fbb b = gn_fbb(storage, cap);
	struct gn_fbt over = {0};
	if (body->before.p)
		GN_TRY(gn_fb_verify(body->before, body->type, &over));
	if (!over.buf || !gn_fbt_beyond(over, body->known))
		return gn_fbb_finish(&b, gn_fbb_table(&b, body->type, body->args), NULL, out);
	gn_fbb_keep(&b, body->before);
	gn_fbref root = gn_fbb_table_over(&b, body->type, body->args, body->known, over);
	GN_TRY(gn_fbb_finish(&b, root, NULL, out));
	return gn_fb_verify(*out, body->type, &over) == GN_OK ? GN_OK : GN_TOO_LARGE; /* WR-4 */
}
