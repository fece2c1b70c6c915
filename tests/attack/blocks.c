/* Room and places for blocks: --count keys ask a node to keep blocks. --arg places: each asks
 * for 16 places of 1 MiB and brings nothing, and asks again as soon as one is free. --arg store:
 * each sends whole chunks as fast as they are taken, until it is refused. The result counts what
 * they hold at the end of --seconds. */
#include "attack.h"
#include "store/store.h"

#define KEYS_MAX 64
#define PLACES 16 /* blocks of a key under way */

struct side {
	struct endpoint *e;
	gn_jet_id id;
	struct gn_hash block[PLACES];
	bool has[PLACES], asked[PLACES];
	gn_time at[PLACES]; /* of the last word about it */
	bool kept, refused; /* store: something, and no more, for this key */
};

static struct {
	struct side sides[KEYS_MAX];
	unsigned count;
	bool store;
	uint64_t number, asked, granted, stored, refused;
	unsigned keepers; /* keys of which something was stored */
} blocks;

static uint8_t chunk[GN_CHUNK];

static void send(struct side *s, unsigned place, uint8_t type, struct gn_fbb *b, gn_fbref body)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_block_message_make(
		b, &(struct gn_fb_block_message_args){
			   .request = place + 1, .body_type = type, .body = body});
	if (gn_fbb_finish(b, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes) != GN_OK)
		fail("a message cannot be made");
	endpoint_send(s->e, s->id, bytes, true);
}

static void name_chunk(uint64_t number, struct gn_hash *hash)
{
	memcpy(chunk, &number, sizeof number);
	gn_merkle_leaf(gn_slice(chunk, sizeof chunk), hash);
}

static void ask(struct side *s, unsigned place)
{
	uint8_t storage[512];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	if (!s->asked[place]) /* a new block */
		name_chunk(++blocks.number << 16 | s->e->number, &s->block[place]);
	memcpy(hash.b, s->block[place].b, sizeof hash.b);
	s->asked[place] = true;
	s->at[place] = s->e->attack->now;
	blocks.asked++;
	send(s, place, GN_FB_BLOCK_BODY_BLOCK_KEEP, &b,
	     gn_fb_block_keep_make(&b, &(struct gn_fb_block_keep_args){
					       .block = &hash,
					       .block_len = blocks.store ? GN_CHUNK : GN_BLOCK,
					       .ttl = 30 * 86400}));
}

static void bring(struct side *s, unsigned place, uint64_t number)
{
	static uint8_t storage[GN_CHUNK + 1024];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	struct gn_hash check;
	name_chunk(number, &check);
	memcpy(hash.b, check.b, sizeof hash.b);
	gn_fbref data = gn_fb_chunk_make(
		&b, &(struct gn_fb_chunk_args){.block = &hash,
					       .chunks = 1,
					       .block_len = GN_CHUNK,
					       .data = gn_slice(chunk, sizeof chunk)});
	send(s, place, GN_FB_BLOCK_BODY_CHUNK_PUT, &b,
	     gn_fb_chunk_put_make(&b, &(struct gn_fb_chunk_put_args){.chunk = data}));
}

static uint64_t numbers[KEYS_MAX][PLACES];

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice message)
{
	struct gn_fb_block_message m;
	struct side *s = e->user;
	(void)id;
	(void)from;
	if (gn_fb_block_message_verify(message, &m) != GN_OK ||
	    gn_fb_block_message_request(m) - 1 >= PLACES)
		return;
	unsigned place = (unsigned)gn_fb_block_message_request(m) - 1;
	s->at[place] = e->attack->now;
	if (gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_BLOCK_HAS) {
		blocks.granted += !s->has[place];
		s->has[place] = true;
		if (blocks.store)
			bring(s, place, numbers[s - blocks.sides][place]);
	} else if (gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_CHUNK_ACK) {
		struct gn_fb_chunk_ack ack = gn_fb_block_message_body_as_chunk_ack(m);
		gn_err err = gn_wire_err(gn_fb_chunk_ack_code(ack));
		blocks.stored += blocks.store && err == GN_OK;
		blocks.keepers += blocks.store && err == GN_OK && !s->kept;
		s->kept |= blocks.store && err == GN_OK;
		blocks.refused += err != GN_OK;
		s->refused |= blocks.store && (err == GN_QUOTA || err == GN_NO_SPACE);
		s->has[place] = false;
		s->asked[place] = false;
	}
}

static bool step(struct attack *a)
{
	bool over = blocks.store;
	for (unsigned i = 0; i < blocks.count; i++) {
		struct side *s = &blocks.sides[i];
		struct gn_jet_info info;
		over &= s->refused;
		if (!s->id || gn_jet_info(s->e->jet, s->id, &info) || !info.connected)
			continue;
		for (unsigned k = 0; k < PLACES && !s->refused; k++) {
			bool again = s->asked[k] &&
				     a->now - s->at[k] > (blocks.store ? 5 * GN_SEC : GN_SEC / 2);
			if (s->asked[k] && !again)
				continue;
			if (!blocks.store)
				s->asked[k] = false; /* what was given away is asked for anew */
			else if (!s->asked[k])
				numbers[i][k] = (blocks.number + 1) << 16 | s->e->number;
			ask(s, k);
		}
	}
	return over;
}

int attack_blocks(struct attack *a)
{
	blocks.count = a->count ? a->count < KEYS_MAX ? a->count : KEYS_MAX : 8;
	blocks.store = a->arg && strcmp(a->arg, "store") == 0;
	for (unsigned i = 0; i < blocks.count; i++) {
		struct side *s = &blocks.sides[i];
		s->e = endpoint_new(a, i + 1, NULL);
		s->e->on_message = on_message;
		s->e->user = s;
		s->id = endpoint_dial(s->e, &a->node);
	}
	run(a, a->life, step);
	result("\"keys\": %u, \"keepers\": %u, \"asked\": %llu, \"granted\": %llu, \"stored\": "
	       "%llu, \"refused\": "
	       "%llu, \"bytes\": %llu",
	       blocks.count, blocks.keepers, (unsigned long long)blocks.asked,
	       (unsigned long long)blocks.granted, (unsigned long long)blocks.stored,
	       (unsigned long long)blocks.refused, (unsigned long long)(blocks.stored * GN_CHUNK));
	return 0;
}
