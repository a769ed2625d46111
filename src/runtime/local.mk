libcocoapol_a_SOURCES += \
	%D%/decide.c \
	%D%/layout.c \
	%D%/outside.c \
	%D%/request.c \
	%D%/run.c \
	%D%/state.c \
	%D%/steps.c \
	%D%/tables.c \
	%D%/value.c \
	%D%/machine.h \
	%D%/run.h \
	%D%/state.h \
	%D%/step.h
pkgconfig_DATA = src/runtime/cocoapol.pc
