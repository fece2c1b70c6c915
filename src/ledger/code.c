/* Names that the outside knows: error codes E001..E010 of the wire profile, states as the source
 * calls them. */
#include "ledger/engine_int.h"

/* E00N; what has none is E009: malformed, out of range, not now, too much. */
static const uint8_t codes[GN_ERR_COUNT] = {
	[GN_NOT_FOUND] = 1, [GN_NO_ROUTE] = 1,  [GN_NO_CAPACITY] = 2, [GN_LINE_LIMIT] = 3,
	[GN_INACTIVE] = 4,  [GN_SIGNATURE] = 5, [GN_DENIED] = 6,      [GN_AUTH] = 6,
	[GN_KEY] = 6,       [GN_TIMEOUT] = 7,   [GN_EXISTS] = 8,      [GN_CONFLICT] = 8,
	[GN_REPLAY] = 8,    [GN_STALE] = 8,     [GN_INTERNAL] = 10,   [GN_NOMEM] = 10,
	[GN_CORRUPT] = 10,  [GN_IO] = 10,       [GN_DISK_FULL] = 10,
};

const char *gn_ledger_code(gn_err err)
{
	static const char *const texts[] = {"E009", "E001", "E002", "E003", "E004", "E005",
					    "E006", "E007", "E008", "E009", "E010"};
	GN_ASSERT((unsigned)err < GN_ERR_COUNT);
	return err == GN_OK ? "" : texts[codes[err]];
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
