/* Owners of global names as they were first seen, and which of those names another looks like: the
 * first pinned of each skeleton. Rules: docs/spec/services.md NA-10, NA-16. */
#include "services/names/names_int.h"

/* ---- looks ---- */

void names_look_add(struct gn_names *n, const struct gn_name *name, const struct gn_hash *key)
{
	struct gn_hash look;
	if (!gn_name_look(name, &look) || gn_map_get(&n->looks, &look))
		return;
	struct gn_hash *first = gn_map_put(&n->looks, &look);
	if (first)
		*first = *key;
	else
		n->count.nomem++;
}

const char *names_look_like(const struct gn_names *n, const struct gn_name *name)
{
	struct gn_hash look;
	const struct gn_hash *first =
		gn_name_look(name, &look) ? gn_map_get(&n->looks, &look) : NULL;
	const struct names_pin *pin = first ? gn_map_get(&n->pins, first) : NULL;
	const char *dot = strrchr(name->text, '.');
	return pin && strcmp(pin->name.text, dot ? dot + 1 : name->text) != 0 ? pin->name.text
									      : NULL;
}

/* ---- pins ---- */

/* A pin that cannot be set is counted: the name is then resolved without one. */
static gn_err pin_set(struct gn_names *n, const struct gn_name *name, const struct gn_pk *owner)
{
	GN_ASSERT(name->form == GN_NAME_GLOBAL);
	struct gn_hash key;
	names_hash(name, &key);
	bool full = n->pins.count == NAMES_PINS_MAX && !gn_map_get(&n->pins, &key);
	struct names_pin *pin = full ? NULL : gn_map_put(&n->pins, &key);
	if (!pin) {
		n->count.pins_full++;
		return full ? GN_LIMIT : GN_NOMEM;
	}
	n->count.pins_set += memcmp(&pin->owner, owner, sizeof pin->owner) != 0;
	pin->name = *name;
	pin->owner = *owner;
	names_look_add(n, name, &key);
	return GN_OK;
}

gn_err gn_names_pin(struct gn_names *n, const struct gn_name *name, const struct gn_pk *owner)
{
	return name->form == GN_NAME_GLOBAL ? pin_set(n, name, owner) : GN_USAGE;
}

bool gn_names_pin_at(const struct gn_names *n, uint32_t i, struct gn_name *name,
		     struct gn_pk *owner)
{
	if (i >= n->pins.count)
		return false;
	const struct names_pin *pin = gn_map_value_at(&n->pins, i);
	*name = pin->name;
	*owner = pin->owner;
	return true;
}

void names_check_pin(struct gn_names *n, struct names_job *job)
{
	GN_ASSERT(job->found.bytes != NULL);
	struct gn_hash key;
	struct gn_name_view v;
	if (job->target.form != GN_NAME_GLOBAL)
		return;
	names_hash(&job->target, &key);
	const struct names_pin *pin = gn_map_get(&n->pins, &key);
	if (!pin) {
		pin_set(n, &job->target, &job->found.owner);
		return;
	}
	if (gn_pk_eq(&pin->owner, &job->found.owner))
		return;
	job->changed = true;
	job->pinned = pin->owner;
	n->count.owner_changes++;
	bool handed = gn_name_view(&job->found.record, &v) == GN_OK && v.transferred &&
		      gn_pk_eq(&v.previous_owner, &pin->owner);
	if (handed)
		pin_set(n, &job->target, &job->found.owner);
}
