/* Reading a content: form first, then each limit; nothing is given out of one that breaks a rule.
 *
 * 1. The length in front says where it ends; what follows is zeros, or it is none: an envelope's
 *    padding hides nothing (PE-1).
 * 2. Texts are UTF-8 and go on as they came; what may be shown of them is the app's to judge.
 * 3. A body of a later version opens as OTHER: it is counted, receipted and shown as such.
 *
 * Spec: PE-1..PE-6. */
#include "people/content.h"
#include "people/limits.h"
#include "wire/generated/content_fb.h"
#include "wire/wire.h"

uint64_t gn_content_device(const struct gn_pk *device)
{
	struct gn_hash h;
	gn_sha256(&GN_SLICE(device->b), 1, &h);
	return gn_be64(h.b);
}

bool gn_content_stays(enum gn_content_kind kind)
{
	return kind != GN_CONTENT_RECEIPT && kind != GN_CONTENT_TYPING && kind != GN_CONTENT_RESEND;
}

static bool text_ok(struct gn_slice s, size_t max)
{
	return s.len <= max && gn_utf8_ok(s);
}

static struct gn_content_id id_of(struct gn_fb_content_id id)
{
	struct gn_content_id out;
	memcpy(out.b, id.b, sizeof out.b);
	return out;
}

static bool ids_ok(struct gn_slice ids, size_t least, size_t most, struct gn_content_ids *out)
{
	*out = (struct gn_content_ids){ids.p, ids.len / GN_CONTENT_ID_LEN};
	return out->count >= least && out->count <= most;
}

/* ---- bodies ---- */

static bool open_text(struct gn_fb_text t, struct gn_content *c)
{
	struct gn_slice mentions = gn_fb_text_mentions_bytes(t);
	c->text = gn_fb_text_text(t);
	c->ref.id = id_of(gn_fb_text_reply(t));
	c->ref.sender = gn_wire_key_get(gn_fb_text_reply_sender(t));
	c->u.mentions.p = mentions.p;
	c->u.mentions.count = mentions.len / sizeof(struct gn_pk);
	return text_ok(c->text, GN_CONTENT_TEXT_MAX) && c->text.len &&
	       c->u.mentions.count <= GN_CONTENT_MENTIONS_MAX;
}

static bool open_edit(struct gn_fb_edit t, struct gn_content *c)
{
	c->text = gn_fb_edit_text(t);
	c->ref.id = id_of(gn_fb_edit_of(t));
	return text_ok(c->text, GN_CONTENT_TEXT_MAX) && c->text.len;
}

static bool open_reaction(struct gn_fb_reaction t, struct gn_content *c)
{
	c->ref.id = id_of(gn_fb_reaction_of(t));
	c->ref.sender = gn_wire_key_get(gn_fb_reaction_sender(t));
	c->u.emoji = gn_fb_reaction_emoji(t);
	return text_ok(c->u.emoji, GN_CONTENT_EMOJI_MAX);
}

static bool open_file(struct gn_fb_file_ref t, struct gn_content_file *f)
{
	memcpy(f->root.b, gn_fb_file_ref_root(t).b, sizeof f->root.b);
	memcpy(f->key.b, gn_fb_file_ref_key(t).b, sizeof f->key.b);
	f->size = gn_fb_file_ref_size(t);
	f->name = gn_fb_file_ref_name(t);
	f->mime = gn_fb_file_ref_mime(t);
	f->preview = gn_fb_file_ref_preview(t);
	f->blocks = gn_fb_file_ref_blocks_bytes(t);
	f->width = gn_fb_file_ref_width(t);
	f->height = gn_fb_file_ref_height(t);
	f->ms = gn_fb_file_ref_ms(t);
	return f->size <= CONTENT_NUMBER_MAX && text_ok(f->name, CONTENT_NAME_MAX) &&
	       text_ok(f->mime, CONTENT_MIME_MAX) && f->preview.len <= CONTENT_PREVIEW_MAX &&
	       f->blocks.len <= CONTENT_BLOCKS_MAX * sizeof(struct gn_hash);
}

static bool open_files(struct gn_fb_file_body t, struct gn_content *c)
{
	uint32_t count = gn_fb_file_body_files_len(t);
	if (count == 0 || count > GN_CONTENT_FILES_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!open_file(gn_fb_file_body_files_at(t, i), &c->u.files.at[i]))
			return false;
	c->u.files.count = count;
	c->text = gn_fb_file_body_text(t);
	c->ref.id = id_of(gn_fb_file_body_reply(t));
	c->ref.sender = gn_wire_key_get(gn_fb_file_body_reply_sender(t));
	return text_ok(c->text, GN_CONTENT_TEXT_MAX);
}

