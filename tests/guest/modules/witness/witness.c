// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device-mapper target for the tests, never shipped: forwards all that it
 * gets and says what that was. Under a dmp (or a linear) it sees what came
 * through; above one it can add flags that no program of the user can set.
 *
 *	0 <length> witness <device> [secure-erase] [crypto]
 *
 * secure-erase, crypto: offer it, though the device below has it not. Secure
 * erases end here; so do keys, and the data goes on as it is.
 *
 * Status: name=value words. Messages: "reset"; "mark [WORD...]", from now on
 * set these on what is forwarded: a flag's name, "append" (a write becomes a
 * zone append), "integrity" (attach protection information), "crypt" (attach
 * a key). One I/O at a time, if last_sector and the like are to make sense.
 */
#include <linux/bio.h>
#if __has_include("linux/bio-integrity.h")
#include "linux/bio-integrity.h"
#endif
#include <linux/blkdev.h>
#include <linux/blk-crypto.h>
#ifdef CONFIG_BLK_INLINE_ENCRYPTION
#include <linux/blk-crypto-profile.h>
#endif
#include <linux/device-mapper.h>
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "compat.h"

#define DM_MSG_PREFIX "witness"

static const struct {
	unsigned int op;
	const char *name;
} ops[] = {
	{ REQ_OP_READ, "read" },
	{ REQ_OP_WRITE, "write" },
	{ REQ_OP_DISCARD, "discard" },
	{ REQ_OP_SECURE_ERASE, "secure_erase" },
	{ REQ_OP_WRITE_ZEROES, "write_zeroes" },
	{ REQ_OP_ZONE_APPEND, "zone_append" },
	{ REQ_OP_ZONE_RESET, "zone_reset" },
	{ REQ_OP_ZONE_RESET_ALL, "zone_reset_all" },
	{ REQ_OP_ZONE_OPEN, "zone_open" },
	{ REQ_OP_ZONE_CLOSE, "zone_close" },
	{ REQ_OP_ZONE_FINISH, "zone_finish" },
};

#ifndef REQ_POLLED
#define REQ_POLLED REQ_HIPRI	/* its name before v5.16 */
#endif

static const struct {
	u64 bit;
	const char *name;
} flags[] = {
	{ REQ_PREFLUSH, "preflush" },
	{ REQ_FUA, "fua" },
	{ REQ_NOWAIT, "nowait" },
	{ REQ_POLLED, "polled" },
	{ REQ_SYNC, "sync" },
	{ REQ_META, "meta" },
	{ REQ_PRIO, "prio" },
	{ REQ_RAHEAD, "rahead" },
	{ REQ_BACKGROUND, "background" },
	{ REQ_IDLE, "idle" },
	{ REQ_NOUNMAP, "nounmap" },
	{ REQ_SWAP, "swap" },
	{ REQ_FAILFAST_DEV, "failfast_dev" },
#ifdef REQ_ATOMIC
	{ REQ_ATOMIC, "atomic" },
#endif
};

/* What a bio is made to be on its way down. */
struct marks {
	u64 flags;
	bool append;
	bool integrity;
	bool crypt;
};

struct witness {
	struct dm_dev *dev;
	bool offer_secure_erase;
	bool offer_crypto;
	struct marks marks;
	atomic64_t op[ARRAY_SIZE(ops)];
	atomic64_t flag[ARRAY_SIZE(flags)];
	atomic64_t flush;	/* empty writes with REQ_PREFLUSH */
	atomic64_t other;
	atomic64_t integrity;
	atomic64_t crypt;
	atomic64_t bytes;
	atomic64_t errors;
	atomic64_t digest;	/* of all bios, whatever their order */
	u64 last_sector;
	u64 last_bytes;
#ifdef CONFIG_BLK_INLINE_ENCRYPTION
	struct blk_crypto_profile profile;
	struct blk_crypto_key key;
	bool key_in_use;
#endif
};

/* --- inline encryption --------------------------------------------------- */

#ifdef CONFIG_BLK_INLINE_ENCRYPTION
static struct request_queue *own_queue(struct dm_target *ti)
{
	return dm_disk(dm_table_get_md(ti->table))->queue;
}

static int crypto_init(struct witness *w)
{
	static const u8 raw[64] = { 1, 2, 3, 5, 7, 11, [32] = 13, 17, 19, 23 };
	int ret;

	ret = blk_crypto_init_key(&w->key, raw, sizeof(raw),
				  BLK_CRYPTO_KEY_TYPE_RAW,
				  BLK_ENCRYPTION_MODE_AES_256_XTS, 8, 4096);
	if (ret)
		return ret;

	ret = blk_crypto_profile_init(&w->profile, 0);
	if (ret)
		return ret;

	w->profile.max_dun_bytes_supported = 8;
	w->profile.key_types_supported = BLK_CRYPTO_KEY_TYPE_RAW;
	w->profile.modes_supported[BLK_ENCRYPTION_MODE_AES_256_XTS] = 4096;
	return 0;
}

