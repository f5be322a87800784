// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The queue of ticks: see tick-queue.h.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "tick-queue.h"
#include "windows.h"

#define PERIOD		msecs_to_jiffies(DMP_WINDOW_NS / NSEC_PER_MSEC)

/* Unbound: the scheduler chooses the CPU. */
static struct workqueue_struct *workqueue;
static struct delayed_work work;
static void (*run_tick)(struct dmp_tick_entry *entry);

/* Guards the variables below. Nests inside the lock of a volume's tick. */
static DEFINE_SPINLOCK(queue_lock);
static LIST_HEAD(queue);
static struct dmp_tick_entry *running;
static bool armed;	/* the work is pending, or runs and looks at the queue again */

/* Arm the timer for the first tick, if there is one. */
static void arm(const struct dmp_tick_entry *first)
{
	unsigned long now = jiffies;
	unsigned long delay;

	armed = first;
	if (!first)
		return;
	/* A timer expires in the jiffy after the one that it is armed for. */
	delay = time_before(now, first->due) ? first->due - now : 1;
	queue_delayed_work(workqueue, &work,
			   time_after(now, first->due) ? 0 : delay);
}

/*
 * The previous tick has run: take the next one off the queue if it was due before @until,
 * or arm the timer and return NULL. A jiffy that has only begun is not enough: the tick
 * may have been queued at the end of one, and is never early.
 */
static struct dmp_tick_entry *next_due(unsigned long until)
{
	struct dmp_tick_entry *entry;

	spin_lock_irq(&queue_lock);
	entry = list_first_entry_or_null(&queue, struct dmp_tick_entry, node);
	if (entry && time_after(until, entry->due)) {
		list_del_init(&entry->node);
	} else {
		arm(entry);
		entry = NULL;
	}
	running = entry;
	spin_unlock_irq(&queue_lock);
	return entry;
}

/*
 * Run what is due now. What becomes due meanwhile waits for the next run of the work, so
 * that dmp_tick_queue_remove() does not wait for ever where ticks take all the time.
 */
static void run_due(struct work_struct *unused)
{
	struct dmp_tick_entry *entry;
	unsigned long until = jiffies;

	for (;;) {
		entry = next_due(until);
		if (!entry)
			return;
		run_tick(entry);
		cond_resched();
	}
}

/**
 * dmp_tick_queue_add() - have a tick run after 100 ms
 * @entry: of the volume; nothing is done if it is queued already. May be the one that
 *	runs.
 *
 * Context: that of bio submission.
 */
void dmp_tick_queue_add(struct dmp_tick_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&queue_lock, flags);
	if (list_empty(&entry->node)) {
		entry->due = jiffies + PERIOD;
		list_add_tail(&entry->node, &queue);
		if (!armed)
			arm(entry);
	}
	spin_unlock_irqrestore(&queue_lock, flags);
}

/* Returns false if it runs, and so may queue itself again. */
static bool try_remove(struct dmp_tick_entry *entry)
{
	bool removed;

	spin_lock_irq(&queue_lock);
	list_del_init(&entry->node);
	removed = running != entry;
	spin_unlock_irq(&queue_lock);
	return removed;
}

/**
 * dmp_tick_queue_remove() - take a tick off the queue
 * @entry: of the volume; queued by nobody any more but by the tick itself
 *
 * Context: may sleep, with no lock that a tick takes; not in a tick. If this tick runs,
 *	waits for it, and for the others that were due by then.
 */
void dmp_tick_queue_remove(struct dmp_tick_entry *entry)
{
	while (!try_remove(entry))
		flush_delayed_work(&work);
}

/**
 * dmp_tick_queue_init() - create the worker
 * @run: the tick; may sleep
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_tick_queue_init(void (*run)(struct dmp_tick_entry *entry))
{
	run_tick = run;
	INIT_DELAYED_WORK(&work, run_due);
	workqueue = alloc_workqueue("dmp", WQ_UNBOUND, 0);
	return workqueue ? 0 : -ENOMEM;
}

/**
 * dmp_tick_queue_exit() - destroy the worker
 *
 * Context: may sleep; no volume is left.
 */
void dmp_tick_queue_exit(void)
{
	cancel_delayed_work_sync(&work);
	destroy_workqueue(workqueue);
}