static bool open_card(struct gn_fb_contact_card t, struct gn_content *c)
{
	c->u.card.person = gn_wire_key_get(gn_fb_contact_card_person(t));
	c->u.card.name = gn_fb_contact_card_name(t);
	c->u.card.record = gn_fb_contact_card_record(t);
	c->u.card.token = gn_fb_contact_card_token(t);
	return text_ok(c->u.card.name, CONTENT_NAME_MAX) &&
	       c->u.card.record.len <= CONTENT_RECORD_MAX &&
	       c->u.card.token.len <= CONTENT_TOKEN_MAX;
}

static bool open_sync(struct gn_fb_device_sync t, struct gn_content *c)
{
	uint32_t count = gn_fb_device_sync_registers_len(t);
	if (count > GN_CONTENT_REGISTERS_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_fb_register r = gn_fb_device_sync_registers_at(t, i);
		struct gn_content_register *to = &c->u.sync.at[i];
		*to = (struct gn_content_register){gn_fb_register_key(r), gn_fb_register_value(r),
						   gn_fb_register_time(r),
						   gn_fb_register_device(r)};
		if (!text_ok(to->key, GN_CONTENT_REGISTER_KEY_MAX) || !to->key.len ||
		    to->value.len > GN_CONTENT_VALUE_MAX || to->time > CONTENT_NUMBER_MAX)
			return false;
	}
	c->u.sync.count = count;
	c->u.sync.copy_of = gn_fb_device_sync_copy_of(t);
	c->u.sync.person = gn_wire_key_get(gn_fb_device_sync_person(t));
	return c->u.sync.copy_of.p ? !gn_pk_is_zero(&c->u.sync.person) : true;
}

static bool open_box(struct gn_fb_box_told t, struct gn_content *c)
{
	struct gn_slice certificate = gn_fb_box_told_certificate(t);
	if (certificate.len != GN_CERTIFICATE_LEN)
		return false;
	c->u.box.box = gn_wire_key_get(gn_fb_box_told_box(t));
	memcpy(c->u.box.certificate, certificate.p, certificate.len);
	memcpy(c->u.box.deposit_seed, gn_fb_box_told_deposit_seed(t).b, 32);
	memcpy(c->u.box.hint, gn_fb_box_told_hint(t).b, 32);
	c->u.box.until = gn_fb_box_told_until(t);
	return c->u.box.until <= CONTENT_NUMBER_MAX;
}

static bool open_resend(struct gn_fb_resend t, struct gn_content *c)
{
	struct gn_slice envelopes = gn_fb_resend_envelopes_bytes(t);
	c->u.envelopes.p = envelopes.p;
	c->u.envelopes.count = envelopes.len / sizeof(struct gn_hash);
	return ids_ok(gn_fb_resend_ids_bytes(t), 0, CONTENT_RESEND_MAX, &c->ids) &&
	       c->u.envelopes.count <= CONTENT_RESEND_MAX && c->ids.count + c->u.envelopes.count;
}

static bool open_job(struct gn_fb_job_note t, struct gn_content *c)
{
	memcpy(c->u.job.job.b, gn_fb_job_note_job(t).b, sizeof c->u.job.job.b);
	c->u.job.box = gn_wire_key_get(gn_fb_job_note_box(t));
	c->text = gn_fb_job_note_text(t);
	return text_ok(c->text, CONTENT_NOTE_MAX);
}

static bool open_system(struct gn_fb_system_note t, struct gn_content *c)
{
	c->u.system.kind = gn_fb_system_note_kind(t);
	c->u.system.number = gn_fb_system_note_number(t);
	c->u.system.bytes = gn_fb_system_note_bytes(t);
	c->text = gn_fb_system_note_text(t);
	return text_ok(c->text, CONTENT_NOTE_MAX) && c->u.system.bytes.len <= CONTENT_NOTE_MAX &&
	       (c->u.system.kind != GN_CONTENT_EXPIRE || c->u.system.number <= CONTENT_EXPIRE_MAX);
}

static bool open_receipt(struct gn_fb_receipt_body t, struct gn_content *c)
{
	c->u.read = gn_fb_receipt_body_kind(t) == GN_FB_RECEIPT_KIND_READ;
	return gn_fb_receipt_body_kind(t) <= GN_FB_RECEIPT_KIND_READ &&
	       ids_ok(gn_fb_receipt_body_ids_bytes(t), 0, GN_CONTENT_IDS_MAX, &c->ids);
}

