/* Presence, of anybody who was told a topic and of anybody who is on the way: the first byte says
 * what the rest is: what a message says once it opened (it is sealed and signed here), a message,
 * what was told of a topic. What is shown is one of four states and ends in time. Rules PE-80,
 * PE-83, PE-84. */
#include "people/presence.h"
#include "records/topic.h"

#define NOW (UINT64_C(1800000000) * GN_SEC)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* until as the plain bytes have it, so that what is behind the comparison is reached. */
static void say(const struct gn_sk *topic, const struct gn_presence_told *told,
		struct gn_slice plain, struct gn_presence *p, const struct gn_hash *chat)
{
	uint8_t payload[GN_PRESENCE_PAYLOAD_LEN] = {0}, room[256];
	struct gn_buf out = {room, 0, sizeof room};
	struct gn_aead aead;
	struct gn_sig sig;
	struct gn_hash k;
	memcpy(payload + 12, plain.p, plain.len < 16 ? plain.len : 16);
	struct gn_said said = {.epoch = 1,
			       .seq = 1,
			       .time = 1,
			       .flags = GN_FB_BUS_FLAG_RETAINED,
			       .until = gn_be64(payload + 20),
			       .payload = GN_SLICE(payload)};
	gn_topicrec_key(&told->topic, gn_slice(NULL, 0), &k);
	if (gn_aead_init(&aead, GN_CHACHA20_POLY1305, true, GN_SLICE(told->key),
			 gn_slice(NULL, 0)) != GN_OK)
		return;
	gn_err err = gn_aead_seal(&aead, payload, GN_SLICE(told->topic.b), payload + 12, 16);
	gn_aead_fini(&aead);
	if (!err && gn_said_make(topic, &k, &said, &out, &sig) == GN_OK)
		(void)!gn_presence_recv(p, chat, gn_buf_slice(&out), &sig, (gn_time)NOW);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_presence *p;
	struct gn_presence_of of;
	struct gn_sk topic;
	struct gn_presence_told told = {.key = {1}}, other;
	const struct gn_hash chat = {{1}};
	const struct gn_sig sig = {{0}};
	struct gn_slice rest = gn_slice_sub(gn_slice(data, len), 1, SIZE_MAX);
	if (len < 2)
		return 0;
	gn_alloc_heap(&alloc, 1 << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rnd = gn_prng_rand(&prng);
	const struct gn_env env = {&alloc, &rnd, NULL};
	gn_sk_from_seed((const uint8_t[32]){1}, &topic);
	told.topic = topic.pk;
	if (gn_presence_new(&env, &p) != GN_OK)
		return 0;
	gn_err err = gn_presence_follow(p, &chat, &told);
	if (!err && data[0] == 0)
		say(&topic, &told, rest, p, &chat);
	else if (!err && data[0] == 1)
		(void)!gn_presence_recv(p, &chat, rest, &sig, (gn_time)NOW);
	else if (!err && gn_presence_told_open(rest, &other) == GN_OK)
		(void)!gn_presence_follow(p, &chat, &other);
	GN_ASSERT(gn_presence_get(p, &chat, &of) && of.state <= GN_PRESENCE_BUSY);
	GN_ASSERT(of.until <= (gn_time)NOW + GN_PRESENCE_LASTS + GN_SEC);
	gn_presence_tick(p, (gn_time)NOW + GN_PRESENCE_LASTS + GN_SEC);
	GN_ASSERT(gn_presence_get(p, &chat, &of) && of.state == GN_PRESENCE_OFFLINE);
	gn_presence_free(p);
	return 0;
}
