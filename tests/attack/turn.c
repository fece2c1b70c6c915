/* Clients that become servers by a PING: links that nobody would have given to a server of their
 * prefix. */
#include "attack.h"

int attack_turn(struct attack *a)
{
	return hold_links(a, true);
}
