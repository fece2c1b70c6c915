/* Urls of others (RE-17, RE-45): a node whose network lets UDP pass today may be in another one
 * tomorrow, and then knows where to begin.
 *
 *   the records of linked nodes that say that they take connections are looked up, one after the
 *   other, until URLS are known; a minute apart, and later when they say no url
 *
 * They are kept with the contacts over a restart (saved.c). What a record says is its node's word:
 * nothing goes there before this node has no other way, and then a few bytes of TLS, each a second
 * later and later; what is not there three times is forgotten (carriers.c). A hidden node begins
 * nowhere but where its owner says (RE-11). */
#include "node/carriers.h"
#include "node/node_int.h"

/* Others' are behind those of the settings. */
static unsigned known_at(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct gn_node_carriers *k = &node->carriers;
	unsigned i = k->given;
	while (i < k->begin_count && !gn_pk_eq(&k->begins[i].pk, pk))
		i++;
	return i;
}

const char *gn_node_urls_of(const struct gn_node *node, const struct gn_pk *pk)
{
	unsigned at = known_at(node, pk);
	return at < node->carriers.begin_count ? node->carriers.begins[at].url.text : NULL;
}

void gn_node_urls_learn(struct gn_node *node, const struct gn_pk *pk, const char *url)
{
	struct gn_node_carriers *k = &node->carriers;
	unsigned at = known_at(node, pk);
	struct gn_noderec_url text;
	if (gn_node_policy_hidden(node) || strncmp(url, "wss://", 6) != 0 ||
	    !gn_noderec_url(gn_str(url), &text))
		return;
	if (at < k->begin_count) {
		if (!k->begins[at].carrier)
			k->begins[at].url = text;
		return;
	}
	for (unsigned i = 0; i < k->begin_count; i++)
		if (strcmp(k->begins[i].url.text, url) == 0)
			return;
	if (k->begin_count - k->given == GN_NODE_URLS)
		return;
	k->begins[k->begin_count++] = (struct gn_node_begin){.url = text, .pk = *pk};
	gn_host_log(&node->host, GN_LOG_INFO, "url.known",
		    "where UDP does not pass, %s is a place to begin at, too", url);
}

/* The next linked node that takes connections and whose url is not known; false: there is none. */
static bool next_to_ask(struct gn_node *node, struct gn_pk *out)
{
	struct gn_node_carriers *k = &node->carriers;
	struct gn_overlay_info info;
	struct gn_overlay_peer p;
	gn_overlay_info(node->overlay, &info);
	for (uint32_t tries = 0; tries <= info.known; tries++) {
		if (!gn_overlay_peer_at(node->overlay, k->asked++, &p)) {
			k->asked = 0;
			continue;
		}
		if (p.linked && (p.contact.can & GN_OVERLAY_CAN_WSS) &&
		    !gn_node_urls_of(node, &p.contact.pk)) {
			*out = p.contact.pk;
			return true;
		}
	}
	return false;
}

gn_time gn_node_urls_tick(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	struct gn_pk pk;
	if (k->begin_count - k->given >= GN_NODE_URLS || gn_node_policy_hidden(node))
		return GN_NEVER;
	if (!k->ask_at)
		k->ask_at = node->now + GN_NODE_URLS_FIRST;
	if (node->now < k->ask_at)
		return k->ask_at;
	k->ask_every = !k->ask_every ? GN_NODE_URLS_EVERY
				     : gn_time_min(2 * k->ask_every, GN_NODE_URLS_LAST);
	if (next_to_ask(node, &pk) && gn_node_homes_find(node, &pk) == GN_OK)
		k->ask_every = GN_NODE_URLS_EVERY;
	return k->ask_at = node->now + k->ask_every;
}
