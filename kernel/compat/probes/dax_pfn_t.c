// SPDX-License-Identifier: GPL-2.0-or-later
/* Until 21aa65bf82a7 ("mm: remove callers of pfn_t functionality"), v6.17 */
#include <linux/pfn_t.h>

pfn_t probe;
