/* The engine of the bus as a state machine, against a peer that may say anything and is a root of
 * the topic, too: a node that is root, subscriber and publisher, with a link to that peer, a value
 * and a will. Whatever comes and in whatever order, the engine stays valid, what it sends verifies,
 * and its owner is shown only what is signed for the topic and of now.
 *
 * Input: steps of an opcode and its bytes:
 *   0 len16 bytes   a message as it is          1 n   so many tenths of a second pass
 *   2..16 ...       a message of body type op - 1, its fields from the input and from what is there
 *   17              the session ends            18 n  the owner subscribes, publishes, cancels
 *   19 n            another version of the record */
#include "services/bus/engine_int.h"
#include "services/testing/buses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct svc s;
static struct svc_bus x;
static struct gn_slice in;
static gn_op ops[16];
static unsigned op_count;
static uint8_t storage[GN_MESSAGE_MAX + 4096], said_bytes[GN_SAID_MAX], token[256];

static uint8_t next(void)
{
	uint8_t v = in.len ? in.p[0] : 0;
	in = gn_slice_sub(in, 1, SIZE_MAX);
	return v;
}

static struct gn_slice next_bytes(size_t len)
{
	struct gn_slice out = gn_slice_sub(in, 0, len);
	in = gn_slice_sub(in, out.len, SIZE_MAX);
	return out;
}

static void on_event(void *user, unsigned node, const struct gn_bus_event *e)
{
	(void)user;
	if (node != 0)
		return;
	if (e->kind == GN_BUS_SAID)
		GN_ASSERT(gn_said_verify(&x.topic, &e->said) == GN_OK &&
			  gn_subject_ok(e->said.subject, false) == GN_OK);
	if (e->kind == GN_BUS_SIGN) {
		struct gn_said_show show = {.topic = e->topic, .root = e->root};
		struct gn_sig sig;
		memcpy(show.exporter, e->exporter, sizeof show.exporter);
		gn_said_show_sign(&x.key[0], &show, &sig);
		(void)!gn_bus_signed(s.nodes[0].bus, e->sign, next() & 1 ? &sig : NULL, s.now);
	}
}

static struct svc_bent on_message(void *user, unsigned from, unsigned to, uint8_t *p, size_t len)
{
	struct gn_fb_bus_frame m;
	(void)user, (void)to;
	gn_err err = gn_fb_bus_frame_verify(gn_slice(p, len), &m);
	GN_ASSERT(err == GN_OK && len <= GN_MESSAGE_MAX);
	return (struct svc_bent){.drop = from == 1}; /* the input speaks for it */
}

/* Numbers around the bounds of what readers can count. */
static uint64_t number(uint64_t near)
{
	static const uint64_t at[] = {
		0, 1, 2, 255, 256, 257, UINT64_C(1) << 53, UINT64_MAX - 1, UINT64_MAX};
	uint8_t v = next();
	if (v & 128)
		return near + (v & 63) - 32;
	return at[v % GN_COUNT(at)] + (v & 64 ? near : 0);
}

static struct gn_fb_bus_id some_id(void)
{
	const struct bus_held *h = bus_held_get(s.nodes[0].bus, &x.topic);
	uint8_t v = next();
	if (v & 1 && h && h->kept_count)
		return bus_blob_id(bus_kept_at(h, (v >> 1) % h->kept_count));
	return (struct gn_fb_bus_id){.publisher8 = gn_said_key8(&x.key[v >> 1 & 3].pk),
				     .epoch = number(x.epoch[0]),
				     .seq = number(1)};
}

