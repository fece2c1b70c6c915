/* Rows are written and read by one walk over their layout (form.c). */
#ifndef GN_PEOPLE_FORM_INT_H
#define GN_PEOPLE_FORM_INT_H

#include "people/content.h"

struct people_form {
	bool reading;
	struct gn_reader r;
	struct gn_writer w;
	bool bad; /* a value that cannot be */
};
static inline struct people_form people_form_read(struct gn_slice in)
{
	return (struct people_form){.reading = true, .r = gn_reader(in)};
}
static inline struct people_form people_form_write(void *p, size_t cap)
{
	return (struct people_form){.w = gn_writer(p, cap)};
}
static inline bool people_form_broken(const struct people_form *f)
{
	return f->bad || f->r.bad || f->w.bad;
}
/* Read whole, and nothing is left. */
static inline bool people_form_read_all(const struct people_form *f)
{
	return !people_form_broken(f) && gn_reader_left(&f->r) == 0;
}

void people_form_bytes(struct people_form *f, void *p, size_t len);
void people_form_u8(struct people_form *f, uint8_t *v);
void people_form_u16(struct people_form *f, uint16_t *v);
void people_form_u32(struct people_form *f, uint32_t *v);
void people_form_u64(struct people_form *f, uint64_t *v);
void people_form_flag(struct people_form *f, bool *v);
/* A count or an enum, below `end`: its value, 0 when it is bad. */
uint32_t people_form_below(struct people_form *f, uint32_t v, uint32_t end);
/* Up to max bytes, borrowed. */
void people_form_slice(struct people_form *f, struct gn_slice *s, size_t max);
void people_form_version(struct people_form *f, uint8_t version);

#endif
