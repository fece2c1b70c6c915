/* Hellos that prove their address and go no further: --count a tenth of a second from as many
 * endpoints as --prefixes says, each deaf to all but Retry, so that the node makes its TLS
 * state, answers, and waits. */
#include "attack.h"

#define ENDPOINTS 8 /* when all come from one address */

int attack_halfopen(struct attack *a)
{
	const struct gn_jet_config config = {.handshake_timeout = 10 * GN_SEC,
					     .sessions_max = 20000};
	unsigned endpoints = a->prefixes ? a->prefixes : ENDPOINTS, dialled = 0;
	uint64_t retries = 0;
	for (unsigned i = 0; i < endpoints; i++)
		endpoint_new(a, i + 1, &config)->deaf = true;
	while (a->now - a->start < a->life) {
		for (unsigned i = 0; i < a->count; i++, dialled++)
			endpoint_dial(a->endpoints[dialled % endpoints], &a->node);
		run(a, GN_SEC / 10, NULL);
	}
	for (unsigned i = 0; i < endpoints; i++)
		retries += a->endpoints[i]->datagrams_in;
	result("\"dialled\": %u, \"answers\": %llu", dialled, (unsigned long long)retries);
	return 0;
}