/* Signed, but when it says else. */
static bool make_said(struct gn_slice *bytes, struct gn_sig *sig)
{
	struct gn_buf buf = {said_bytes, 0, sizeof said_bytes};
	uint8_t with = next(), flags = next() & 15;
	const struct gn_sk *sk = &x.key[with & 3];
	bool will = flags & GN_FB_BUS_FLAG_WILL, kept = flags & GN_FB_BUS_FLAG_RETAINED;
	static const char *const subjects[] = {"", "a", "a.b", "a.b.c"};
	struct gn_said said = {.subject = gn_str(subjects[with >> 2 & 3]),
			       .epoch = number(x.epoch[0]),
			       .seq = will ? GN_SAID_WILL : number(5),
			       .time = (uint64_t)(s.now / GN_MSEC) + next() - 128,
			       .flags = flags,
			       .until = will || kept ? gn_unix(s.now) + 10u * next() : 0,
			       .payload = next_bytes(next()),
			       .lease = will ? (uint16_t)(10 + next()) : 0};
	struct gn_hash salt = {{1}};
	if (will)
		gn_said_by(&s.nodes[with >> 4 & 1].sk.pk, &salt, &said.by);
	if (gn_said_make(sk, &x.topic, &said, &buf, sig) != GN_OK)
		return false;
	if (with >> 5 == 7)
		sig->b[0] ^= 1;
	*bytes = gn_buf_slice(&buf);
	return true;
}

static gn_fbref message_part(struct gn_fbb *b)
{
	struct gn_slice bytes;
	struct gn_sig sig;
	struct gn_fb_sig fb_sig;
	if (!make_said(&bytes, &sig))
		return 0;
	memcpy(fb_sig.b, sig.b, sizeof fb_sig.b);
	return gn_fb_bus_message_make(
		b, &(struct gn_fb_bus_message_args){
			   .said = bytes, .sig = &fb_sig, .token = next_bytes(next() & 7)});
}

static gn_fbref subscribe_part(struct gn_fbb *b, const struct gn_fb_hash *topic)
{
	static const char *const filters[] = {"a", "a.*", "a.>", ">", "*.b.*", "", "..", "a.>.b"};
	struct gn_slice f[BUS_FILTERS + 2];
	struct gn_fb_bus_id have[3] = {some_id(), some_id(), some_id()};
	struct gn_fb_key other, key = gn_wire_key(&x.key[0].pk);
	uint8_t with = next(), n = next() % (BUS_FILTERS + 2);
	struct gn_said_show show = {.topic = x.topic, .root = s.nodes[0].sk.pk};
	struct gn_sig sig;
	struct gn_fb_sig fb_sig;
	(void)bus_exporter(s.nodes[0].bus, &s.nodes[1].sk.pk, false, show.exporter);
	gn_said_show_sign(&x.key[0], &show, &sig);
	memcpy(fb_sig.b, sig.b, sizeof fb_sig.b);
	other = gn_wire_key(with & 1 ? &s.nodes[with >> 1 & 1].sk.pk : &x.key[1].pk);
	for (unsigned i = 0; i < n; i++)
		f[i] = gn_str(filters[next() & 7]);
	return gn_fb_bus_subscribe_make(
		b, &(struct gn_fb_bus_subscribe_args){.topic = topic,
						      .filters = {f, n},
						      .primary = with & 4,
						      .other = with & 8 ? NULL : &other,
						      .lease = with & 16 ? 0 : 60,
						      .mesh = with & 32,
						      .have = {have, with >> 6},
						      .key = next() & 1 ? &key : NULL,
						      .token = next_bytes(next() & 7),
						      .sig = next() & 1 ? &fb_sig : NULL});
}

static gn_fbref will_part(struct gn_fbb *b, const struct gn_fb_hash *topic)
{
	struct gn_fb_key key = gn_wire_key(&x.key[next() & 3].pk);
	struct gn_fb_hash salt = {{1}};
	gn_fbref m = next() & 1 ? message_part(b) : 0;
	return gn_fb_bus_will_make(b, &(struct gn_fb_bus_will_args){.topic = topic,
								    .publisher = &key,
								    .epoch = number(x.epoch[0]),
								    .message = m,
								    .lease = next() & 1 ? 90 : 0,
								    .salt = &salt});
}

static gn_fbref peer_part(struct gn_fbb *b)
{
	struct gn_contact c = {.pk = {{next()}}};
	return bus_peer_put(b, &c);
}