static int crypto_use_key(struct witness *w)
{
	int ret;

	if (w->key_in_use)
		return 0;
	/* Or the kernel would encrypt above the device, and no key go down. */
	if (!bdev_get_queue(w->dev->bdev)->crypto_profile)
		return -EOPNOTSUPP;
	ret = blk_crypto_start_using_key(w->dev->bdev, &w->key);
	w->key_in_use = !ret;
	return ret;
}

static void crypto_exit(struct witness *w)
{
	if (w->key_in_use)
		blk_crypto_evict_key(w->dev->bdev, &w->key);
	blk_crypto_profile_destroy(&w->profile);
}

/* device-mapper must not find a profile that is not its own when it ends. */
static void crypto_offer(struct dm_target *ti, bool on)
{
	struct witness *w = ti->private;

	if (w->offer_crypto)
		own_queue(ti)->crypto_profile = on ? &w->profile : NULL;
}

static void crypto_mark(struct witness *w, struct bio *bio)
{
	u64 dun[BLK_CRYPTO_DUN_ARRAY_SIZE] = { bio->bi_iter.bi_sector >> 3 };

	bio_crypt_set_ctx(bio, &w->key, dun, GFP_NOIO);
}

static u64 crypto_dun(struct bio *bio)
{
	return bio_has_crypt_ctx(bio) ? bio->bi_crypt_context->bc_dun[0] : 0;
}

/* The bio's until it ends: whoever made it frees it. */
struct kept {
	struct bio_crypt_ctx *context;
};

static void crypto_take(struct witness *w, struct bio *bio)
{
	struct kept *kept = dm_per_bio_data(bio, sizeof(*kept));

	kept->context = bio->bi_crypt_context;
	if (w->offer_crypto)
		bio->bi_crypt_context = NULL;
}

static void crypto_give_back(struct bio *bio)
{
	struct kept *kept = dm_per_bio_data(bio, sizeof(*kept));

	bio->bi_crypt_context = kept->context;
}
#else
struct kept { };

static int crypto_init(struct witness *w)
{
	return w->offer_crypto ? -EOPNOTSUPP : 0;
}

static int crypto_use_key(struct witness *w)
{
	return -EOPNOTSUPP;
}

static void crypto_exit(struct witness *w)
{
}

static void crypto_offer(struct dm_target *ti, bool on)
{
}

static void crypto_mark(struct witness *w, struct bio *bio)
{
}

static u64 crypto_dun(struct bio *bio)
{
	return 0;
}

static void crypto_take(struct witness *w, struct bio *bio)
{
}

static void crypto_give_back(struct bio *bio)
{
}
#endif

/* --- protection information ---------------------------------------------- */

#ifdef CONFIG_BLK_DEV_INTEGRITY
/* The function's own type tells which of its two forms this kernel has. */
static void integrity_mark(struct bio *bio)
{
	typedef bool old_prep(struct bio *);
	typedef void new_prep(struct bio *, unsigned int);
	void *prep = bio_integrity_prep;

	if (!bio_sectors(bio) || bio_op(bio) > REQ_OP_WRITE)
		return;
	if (__builtin_types_compatible_p(typeof(bio_integrity_prep), old_prep))
		((old_prep *)prep)(bio);
	else /* BI_ACT_BUFFER | BI_ACT_CHECK */
		((new_prep *)prep)(bio, 3);
}
#else
static void integrity_mark(struct bio *bio)
{
}
#endif

/* --- what passes ---------------------------------------------------------- */

static void count_op(struct witness *w, struct bio *bio)
{
	int i;

	if (bio_op(bio) == REQ_OP_WRITE && !bio_sectors(bio)) {
		atomic64_inc(&w->flush);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (bio_op(bio) == ops[i].op) {
			atomic64_inc(&w->op[i]);
			return;
		}
	}
	atomic64_inc(&w->other);
}

static void witness_count(struct witness *w, struct bio *bio)
{
	u64 opf = (__force u64)bio->bi_opf;
	int i;

	count_op(w, bio);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (opf & flags[i].bit)
			atomic64_inc(&w->flag[i]);
	if (bio_integrity(bio))
		atomic64_inc(&w->integrity);
	if (bio_has_crypt_ctx(bio))
		atomic64_inc(&w->crypt);

	/*
	 * An empty flush has no place: whether it names one depends on which
	 * way device-mapper took.
	 */
	if (!bio_sectors(bio) && bio_op(bio) == REQ_OP_WRITE)
		return;
	atomic64_add(bio->bi_iter.bi_size, &w->bytes);
	atomic64_add(hash_64(opf, 32) ^ bio->bi_ioprio ^
		     hash_64(crypto_dun(bio), 56) ^
		     hash_64(bio->bi_iter.bi_sector, 48) ^
		     hash_64(bio->bi_iter.bi_size, 40), &w->digest);
	WRITE_ONCE(w->last_sector, bio->bi_iter.bi_sector);
	WRITE_ONCE(w->last_bytes, bio->bi_iter.bi_size);
}

