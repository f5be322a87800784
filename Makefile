# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make                build dmp.ko and device_mapper_proxy.ko
#   make tools          build build/tools/dmpstat and build/tools/dmpsetup
#   make install        install dmp.ko for the kernel it was built for, and the tools
#   make uninstall      remove both; install-module, install-tools and so on: one of them
#   make deb            build dmp-dkms and dmp-tools for this Debian in build/deb
#   make rpm            the same for Fedora in build/rpm
#   make demo           show it at work in a throw-away virtual machine
#   make check          all tests that a change must pass
#   make matrix         the tests on every kernel of the list
#   make bench          what an I/O costs
#   make shell          a shell in a guest: make shell KERNEL=6.12
#   make clean
#
# KDIR=DIR     the build directory of another kernel than the running one
# O=DIR        build in DIR, and leave the source tree alone (MO=DIR: the same)
# DESTDIR=DIR  install below DIR instead of / (INSTALL_MOD_PATH=DIR: the same)
# prefix=DIR   where the tools go (default: /usr/local)

ifeq ($(wildcard kernel/Kbuild),)
$(error Not the source directory: use make -C DIRECTORY)
endif

# Tools read and write text as in the C locale, and cd goes where it is told.
export LC_ALL := C
unexport CDPATH

KDIR ?= /lib/modules/$(shell uname -r)/build
NAMES := dmp device_mapper_proxy

# O and MO mean something else to kbuild, and must not reach it.
argument = $(if $(filter command,$(firstword $(origin $(1)))),$($(1)))
OUT := $(or $(call argument,O),$(call argument,MO),$(CURDIR))
MAKEOVERRIDES := $(filter-out O=% MO=%,$(MAKEOVERRIDES))

# Each name is built in a directory of its own: an object knows its module's name.
# Paths are used only after `paths` has found nothing odd in them.
UTSRELEASE = $(KDIR)/include/generated/utsrelease.h
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)".*/\1/p' $(UTSRELEASE))
BUILD = $(abspath $(OUT))/build/module/$(RELEASE)

# Where `make install` puts the module: STAGE is empty for this machine itself.
INSTALL_MOD_DIR ?= updates
STAGE = $(if $(or $(INSTALL_MOD_PATH),$(DESTDIR)),$(abspath $(or $(INSTALL_MOD_PATH),$(DESTDIR))))
MODULES = $(patsubst %/,%,$(STAGE))/lib/modules/$(RELEASE)

# What kbuild, make or a shell takes for something else than a part of a path.
comma := ,
hash := \#
empty :=
define newline


endef
special := : ; ! ? * [ ] { } < > | & = % ^ ' " ` $$ \ $(hash) $(comma) ( )
odd = $(strip $(if $(findstring $(empty) $(empty),$(1)),space) \
	$(if $(findstring $(empty)	$(empty),$(1)),tab) \
	$(if $(findstring $(newline),$(1)),newline) \
	$(foreach c,$(special),$(findstring $(c),$(1))))
# plain(WHAT,PATH,ADVICE)
plain = $(if $(call odd,$(2)),$(error $(1) '$(subst $(newline),\n,$(2))': \
	kbuild takes no such path ($(call odd,$(2)))$(3)))
# writable(PATH…,ADVICE)
writable = $(if $(shell lab/module blocked $(1)),$(error \
	Cannot write $(shell lab/module blocked $(1)): $(2)))

prefix ?= /usr/local

.PHONY: all $(NAMES) paths headers tools stage install install-module install-tools uninstall \
	uninstall-module uninstall-tools deb rpm demo check matrix bench shell clean

all: $(NAMES)

paths:
	@: $(call plain,Cannot build in,$(OUT),: build elsewhere with make O=DIR)
	@: $(call plain,Cannot build for KDIR,$(KDIR))

headers: paths
	@test -f $(UTSRELEASE) || { \
	  echo "No kernel headers in $(KDIR). Install them:" >&2; \
	  echo "  Debian, Ubuntu: apt-get install linux-headers-\$$(uname -r)" >&2; \
	  echo "  Fedora:         dnf install kernel-devel-\$$(uname -r)" >&2; \
	  echo "or name another kernel's: make KDIR=/path/to/its/build" >&2; \
	  exit 1; }

$(NAMES): headers
	@: $(call writable,$(abspath $(OUT)) $(BUILD)/$@,remove it as its owner$(comma) or build elsewhere with make O=DIR)
	@lab/module link $(BUILD)/$@
	@$(MAKE) -C $(KDIR) M=$(BUILD)/$@ DMP_MODULE=$@ DMP_ALSO= modules || \
	  { lab/module hand-over $(abspath $(OUT)); exit 1; }
	@lab/module publish $(BUILD)/$@/$@.ko $(abspath $(OUT))
	@lab/module hand-over $(abspath $(OUT))

tools:
	@: $(call plain,Cannot build in,$(OUT),: build elsewhere with make O=DIR)
	@: $(call writable,$(abspath $(OUT)) $(abspath $(OUT))/build/tools,remove it as its owner$(comma) or build elsewhere with make O=DIR)
	@$(MAKE) --no-print-directory -C tools BUILD=$(abspath $(OUT))/build/tools
	@lab/module hand-over $(abspath $(OUT))

stage: headers
	@: $(if $(and $(INSTALL_MOD_PATH),$(DESTDIR)),$(if $(filter-out $(INSTALL_MOD_PATH),$(DESTDIR)),$(error \
	  DESTDIR and INSTALL_MOD_PATH name different directories: give one of them)))
	@: $(call plain,Cannot install into,$(or $(INSTALL_MOD_PATH),$(DESTDIR)))
	@: $(call plain,Cannot install into INSTALL_MOD_DIR,$(INSTALL_MOD_DIR))
	@: $(call writable,$(MODULES) $(MODULES)/$(INSTALL_MOD_DIR) $(wildcard $(MODULES)/$(INSTALL_MOD_DIR)/dmp.ko*),become root$(comma) or name a directory with make $(filter install% uninstall%,$(MAKECMDGOALS)) DESTDIR=DIR)

# All is built before anything is installed.
install: stage dmp tools install-module install-tools
uninstall: uninstall-module uninstall-tools

install-module: stage dmp
	@umask 022 && $(MAKE) -C $(KDIR) M=$(BUILD)/dmp DMP_MODULE=dmp DMP_ALSO= \
	  KERNELRELEASE=$(RELEASE) INSTALL_MOD_PATH=$(STAGE) \
	  INSTALL_MOD_DIR=$(INSTALL_MOD_DIR) modules_install
	@lab/module installed "$(STAGE)" $(RELEASE) $(INSTALL_MOD_DIR)

uninstall-module: stage
	@lab/module uninstall "$(STAGE)" $(RELEASE) $(INSTALL_MOD_DIR)

install-tools: tools
	@tools/install install '$(abspath $(OUT))/build/tools' '$(STAGE)' '$(prefix)'

uninstall-tools:
	@tools/install uninstall '$(STAGE)' '$(prefix)'

deb rpm:
	@packaging/package $@ $(abspath $(OUT))/build/$@
	@lab/module hand-over $(abspath $(OUT))

demo:
	lab/demo

check:
	tests/check

matrix:
	tests/check kernels thorough system

bench:
	bench/run

KERNEL ?= 6.12
shell:
	lab/shell $(KERNEL)

clean:
ifeq ($(OUT),$(CURDIR))
	@lab/module clean
else
	@: $(call plain,Cannot clean,$(OUT))
	@lab/module clean $(abspath $(OUT))
endif
