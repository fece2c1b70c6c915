/* A node's discovery alone, for tests with others' programs: speaks on one device until its input
 * ends, and prints each address that it finds.
 *
 *   usage: mdns_speak DEVICE IPV4 PORT */
#include "net/net.h"
#include "os/os.h"

#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	static const uint8_t network[4] = {0xde, 0xad, 0xbe, 0xef};
	struct gn_prng g;
	struct gn_mdns m;
	struct gn_mdns_socket *s;
	struct gn_mdns_interface on = {.v4 = true, .count = 1};
	unsigned long port = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	if (port == 0 || port > 65535 || gn_addr_parse(gn_str(argv[2]), &on.addrs[0]))
		return 2;
	on.index = if_nametoindex(argv[1]);
	on.addrs[0].port = 0;
	gn_prng_init(&g, port);
	struct gn_rand rand = gn_prng_rand(&g);
	gn_mdns_init(&m, &rand, network, (uint16_t)port);
	gn_mdns_interfaces(&m, &on, 1, gn_os_steady());
	if (gn_mdns_socket_open(&s) || gn_mdns_socket_interfaces(s, &on, 1)) {
		fprintf(stderr, "mdns_speak: %s\n", gn_os_why());
		return 1;
	}
	struct pollfd p[2] = {{gn_mdns_socket_fd(s), POLLIN, 0}, {0, POLLIN, 0}};
	while (!p[1].revents) {
		struct gn_mdns_found found;
		(void)poll(p, 2, 10);
		gn_mdns_socket_turn(s, &m, gn_os_steady());
		while (gn_mdns_next(&m, &found)) {
			char text[GN_ADDR_TEXT_MAX];
			gn_addr_text(&found.addr, text);
			puts(text);
			(void)fflush(stdout);
		}
	}
	gn_mdns_stop(&m);
	gn_mdns_socket_turn(s, &m, gn_os_steady());
	gn_mdns_socket_close(s);
	return 0;
}