static void witness_mark(struct witness *w, struct bio *bio)
{
	if (!bio_sectors(bio))
		return;
	bio->bi_opf |= (__force typeof(bio->bi_opf))w->marks.flags;
	if (w->marks.append && bio_op(bio) == REQ_OP_WRITE)
		bio->bi_opf = (bio->bi_opf &
			       (__force typeof(bio->bi_opf))~REQ_OP_MASK) |
			      REQ_OP_ZONE_APPEND;
	if (w->marks.integrity)
		integrity_mark(bio);
	if (w->marks.crypt)
		crypto_mark(w, bio);
}

static int witness_map(struct dm_target *ti, struct bio *bio)
{
	struct witness *w = ti->private;

	witness_count(w, bio);
	crypto_take(w, bio);
	bio_set_dev(bio, w->dev->bdev);
	witness_mark(w, bio);
	if (bio_op(bio) == REQ_OP_SECURE_ERASE && w->offer_secure_erase) {
		bio_endio(bio);
		return DM_MAPIO_SUBMITTED;
	}
	return DM_MAPIO_REMAPPED;
}

static int witness_end_io(struct dm_target *ti, struct bio *bio,
			  blk_status_t *error)
{
	struct witness *w = ti->private;

	if (*error)
		atomic64_inc(&w->errors);
	crypto_give_back(bio);
	return DM_ENDIO_DONE;
}

/* --- the table's life ------------------------------------------------------ */

static int parse(struct witness *w, unsigned int argc, char **argv)
{
	for (; argc; argc--, argv++) {
		if (!strcmp(*argv, "secure-erase"))
			w->offer_secure_erase = true;
		else if (!strcmp(*argv, "crypto"))
			w->offer_crypto = true;
		else
			return -EINVAL;
	}
	return 0;
}

static int witness_ctr(struct dm_target *ti, unsigned int argc, char **argv)
{
	struct witness *w;
	int ret = -EINVAL;

	w = kzalloc(sizeof(*w), GFP_KERNEL);
	if (!w)
		return -ENOMEM;

	ti->error = "want: 0 <length> witness <device> [secure-erase] [crypto]";
	if (!argc || ti->begin || parse(w, argc - 1, argv + 1))
		goto free;

	ti->error = "no inline encryption";
	ret = crypto_init(w);
	if (ret)
		goto free;

	ti->error = "no such device";
	ret = dm_get_device(ti, argv[0], dm_table_get_mode(ti->table), &w->dev);
	if (ret)
		goto crypto;

	ti->private = w;
	ti->per_io_data_size = sizeof(struct kept);
	ti->num_flush_bios = 1;
	ti->num_discard_bios = 1;
	ti->num_secure_erase_bios = 1;
	ti->num_write_zeroes_bios = 1;
	dmp_pass_write_same(ti);
	return 0;

crypto:
	crypto_exit(w);
free:
	kfree(w);
	return ret;
}

static void witness_dtr(struct dm_target *ti)
{
	struct witness *w = ti->private;

	crypto_exit(w);
	dm_put_device(ti, w->dev);
	kfree(w);
}

/* The limits are device-mapper's until here, and nothing looks at them yet. */
static void witness_resume(struct dm_target *ti)
{
	struct witness *w = ti->private;

	crypto_offer(ti, true);
	if (w->offer_secure_erase) {
		struct request_queue *q =
			dm_disk(dm_table_get_md(ti->table))->queue;
#ifdef QUEUE_FLAG_SECERASE
		blk_queue_flag_set(QUEUE_FLAG_SECERASE, q);
#else
		q->limits.max_secure_erase_sectors = 1 << 16;
#endif
	}
}

static void witness_postsuspend(struct dm_target *ti)
{
	crypto_offer(ti, false);
}

/* --- talking --------------------------------------------------------------- */

static void status_info(struct witness *w, char *result, unsigned int maxlen)
{
	unsigned int sz = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		DMEMIT("%s=%lld ", ops[i].name,
		       (long long)atomic64_read(&w->op[i]));
	DMEMIT("flush=%lld other=%lld ", (long long)atomic64_read(&w->flush),
	       (long long)atomic64_read(&w->other));
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		DMEMIT("%s=%lld ", flags[i].name,
		       (long long)atomic64_read(&w->flag[i]));
	DMEMIT("integrity=%lld crypt=%lld bytes=%lld errors=%lld ",
	       (long long)atomic64_read(&w->integrity),
	       (long long)atomic64_read(&w->crypt),
	       (long long)atomic64_read(&w->bytes),
	       (long long)atomic64_read(&w->errors));
	DMEMIT("last_sector=%llu last_bytes=%llu digest=%llx",
	       (unsigned long long)READ_ONCE(w->last_sector),
	       (unsigned long long)READ_ONCE(w->last_bytes),
	       (unsigned long long)atomic64_read(&w->digest));
}

