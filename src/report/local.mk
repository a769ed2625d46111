noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
	%D%/html.c \
	%D%/html_claim.c \
	%D%/html_text.c \
	%D%/source.c \
	%D%/source_word.c \
	%D%/steps.c \
	%D%/tool.c \
	%D%/trace.c \
	%D%/why.c \
	%D%/html.h \
	%D%/source.h \
	%D%/source_put.h \
	%D%/steps.h \
	%D%/tool.h \
	%D%/why.h

# The style and script of reports, as lines of C.
report_files = %D%/report.css %D%/report.js
EXTRA_DIST += $(report_files)
BUILT_SOURCES += report_lines.h
CLEANFILES += report_lines.h
report_lines.h: $(report_files)
	$(AM_V_GEN)for kind in css js; do \
		echo "static const char *const report_$$kind[] = {"; \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n",/' $(srcdir)/%D%/report.$$kind || exit 1; \
		echo '	NULL'; echo '};'; \
	done >$@.new && mv $@.new $@
%D%/html.$(OBJEXT): report_lines.h
