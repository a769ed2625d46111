noinst_LIBRARIES += libimport.a
libimport_a_SOURCES = \
	%D%/capabilities.c \
	%D%/compact.c \
	%D%/container.c \
	%D%/fields.c \
	%D%/group.c \
	%D%/hcsshim.c \
	%D%/hcsshim_container.c \
	%D%/hcsshim_env.c \
	%D%/hcsshim_re2.c \
	%D%/kubernetes.c \
	%D%/kubernetes_downward.c \
	%D%/kubernetes_env.c \
	%D%/kubernetes_expand.c \
	%D%/kubernetes_fields.c \
	%D%/kubernetes_mounts.c \
	%D%/kubernetes_objects.c \
	%D%/kubernetes_pod.c \
	%D%/kubernetes_probes.c \
	%D%/kubernetes_security.c \
	%D%/kubernetes_services.c \
	%D%/kubernetes_volumes.c \
	%D%/names.c \
	%D%/pattern.c \
	%D%/pending.c \
	%D%/write.c \
	%D%/write_word.c \
	%D%/group.h \
	%D%/hcsshim.h \
	%D%/import.h \
	%D%/kubernetes.h \
	%D%/kubernetes_fields.def \
	%D%/write.h
