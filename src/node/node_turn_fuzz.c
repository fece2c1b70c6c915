/* Fuzzes what an operator writes: the file of TURN's users, and a range of ports. */
#include "nat/turn_server.h"
#include "node/node_int.h"
#include "node/turn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_turn_server_config config = {.v4 = true};
	struct gn_turn_server *server;
	char why[GN_HOST_WHY] = "", text[16] = "";
	uint16_t first, last;
	unsigned count = 0;
	gn_alloc_heap(&alloc, 1 << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_env env = {.alloc = &alloc, .rand = &rand};
	gn_err err = gn_turn_server_new(&env, &config, &server);
	GN_ASSERT(err == GN_OK);
	err = gn_node_turn_users(server, gn_slice(data, len), &count, why);
	GN_ASSERT(err == GN_OK ? count > 0 && count <= GN_NODE_TURN_USERS : *why != 0);
	gn_turn_server_validate(server);
	gn_turn_server_free(server);
	GN_ASSERT(alloc.count == 0);
	if (len < sizeof text) {
		if (len)
			memcpy(text, data, len);
		if (gn_node_turn_ports(text, &first, &last))
			GN_ASSERT(last - first + 1 >= (int)GN_NODE_TURN_PORTS && first >= 1024);
	}
	return 0;
}
