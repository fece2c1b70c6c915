/* Intrusive doubly-linked lists: a head and links of one type; a link outside any list has next
 * == NULL. */
#ifndef GN_JET_LIST_INT_H
#define GN_JET_LIST_INT_H

#include "base/base.h"

struct jet_link {
	struct jet_link *next, *prev;
};

static inline void jet_list_init(struct jet_link *head)
{
	head->next = head->prev = head;
}
static inline bool jet_list_empty(const struct jet_link *head)
{
	return head->next == head;
}
static inline bool jet_linked(const struct jet_link *l)
{
	return l->next != NULL;
}
/* No-op when it is in a list already. */
static inline void jet_list_append(struct jet_link *head, struct jet_link *l)
{
	if (l->next)
		return;
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}
/* No-op when it is in none. */
static inline void jet_list_remove(struct jet_link *l)
{
	if (!l->next)
		return;
	l->prev->next = l->next;
	l->next->prev = l->prev;
	l->next = l->prev = NULL;
}
static inline struct jet_link *jet_list_first(const struct jet_link *head)
{
	return jet_list_empty(head) ? NULL : head->next;
}

#endif
