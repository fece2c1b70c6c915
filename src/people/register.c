/* A register's row. Spec: PE-55. */
#include "people/people_int.h"

#define ROW_VERSION 1

static void walk_register(struct people_form *f, struct gn_content_register *r)
{
	people_form_version(f, ROW_VERSION);
	people_form_slice(f, &r->key, GN_CONTENT_REGISTER_KEY_MAX);
	people_form_slice(f, &r->value, GN_CONTENT_VALUE_MAX);
	people_form_u64(f, &r->time);
	people_form_u64(f, &r->device);
}

size_t people_register_row(const struct gn_content_register *r, uint8_t *out, size_t cap)
{
	struct people_form f = people_form_write(out, cap);
	struct gn_content_register copy = *r;
	walk_register(&f, &copy);
	GN_ASSERT(!people_form_broken(&f));
	GN_ASSERT(gn_writer_len(&f.w) == r->key.len + r->value.len + GN_PEOPLE_REGISTER_ROW);
	return gn_writer_len(&f.w);
}

gn_err gn_people_register_open(struct gn_slice row, struct gn_content_register *out)
{
	struct people_form f = people_form_read(row);
	struct gn_content_register r = {.time = 0};
	walk_register(&f, &r);
	if (!people_form_read_all(&f) || r.time > CONTENT_NUMBER_MAX)
		return GN_CORRUPT;
	*out = r;
	return GN_OK;
}
