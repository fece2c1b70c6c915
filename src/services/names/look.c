/* Which of the names seen here a name looks like: the first pinned of each skeleton (NA-16). */
#include "services/names/names_int.h"

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
