/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue of ticks: one worker and one timer for all volumes.
 *
 * All ticks are due after the same time, so the queue is in their order, and a timer
 * that is armed for the first one is enough: a thousand busy volumes cause at most one
 * timer interrupt in a jiffy. The ticks that are due run one after the other; a tick
 * must not wait long, since it delays those behind it.
 */
#ifndef DMP_TICK_QUEUE_H
#define DMP_TICK_QUEUE_H

#include <linux/list.h>

/**
 * struct dmp_tick_entry - a volume in the queue of ticks
 * @node: in the queue; empty if it is not queued, as INIT_LIST_HEAD() leaves it
 * @due: jiffies after which it is due
 */
struct dmp_tick_entry {
	struct list_head node;
	unsigned long due;
};

int dmp_tick_queue_init(void (*run)(struct dmp_tick_entry *entry));
void dmp_tick_queue_exit(void);
void dmp_tick_queue_add(struct dmp_tick_entry *entry);
void dmp_tick_queue_remove(struct dmp_tick_entry *entry);

#endif /* DMP_TICK_QUEUE_H */
