/* Where the presence of a contact is, as they told it: a register of this device's alone, which
 * goes, emptied, with the contact. Of two that were told the newer (order, id) counts.
 *
 * Spec: PE-80. */
#include "people/people_int.h"

#define KEY "people/presence/"

static struct gn_slice key_of(const struct people_contact *c,
			      char out[GN_CONTENT_REGISTER_KEY_MAX + 1])
{
	memcpy(out, KEY, sizeof KEY);
	gn_hex(GN_SLICE(c->id.b), out + strlen(KEY));
	return gn_str(out);
}

void people_register_put(struct gn_people *p, const struct gn_content_register *r)
{
	uint8_t bytes[GN_CONTENT_VALUE_MAX + 256];
	people_put(p,
		   &(struct gn_people_row){
			   .kind = GN_PEOPLE_ROW_REGISTER,
			   .key = r->key,
			   .bytes = gn_slice(bytes, people_register_row(r, bytes, sizeof bytes))});
}

bool people_presence_get(struct gn_people *p, struct people_contact *c,
			 struct gn_content_register *out)
{
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1];
	return people_find_register(p, key_of(c, key), out);
}

bool people_presence_put(struct gn_people *p, struct people_contact *c,
			 const struct gn_content *what)
{
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1];
	struct gn_content_register before, r = {.key = key_of(c, key),
						.value = what->u.system.bytes,
						.time = what->order,
						.device = gn_be64(what->id.b)};
	if (people_find_register(p, r.key, &before) &&
	    (before.time > r.time || (before.time == r.time && before.device >= r.device)))
		return false;
	people_register_put(p, &r);
	return true;
}

void people_presence_drop(struct gn_people *p, struct people_contact *c)
{
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1];
	struct gn_content_register r;
	if (!people_presence_get(p, c, &r))
		return;
	people_register_put(p, &(struct gn_content_register){
				       .key = key_of(c, key), .time = r.time, .device = r.device});
}
