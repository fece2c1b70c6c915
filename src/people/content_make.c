/* Making a content. Invariant: what is made opens, and opens as what it was made from: one judge of
 * limits, and nobody says what the other side would refuse. Spec: PE-1..PE-6. */
#include "people/content.h"
#include "people/limits.h"
#include "wire/generated/content_fb.h"
#include "wire/wire.h"

static struct gn_fb_content_id fb_id(const struct gn_content_id *id)
{
	struct gn_fb_content_id out;
	memcpy(out.b, id->b, sizeof out.b);
	return out;
}
#define ID_OR_NONE(id) (gn_is_zero(&(id), sizeof(id)) ? NULL : &(id))

static gn_fbref make_files(struct gn_fbb *b, const struct gn_content *c)
{
	gn_fbref files[GN_CONTENT_FILES_MAX];
	struct gn_fb_content_id reply = fb_id(&c->ref.id);
	struct gn_fb_key sender = gn_wire_key(&c->ref.sender);
	size_t count = c->u.files.count;
	for (size_t i = 0; i < count; i++) {
		const struct gn_content_file *f = &c->u.files.at[i];
		struct gn_fb_hash root = gn_wire_hash(f->root.b), key = gn_wire_hash(f->key.b);
		struct gn_fb_hash blocks[CONTENT_BLOCKS_MAX];
		if (f->blocks.len)
			memcpy(blocks, f->blocks.p, f->blocks.len);
		files[i] = gn_fb_file_ref_make(
			b, &(struct gn_fb_file_ref_args){
				   .root = &root,
				   .size = f->size,
				   .key = &key,
				   .name = f->name,
				   .mime = f->mime,
				   .preview = f->preview,
				   .width = f->width,
				   .height = f->height,
				   .ms = f->ms,
				   .blocks = {f->blocks.len ? blocks : NULL,
					      f->blocks.len / sizeof(struct gn_hash)},
			   });
	}
	return gn_fb_file_body_make(b, &(struct gn_fb_file_body_args){
					       .files = {files, count},
					       .text = c->text,
					       .reply = ID_OR_NONE(reply),
					       .reply_sender = ID_OR_NONE(sender),
				       });
}

static gn_fbref make_sync(struct gn_fbb *b, const struct gn_content *c)
{
	gn_fbref registers[GN_CONTENT_REGISTERS_MAX];
	struct gn_fb_key person = gn_wire_key(&c->u.sync.person);
	size_t count = c->u.sync.count;
	for (size_t i = 0; i < count; i++) {
		const struct gn_content_register *r = &c->u.sync.at[i];
		registers[i] = gn_fb_register_make(b, &(struct gn_fb_register_args){
							      .key = r->key,
							      .value = r->value,
							      .time = r->time,
							      .device = r->device,
						      });
	}
	return gn_fb_device_sync_make(b, &(struct gn_fb_device_sync_args){
						 .registers = {count ? registers : NULL, count},
						 .copy_of = c->u.sync.copy_of,
						 .person = ID_OR_NONE(person),
					 });
}

static gn_fbref make_text(struct gn_fbb *b, const struct gn_content *c)
{
	struct gn_fb_key mentions[GN_CONTENT_MENTIONS_MAX], sender = gn_wire_key(&c->ref.sender);
	struct gn_fb_content_id reply = fb_id(&c->ref.id);
	size_t count = c->u.mentions.count;
	if (count)
		memcpy(mentions, c->u.mentions.p, count * sizeof *mentions);
	return gn_fb_text_make(b, &(struct gn_fb_text_args){
					  .text = c->text,
					  .reply = ID_OR_NONE(reply),
					  .reply_sender = ID_OR_NONE(sender),
					  .mentions = {count ? mentions : NULL, count},
				  });
}

static gn_fbref make_box(struct gn_fbb *b, const struct gn_content_box *box)
{
	struct gn_fb_key key = gn_wire_key(&box->box);
	struct gn_fb_hash seed = gn_wire_hash(box->deposit_seed), hint = gn_wire_hash(box->hint);
	gn_fbref made = gn_fb_box_told_make(b, &(struct gn_fb_box_told_args){
						       .box = &key,
						       .certificate = GN_SLICE(box->certificate),
						       .deposit_seed = &seed,
						       .hint = &hint,
						       .until = box->until,
					       });
	gn_wipe(&seed, sizeof seed);
	gn_wipe(&hint, sizeof hint);
	return made;
}

