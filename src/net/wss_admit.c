/* Who may come in: places are few, and a stranger holds one before anything is known of him.
 *
 * 1. Newcomers take places of who proved no key. Who did stays, but when all places are taken by
 *    keys: then the oldest of the prefix that has most goes, if that is two more than the
 *    newcomer's, or those who came first would have all for ever.
 * 2. When strangers have all their places, the oldest of the prefix that has most of them gives
 *    way, the newcomer's counting one more: who comes often displaces himself. So it is first
 *    among those who have sent nothing yet, for that costs nothing.
 * 3. No prefix has more than its share, proven or not; nor comes, or begins a handshake, more often
 *    in a second. A handshake is begun by its first bytes.
 * 4. Behind a web server all come from loopback, and 3 counts the person whom it names.
 *
 * Who gives way is named here and ended by who asked, who then asks again.
 *
 * A look at all strangers for each is some 16,000 steps at most, for a newcomer that costs a TLS
 * handshake of ten times as much. */
#include "net/wss_int.h"

#include <stdlib.h>

static bool stranger(const struct wss_conn *c)
{
	return c->carrier.incoming && !c->proven && c->state != WSS_GONE;
}

static bool counts(const struct wss_conn *c)
{
	return c->carrier.incoming && c->state != WSS_GONE;
}

/* Connections of a prefix besides `but`, or of all. */
static uint32_t count(const struct gn_wss *wss, const uint64_t *prefix, bool strangers,
		      const struct wss_conn *but)
{
	uint32_t n = 0;
	for (const struct wss_conn *c = wss->first; c; c = c->next)
		n += c != but && (strangers ? stranger(c) : counts(c)) &&
		     (!prefix || c->prefix == *prefix);
	return n;
}

static bool silent(const struct wss_conn *c)
{
	return c->state == WSS_TLS && !c->tls;
}

/* The oldest stranger of the prefix, NULL: of the one that has most of them; of the silent ones
 * alone, or of all. */
static struct wss_conn *oldest_of(const struct gn_wss *wss, uint64_t newcomer, bool own,
				  const struct wss_conn *but, bool silent_ones)
{
	struct wss_conn *all[WSS_CONNECTIONS], *found = NULL;
	uint32_t n = 0, most = 0;
	for (struct wss_conn *c = wss->first; c && n < GN_COUNT(all); c = c->next)
		if (stranger(c) && c != but && (!own || c->prefix == newcomer) &&
		    (!silent_ones || silent(c)))
			all[n++] = c;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t same = all[i]->prefix == newcomer;
		for (uint32_t k = 0; k < n; k++)
			same += all[k]->prefix == all[i]->prefix;
		if (same > most) {
			most = same;
			found = all[i];
		}
	}
	return found;
}

static struct wss_conn *oldest(const struct gn_wss *wss, uint64_t newcomer, bool own,
			       const struct wss_conn *but)
{
	struct wss_conn *found = oldest_of(wss, newcomer, own, but, true);
	return found ? found : oldest_of(wss, newcomer, own, but, false);
}

/* Is there a place in a crowd of `most`, or who gives way by rule 2? */
static bool place(const struct gn_wss *wss, uint32_t most, const uint64_t *prefix, bool strangers,
		  uint64_t newcomer, const struct wss_conn *but, struct wss_conn **gives_way)
{
	if (count(wss, prefix, strangers, but) < most)
		return true;
	*gives_way = oldest(wss, newcomer, prefix != NULL, but);
	return *gives_way != NULL;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* The oldest of the prefix that has most; NULL: it has not two more than the newcomer's. */
static struct wss_conn *of_most(struct gn_wss *wss, uint64_t newcomer)
{
	uint64_t all[WSS_CONNECTIONS], prefix = 0;
	uint32_t n = 0, most = count(wss, &newcomer, false, NULL) + 1;
	bool found = false;
	for (const struct wss_conn *c = wss->first; c && n < GN_COUNT(all); c = c->next)
		if (counts(c))
			all[n++] = c->prefix;
	qsort(all, n, sizeof all[0], by_number);
	for (uint32_t i = 0, from = 0; i < n; i++) {
		from = all[i] == all[from] ? from : i;
		if (i - from + 1 <= most)
			continue;
		most = i - from + 1;
		prefix = all[i];
		found = true;
	}
	for (struct wss_conn *c = wss->first; c && found; c = c->next)
		if (counts(c) && c->prefix == prefix)
			return c;
	return NULL;
}

/* What is counted of the prefix, in this second. */
static uint64_t slot_of(struct gn_wss *wss, const struct gn_addr *from)
{
	uint64_t second = uv_now(wss->config.loop) / 1000;
	if (wss->hellos.second != second) {
		wss->hellos.second = second;
		wss->hellos.all = 0;
		memset(wss->hellos.of, 0, sizeof wss->hellos.of);
		memset(wss->hellos.came, 0, sizeof wss->hellos.came);
	}
	return (gn_addr_prefix(from) + 1) * (wss->hellos.salt | 1);
}

bool wss_admit_newcomer(struct gn_wss *wss, const struct gn_addr *from)
{
	size_t slot = slot_of(wss, from) >> 54;
	_Static_assert(WSS_CAME_SLOTS == 1024, "ten bits");
	if (wss->hellos.came[slot] >= wss->config.hellos_prefix) {
		wss->counters[GN_WSS_C_REFUSED_RATE]++;
		return false;
	}
	wss->hellos.came[slot]++;
	return true;
}

bool wss_admit_hello(struct gn_wss *wss, const struct gn_addr *from)
{
	size_t slot = slot_of(wss, from) >> 58;
	_Static_assert(WSS_HELLO_SLOTS == 64, "six bits");
	uint8_t *of = &wss->hellos.of[slot];
	if (*of >= wss->config.hellos_prefix || (wss->hellos.all >= WSS_HELLOS && *of)) {
		wss->counters[GN_WSS_C_REFUSED_RATE]++;
		return false;
	}
	++*of;
	wss->hellos.all++;
	return true;
}

bool wss_admit(struct gn_wss *wss, const struct gn_addr *from, const struct wss_conn *but,
	       struct wss_conn **gives_way)
{
	const struct gn_wss_config *config = &wss->config;
	uint64_t prefix = gn_addr_prefix(from);
	bool named = !config->behind || but;
	*gives_way = NULL;
	if (named && !place(wss, config->per_prefix, &prefix, false, prefix, but, gives_way)) {
		wss->counters[GN_WSS_C_REFUSED_PREFIX]++;
		return false;
	}
	bool ok = *gives_way || but ||
		  (place(wss, config->strangers, NULL, true, prefix, but, gives_way) &&
		   (*gives_way ||
		    place(wss, config->connections, NULL, false, prefix, but, gives_way)));
	if (!ok && named)
		ok = (*gives_way = of_most(wss, prefix)) != NULL;
	wss->counters[GN_WSS_C_REFUSED_FULL] += !ok;
	wss->counters[GN_WSS_C_EVICTED] += *gives_way != NULL;
	return ok;
}
