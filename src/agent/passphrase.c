/* A passphrase is sealed in Unicode's form NFC, or as its bytes are when it is no UTF-8, and tried
 * in NFC, as it came, and in NFD: as the tool does it, because the files are the same (services.md
 * ID-7, AG-5). */
#include "agent/passphrase_int.h"

#include <stdlib.h>
#include <utf8proc.h>

static bool mapped(struct gn_slice in, int flags, struct agent_passphrase *out)
{
	utf8proc_uint8_t *made = NULL;
	if (!gn_utf8_ok(in))
		return false;
	/* NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): flags, which are or-ed */
	utf8proc_option_t options = (utf8proc_option_t)(UTF8PROC_STABLE | flags);
	utf8proc_ssize_t n = utf8proc_map(in.p, (utf8proc_ssize_t)in.len, &made, options);
	bool fits = n >= 0 && (size_t)n <= sizeof out->b;
	if (fits) {
		memcpy(out->b, made, (size_t)n);
		out->len = (size_t)n;
	}
	if (n >= 0)
		gn_wipe(made, (size_t)n);
	free(made);
	return fits;
}

bool agent_passphrase_form(struct gn_slice in, enum agent_form form, struct agent_passphrase *out)
{
	if (in.len > sizeof out->b)
		return false;
	switch (form) {
	case AGENT_NFC: return mapped(in, UTF8PROC_COMPOSE, out);
	case AGENT_NFD: return mapped(in, UTF8PROC_DECOMPOSE, out);
	case AGENT_RAW:
	case AGENT_FORMS:
	default: break;
	}
	if (in.len)
		memcpy(out->b, in.p, in.len);
	out->len = in.len;
	return true;
}

gn_err agent_passphrase_new(struct gn_slice in, struct agent_passphrase *out)
{
	if (in.len > sizeof out->b)
		return GN_TOO_LARGE;
	return agent_passphrase_form(in, AGENT_NFC, out) ||
			       agent_passphrase_form(in, AGENT_RAW, out)
		       ? GN_OK
		       : GN_TOO_LARGE;
}
