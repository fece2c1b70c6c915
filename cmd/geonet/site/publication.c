/* A publication, the work of one command on one site: what is out there, what comes next, and
 * the last step, which moves the head. */
#include "geonet/site/publication.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/site/site.h"

#include <stdlib.h>

int publication_move(struct publication *p)
{
	gn_head_advance(&p->head, &p->next);
	p->head.created = cli_now();
	p->head.ttl = (uint32_t)p->ttl;
	return site_put_head(p->cli, &p->id, &p->head, p->w, &p->receipts);
}

void publication_free(struct publication *p)
{
	gn_manifest_free(&p->alloc, p->previous);
	site_folder_free(&p->folder);
	free(p->record);
	free(p->manifest);
	free(p->manifest_blocks);
	identity_wipe(&p->id);
	free(p);
}

struct publication *publication_of(struct cli *cli, const char *label)
{
	struct publication *p = cli_alloc(sizeof *p);
	p->cli = cli;
	p->label = label ? label : "";
	p->copies = GN_BUNDLE_COPIES;
	p->ttl = GN_BUNDLE_TTL;
	gn_alloc_heap(&p->alloc, MANIFEST_MEMORY);
	if (cli_number(cli, "w", 1, 8, &p->w) && site_label_ok(cli, p->label))
		return p;
	publication_free(p);
	return NULL;
}

struct publication *publication_new(struct cli *cli, const char *label)
{
	struct publication *p = publication_of(cli, label);
	if (!p || (cli_number(cli, "copies", 1, 8, &p->copies) &&
		   cli_number(cli, "ttl", GN_RECORD_TTL_MIN, GN_RECORD_TTL_MAX, &p->ttl)))
		return p;
	publication_free(p);
	return NULL;
}
