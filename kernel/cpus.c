// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Allocation of per-CPU state, and CPU hotplug: see cpus.h.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>

#include "cpus.h"

unsigned int *dmp_seen_cpus;
unsigned int dmp_nr_seen_cpus;

static struct kmem_cache *block_cache;
static enum cpuhp_state hotplug_state;

/*
 * Guards the list, blocks that are added, and dmp_seen_cpus. Nests inside the CPU hotplug
 * lock. What is allocated under it is allocated with memalloc_noio_save(): reclaim may
 * wait for a volume that is suspended, and whoever is to resume it for this lock.
 */
static DEFINE_MUTEX(list_lock);
static LIST_HEAD(list);

static void block_init(struct dmp_block *block)
{
	struct dmp_submit_state *submit = &block->submit;

	submit->random = get_random_u32();
	submit->until_sample = dmp_random_below(submit, 2 * DMP_SAMPLE_MEAN);
	/* Out of range of any setting: dmp_should_time() draws it at the first bio. */
	submit->until_timed = S32_MAX;
	submit->last_end = DMP_RUN_NOWHERE;
	dmp_runs_init(&submit->runs);
}

/* Give a CPU its block, which it has from an earlier time online, if any. */
static int add_block(const struct dmp_cpus *cpus, unsigned int cpu)
{
	struct dmp_cpu *counters = per_cpu_ptr(cpus->cpu, cpu);
	struct dmp_block *block;

	if (counters->block)
		return 0;
	block = kmem_cache_alloc_node(block_cache, GFP_KERNEL | __GFP_ZERO,
				      cpu_to_mem(cpu));
	if (!block)
		return -ENOMEM;
	block_init(block);
	/* Readers see it set up. */
	smp_store_release(&counters->block, block);
	return 0;
}

static void seq_init(const struct dmp_cpus *cpus)
{
#if BITS_PER_LONG == 32
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		seqcount_init(&per_cpu_ptr(cpus->cpu, cpu)->seq);
#endif
}

static int add_seen_blocks(const struct dmp_cpus *cpus)
{
	unsigned int i;
	int ret;

	for (i = 0; i < dmp_nr_seen_cpus; i++) {
		ret = add_block(cpus, dmp_seen_cpus[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static void free_blocks(const struct dmp_cpus *cpus)
{
	struct dmp_block *block;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		block = per_cpu_ptr(cpus->cpu, cpu)->block;
		if (block)
			kmem_cache_free(block_cache, block);
	}
}

static void add_seen(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < dmp_nr_seen_cpus; i++)
		if (dmp_seen_cpus[i] == cpu)
			return;
	dmp_seen_cpus[i] = cpu;
	/* The number after the entry: see dmp_nth_cpu(). */
	smp_store_release(&dmp_nr_seen_cpus, i + 1);
}

/* A CPU is about to come online, unless out of memory. */
static int prepare_cpu(unsigned int cpu)
{
	unsigned int noio = memalloc_noio_save();
	struct dmp_cpus *cpus;
	int ret = 0;

	mutex_lock(&list_lock);
	list_for_each_entry(cpus, &list, node) {
		ret = add_block(cpus, cpu);
		if (ret)
			break;
	}
	if (!ret)
		add_seen(cpu);
	mutex_unlock(&list_lock);
	memalloc_noio_restore(noio);
	return ret;
}

/**
 * dmp_cpus_init() - allocate the per-CPU state of a volume, all zero
 * @cpus: to be set up
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM, with nothing left to free.
 */
int dmp_cpus_init(struct dmp_cpus *cpus)
{
	unsigned int noio;
	int ret;

	/* Within memalloc_noio_save() alloc_percpu() takes only what is at hand. */
	cpus->cpu = alloc_percpu(struct dmp_cpu);
	if (!cpus->cpu)
		return -ENOMEM;
	seq_init(cpus);

	noio = memalloc_noio_save();
	mutex_lock(&list_lock);
	ret = add_seen_blocks(cpus);
	if (!ret)
		list_add(&cpus->node, &list);
	mutex_unlock(&list_lock);
	memalloc_noio_restore(noio);

	if (ret) {
		free_blocks(cpus);
		free_percpu(cpus->cpu);
	}
	return ret;
}

/**
 * dmp_cpus_exit() - free the per-CPU state of a volume
 * @cpus: without bios in flight and without readers
 *
 * Context: may sleep.
 */
void dmp_cpus_exit(struct dmp_cpus *cpus)
{
	mutex_lock(&list_lock);
	list_del(&cpus->node);
	mutex_unlock(&list_lock);

	free_blocks(cpus);
	free_percpu(cpus->cpu);
}

/**
 * dmp_cpus_global_init() - set up before the first volume
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int dmp_cpus_global_init(void)
{
	unsigned int cpu;
	int ret = -ENOMEM;

	dmp_seen_cpus = kcalloc(nr_cpu_ids, sizeof(*dmp_seen_cpus), GFP_KERNEL);
	block_cache = kmem_cache_create(KBUILD_MODNAME "_cpu",
					sizeof(struct dmp_block),
					__alignof__(struct dmp_block), 0, NULL);
	if (!dmp_seen_cpus || !block_cache)
		goto free;

	/*
	 * Without calls for the CPUs that are online: until v6.8 there were none for a
	 * dynamic state of this kind.
	 */
	cpus_read_lock();
	for_each_online_cpu(cpu)
		add_seen(cpu);
	ret = cpuhp_setup_state_nocalls_cpuslocked(CPUHP_BP_PREPARE_DYN,
						   "block/dmp:prepare",
						   prepare_cpu, NULL);
	cpus_read_unlock();
	if (ret < 0)
		goto free;
	hotplug_state = ret;
	return 0;
free:
	kmem_cache_destroy(block_cache);
	kfree(dmp_seen_cpus);
	return ret;
}

/**
 * dmp_cpus_global_exit() - tear down after the last volume
 *
 * Context: may sleep.
 */
void dmp_cpus_global_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
	kmem_cache_destroy(block_cache);
	kfree(dmp_seen_cpus);
}
