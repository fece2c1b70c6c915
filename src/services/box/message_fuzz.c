/* The engine of boxes as a state machine, against a peer that may say anything: a holder with a
 * box (private, or a queue when the input begins with an odd byte), items and rights shown, a
 * deposit, a reader and a worker under way at the same node. Whatever comes and in whatever order,
 * the engine stays valid, what it sends verifies, a custody is signed only for what the log has,
 * and a reader or a worker is shown only what its id says.
 *
 * Input: steps of an opcode and its bytes:
 *   0 len16 bytes   a message as it is          1 n   so many tenths of a second pass
 *   2..17 ...       a message of body type op - 1, its fields from the input and from what is there
 *   18              the session ends            19    a signature is given, or refused
 *   20              power cut and restart       21    what was shown is acknowledged
 *   22..25          of a queue: lease, extend, report, turn
 *   26              what a worker here was lent is extended, or reported */
#include "services/box/engine_int.h"
#include "services/testing/boxes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct svc s;
static struct svc_box x;
static struct gn_slice in;
static gn_op follow, job_op;
static struct gn_box_event lent;
static uint8_t storage[GN_MESSAGE_MAX + 4096];

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

static void on_event(void *user, unsigned node, const struct gn_box_event *e)
{
	struct gn_hash hash;
	(void)user;
	if (node != 0)
		return;
	if (e->kind == GN_BOX_ITEM) {
		gn_sha256(&e->item, 1, &hash);
		GN_ASSERT(memcmp(hash.b, e->id.b, 16) == 0);
		if (x.got_count < SVC_BOX_GOT)
			x.got[x.got_count++] = e->id;
	}
	if (e->kind == GN_BOX_LENT) {
		gn_sha256(&e->item, 1, &hash);
		GN_ASSERT(memcmp(hash.b, e->id.b, 16) == 0 && e->delivery > 0);
		lent = *e;
		lent.item = gn_slice(NULL, 0);
	}
	if (e->kind == GN_BOX_CUSTODY)
		GN_ASSERT(gn_custody_check(&e->custody) == GN_OK);
	if (e->kind == GN_BOX_SIGN && next() & 1)
		gn_box_signed(s.nodes[0].box, e->sign, NULL, s.now);
}

/* What the node under test says. */
static void on_message(void *user, unsigned from, unsigned to, struct gn_slice bytes)
{
	struct gn_fb_box_message m;
	(void)user;
	(void)to;
	gn_err err = gn_fb_box_message_verify(bytes, &m);
	GN_ASSERT(err == GN_OK && bytes.len <= GN_MESSAGE_MAX);
	if (from != 0 || gn_fb_box_message_body_type(m) != GN_FB_BOX_MESSAGE_BODY_BOX_HELD)
		return;
	struct gn_custody c;
	struct gn_hash key;
	gn_custody_get(gn_fb_box_held_custody(gn_fb_box_message_body_as_box_held(m)), &c);
	GN_ASSERT(gn_custody_check(&c) == GN_OK);
	struct gn_box_id id = box_id_of(&c.item);
	box_index_key(&c.box, &id, &key);
	GN_ASSERT(gn_kv_have(s.nodes[0].kv, &key, NULL));
}

static struct gn_fb_item_id some_id(void)
{
	struct gn_fb_item_id id = {{next()}};
	const struct gn_box *b = s.nodes[0].box;
	if (b->items.count && id.b[0] & 1) {
		const struct box_item *it =
			GN_MAP_AT(&b->items, struct box_item *, id.b[0] % b->items.count);
		memcpy(id.b, it->hash.b, sizeof id.b);
	}
	return id;
}

static gn_fbref proof_parts(struct gn_fbb *b, uint8_t type, const struct gn_fb_key *box,
			    struct gn_slice item)
{
	struct gn_box_proof p;
	struct gn_fb_box_certificate cert;
	struct gn_fb_box_work work = {.day = (uint32_t)(gn_unix(s.now) / 86400) - (next() & 1)};
	struct gn_fb_box_invite invite = {{next()}, {next()}};
	struct gn_fb_sig sig;
	uint8_t way = next();
	svc_box_proof(&x, way >> 4 & 3, item, &p);
	cert.until = p.certificate.until;
	cert.items = p.certificate.items;
	cert.kib = p.certificate.kib;
	memcpy(cert.key, p.certificate.key.b, 32);
	memcpy(cert.sig, p.certificate.sig.b, 64);
	memcpy(sig.b, p.sig.b, 64);
	if (type == GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT)
		return gn_fb_box_deposit_make(
			b, &(struct gn_fb_box_deposit_args){.box = box,
							    .item = item,
							    .ttl = 40u * next(),
							    .shown = next() & 1,
							    .work = way & 1 ? &work : NULL,
							    .invite = way & 2 ? &invite : NULL,
							    .sig = way & 4 ? NULL : &sig});
	return gn_fb_box_copy_make(
		b, &(struct gn_fb_box_copy_args){.box = box,
						 .item = item,
						 .until = gn_unix(s.now) + 100u * next(),
						 .deposited = gn_unix(s.now),
						 .acked = next(),
						 .work = way & 1 ? &work : NULL,
						 .invite = way & 2 ? &invite : NULL,
						 .certificate = way & 8 ? NULL : &cert,
						 .sig = way & 4 ? NULL : &sig});
}

