/* A passphrase's letters as bytes: machines write the same ones differently (ID-7). */
#ifndef GN_AGENT_PASSPHRASE_INT_H
#define GN_AGENT_PASSPHRASE_INT_H

#include "agent/limits.h"
#include "base/base.h"

enum agent_form { AGENT_NFC, AGENT_RAW, AGENT_NFD, AGENT_FORMS };

struct agent_passphrase {
	uint8_t b[AGENT_PASSPHRASE_MAX]; /* secret */
	size_t len;
};
/* False: it is no UTF-8 or too long in this form; as it came it is never. */
bool agent_passphrase_form(struct gn_slice in, enum agent_form form, struct agent_passphrase *out);
/* What a new file is sealed under: NFC, or as it came. GN_TOO_LARGE. */
GN_MUST gn_err agent_passphrase_new(struct gn_slice in, struct agent_passphrase *out);

#endif
