/*
 * Loaded in front of Node (LD_PRELOAD): the operation on files below FAULT_DIR that FAULT_AT counts to fails with FAULT_ERRNO,
 * and all behind it too where FAULT_STICKY is 1. A write that fails leaves its first half. FAULT_COUNT names a file to which a
 * line is added for each operation: "write" for those that change something, "read" for those that do not. FAULT_KIND names
 * which of the two are counted. Programs that Node starts are left alone.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long seen, at, is_sticky, number;
static int is_node = -1;
static const char *folder, *counted, *kind;

static long whole(const char *name) {
  const char *value = getenv(name);
  return value ? atol(value) : 0;
}

static int is_ours(void) {
  if (is_node >= 0) return is_node;
  char exe[PATH_MAX] = {0};
  ssize_t size = readlink("/proc/self/exe", exe, sizeof exe - 1);
  const char *name = size > 0 ? strrchr(exe, '/') : NULL;
  at = whole("FAULT_AT");
  is_sticky = whole("FAULT_STICKY");
  number = whole("FAULT_ERRNO");
  folder = getenv("FAULT_DIR");
  counted = getenv("FAULT_COUNT");
  kind = getenv("FAULT_KIND");
  return is_node = folder && kind && name && strncmp(name + 1, "node", 4) == 0;
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = dlsym(RTLD_NEXT, #name)

/* Whether an operation of this kind fails. */
static int hit(const char *what) {
  if (counted) {
    static __typeof__(&open) real_open;
    if (!real_open) real_open = dlsym(RTLD_NEXT, "open");
    int file = real_open(counted, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file >= 0) {
      dprintf(file, "%s\n", what);
      close(file);
    }
  }
  if (strcmp(what, kind) != 0) return 0;
  long now = __sync_add_and_fetch(&seen, 1);
  if (at == 0 || !(now == at || (is_sticky && now > at))) return 0;
  errno = (int)number;
  return 1;
}

static int below(const char *path) {
  if (!is_ours()) return 0;
  char here[PATH_MAX];
  if (path[0] == '/') return strstr(path, folder) != NULL;
  return getcwd(here, sizeof here) && strstr(here, folder) != NULL;
}

static int file_below(int file) {
  if (!is_ours()) return 0;
  char link[64], path[PATH_MAX] = {0};
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  return readlink(link, path, sizeof path - 1) > 0 && path[0] == '/' && strstr(path, folder) != NULL;
}

ssize_t write(int file, const void *bytes, size_t count) {
  REAL(write);
  if (file_below(file) && hit("write")) {
    int why = errno;
    if (real(file, bytes, count / 2) < 0) {}
    errno = why;
    return -1;
  }
  return real(file, bytes, count);
}

#define FILE_CHANGE(name, parameters, arguments) \
  int name parameters { \
    REAL(name); \
    if (file_below(file) && hit("write")) return -1; \
    return real arguments; \
  }
#define PATH_CHANGE(name, parameters, arguments) \
  int name parameters { \
    REAL(name); \
    if (below(path) && hit("write")) return -1; \
    return real arguments; \
  }

FILE_CHANGE(fsync, (int file), (file))
FILE_CHANGE(fdatasync, (int file), (file))
FILE_CHANGE(fchmod, (int file, mode_t mode), (file, mode))
FILE_CHANGE(ftruncate64, (int file, off64_t size), (file, size))
PATH_CHANGE(rename, (const char *from, const char *path), (from, path))
PATH_CHANGE(link, (const char *from, const char *path), (from, path))
PATH_CHANGE(symlink, (const char *target, const char *path), (target, path))
PATH_CHANGE(unlink, (const char *path), (path))
PATH_CHANGE(rmdir, (const char *path), (path))
PATH_CHANGE(mkdir, (const char *path, mode_t mode), (path, mode))
PATH_CHANGE(chmod, (const char *path, mode_t mode), (path, mode))

ssize_t copy_file_range(int from, off64_t *from_at, int file, off64_t *to_at, size_t count, unsigned int flags) {
  REAL(copy_file_range);
  if (file_below(file) && hit("write")) return -1;
  return real(from, from_at, file, to_at, count, flags);
}

#define OPENING(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = va_arg(rest, mode_t); \
    va_end(rest); \
    int writes = (flags & O_ACCMODE) != O_RDONLY; \
    if (below(path) && hit(writes ? "write" : "read")) return -1; \
    return real(path, flags, mode); \
  }
OPENING(open)
OPENING(open64)

ssize_t read(int file, void *bytes, size_t count) {
  REAL(read);
  if (file_below(file) && hit("read")) return -1;
  return real(file, bytes, count);
}

int scandir64(const char *path, struct dirent64 ***names, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **)) {
  REAL(scandir64);
  if (below(path) && hit("read")) return -1;
  return real(path, names, filter, compare);
}