static void witness_status(struct dm_target *ti, status_type_t type,
			   unsigned int status_flags, char *result,
			   unsigned int maxlen)
{
	struct witness *w = ti->private;
	unsigned int sz = 0;

	if (type == STATUSTYPE_INFO)
		status_info(w, result, maxlen);
	else if (type == STATUSTYPE_TABLE)
		DMEMIT("%s%s%s", w->dev->name,
		       w->offer_secure_erase ? " secure-erase" : "",
		       w->offer_crypto ? " crypto" : "");
	else
		result[0] = '\0';
}

static void reset(struct witness *w)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		atomic64_set(&w->op[i], 0);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		atomic64_set(&w->flag[i], 0);
	atomic64_set(&w->flush, 0);
	atomic64_set(&w->other, 0);
	atomic64_set(&w->integrity, 0);
	atomic64_set(&w->crypt, 0);
	atomic64_set(&w->bytes, 0);
	atomic64_set(&w->errors, 0);
	atomic64_set(&w->digest, 0);
	w->last_sector = 0;
	w->last_bytes = 0;
}

static int mark_flag(struct marks *marks, const char *word)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!strcmp(word, flags[i].name)) {
			marks->flags |= flags[i].bit;
			return 0;
		}
	}
	return -EINVAL;
}

static int set_marks(struct witness *w, unsigned int argc, char **argv)
{
	struct marks marks = { };
	int ret = 0;

	for (; argc && !ret; argc--, argv++) {
		if (!strcmp(*argv, "append"))
			marks.append = true;
		else if (!strcmp(*argv, "integrity"))
			marks.integrity = true;
		else if (!strcmp(*argv, "crypt"))
			marks.crypt = true;
		else
			ret = mark_flag(&marks, *argv);
	}
	if (!ret && marks.crypt)
		ret = crypto_use_key(w);
	if (!ret)
		w->marks = marks;
	return ret;
}

static int witness_message(struct dm_target *ti, unsigned int argc, char **argv,
			   char *result, unsigned int maxlen)
{
	struct witness *w = ti->private;

	if (argc == 1 && !strcmp(argv[0], "reset")) {
		reset(w);
		return 0;
	}
	if (argc && !strcmp(argv[0], "mark"))
		return set_marks(w, argc - 1, argv + 1);
	return -EINVAL;
}

static int witness_prepare_ioctl(DMP_PREPARE_IOCTL_PARAMS)
{
	struct witness *w = ti->private;

	*bdev = w->dev->bdev;
	return ti->len != dmp_bdev_sectors(*bdev);
}

static int witness_iterate_devices(struct dm_target *ti,
				   iterate_devices_callout_fn fn, void *data)
{
	struct witness *w = ti->private;

	return fn(ti, w->dev, 0, ti->len, data);
}

#ifdef CONFIG_BLK_DEV_ZONED
static int witness_report_zones(struct dm_target *ti,
				struct dm_report_zones_args *args,
				unsigned int nr_zones)
{
	struct witness *w = ti->private;

	return dmp_report_zones_below(w->dev->bdev, 0, args->next_sector, args,
				      nr_zones);
}
#endif

static struct target_type witness_target = {
	.name = "witness",
	.version = { 1, 0, 0 },
	.features = DM_TARGET_PASSES_INTEGRITY | DM_TARGET_NOWAIT | DMP_ZONED |
		    DMP_PASSES_CRYPTO | DMP_ATOMIC_WRITES,
	.module = THIS_MODULE,
	.ctr = witness_ctr,
	.dtr = witness_dtr,
	.map = witness_map,
	.end_io = witness_end_io,
	.resume = witness_resume,
	.postsuspend = witness_postsuspend,
	.status = witness_status,
	.message = witness_message,
	.prepare_ioctl = witness_prepare_ioctl,
	.iterate_devices = witness_iterate_devices,
#ifdef CONFIG_BLK_DEV_ZONED
	.report_zones = witness_report_zones,
#endif
};

static int __init witness_init(void)
{
	return dm_register_target(&witness_target);
}

static void __exit witness_exit(void)
{
	dm_unregister_target(&witness_target);
}

module_init(witness_init);
module_exit(witness_exit);
MODULE_DESCRIPTION("says what passes through it, for the tests");
MODULE_LICENSE("GPL");
