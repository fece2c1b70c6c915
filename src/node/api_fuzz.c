/* Fuzzes what the API reads: the path, a number, base64, the body of /spread, a host. The first
 * byte chooses. */
#include "host/route.h"
#include "node/body.h"
#include "node/node.h"
#include "node/origin.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	struct gn_slice in = gn_slice(data + 1, len - 1);
	static const struct gn_host_paths paths = {.arg_max = GN_HOST_ARG};
	gn_host_args args;
	char why[GN_HOST_WHY];
	struct gn_node_spread_body spread;
	struct gn_node_config config;
	uint8_t *bytes;
	size_t n;
	uint64_t v;
	switch (data[0] % 6) {
	case 0:
		if (gn_host_path_match(&paths, "/api/v1/sites/*/*/manifest", in, args))
			GN_ASSERT(strlen(args[0]) < GN_HOST_ARG && strlen(args[1]) < GN_HOST_ARG);
		break;
	case 1:
		if (gn_host_decimal(in, 1000, &v) == GN_OK)
			GN_ASSERT(v <= 1000);
		break;
	case 2:
		if (gn_node_unbase64(in, &bytes, &n) == GN_OK) {
			GN_ASSERT(n <= in.len / 4 * 3);
			free(bytes);
		}
		break;
	case 3:
		if (gn_node_spread_parse(in, &spread) == GN_OK) {
			GN_ASSERT(spread.count > 0 && spread.copies >= 1 && spread.copies <= 8);
			free(spread.hashes);
		}
		break;
	case 4: { /* what is read is written the same, for some owner */
		const char *sentence;
		char host[GN_ORIGIN_MAX];
		struct gn_node_origin o, again;
		if (gn_node_origin_parse(in, &o, &sentence) == GN_OK &&
		    gn_node_origin_host(&o.name, &(struct gn_pk){{1}}, host) == GN_OK)
			GN_ASSERT(gn_node_origin_parse(gn_str(host), &again, &sentence) == GN_OK &&
				  again.own && strcmp(again.name.text, o.name.text) == 0);
		break;
	}
	default:
		gn_host_settings_default(gn_node_settings, &config, sizeof config);
		if (gn_host_settings_parse(gn_node_settings, &config, sizeof config, in, why) ==
		    GN_OK)
			GN_ASSERT(config.bootstrap_count <= GN_NODE_BOOTSTRAP &&
				  strlen(config.data) <= 90);
		break;
	}
	return 0;
}