static gn_fbref answer_part(struct gn_fbb *b, uint8_t type)
{
	gn_fbref peers[8];
	unsigned n = next() & 7;
	for (unsigned i = 0; i < n; i++)
		peers[i] = peer_part(b);
	if (type == GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBED)
		return gn_fb_bus_subscribed_make(
			b, &(struct gn_fb_bus_subscribed_args){.lease = next(),
							       .subscribers = next(),
							       .peers = {peers, n},
							       .set = next()});
	if (type == GN_FB_BUS_FRAME_BODY_BUS_PUBLISHED)
		return gn_fb_bus_published_make(
			b, &(struct gn_fb_bus_published_args){.code = next() % 12,
							      .limit = next_bytes(next() & 63),
							      .subscribers = next(),
							      .set = next()});
	return gn_fb_bus_done_make(b,
				   &(struct gn_fb_bus_done_args){.code = next() % 12,
								 .limit = next_bytes(next() & 63),
								 .roots = {peers, n}});
}

static gn_fbref part(struct gn_fbb *b, uint8_t type)
{
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fb_bus_id ids[3] = {some_id(), some_id(), some_id()};
	struct gn_fb_key key = gn_wire_key(&x.key[ids[0].seq & 3].pk);
	size_t count = ids[1].seq & 3;
	gn_fbref m;
	switch (type) {
	case GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBE: return subscribe_part(b, &topic);
	case GN_FB_BUS_FRAME_BODY_BUS_PUBLISH:
		m = message_part(b);
		return m ? gn_fb_bus_publish_make(
				   b,
				   &(struct gn_fb_bus_publish_args){.topic = &topic, .message = m})
			 : 0;
	case GN_FB_BUS_FRAME_BODY_BUS_DELIVER:
		m = message_part(b);
		return m ? gn_fb_bus_deliver_make(
				   b, &(struct gn_fb_bus_deliver_args){.topic = &topic,
								       .message = m,
								       .before = number(5)})
			 : 0;
	case GN_FB_BUS_FRAME_BODY_BUS_KEPT:
		m = message_part(b);
		return m ? gn_fb_bus_kept_make(
				   b, &(struct gn_fb_bus_kept_args){.topic = &topic, .message = m})
			 : 0;
	case GN_FB_BUS_FRAME_BODY_BUS_SERVED:
		return gn_fb_bus_served_make(
			b, &(struct gn_fb_bus_served_args){.topic = &topic, .id = &ids[0]});
	case GN_FB_BUS_FRAME_BODY_BUS_PULL:
		return gn_fb_bus_pull_make(
			b, &(struct gn_fb_bus_pull_args){.topic = &topic, .ids = {ids, count}});
	case GN_FB_BUS_FRAME_BODY_BUS_LOST:
		return gn_fb_bus_lost_make(
			b, &(struct gn_fb_bus_lost_args){.topic = &topic, .ids = {ids, count}});
	case GN_FB_BUS_FRAME_BODY_BUS_WILL: return will_part(b, &topic);
	case GN_FB_BUS_FRAME_BODY_BUS_LAPSED:
		return gn_fb_bus_lapsed_make(
			b, &(struct gn_fb_bus_lapsed_args){.topic = &topic,
							   .publisher = &key,
							   .epoch = number(x.epoch[0])});
	case GN_FB_BUS_FRAME_BODY_BUS_SYNC:
		return gn_fb_bus_sync_make(b, &(struct gn_fb_bus_sync_args){.topic = &topic});
	case GN_FB_BUS_FRAME_BODY_BUS_LINK:
		return gn_fb_bus_link_make(
			b, &(struct gn_fb_bus_link_args){.topic = &topic, .drop = next() & 1});
	case GN_FB_BUS_FRAME_BODY_BUS_HAVE:
		return gn_fb_bus_have_make(
			b, &(struct gn_fb_bus_have_args){.topic = &topic, .id = &ids[0]});
	default: return answer_part(b, type);
	}
}

static void receive(struct gn_slice bytes)
{
	(void)!gn_bus_recv(s.nodes[0].bus, &s.nodes[1].sk.pk, &s.nodes[1].addr, bytes, s.now);
	gn_bus_validate(s.nodes[0].bus);
	svc_pump(&s, 0);
}

