dist_man_MANS = %D%/cocoapolc.1 %D%/cocoapolv.1 %D%/cocoapol-check.1 %D%/cpol.3 %D%/cocoapol.5
nodist_man_MANS = cocoapol-bytecode.5 cocoapol-lint.7 cocoapolc-import.1
EXTRA_DIST += %D%/cocoapol-bytecode.5.in %D%/opcodes.awk
CLEANFILES += cocoapol-bytecode.5 cocoapol-lint.7 cocoapolc-import.1
cocoapol-bytecode.5: %D%/cocoapol-bytecode.5.in %D%/opcodes.awk src/bytecode/opcodes.def
	$(AM_V_GEN)$(AWK) -f $(srcdir)/man/opcodes.awk $(srcdir)/src/bytecode/opcodes.def \
		$(srcdir)/man/cocoapol-bytecode.5.in >$@.tmp && mv $@.tmp $@
EXTRA_DIST += %D%/cocoapol-lint.7.in %D%/lints.awk
lint_defs = src/lint/lint.def src/lint/lint_loader.def
cocoapol-lint.7: %D%/cocoapol-lint.7.in %D%/lints.awk $(lint_defs)
	$(AM_V_GEN)(cd $(srcdir) && $(AWK) -f man/lints.awk $(lint_defs) man/cocoapol-lint.7.in) >$@.tmp && mv $@.tmp $@
import_parts = man/cocoapolc-import.kubernetes man/cocoapolc-import.compose man/cocoapolc-import.aci \
	man/cocoapolc-import.hcsshim man/cocoapolc-import.images
import_fields = src/import/kubernetes_fields.def src/import/compose_fields.def src/import/aci_fields.def
import_example = examples/pod/greeter.yaml examples/pod/greeter.cpol
EXTRA_DIST += %D%/cocoapolc-import.1.in %D%/import.awk $(import_parts)
cocoapolc-import.1: %D%/cocoapolc-import.1.in %D%/import.awk $(import_parts) $(import_fields) $(import_example)
	$(AM_V_GEN)(cd $(srcdir) && $(AWK) -f man/import.awk man/cocoapolc-import.1.in) >$@.tmp && mv $@.tmp $@
