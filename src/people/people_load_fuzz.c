/* Any bytes as stored rows: what loads holds together and can be used. First byte: which row; then
 * for a contact its chat's row follows after two bytes of length. Rules PE-50, PE-55. */
#include "people/people_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool finds_nothing(void *user, const struct gn_people_find *find,
			  struct gn_people_found *out)
{
	(void)user;
	(void)find;
	(void)out;
	return false;
}

static void use(struct gn_people *p)
{
	struct gn_people_contact c;
	gn_people_validate(p);
	for (size_t i = 0; i < 4 && gn_people_at(p, i, &c); i++) {
		struct gn_content say = {.kind = GN_CONTENT_TEXT, .id.b = {1}};
		struct gn_people_row row;
		struct gn_people_send send;
		struct gn_pk owner = *c.owner;
		say.text = GN_LIT("x");
		struct gn_content_box box = {.box.b = {1}};
		bool reads = i % 2, blocked = false;
		struct gn_people_change change = {
			.reads = &reads, .blocked = &blocked, .cleared = true};
		for (int step = 0; step < 6; step++) {
			gn_err err = step == 0   ? gn_people_say(p, &owner, &say, 1)
				     : step == 1 ? gn_people_change(p, &owner, &change, 1)
				     : step == 2 ? gn_people_answer(p, &owner, true, 1)
				     : step == 3 ? gn_people_box(p, &owner, &box, 1)
				     : step == 4 ? gn_people_read(p, &owner, 9, 1)
						 : gn_people_tick(p, 1);
			GN_ASSERT(err != GN_INTERNAL && err != GN_NOMEM && err != GN_CORRUPT);
			while (gn_people_next_row(p, &row) || gn_people_next_send(p, &send))
				;
			gn_people_validate(p);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_alloc alloc;
	struct gn_prng g;
	struct gn_rand rand = gn_prng_rand(&g);
	struct gn_env env = {.alloc = &alloc, .rand = &rand};
	struct gn_people_config config = {.owner = {{1}}, .device = {{2}}, .find = finds_nothing};
	struct gn_reader r = gn_reader(gn_slice(data, len));
	struct gn_people_message m;
	struct gn_content_register reg;
	struct gn_people *p;
	gn_alloc_heap(&alloc, 8u << 20);
	gn_prng_init(&g, 1);
	uint8_t kind = gn_read_u8(&r) % 4;
	struct gn_slice rest = gn_slice(r.p, gn_reader_left(&r));
	if (kind == 3) {
		gn_err err = gn_people_message_open(rest, &m);
		if (!err)
			GN_ASSERT(m.receipt_count <= GN_PEOPLE_RECEIPTS_MAX);
		err = gn_people_register_open(rest, &reg);
		GN_ASSERT(err || reg.key.len <= GN_CONTENT_REGISTER_KEY_MAX);
		return 0;
	}
	GN_ASSERT(gn_people_new(&env, &config, &p) == GN_OK);
	gn_err err;
	if (kind == 0) {
		err = gn_people_load(p, GN_PEOPLE_ROW_OWN, rest);
	} else {
		uint16_t first = gn_read_be16(&r);
		struct gn_slice contact = gn_read_bytes(&r, first);
		err = gn_people_load(p, GN_PEOPLE_ROW_CONTACT, contact);
		if (!err && kind == 2)
			err = gn_people_load(p, GN_PEOPLE_ROW_CHAT,
					     gn_slice(r.p, gn_reader_left(&r)));
	}
	if (!err)
		use(p);
	gn_people_free(p);
	GN_ASSERT(alloc.count == 0);
	return 0;
}