static bool open_body(struct gn_fb_content t, struct gn_content *c)
{
	uint8_t type = gn_fb_content_body_type(t);
	c->kind = type <= GN_CONTENT_SYSTEM ? (enum gn_content_kind)type : GN_CONTENT_OTHER;
	switch (c->kind) {
	case GN_CONTENT_OTHER: return type != GN_FB_CONTENT_BODY_NONE;
	case GN_CONTENT_TEXT: return open_text(gn_fb_content_body_as_text(t), c);
	case GN_CONTENT_EDIT: return open_edit(gn_fb_content_body_as_edit(t), c);
	case GN_CONTENT_DELETE:
		return ids_ok(gn_fb_delete_of_bytes(gn_fb_content_body_as_delete(t)), 1,
			      GN_CONTENT_IDS_MAX, &c->ids);
	case GN_CONTENT_REACTION: return open_reaction(gn_fb_content_body_as_reaction(t), c);
	case GN_CONTENT_FILE: return open_files(gn_fb_content_body_as_file_body(t), c);
	case GN_CONTENT_CONTACT: return open_card(gn_fb_content_body_as_contact_card(t), c);
	case GN_CONTENT_RECEIPT: return open_receipt(gn_fb_content_body_as_receipt_body(t), c);
	case GN_CONTENT_TYPING:
		c->u.typing = gn_fb_typing_on(gn_fb_content_body_as_typing(t));
		return true;
	case GN_CONTENT_PAYMENT:
		c->u.link = gn_fb_payment_request_link(gn_fb_content_body_as_payment_request(t));
		return text_ok(c->u.link, CONTENT_LINK_MAX) && c->u.link.len;
	case GN_CONTENT_JOB: return open_job(gn_fb_content_body_as_job_note(t), c);
	case GN_CONTENT_SYNC: return open_sync(gn_fb_content_body_as_device_sync(t), c);
	case GN_CONTENT_BOX: return open_box(gn_fb_content_body_as_box_told(t), c);
	case GN_CONTENT_RESEND: return open_resend(gn_fb_content_body_as_resend(t), c);
	case GN_CONTENT_SYSTEM: return open_system(gn_fb_content_body_as_system_note(t), c);
	}
	GN_UNREACHABLE("a kind of content");
}

/* ---- the whole ---- */

static bool open_pin(struct gn_fb_identity_pin pin, struct gn_content_pin *out)
{
	out->seq = pin.seq;
	memcpy(out->hash, pin.hash, sizeof out->hash);
	return pin.seq <= CONTENT_NUMBER_MAX;
}

/* Where it stands: its number, what came before it, what it saw. */
static bool open_place(struct gn_fb_content t, struct gn_content *c)
{
	uint64_t later = gn_fb_content_later(t);
	c->sent = gn_fb_content_sent(t);
	c->seq = gn_fb_content_seq(t);
	if (c->sent == 0 || c->sent > CONTENT_NUMBER_MAX || later > CONTENT_NUMBER_MAX - c->sent ||
	    c->seq > CONTENT_NUMBER_MAX)
		return false;
	c->order = c->sent + later;
	c->prev = id_of(gn_fb_content_prev(t));
	if (gn_is_zero(&c->prev, sizeof c->prev) != (c->seq < 2))
		return false;
	uint32_t count = gn_fb_content_seen_len(t);
	if (count > GN_CONTENT_SEEN_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_fb_seen s = gn_fb_content_seen_at(t, i);
		if (s.seq == 0 || s.seq > CONTENT_NUMBER_MAX)
			return false;
		c->seen[i] = (struct gn_content_seen){.device = s.device, .seq = s.seq};
	}
	c->seen_count = count;
	return true;
}

/* The content's bytes without length and zeros. */
static gn_err frame_of(struct gn_slice in, struct gn_slice *out)
{
	struct gn_reader r = gn_reader(in);
	uint32_t len = gn_read_be32(&r);
	if (r.bad || len > GN_CONTENT_MAX - 4)
		return GN_MALFORMED;
	*out = gn_read_bytes(&r, len);
	if (r.bad || !gn_is_zero(r.p, gn_reader_left(&r)))
		return GN_MALFORMED;
	return GN_OK;
}

gn_err gn_content_open(struct gn_slice in, struct gn_content *out, size_t *len)
{
	struct gn_slice buffer;
	struct gn_fb_content t;
	struct gn_content c = {0};
	GN_TRY(frame_of(in, &buffer));
	GN_TRY(gn_fb_content_verify(buffer, &t));
	c.id = id_of(gn_fb_content_id(t));
	c.expire = gn_fb_content_expire(t);
	bool ok = !gn_is_zero(&c.id, sizeof c.id) && c.expire <= CONTENT_EXPIRE_MAX &&
		  open_place(t, &c) && open_pin(gn_fb_content_me(t), &c.me) &&
		  open_pin(gn_fb_content_you(t), &c.you) && open_body(t, &c);
	/* What stays is numbered; of a later version the number alone says it (PE-5). */
	ok = ok && (c.kind == GN_CONTENT_OTHER || gn_content_stays(c.kind) == (c.seq > 0));
	if (ok) {
		*out = c;
		if (len)
			*len = 4 + buffer.len;
	}
	gn_wipe(&c, sizeof c); /* a box's secrets */
	return ok ? GN_OK : GN_MALFORMED;
}
