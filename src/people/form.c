/* The walk over a row's layout: writing or reading, by the same calls. What is read is checked for
 * what the code relies on; the rest is ours, sealed by the store. Invariant: once broken, reading
 * gives zeros and writing nothing. */
#include "people/form_int.h"

void people_form_bytes(struct people_form *f, void *p, size_t len)
{
	if (!f->reading) {
		gn_write_bytes(&f->w, gn_slice(p, len));
		return;
	}
	struct gn_slice in = gn_read_bytes(&f->r, len);
	if (!f->r.bad && len)
		memcpy(p, in.p, len);
}

void people_form_u8(struct people_form *f, uint8_t *v)
{
	people_form_bytes(f, v, 1);
}

void people_form_u16(struct people_form *f, uint16_t *v)
{
	if (f->reading)
		*v = gn_read_be16(&f->r);
	else
		gn_write_be16(&f->w, *v);
}

void people_form_u32(struct people_form *f, uint32_t *v)
{
	if (f->reading)
		*v = gn_read_be32(&f->r);
	else
		gn_write_be32(&f->w, *v);
}

void people_form_u64(struct people_form *f, uint64_t *v)
{
	if (f->reading)
		*v = gn_read_be64(&f->r);
	else
		gn_write_be64(&f->w, *v);
}

void people_form_flag(struct people_form *f, bool *v)
{
	*v = people_form_below(f, *v, 2) == 1;
}

uint32_t people_form_below(struct people_form *f, uint32_t v, uint32_t end)
{
	GN_ASSERT(end > 0 && end <= 0x10000 && (f->reading || v < end));
	uint16_t stored = (uint16_t)v;
	people_form_u16(f, &stored);
	if (stored >= end) {
		f->bad = true;
		return 0;
	}
	return stored;
}

void people_form_slice(struct people_form *f, struct gn_slice *s, size_t max)
{
	uint32_t len = (uint32_t)s->len;
	GN_ASSERT(f->reading || s->len <= max);
	people_form_u32(f, &len);
	f->bad |= len > max;
	if (!f->reading)
		gn_write_bytes(&f->w, *s);
	else
		*s = f->bad ? gn_slice(NULL, 0) : gn_read_bytes(&f->r, len);
}

void people_form_version(struct people_form *f, uint8_t version)
{
	uint8_t v = version;
	people_form_u8(f, &v);
	f->bad |= v != version;
}