static gn_fbref make_resend(struct gn_fbb *b, const struct gn_content *c)
{
	struct gn_fb_content_id ids[CONTENT_RESEND_MAX];
	struct gn_fb_hash envelopes[CONTENT_RESEND_MAX];
	size_t id_count = c->ids.count, count = c->u.envelopes.count;
	if (id_count)
		memcpy(ids, c->ids.p, id_count * sizeof *ids);
	if (count)
		memcpy(envelopes, c->u.envelopes.p, count * sizeof *envelopes);
	return gn_fb_resend_make(b, &(struct gn_fb_resend_args){
					    .ids = {id_count ? ids : NULL, id_count},
					    .envelopes = {count ? envelopes : NULL, count},
				    });
}

static gn_fbref make_ids(struct gn_fbb *b, const struct gn_content *c)
{
	struct gn_fb_content_id ids[GN_CONTENT_IDS_MAX];
	size_t count = c->ids.count;
	if (count)
		memcpy(ids, c->ids.p, count * sizeof *ids);
	if (c->kind == GN_CONTENT_DELETE)
		return gn_fb_delete_make(b, &(struct gn_fb_delete_args){.of = {ids, count}});
	return gn_fb_receipt_body_make(b, &(struct gn_fb_receipt_body_args){
						  .kind = c->u.read,
						  .ids = {count ? ids : NULL, count},
					  });
}

static gn_fbref make_small(struct gn_fbb *b, const struct gn_content *c)
{
	struct gn_fb_content_id of = fb_id(&c->ref.id);
	struct gn_fb_key sender = gn_wire_key(&c->ref.sender);
	if (c->kind == GN_CONTENT_EDIT)
		return gn_fb_edit_make(b, &(struct gn_fb_edit_args){.of = &of, .text = c->text});
	if (c->kind == GN_CONTENT_REACTION)
		return gn_fb_reaction_make(b, &(struct gn_fb_reaction_args){
						      .of = &of,
						      .sender = ID_OR_NONE(sender),
						      .emoji = c->u.emoji,
					      });
	if (c->kind == GN_CONTENT_TYPING)
		return gn_fb_typing_make(b, &(struct gn_fb_typing_args){.on = c->u.typing});
	GN_ASSERT(c->kind == GN_CONTENT_PAYMENT);
	return gn_fb_payment_request_make(b,
					  &(struct gn_fb_payment_request_args){.link = c->u.link});
}

static gn_fbref make_body(struct gn_fbb *b, const struct gn_content *c)
{
	struct gn_fb_key key;
	struct gn_fb_hash hash;
	switch (c->kind) {
	case GN_CONTENT_TEXT: return make_text(b, c);
	case GN_CONTENT_EDIT:
	case GN_CONTENT_REACTION:
	case GN_CONTENT_TYPING:
	case GN_CONTENT_PAYMENT: return make_small(b, c);
	case GN_CONTENT_DELETE:
	case GN_CONTENT_RECEIPT: return make_ids(b, c);
	case GN_CONTENT_FILE: return make_files(b, c);
	case GN_CONTENT_CONTACT:
		key = gn_wire_key(&c->u.card.person);
		return gn_fb_contact_card_make(
			b, &(struct gn_fb_contact_card_args){.person = &key,
							     .name = c->u.card.name,
							     .record = c->u.card.record,
							     .token = c->u.card.token});
	case GN_CONTENT_JOB:
		hash = gn_wire_hash(c->u.job.job.b);
		key = gn_wire_key(&c->u.job.box);
		return gn_fb_job_note_make(b, &(struct gn_fb_job_note_args){.job = &hash,
									    .box = ID_OR_NONE(key),
									    .text = c->text});
	case GN_CONTENT_SYNC: return make_sync(b, c);
	case GN_CONTENT_BOX: return make_box(b, &c->u.box);
	case GN_CONTENT_RESEND: return make_resend(b, c);
	case GN_CONTENT_SYSTEM:
		return gn_fb_system_note_make(
			b, &(struct gn_fb_system_note_args){.kind = (uint8_t)c->u.system.kind,
							    .text = c->text,
							    .number = c->u.system.number,
							    .bytes = c->u.system.bytes});
	case GN_CONTENT_OTHER: break;
	}
	return 0;
}

