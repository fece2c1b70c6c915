/* Any bytes as a message, by a peer of whom something is asked: the engine holds together, says
 * back no more than two messages, and sends to that peer alone, or to one IP. */
#include "services/dialback/testing/nodes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_pk pk = pk_of(1);
	struct gn_dialback_out p;
	struct gn_overlay_message m;
	unsigned said_back = 0;
	begin(4);
	for (unsigned i = 1; i < 4; i++)
		talk(0, i);
	(void)gn_dialback_now(nodes[0].d, now);
	while (gn_dialback_next_message(nodes[0].d, &m))
		;
	gn_err err = gn_dialback_recv(nodes[0].d, &pk, &nodes[1].addr, gn_slice(data, len), now);
	while (gn_dialback_next_message(nodes[0].d, &m))
		said_back++;
	GN_ASSERT(said_back <= 2 && (err == GN_OK || said_back == 0));
	gn_dialback_validate(nodes[0].d);
	for (unsigned i = 0; i < 4; i++, now += DIALBACK_APART)
		while (gn_dialback_next_packet(nodes[0].d, &p, now))
			packets++;
	GN_ASSERT(packets * DIALBACK_WIRE <= 2 * len || packets == 0);
	run_for(2 * GN_SEC);
	gn_dialback_validate(nodes[0].d);
	return end(NULL);
}