static void make_and_receive(uint8_t type)
{
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice bytes;
	/* an answer is to something that was asked lately */
	uint64_t request = s.nodes[0].bus->frame.last - next() % 32;
	gn_fbref body = part(&b, type);
	if (!body)
		return;
	gn_fbref root = gn_fb_bus_frame_make(&b, &(struct gn_fb_bus_frame_args){.request = request,
										.body_type = type,
										.body = body});
	if (gn_fbb_finish(&b, root, GN_FB_BUS_FRAME_IDENTIFIER, &bytes) == GN_OK)
		receive(bytes);
}

static void remember(gn_err err, gn_op op)
{
	if (err == GN_OK)
		ops[op_count++ % GN_COUNT(ops)] = op;
}

static void owner_does(uint8_t what)
{
	struct gn_bus *b = s.nodes[0].bus;
	struct gn_bus_publish p = {.topic = svc_bus_topic(&x), .salt = {{1}}, .need = what >> 5};
	struct gn_slice filter = GN_LIT("a.>");
	struct gn_bus_subscribe sub = {.topic = p.topic,
				       .filters = &filter,
				       .filter_count = what >> 3 & 1,
				       .key = what & 16 ? x.key[0].pk : (struct gn_pk){{0}},
				       .token = gn_slice(token, what & 16 ? 9 : 0)};
	gn_op op;
	switch (what % 5) {
	case 0: remember(gn_bus_subscribe(b, &sub, s.now, &op), op); break;
	case 1:
		if (make_said(&p.said, &p.sig))
			remember(gn_bus_publish(b, &p, s.now, &op), op);
		break;
	case 2:
		if (make_said(&p.said, &p.sig))
			remember(gn_bus_will(b, &p, s.now, &op), op);
		break;
	case 3: gn_bus_cancel(b, ops[next() % GN_COUNT(ops)], s.now); break;
	default: gn_bus_gone(b, ops[next() % GN_COUNT(ops)], s.now); break;
	}
	svc_pump(&s, 0);
}

static void put_record(uint8_t what)
{
	uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	x.rec.seq++;
	x.rec.created = gn_unix(s.now);
	x.rec.publish = what & 1 ? GN_FB_TOPIC_ADMISSION_OPEN : GN_FB_TOPIC_ADMISSION_TOKEN;
	x.rec.subscribe = what & 2 ? GN_FB_TOPIC_ADMISSION_OPEN : GN_FB_TOPIC_ADMISSION_OWNER;
	x.rec.mesh = !(what & 4);
	if (gn_topicrec_record(&x.owner, &x.rec, &buf) == GN_OK)
		(void)!svc_put(&s, 0, gn_buf_slice(&buf), 1, NULL);
}

static void begin(void)
{
	struct gn_topicrec rec = {.publish = GN_FB_TOPIC_ADMISSION_OPEN, .mesh = true};
	svc_init(&s, &(struct svc_options){
			     .seed = 3, .nodes = 2, .bus = true, .bus_count_local = true});
	svc_bus_make(&s, &x, 2, &rec);
	memset(ops, 0, sizeof ops);
	op_count = 0;
	s.bus_event = on_event;
	s.bus_bend = on_message;
	s.validate = false; /* done after each message here */
	put_record(3);
	owner_does(0);
	svc_run_for(&s, 300 * GN_MSEC);
	make_and_receive(GN_FB_BUS_FRAME_BODY_BUS_LINK);
}

static void step(uint8_t op)
{
	if (op == 0) {
		size_t len = next();
		receive(next_bytes(len | (size_t)next() << 8));
	} else if (op == 1) {
		svc_run_for(&s, next() * 100 * GN_MSEC);
	} else if (op <= 16) {
		make_and_receive((uint8_t)(op - 1));
	} else if (op == 17) {
		gn_bus_peer_down(s.nodes[0].bus, &s.nodes[1].sk.pk, GN_CLOSED, s.now);
		s.nodes[0].sessions[1]++;
		s.nodes[1].sessions[0]++;
	} else if (op == 18) {
		owner_does(next());
	} else {
		put_record(next());
	}
	gn_bus_validate(s.nodes[0].bus);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	in = gn_slice(NULL, 0);
	begin();
	in = gn_slice(data, len);
	for (unsigned i = 0; in.len && i < 64; i++)
		step(next() % 20);
	in = gn_slice(NULL, 0);
	svc_run_for(&s, 2 * GN_SEC);
	svc_free(&s);
	return 0;
}