/* What the arrays here hold; all else is judged by opening what was made. */
static gn_err fits(const struct gn_content *c)
{
	size_t ids = c->kind == GN_CONTENT_RESEND ? CONTENT_RESEND_MAX : GN_CONTENT_IDS_MAX;
	if (c->kind == GN_CONTENT_OTHER || c->order < c->sent)
		return GN_USAGE;
	if (c->seen_count > GN_CONTENT_SEEN_MAX || c->ids.count > ids)
		return GN_TOO_LARGE;
	if (c->kind == GN_CONTENT_TEXT)
		return c->u.mentions.count > GN_CONTENT_MENTIONS_MAX ? GN_TOO_LARGE : GN_OK;
	if (c->kind == GN_CONTENT_SYNC)
		return c->u.sync.count > GN_CONTENT_REGISTERS_MAX ? GN_TOO_LARGE : GN_OK;
	if (c->kind == GN_CONTENT_RESEND)
		return c->u.envelopes.count > CONTENT_RESEND_MAX ? GN_TOO_LARGE : GN_OK;
	if (c->kind == GN_CONTENT_SYSTEM)
		return c->u.system.kind > UINT8_MAX ? GN_USAGE : GN_OK;
	if (c->kind != GN_CONTENT_FILE)
		return GN_OK;
	if (c->u.files.count > GN_CONTENT_FILES_MAX)
		return GN_TOO_LARGE;
	for (size_t i = 0; i < c->u.files.count; i++)
		if (c->u.files.at[i].blocks.len > CONTENT_BLOCKS_MAX * sizeof(struct gn_hash))
			return GN_TOO_LARGE;
	return GN_OK;
}

static struct gn_fb_identity_pin fb_pin(const struct gn_content_pin *pin)
{
	struct gn_fb_identity_pin out = {.seq = pin->seq};
	memcpy(out.hash, pin->hash, sizeof out.hash);
	return out;
}

static gn_fbref make_all(struct gn_fbb *b, const struct gn_content *c)
{
	struct gn_fb_content_id id = fb_id(&c->id), prev = fb_id(&c->prev);
	struct gn_fb_identity_pin me = fb_pin(&c->me), you = fb_pin(&c->you);
	struct gn_fb_seen seen[GN_CONTENT_SEEN_MAX];
	for (size_t i = 0; i < c->seen_count; i++)
		seen[i] = (struct gn_fb_seen){.seq = c->seen[i].seq, .device = c->seen[i].device};
	return gn_fb_content_make(b, &(struct gn_fb_content_args){
					     .id = &id,
					     .sent = c->sent,
					     .seq = c->seq,
					     .prev = ID_OR_NONE(prev),
					     .seen = {c->seen_count ? seen : NULL, c->seen_count},
					     .me = c->me.seq ? &me : NULL,
					     .you = c->you.seq ? &you : NULL,
					     .expire = c->expire,
					     .body_type = (uint8_t)c->kind,
					     .body = make_body(b, c),
					     .later = c->order - c->sent,
				     });
}

gn_err gn_content_make(const struct gn_content *c, struct gn_buf *out)
{
	GN_TRY(fits(c));
	size_t room = out->cap - out->len;
	if (room < 4)
		return GN_TOO_LARGE;
	uint8_t *at = out->p + out->len;
	struct gn_fbb b = gn_fbb(at + 4, room - 4);
	struct gn_slice made;
	GN_TRY(gn_fbb_finish(&b, make_all(&b, c), NULL, &made));
	if (made.len > GN_CONTENT_MAX - 4)
		return GN_TOO_LARGE;
	memmove(at + 4, made.p, made.len);
	gn_put_be32(at, (uint32_t)made.len);
	struct gn_content again;
	gn_err err = gn_content_open(gn_slice(at, 4 + made.len), &again, NULL);
	gn_wipe(&again, sizeof again);
	if (err)
		return GN_USAGE;
	out->len += 4 + made.len;
	return GN_OK;
}
