/* The rows that a device's state is stored in (EE-34): each walks its layout once, writing or
 * reading. */
#ifndef GN_E2EE_ROW_INT_H
#define GN_E2EE_ROW_INT_H

#include "e2ee/device_int.h"

struct e2ee_form {
	bool reading;
	struct gn_reader r;
	struct gn_writer w;
	bool bad; /* a value that cannot be */
};

static inline bool e2ee_form_broken(const struct e2ee_form *f)
{
	return f->bad || f->r.bad || f->w.bad;
}

/* Reading, each fills what it is given, which is then of use only if the form is not broken and
 * GN_OK came back (GN_NOMEM, GN_CORRUPT). */
void e2ee_row_version(struct e2ee_form *f); /* the first byte of each */
GN_MUST gn_err e2ee_row_own(struct e2ee_form *f, struct gn_e2ee *e);
GN_MUST gn_err e2ee_row_setups(struct e2ee_form *f, struct gn_e2ee *e);
void e2ee_row_peer(struct e2ee_form *f, struct e2ee_peer *p);
/* device: whose; written: is it the one written in. */
void e2ee_row_session(struct e2ee_form *f, struct e2ee_session *s, struct gn_pk *device,
		      bool *written);
/* id: of the session. */
GN_MUST gn_err e2ee_row_skipped(struct e2ee_form *f, struct e2ee_skips s[E2EE_SKIPS]);

#endif