static gn_fbref show_part(struct gn_fbb *b, const struct gn_fb_key *box)
{
	struct gn_boxrec_show show = {
		.box = x.sk.pk, .holder = s.nodes[0].sk.pk, .role = next() % 4};
	struct gn_fb_box_certificate cert;
	struct gn_fb_key key;
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	const struct gn_sk *sk = show.role == GN_BOXREC_READER    ? &x.read[0]
				 : show.role == GN_BOXREC_REMOVER ? &x.ack[0]
				 : show.role == GN_BOXREC_WORKER  ? &x.worker[0]
								  : &x.contact[0];
	(void)box_exporter(s.nodes[0].box, &s.nodes[1].sk.pk, false, show.exporter);
	gn_boxrec_show_sign(sk, &show, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	fb_sig.b[0] ^= next() & 1;
	key = gn_wire_key(&sk->pk);
	cert.until = x.cert[0].until;
	cert.items = x.cert[0].items;
	cert.kib = x.cert[0].kib;
	memcpy(cert.key, x.cert[0].key.b, 32);
	memcpy(cert.sig, x.cert[0].sig.b, 64);
	uint8_t with = next();
	return gn_fb_box_show_make(
		b, &(struct gn_fb_box_show_args){.box = box,
						 .shown = next() & 3,
						 .role = show.role,
						 .key = with & 1 ? NULL : &key,
						 .certificate = with & 2 ? NULL : &cert,
						 .token = with & 4 ? next_bytes(next())
								   : gn_slice(NULL, 0),
						 .sig = &fb_sig});
}

static gn_fbref answer_part(struct gn_fbb *b, uint8_t type, const struct gn_fb_key *box)
{
	struct gn_fb_item_id id = some_id();
	struct gn_slice item = next_bytes(next());
	struct gn_fb_box_entry entry = {.at = next(), .size = next()};
	struct gn_hash hash;
	memcpy(entry.id, id.b, sizeof entry.id);
	switch (type) {
	case GN_FB_BOX_MESSAGE_BODY_BOX_STATES:
		return gn_fb_box_states_make(b, &(struct gn_fb_box_states_args){.states = item});
	case GN_FB_BOX_MESSAGE_BODY_BOX_LISTED:
		return gn_fb_box_listed_make(
			b, &(struct gn_fb_box_listed_args){.entries = {&entry, next() & 1},
							   .next = next()});
	case GN_FB_BOX_MESSAGE_BODY_BOX_ITEM:
		if (next() & 1) {
			gn_sha256(&item, 1, &hash);
			memcpy(id.b, hash.b, sizeof id.b);
		}
		return gn_fb_box_item_make(b, &(struct gn_fb_box_item_args){.box = box,
									    .id = &id,
									    .item = item,
									    .left = next() & 3,
									    .delivery = next() & 3,
									    .state = next() & 3});
	case GN_FB_BOX_MESSAGE_BODY_BOX_HELD: {
		struct gn_custody c = {.box = x.sk.pk, .held_until = gn_unix(s.now) + next()};
		gn_sha256(&item, 1, &c.item);
		gn_custody_make(&s.nodes[1].sk, &c);
		gn_fbref custody = gn_custody_put(b, &c);
		return gn_fb_box_held_make(b, &(struct gn_fb_box_held_args){.custody = custody});
	}
	default:
		return gn_fb_box_done_make(b, &(struct gn_fb_box_done_args){.code = next(),
									    .bits = next(),
									    .limit = item});
	}
}

static gn_fbref queue_part(struct gn_fbb *b, uint8_t type, const struct gn_fb_key *box,
			   const struct gn_fb_item_id *id)
{
	struct gn_slice outcome = next_bytes(next());
	struct gn_boxrec_outcome o = {
		.box = x.sk.pk, .delivery = next() & 3, .end = next() % 3, .outcome = outcome};
	struct gn_fb_key worker = gn_wire_key(&x.worker[0].pk);
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	uint16_t shown = next() & 3;
	memcpy(o.id, id->b, 16);
	gn_boxrec_outcome_sign(&x.worker[0], &o, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	fb_sig.b[0] ^= next() & 1;
	switch (type) {
	case GN_FB_BOX_MESSAGE_BODY_BOX_LEASE:
		return gn_fb_box_lease_make(
			b, &(struct gn_fb_box_lease_args){
				   .box = box, .shown = shown, .count = next(), .seconds = next()});
	case GN_FB_BOX_MESSAGE_BODY_BOX_EXTEND:
		return gn_fb_box_extend_make(b,
					     &(struct gn_fb_box_extend_args){.box = box,
									     .shown = shown,
									     .id = id,
									     .delivery = o.delivery,
									     .seconds = next()});
	case GN_FB_BOX_MESSAGE_BODY_BOX_REPORT:
		return gn_fb_box_report_make(b,
					     &(struct gn_fb_box_report_args){.box = box,
									     .shown = shown,
									     .id = id,
									     .delivery = o.delivery,
									     .end = o.end,
									     .outcome = outcome,
									     .after = next(),
									     .sig = &fb_sig});
	default:
		return gn_fb_box_turn_make(
			b, &(struct gn_fb_box_turn_args){.box = box,
							 .id = id,
							 .delivery = o.delivery,
							 .state = next() & 3,
							 .worker = &worker,
							 .left = next(),
							 .end = o.end,
							 .outcome = outcome,
							 .sig = &fb_sig,
							 .token = next_bytes(next() & 7)});
	}
}

static gn_fbref part(struct gn_fbb *b, uint8_t type)
{
	struct gn_fb_key box = gn_wire_key(&x.sk.pk);
	struct gn_fb_item_id ids[3] = {some_id(), some_id(), some_id()};
	size_t count = next() & 3;
	uint16_t shown = next() & 3;
	switch (type) {
	case GN_FB_BOX_MESSAGE_BODY_BOX_SHOW: return show_part(b, &box);
	case GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT:
	case GN_FB_BOX_MESSAGE_BODY_BOX_COPY:
		return proof_parts(b, type, &box, next_bytes(next() + 1));
	case GN_FB_BOX_MESSAGE_BODY_BOX_ASK:
		return gn_fb_box_ask_make(b, &(struct gn_fb_box_ask_args){.box = &box,
									  .ids = {ids, count},
									  .shown = shown});
	case GN_FB_BOX_MESSAGE_BODY_BOX_LIST:
		return gn_fb_box_list_make(b, &(struct gn_fb_box_list_args){.box = &box,
									    .shown = shown,
									    .after = next(),
									    .limit = next(),
									    .all = next() & 1});
	case GN_FB_BOX_MESSAGE_BODY_BOX_FETCH:
		return gn_fb_box_fetch_make(b, &(struct gn_fb_box_fetch_args){.box = &box,
									      .ids = {ids, count},
									      .shown = shown});
	case GN_FB_BOX_MESSAGE_BODY_BOX_WATCH:
		return gn_fb_box_watch_make(b, &(struct gn_fb_box_watch_args){.box = &box,
									      .shown = shown,
									      .seconds = next()});
	case GN_FB_BOX_MESSAGE_BODY_BOX_ACK:
		return gn_fb_box_ack_make(b, &(struct gn_fb_box_ack_args){.box = &box,
									  .ids = {ids, count},
									  .shown = shown});
	case GN_FB_BOX_MESSAGE_BODY_BOX_SUM:
		return gn_fb_box_sum_make(b, &(struct gn_fb_box_sum_args){.box = &box,
									  .count = next(),
									  .xor = &ids[0],
									  .bits = next() & 7,
									  .part = next()});
	case GN_FB_BOX_MESSAGE_BODY_BOX_IDS:
		return gn_fb_box_ids_make(
			b, &(struct gn_fb_box_ids_args){.box = &box,
							.ids = {ids, count},
							.bits = next() & 7,
							.part = next(),
							.turns = next_bytes(next() & 7)});
	case GN_FB_BOX_MESSAGE_BODY_BOX_WANT:
		return gn_fb_box_want_make(
			b, &(struct gn_fb_box_want_args){.box = &box, .ids = {ids, count}});
	case GN_FB_BOX_MESSAGE_BODY_BOX_LEASE:
	case GN_FB_BOX_MESSAGE_BODY_BOX_EXTEND:
	case GN_FB_BOX_MESSAGE_BODY_BOX_REPORT:
	case GN_FB_BOX_MESSAGE_BODY_BOX_TURN: return queue_part(b, type, &box, &ids[0]);
	default: return answer_part(b, type, &box);
	}
}

static void receive(struct gn_slice bytes)
{
	(void)!gn_box_recv(s.nodes[0].box, &s.nodes[1].sk.pk, &s.nodes[1].addr, bytes, s.now);
	gn_box_validate(s.nodes[0].box);
	svc_pump(&s, 0);
}

static void make_and_receive(uint8_t type)
{
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice bytes;
	/* an answer is to something that was asked lately */
	uint64_t request = s.nodes[0].box->frame.last - next() % 32;
	gn_fbref body = part(&b, type);
	gn_fbref root = gn_fb_box_message_make(
		&b, &(struct gn_fb_box_message_args){
			    .request = request, .body_type = type, .body = body});
	if (gn_fbb_finish(&b, root, GN_FB_BOX_MESSAGE_IDENTIFIER, &bytes) == GN_OK)
		receive(bytes);
}

static void begin(bool queue)
{
	struct gn_box_proof p;
	struct gn_slice item = GN_LIT("an item of our own");
	gn_op op;
	svc_init(&s, &(struct svc_options){.seed = 3, .nodes = 2, .box_bytes = 1u << 20});
	svc_box_make(&s, &x, 2, queue ? GN_FB_BOX_KIND_QUEUE : GN_FB_BOX_KIND_PRIVATE, 1);
	uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	x.rec.seq = 1;
	gn_err err = gn_boxrec_record(&x.sk, &x.rec, 0, &buf);
	GN_ASSERT(err == GN_OK);
	err = svc_put(&s, 0, gn_buf_slice(&buf), 1, NULL);
	GN_ASSERT(err == GN_OK);
	s.validate = false; /* done after each message here */
	s.box_event = on_event;
	s.box_message = on_message;
	svc_box_proof(&x, 1, item, &p);
	struct gn_box_deposit d = {
		.place = svc_box_place(&x), .item = item, .ttl = 1000, .proof = p, .need = 2};
	err = gn_box_deposit(s.nodes[0].box, &d, s.now, &op);
	GN_ASSERT(err == GN_OK);
	follow = svc_box_follow(&x, 0, 0);
	lent = (struct gn_box_event){.op = 0};
	job_op = queue ? svc_box_work(&x, 0, 0, gn_slice(NULL, 0), 3) : 0;
	s.nodes[1].lies = SVC_BOX_MUTE; /* the input speaks for it */
	svc_pump(&s, 0);
	svc_run_for(&s, 100 * GN_MSEC);
}

/* Of what a worker here has. */
static void use_lent(void)
{
	uint8_t how = next();
	if (lent.op == 0)
		return;
	if (how & 1)
		(void)!gn_box_extend(s.nodes[0].box, job_op, &lent.id, how, s.now);
	else
		(void)!svc_box_report(&x, 0, job_op, how & 2 ? 1 : 0, &lent, how >> 2 & 3 ? 0 : 1,
				      next_bytes(how));
}

static void step(uint8_t op)
{
	if (op == 0) {
		size_t len = next();
		receive(next_bytes(len | (size_t)next() << 8));
	} else if (op == 1) {
		svc_run_for(&s, next() * 100 * GN_MSEC);
	} else if (op <= 17) {
		make_and_receive((uint8_t)(op - 1));
	} else if (op == 18) {
		gn_box_peer_down(s.nodes[0].box, &s.nodes[1].sk.pk, GN_CLOSED, s.now);
		s.nodes[0].sessions[1]++;
		s.nodes[1].sessions[0]++;
	} else if (op == 19) {
		gn_box_peer_up(s.nodes[0].box, &s.nodes[1].sk.pk, s.now);
		svc_run_for(&s, 5 * GN_MSEC);
	} else if (op == 20) {
		svc_box_crash(&s, 0);
		svc_run_for(&s, GN_SEC);
		follow = svc_box_follow(&x, 0, 0);
		lent.op = 0;
		if (job_op)
			job_op = svc_box_work(&x, 0, 0, gn_slice(NULL, 0), 3);
	} else if (op >= 22 && op <= 25) {
		make_and_receive((uint8_t)(GN_FB_BOX_MESSAGE_BODY_BOX_LEASE + op - 22));
	} else if (op == 26) {
		use_lent();
	} else if (x.got_count) {
		(void)!gn_box_ack(s.nodes[0].box, follow, &x.got[next() % x.got_count], s.now);
	}
	gn_box_validate(s.nodes[0].box);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	in = gn_slice(NULL, 0);
	begin(len > 0 && data[0] & 1);
	in = gn_slice_sub(gn_slice(data, len), 1, SIZE_MAX);
	for (unsigned i = 0; in.len && i < 64; i++)
		step(next() % 27);
	in = gn_slice(NULL, 0);
	svc_run_for(&s, 2 * GN_SEC);
	svc_free(&s);
	return 0;
}
