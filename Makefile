# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make                build dmp.ko and device_mapper_proxy.ko
#   make install        install dmp.ko for the kernel it was built for
#   make demo           show it at work in a throw-away virtual machine
#   make check          all tests that a change must pass
#   make matrix         the tests on every kernel of the list
#   make bench          what an I/O costs
#   make shell          a shell in a guest: make shell KERNEL=6.12
#   make clean
#
# KDIR= names the build folder of another kernel than the running one.

KDIR ?= /lib/modules/$(shell uname -r)/build
NAMES := dmp device_mapper_proxy

# Each name is built in a folder of its own: an object knows its module's name.
UTSRELEASE := $(KDIR)/include/generated/utsrelease.h
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)".*/\1/p' $(UTSRELEASE))
BUILD = $(CURDIR)/build/module/$(RELEASE)
SOURCES := $(notdir $(wildcard kernel/*))

.PHONY: all $(NAMES) headers install demo check matrix bench shell clean

all: $(NAMES)

headers:
	@test -f $(UTSRELEASE) || { \
	  echo "No kernel headers in $(KDIR). Install them:" >&2; \
	  echo "  Debian, Ubuntu: apt-get install linux-headers-\$$(uname -r)" >&2; \
	  echo "  Fedora:         dnf install kernel-devel-\$$(uname -r)" >&2; \
	  echo "or name another kernel's: make KDIR=/path/to/its/build" >&2; \
	  exit 1; }

$(NAMES): headers
	@mkdir -p $(BUILD)/$@
	@cd $(BUILD)/$@ && find . -maxdepth 1 -type l -delete && \
	  ln -s $(SOURCES:%=$(CURDIR)/kernel/%) .
	$(MAKE) -C $(KDIR) M=$(BUILD)/$@ DMP_MODULE=$@ modules
	@cp $(BUILD)/$@/$@.ko .

install: dmp
	$(MAKE) -C $(KDIR) M=$(BUILD)/dmp DMP_MODULE=dmp KERNELRELEASE=$(RELEASE) \
	  modules_install
	depmod $(RELEASE)

demo:
	lab/demo

check:
	tests/check

matrix:
	tests/run --set matrix

bench:
	bench/run

KERNEL ?= 6.12
shell:
	lab/shell $(KERNEL)

clean:
	rm -rf build $(NAMES:%=%.ko)
