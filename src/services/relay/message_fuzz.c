/* Any bytes as a message, by a peer who has a circuit, a place, and an answer that is waited for:
 * the engine holds together, and says back no more than a few short messages. */
#include "services/relay/testing/peers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_relay_open o = {.relay = pk_of(10), .target = pk_of(11), .lanes = SMALL | BULK};
	struct gn_pk pk = pk_of(10), place = pk_of(10);
	struct gn_addr addr = addr_of(10);
	gn_op op;
	begin(1);
	GN_ASSERT(reserve(11) == GN_OK && open_(10, 11, SMALL) == GN_OK);
	GN_ASSERT(gn_relay_open(r, &o, now, &op) == GN_OK);
	GN_ASSERT(gn_relay_reserve(r, &place, true, now, &op) == GN_OK);
	pump();
	clear();
	(void)!gn_relay_recv(r, session_of(10), &pk, &addr, gn_slice(data, len), now);
	pump();
	GN_ASSERT(heard_count <= 2);
	struct gn_relay_event e;
	while (gn_relay_next_event(r, &e))
		GN_ASSERT(e.kind <= GN_RELAY_UNRESERVED && e.other_count <= RELAY_OTHERS);
	gn_relay_validate(r);
	run_for(2 * GN_SEC);
	gn_relay_validate(r);
	gn_relay_free(r);
	relays[0] = NULL;
	GN_ASSERT(mem.used == 0);
	return 0;
}
