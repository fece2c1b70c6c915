/* Node records, as noderec.h says. */
#include "records/noderec.h"
#include "wire/generated/bodies_fb.h"

/* bytes: 4 addresses of 20, 2 homes of 60, 4 urls of 128, and what holds them together */
#define BODY_MAX 1536

void gn_noderec_key(const struct gn_pk *node, struct gn_hash *key)
{
	gn_wire_record_key(GN_FB_RECORD_TYPE_NODE, node, GN_LIT(""), 0, key);
}

bool gn_noderec_url(struct gn_slice text, struct gn_noderec_url *out)
{
	size_t scheme = 0;
	memset(out, 0, sizeof *out);
	while (scheme < text.len && text.p[scheme] >= 'a' && text.p[scheme] <= 'z')
		scheme++;
	struct gn_slice rest = gn_slice_sub(text, scheme, text.len - scheme);
	if (!scheme || text.len > GN_NODEREC_URL || rest.len <= 3 || memcmp(rest.p, "://", 3) != 0)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
	memcpy(out->text, text.p, text.len);
	return true;
}

/* ---- making ---- */

/* Absent where it is empty. */
static struct gn_slice url_slice(const struct gn_noderec_url *url)
{
	return *url->text ? gn_str(url->text) : gn_slice(NULL, 0);
}

static gn_fbref put_home(struct gn_fbb *b, const struct gn_noderec_home *home)
{
	struct gn_fb_key relay = gn_wire_key(&home->relay);
	struct gn_fb_addr addr = gn_wire_addr(&home->addr, GN_FB_CARRIER_UDP);
	return gn_fb_node_home_make(
		b, &(struct gn_fb_node_home_args){.relay = &relay,
						  .addr = home->addr.port ? &addr : NULL,
						  .url = url_slice(&home->url)});
}

gn_err gn_noderec_record(const struct gn_sk *node, const struct gn_noderec *in, struct gn_buf *out)
{
	uint8_t storage[BODY_MAX];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_addr addrs[GN_NODEREC_ADDRS];
	struct gn_slice urls[GN_NODEREC_URLS];
	gn_fbref homes[GN_NODEREC_HOMES];
	struct gn_slice body;
	GN_ASSERT(in->addr_count <= GN_NODEREC_ADDRS && in->home_count <= GN_NODEREC_HOMES &&
		  in->url_count <= GN_NODEREC_URLS);
	if (in->ttl > GN_NODEREC_TTL)
		return GN_RANGE;
	for (unsigned i = 0; i < in->addr_count; i++)
		addrs[i] = gn_wire_addr(&in->addrs[i], GN_FB_CARRIER_UDP);
	for (unsigned i = 0; i < in->url_count; i++)
		urls[i] = url_slice(&in->urls[i]);
	for (unsigned i = in->home_count; i-- > 0;)
		homes[i] = put_home(&b, &in->homes[i]);
	struct gn_fb_node_body_args args = {.addrs = {addrs, in->addr_count},
					    .urls = {in->url_count ? urls : NULL, in->url_count},
					    .homes = {homes, in->home_count}};
	GN_TRY(gn_fbb_finish(&b, gn_fb_node_body_make(&b, &args), NULL, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_NODE,
					  .body = body,
					  .seq = in->seq,
					  .created = in->created,
					  .ttl = in->ttl};
	return gn_wire_record_make(node, NULL, &fields, out);
}

/* ---- reading ---- */

static void get_home(struct gn_fb_node_home t, struct gn_noderec *out)
{
	struct gn_noderec_home home = {.relay = gn_wire_key_get(gn_fb_node_home_relay(t))};
	if (gn_fb_node_home_has_addr(t)) {
		struct gn_fb_addr addr = gn_fb_node_home_addr(t);
		if (addr.carrier == GN_FB_CARRIER_UDP)
			home.addr = gn_wire_addr_get(addr);
	}
	if (gn_fb_node_home_has_url(t))
		(void)gn_noderec_url(gn_fb_node_home_url(t), &home.url);
	out->homes[out->home_count++] = home;
}

gn_err gn_noderec_open(struct gn_slice record, struct gn_noderec *out)
{
	struct gn_record r;
	struct gn_fb_node_body body;
	GN_TRY(gn_wire_record_open(record, &r));
	if (r.type != GN_FB_RECORD_TYPE_NODE || r.label.len || r.salt)
		return GN_MALFORMED;
	GN_TRY(gn_fb_node_body_verify(r.body, &body));
	struct gn_noderec n = {.node = r.owner, .seq = r.seq, .created = r.created, .ttl = r.ttl};
	uint32_t addrs = gn_fb_node_body_addrs_len(body), homes = gn_fb_node_body_homes_len(body),
		 urls = gn_fb_node_body_urls_len(body);
	for (uint32_t i = 0; i < addrs && n.addr_count < GN_NODEREC_ADDRS; i++) {
		struct gn_fb_addr addr = gn_fb_node_body_addrs_at(body, i);
		if (addr.carrier == GN_FB_CARRIER_UDP && addr.port)
			n.addrs[n.addr_count++] = gn_wire_addr_get(addr);
	}
	for (uint32_t i = 0; i < urls && n.url_count < GN_NODEREC_URLS; i++)
		n.url_count +=
			gn_noderec_url(gn_fb_node_body_urls_at(body, i), &n.urls[n.url_count]);
	for (uint32_t i = 0; i < homes && n.home_count < GN_NODEREC_HOMES; i++)
		get_home(gn_fb_node_body_homes_at(body, i), &n);
	*out = n;
	return GN_OK;
}
