/* A file on its way as a row of the store: its head, its words, the hashes of its blocks. */
#include "agent/file_int.h"

#include <stdlib.h>

static size_t words_len(const struct agent_file_head *h)
{
	return (size_t)h->name_len + h->mime_len + h->text_len + h->preview_len;
}

struct agent_file_words agent_file_words(const struct agent_file *f)
{
	const struct agent_file_head *h = &f->head;
	struct gn_slice all = gn_slice(f->words, words_len(h));
	struct agent_file_words w = {.name = gn_slice_sub(all, 0, h->name_len)};
	size_t at = h->name_len;
	w.mime = gn_slice_sub(all, at, h->mime_len);
	at += h->mime_len;
	w.text = gn_slice_sub(all, at, h->text_len);
	at += h->text_len;
	w.preview = gn_slice_sub(all, at, h->preview_len);
	return w;
}

static struct agent_file *make(struct gn_agent *a, const struct agent_file_head *head)
{
	struct agent_file *f = calloc(1, sizeof *f);
	if (!f)
		return NULL;
	f->agent = a;
	f->head = *head;
	f->state = AGENT_FILE_UPLOADING;
	f->words = malloc(words_len(head) + 1);
	for (unsigned i = 0; i < AGENT_FILE_SLOTS; i++)
		f->slots[i].file = f;
	if (f->words)
		return f;
	agent_file_free(f);
	return NULL;
}

struct agent_file *agent_file_new(struct gn_agent *a, const struct agent_file_head *head,
				  const struct agent_file_words *w)
{
	struct agent_file_head h = *head;
	h.name_len = (uint16_t)w->name.len;
	h.mime_len = (uint16_t)w->mime.len;
	h.text_len = (uint16_t)w->text.len;
	h.preview_len = (uint16_t)w->preview.len;
	struct agent_file *f = make(a, &h);
	gn_wipe(&h, sizeof h);
	if (!f)
		return NULL;
	const struct gn_slice parts[] = {w->name, w->mime, w->text, w->preview};
	size_t at = 0;
	for (size_t i = 0; i < GN_COUNT(parts); i++) {
		if (parts[i].len)
			memcpy(f->words + at, parts[i].p, parts[i].len);
		at += parts[i].len;
	}
	return f;
}

gn_err agent_file_read(struct gn_agent *a, const struct gn_agent_file *row, struct agent_file **out)
{
	struct agent_file_head head;
	if (row->bytes.len < sizeof head)
		return GN_CORRUPT;
	memcpy(&head, row->bytes.p, sizeof head);
	size_t words = words_len(&head), blocks = (size_t)head.meant * sizeof(struct gn_hash);
	if (head.meant > GN_CONTENT_FILE_BLOCKS || head.done > head.meant ||
	    row->bytes.len != sizeof head + words + blocks)
		return GN_CORRUPT;
	struct agent_file *f = make(a, &head);
	gn_wipe(&head, sizeof head);
	if (!f)
		return GN_NOMEM;
	memcpy(f->words, row->bytes.p + sizeof head, words);
	memcpy(f->blocks, row->bytes.p + sizeof head + words, blocks);
	f->state = row->state;
	*out = f;
	return GN_OK;
}

void agent_file_free(struct agent_file *f)
{
	if (!f)
		return;
	for (unsigned i = 0; i < AGENT_FILE_SLOTS; i++) {
		GN_ASSERT(!f->slots[i].call);
		if (f->slots[i].bytes)
			gn_wipe(f->slots[i].bytes, GN_BLOCK);
		free(f->slots[i].bytes);
	}
	GN_ASSERT(!f->spread);
	if (f->words)
		gn_wipe(f->words, words_len(&f->head));
	free(f->words);
	gn_wipe(f, sizeof *f);
	free(f);
}

gn_err agent_file_put(struct agent_file *f, struct gn_agent_tx *tx)
{
	struct gn_agent_file row = {.chat = agent_file_chat(f),
				    .mine = true,
				    .state = f->state,
				    .at_ms = f->head.at_ms};
	size_t words = words_len(&f->head), blocks = f->head.meant * sizeof(struct gn_hash);
	size_t len = sizeof f->head + words + blocks;
	memcpy(row.id.b, f->head.id.b, sizeof row.id.b);
	if (f->state == AGENT_FILE_DONE) /* its message has it all */
		return gn_agent_file_put(tx, &row);
	uint8_t *bytes = malloc(len);
	if (!bytes)
		return GN_NOMEM;
	memcpy(bytes, &f->head, sizeof f->head);
	memcpy(bytes + sizeof f->head, f->words, words);
	memcpy(bytes + sizeof f->head + words, f->blocks, blocks);
	row.bytes = gn_slice(bytes, len);
	gn_err err = gn_agent_file_put(tx, &row);
	gn_wipe(bytes, sizeof f->head);
	free(bytes);
	return err;
}

void agent_file_keep(struct agent_file *f)
{
	struct gn_agent *a = f->agent;
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_file_put(f, &tx);
	(void)agent_tx_end(a, &tx, err);
}
