/* Names that the outside knows: error codes E001..E010 of the wire profile, states as the source
 * calls them. */
#include "ledger/engine_int.h"

const char *gn_ledger_code(gn_err err)
{
	switch (err) {
	case GN_OK: return "";
	case GN_NOT_FOUND:
	case GN_NO_ROUTE: return "E001";
	case GN_NO_CAPACITY: return "E002";
	case GN_LINE_LIMIT: return "E003";
	case GN_INACTIVE: return "E004";
	case GN_SIGNATURE: return "E005";
	case GN_DENIED:
	case GN_AUTH:
	case GN_KEY: return "E006";
	case GN_TIMEOUT: return "E007";
	case GN_EXISTS:
	case GN_CONFLICT:
	case GN_REPLAY:
	case GN_STALE: return "E008";
	case GN_INTERNAL:
	case GN_NOMEM:
	case GN_CORRUPT:
	case GN_IO:
	case GN_DISK_FULL: return "E010";
	default: return "E009"; /* malformed, out of range, not now, too much */
	}
}

const char *gn_tx_state_name(enum gn_tx_state state)
{
	static const char *const names[] = {
		"",          "NEW",     "ROUTED",   "PREPARE_IN_PROGRESS",
		"COMMITTED", "ABORTED", "PROPOSED", "WAITING_CONFIRMATIONS",
		"REJECTED"};
	GN_ASSERT((unsigned)state < GN_COUNT(names));
	return names[state];
}
