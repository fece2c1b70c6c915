/* A buffer of every kind of field, and every type that fbc has written. */
#ifndef GN_WIRE_FB_SAMPLE_H
#define GN_WIRE_FB_SAMPLE_H

#include "wire/all_types.h"
#include "wire/testing/random_fb.h"
#include "wire/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

extern uint8_t fb_storage[1 << 17];
extern const struct gn_fb_type *fb_types[400];
extern size_t fb_type_count;
void fb_sample_list_types(void);
struct gn_slice fb_sample_made(struct gn_fbb *b, gn_fbref root, const char *identifier);

/* ---- seeds for fuzzing ---- */

int fb_sample_write_corpus(const char *dir);

/* One value of every kind, through the generated accessors. */
struct gn_slice fb_sample_make_sample(struct gn_fbb *b);

#endif
