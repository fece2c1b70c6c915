/* All places for clients: whoever is new somewhere finds none and is alone for its whole
 * probation. */
#include "attack.h"

int attack_clients(struct attack *a)
{
	return hold_links(a, false);
}
