// SPDX-License-Identifier: GPL-2.0-or-later
/* e511c4a3d2a1 ("dax: introduce DAX_RECOVERY_WRITE dax access mode"), v5.19 */
#include <linux/dax.h>

enum dax_access_mode probe = DAX_ACCESS;
