#include "e2ee/testing/party.h"

#include <stdlib.h>

const uint8_t party_hint[32] = {1, 2, 3};
const struct gn_pk party_box = {{9}};
#define PARTY_TIME 1800000000u

void party_make(struct party *p, uint64_t seed, size_t few)
{
	struct gn_sk sk;
	*p = (struct party){.next_id = 10};
	gn_alloc_heap(&p->alloc, 256u << 20);
	gn_prng_init(&p->prng, seed);
	p->rand = gn_prng_rand(&p->prng);
	p->env = (struct gn_env){&p->alloc, &p->rand, NULL};
	gn_sk_new(&p->rand, &sk);
	p->own.owner = sk.pk;
	gn_sk_new(&p->rand, &sk);
	p->own.device = sk.pk;
	gn_rand_fill(&p->rand, p->own.dh, sizeof p->own.dh);
	gn_rand_fill(&p->rand, &p->own.hash, sizeof p->own.hash);
	p->own.seq = 3;
	gn_err err = gn_e2ee_new(&p->env, &p->own, &p->e);
	GN_ASSERT(err == GN_OK);
	party_renew(p, few);
}

void party_free(struct party *p)
{
	gn_e2ee_free(p->e);
	GN_ASSERT(p->alloc.count == 0);
}

void party_renew(struct party *p, size_t few)
{
	gn_err err = gn_e2ee_prekeys_new(p->e, p->next_id, few, &p->keys);
	GN_ASSERT(err == GN_OK);
	p->next_id += 10;
}

void party_peer(const struct party *of, struct gn_e2ee_peer *out)
{
	*out = (struct gn_e2ee_peer){.owner = of->own.owner,
				     .device = of->own.device,
				     .identity = {of->own.seq, of->own.hash},
				     .prekeys = of->keys};
	gn_x25519_public(of->own.dh, out->dh);
}

void party_believe(struct party *p, const struct party *of)
{
	static struct gn_e2ee_peer peer;
	party_peer(of, &peer);
	gn_err err = gn_e2ee_believe(p->e, &peer);
	GN_ASSERT(err == GN_OK);
}

void parties_meet(struct party *a, struct party *b)
{
	party_believe(a, b);
	party_believe(b, a);
}

void parties_make(struct party *a, size_t few_a, struct party *b, size_t few_b)
{
	party_make(a, 1, few_a);
	party_make(b, 2, few_b);
	parties_meet(a, b);
}

void parties_free(struct party *a, struct party *b)
{
	party_free(a);
	party_free(b);
}

struct snapshot party_save(const struct party *p)
{
	struct gn_buf b = {.cap = gn_e2ee_save_len(p->e)};
	b.p = malloc(b.cap);
	GN_ASSERT(b.p);
	gn_err err = gn_e2ee_save(p->e, &b);
	GN_ASSERT(err == GN_OK);
	return (struct snapshot){b.p, b.len};
}

void party_load(struct party *p, struct snapshot s)
{
	struct gn_e2ee *e;
	gn_err err = gn_e2ee_load(&p->env, gn_slice(s.p, s.len), &e);
	GN_ASSERT(err == GN_OK);
	gn_e2ee_free(p->e);
	p->e = e;
	gn_e2ee_validate(e);
}

void snapshot_free(struct snapshot *s)
{
	free(s->p);
	*s = (struct snapshot){0};
}

gn_err party_send(struct party *from, const struct party *to, struct gn_slice content,
		  struct letter *out, uint64_t now)
{
	struct gn_buf b = {out->bytes, 0, sizeof out->bytes};
	struct gn_e2ee_write w = {
		.box = party_box, .to = &to->own.device, .to_count = 1, .content = content};
	memcpy(w.hint, party_hint, sizeof w.hint);
	gn_err err = gn_e2ee_write(from->e, &w, &b, (gn_time)now * GN_SEC);
	if (!err)
		out->len = b.len;
	return err;
}

void party_write(struct party *from, const struct party *to, const char *text, struct letter *out)
{
	gn_err err = party_send(from, to, gn_str(text), out, PARTY_TIME);
	GN_ASSERT(err == GN_OK);
	gn_e2ee_validate(from->e);
}

enum gn_e2ee_result party_read(struct party *p, const struct letter *l, struct gn_e2ee_read *r,
			       struct gn_buf *out, uint64_t now)
{
	size_t before = out->len;
	gn_err err = gn_e2ee_read(p->e, party_hint, gn_slice(l->bytes, l->len), out, r,
				  (gn_time)now * GN_SEC);
	GN_ASSERT(err == GN_OK);
	GN_ASSERT(out->len - before == (r->result == GN_E2EE_OPENED ? r->len : 0));
	gn_e2ee_validate(p->e);
	return r->result;
}

enum gn_e2ee_result party_text(struct party *p, const struct letter *l, char text[64])
{
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_e2ee_read r;
	text[0] = 0;
	if (party_read(p, l, &r, &out, PARTY_TIME) == GN_E2EE_OPENED) {
		memcpy(text, bytes, 63);
		text[63] = 0;
	}
	return r.result;
}

void party_talk(struct party *from, struct party *to, const char *text)
{
	static struct letter l;
	char got[64];
	party_write(from, to, text, &l);
	enum gn_e2ee_result r = party_text(to, &l, got);
	GN_ASSERT(r == GN_E2EE_OPENED && strcmp(got, text) == 0);
}

struct e2ee_session *party_session(const struct party *p, const struct party *of)
{
	const struct e2ee_peer *peer = e2ee_peer_get(p->e, &of->own.device);
	GN_ASSERT(peer && peer->count);
	return peer->written ? peer->written : peer->sessions[peer->count - 1];
}

uint64_t party_count(const struct party *p, const char *counter)
{
	struct gn_counter c;
	size_t i = 0;
	bool there;
	do
		there = gn_e2ee_counter(p->e, i++, &c);
	while (there && strcmp(c.name, counter) != 0);
	GN_ASSERT(there);
	return c.value;
}
