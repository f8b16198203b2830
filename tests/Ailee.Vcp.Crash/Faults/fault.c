/*
 * Loaded by LD_PRELOAD into a process whose storage is to fail. Counts what the process does to files below one directory, writes all of
 * it into a journal, and at one of these operations fails it, kills the process, or lets nothing come to the directory any more. It is told
 * what to do through a file that both sides map (FaultControl.cs has the same layout). Files elsewhere are not touched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KILL = 1, FREEZE = 2, ERROR_ONCE = 3, ERROR_ON = 4 };
enum { GROWTH = 1, SYNCS = 2 };
enum { WRITE = 1, SYNC, TRUNCATE, CREATE, RENAME, UNLINK, MKDIR };

/* What is in FaultControl.cs, in the same order. */
struct control {
    int64_t pid;              /* whose operations count; 0 for the first process that comes */
    volatile int64_t counting; /* 0: the active directory is let alone */
    volatile int64_t frozen;  /* 1: nothing comes to the active directory any more */
    volatile int64_t ops;     /* operations so far */
    volatile int64_t at;      /* the operation that is met; 0 for none */
    volatile int64_t kind;
    volatile int64_t error;   /* errno of a failure */
    volatile int64_t only;    /* what is met: 0 for anything, GROWTH for what takes room, SYNCS */
    volatile int64_t torn;    /* of a write that is met, this many 256ths still land */
    volatile int64_t fired;   /* the operation that was met; 0 before */
    volatile int64_t fired_type;
    volatile int64_t skip_sync; /* 1: what is synced is only written down */
    volatile int64_t used;    /* bytes of the journal */
    int64_t size;             /* bytes that the journal may have */
    char base[512];           /* directory of all directories */
    char root[512];           /* the active one; everything else below the base takes nothing */
    char journal[];
};

struct entry {
    uint32_t length;
    uint32_t type;
    int64_t offset;
    uint32_t path, target, data, failed;
};

static struct control *control;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

#define NEXT(name) ({ static __typeof__(&name) next; if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name); next; })

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("VCP_FAULT_FILE");
    struct stat file;
    int fd = path ? NEXT(open)(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &file) != 0)
        return;
    struct control *mapped = mmap(NULL, file.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED)
        return;
    int64_t nobody = 0;
    if (__atomic_compare_exchange_n(&mapped->pid, &nobody, getpid(), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) || nobody == getpid())
        control = mapped;
    else
        munmap(mapped, file.st_size);
}

static int below(const char *path, const char *directory)
{
    size_t length = strnlen(directory, sizeof control->base);
    return length > 0 && strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == 0);
}

/* 0: none of ours; 1: of the active directory; 2: of another, which takes nothing. */
static int place(const char *path)
{
    if (!control || control->pid != getpid() || !below(path, control->base))
        return 0;
    if (!below(path, control->root))
        return 2;
    return control->frozen ? 2 : control->counting ? 1 : 0;
}

static int path_of(int fd, char *path)
{
    char link[64];
    if (!control || fd < 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return path[0] == '/';
}

static int path_at(int directory, const char *path, char *whole)
{
    if (!control || !path)
        return 0;
    if (path[0] == '/') {
        snprintf(whole, PATH_MAX, "%s", path);
        return 1;
    }
    char start[PATH_MAX];
    if (directory == AT_FDCWD ? !getcwd(start, sizeof start) : !path_of(directory, start))
        return 0;
    return snprintf(whole, PATH_MAX, "%s/%s", start, path) < PATH_MAX;
}

static const char *relative(const char *path)
{
    const char *rest = path + strlen(control->root);
    return *rest == '/' ? rest + 1 : rest;
}

static void note(uint32_t type, const char *path, const char *target, int64_t offset, const void *data, size_t length, int failed)
{
    const char *to = target ? relative(target) : "";
    path = relative(path);
    struct entry entry = { 0, type, offset, strlen(path), strlen(to), length, failed };
    entry.length = sizeof entry + entry.path + entry.target + entry.data;
    if (control->used + entry.length > control->size) {
        control->used = control->size + 1;
        return;
    }
    char *at = control->journal + control->used;
    memcpy(at, &entry, sizeof entry);
    at += sizeof entry;
    memcpy(at, path, entry.path);
    at += entry.path;
    memcpy(at, to, entry.target);
    if (length)
        memcpy(at + entry.target, data, length);
    control->used += entry.length;
}

/* Counts an operation. 0: it goes on; otherwise what its failure says. For a torn write `part` becomes what lands of it. */
static int meet(uint32_t type, int grows, size_t *part)
{
    int64_t number = ++control->ops;
    int64_t kind = control->kind;
    if (!control->at || number < control->at)
        return 0;
    if ((control->only == GROWTH && !grows) || (control->only == SYNCS && type != SYNC))
        return 0;
    if (kind == ERROR_ONCE && control->fired)
        return 0;
    if (!control->fired) {
        control->fired_type = type;
        control->fired = number;
        if (part && control->torn > 0)
            *part = *part * control->torn / 256;
        else if (part)
            *part = 0;
    } else if (part)
        *part = 0;
    if (kind == FREEZE)
        control->frozen = 1;
    return kind == ERROR_ONCE || kind == ERROR_ON ? (int)control->error : EIO;
}

static void die(void)
{
    if (control->kind == KILL && control->fired) {
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    }
}

static int fail(int error)
{
    errno = error;
    return -1;
}

/* An operation without data. */
#define SIMPLE(type, grows, path, target, offset, call) \
    do { \
        int where = place(path); \
        if (where == 0) \
            return call; \
        if (where == 2) \
            return fail(EIO); \
        pthread_mutex_lock(&gate); \
        if (place(path) != 1) { \
            pthread_mutex_unlock(&gate); \
            return fail(EIO); \
        } \
        int error = meet(type, grows, NULL); \
        if (error) \
            die(); \
        int result = error ? -1 : (call); \
        if (!error && result < 0) \
            error = errno; \
        note(type, path, target, offset, NULL, 0, error != 0); \
        pthread_mutex_unlock(&gate); \
        return error ? fail(error) : result; \
    } while (0)

/* All writes come here. With an offset below 0 it is where the file is. */
static ssize_t written(int fd, const char *path, const void *data, size_t length, int64_t offset)
{
    struct stat file;
    pthread_mutex_lock(&gate);
    if (place(path) != 1) {
        pthread_mutex_unlock(&gate);
        return fail(EIO);
    }
    fstat(fd, &file);
    int64_t at = offset >= 0 ? offset : NEXT(fcntl)(fd, F_GETFL) & O_APPEND ? file.st_size : lseek(fd, 0, SEEK_CUR);
    size_t part = length;
    int error = meet(WRITE, at + (int64_t)length > file.st_size, &part);
    ssize_t result = 0;
    if (!error || part > 0) {
        result = offset >= 0 ? NEXT(pwrite64)(fd, data, part, offset) : NEXT(write)(fd, data, part);
        if (!error && result < 0)
            error = errno;
    }
    if (result > 0)
        note(WRITE, path, NULL, at, data, result, 0);
    if (error)
        die();
    pthread_mutex_unlock(&gate);
    return error ? fail(error) : result;
}

ssize_t write(int fd, const void *data, size_t length)
{
    char path[PATH_MAX];
    int where = path_of(fd, path) ? place(path) : 0;
    return where == 0 ? NEXT(write)(fd, data, length) : where == 2 ? fail(EIO) : written(fd, path, data, length, -1);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset)
{
    char path[PATH_MAX];
    int where = path_of(fd, path) ? place(path) : 0;
    return where == 0 ? NEXT(pwrite64)(fd, data, length, offset) : where == 2 ? fail(EIO) : written(fd, path, data, length, offset);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    return pwrite64(fd, data, length, offset);
}

static ssize_t gathered(int fd, const char *path, const struct iovec *parts, int count, int64_t offset)
{
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len == 0)
            continue;
        ssize_t done = written(fd, path, parts[i].iov_base, parts[i].iov_len, offset < 0 ? offset : offset + total);
        if (done < 0)
            return total > 0 ? total : done;
        total += done;
        if ((size_t)done < parts[i].iov_len)
            break;
    }
    return total;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    char path[PATH_MAX];
    int where = path_of(fd, path) ? place(path) : 0;
    return where == 0 ? NEXT(writev)(fd, parts, count) : where == 2 ? fail(EIO) : gathered(fd, path, parts, count, -1);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
    char path[PATH_MAX];
    int where = path_of(fd, path) ? place(path) : 0;
    return where == 0 ? NEXT(pwritev64)(fd, parts, count, offset) : where == 2 ? fail(EIO) : gathered(fd, path, parts, count, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
    return pwritev64(fd, parts, count, offset);
}

int fsync(int fd)
{
    char path[PATH_MAX];
    if (!path_of(fd, path))
        return NEXT(fsync)(fd);
    SIMPLE(SYNC, 0, path, NULL, 0, control->skip_sync ? 0 : NEXT(fsync)(fd));
}

int fdatasync(int fd)
{
    char path[PATH_MAX];
    if (!path_of(fd, path))
        return NEXT(fdatasync)(fd);
    SIMPLE(SYNC, 0, path, NULL, 0, control->skip_sync ? 0 : NEXT(fdatasync)(fd));
}

int ftruncate64(int fd, off64_t length)
{
    char path[PATH_MAX];
    if (!path_of(fd, path))
        return NEXT(ftruncate64)(fd, length);
    SIMPLE(TRUNCATE, 0, path, NULL, length, NEXT(ftruncate64)(fd, length));
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

/* Room that is reserved but not written reads as zeros, as a longer file does. */
int posix_fallocate64(int fd, off64_t offset, off64_t length)
{
    char path[PATH_MAX];
    struct stat file;
    if (!path_of(fd, path) || place(path) == 0)
        return NEXT(posix_fallocate64)(fd, offset, length);
    if (fstat(fd, &file) == 0 && file.st_size >= offset + length)
        return 0;
    return ftruncate64(fd, offset + length) == 0 ? 0 : errno;
}

int posix_fallocate(int fd, off_t offset, off_t length)
{
    return posix_fallocate64(fd, offset, length);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length)
{
    char path[PATH_MAX];
    if (!path_of(fd, path) || place(path) == 0)
        return NEXT(fallocate64)(fd, mode, offset, length);
    /* As on a file system that cannot; whoever asks falls back to writing. */
    return fail(EOPNOTSUPP);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    return fallocate64(fd, mode, offset, length);
}

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags)
{
    char path[PATH_MAX];
    if (!path_of(to, path) || place(path) == 0)
        return NEXT(copy_file_range)(from, from_offset, to, to_offset, length, flags);
    return fail(EXDEV);
}

static int renamed(const char *from, const char *to)
{
    SIMPLE(RENAME, 0, from, to, 0, NEXT(rename)(from, to));
}

int rename(const char *from, const char *to)
{
    char source[PATH_MAX], target[PATH_MAX];
    return path_at(AT_FDCWD, from, source) && path_at(AT_FDCWD, to, target) ? renamed(source, target) : NEXT(rename)(from, to);
}

int renameat(int from_at, const char *from, int to_at, const char *to)
{
    char source[PATH_MAX], target[PATH_MAX];
    return path_at(from_at, from, source) && path_at(to_at, to, target) ? renamed(source, target) : NEXT(renameat)(from_at, from, to_at, to);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    char source[PATH_MAX], target[PATH_MAX];
    if (path_at(from_at, from, source) && path_at(to_at, to, target) && place(source) != 0) {
        if (flags & RENAME_NOREPLACE && access(target, F_OK) == 0)
            return fail(EEXIST);
        return renamed(source, target);
    }
    return NEXT(renameat2)(from_at, from, to_at, to, flags);
}

static int linked(const char *from, const char *to)
{
    if (place(to) == 0)
        return NEXT(link)(from, to);
    /* As on a file system without hard links; whoever asks falls back to renaming. */
    return fail(EPERM);
}

int link(const char *from, const char *to)
{
    char source[PATH_MAX], target[PATH_MAX];
    return path_at(AT_FDCWD, from, source) && path_at(AT_FDCWD, to, target) ? linked(source, target) : NEXT(link)(from, to);
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags)
{
    char source[PATH_MAX], target[PATH_MAX];
    return path_at(from_at, from, source) && path_at(to_at, to, target) ? linked(source, target) : NEXT(linkat)(from_at, from, to_at, to, flags);
}

static int unlinked(const char *path)
{
    struct stat file;
    if (lstat(path, &file) != 0)
        return NEXT(unlink)(path);
    SIMPLE(UNLINK, 0, path, NULL, 0, NEXT(unlink)(path));
}

int unlink(const char *path)
{
    char whole[PATH_MAX];
    return path_at(AT_FDCWD, path, whole) ? unlinked(whole) : NEXT(unlink)(path);
}

static int removed(const char *path)
{
    struct stat file;
    if (lstat(path, &file) != 0)
        return NEXT(rmdir)(path);
    SIMPLE(UNLINK, 0, path, NULL, 0, NEXT(rmdir)(path));
}

int rmdir(const char *path)
{
    char whole[PATH_MAX];
    return path_at(AT_FDCWD, path, whole) ? removed(whole) : NEXT(rmdir)(path);
}

int unlinkat(int at, const char *path, int flags)
{
    char whole[PATH_MAX];
    return !path_at(at, path, whole) ? NEXT(unlinkat)(at, path, flags) : flags & AT_REMOVEDIR ? removed(whole) : unlinked(whole);
}

static int made(const char *path, mode_t mode)
{
    struct stat file;
    if (lstat(path, &file) == 0)
        return fail(EEXIST);
    SIMPLE(MKDIR, 1, path, NULL, 0, NEXT(mkdir)(path, mode));
}

int mkdir(const char *path, mode_t mode)
{
    char whole[PATH_MAX];
    return path_at(AT_FDCWD, path, whole) && place(whole) != 0 ? made(whole, mode) : NEXT(mkdir)(path, mode);
}

int mkdirat(int at, const char *path, mode_t mode)
{
    char whole[PATH_MAX];
    return path_at(at, path, whole) && place(whole) != 0 ? made(whole, mode) : NEXT(mkdirat)(at, path, mode);
}

static int created(const char *path, int flags, mode_t mode)
{
    SIMPLE(CREATE, 1, path, NULL, 0, NEXT(open64)(path, flags, mode));
}

static int emptied(const char *path, int flags, mode_t mode)
{
    SIMPLE(TRUNCATE, 0, path, NULL, 0, NEXT(open64)(path, flags, mode));
}

/* Opening is an operation if it makes or empties a file. */
static int opened(const char *path, int flags, mode_t mode)
{
    struct stat file;
    int there = lstat(path, &file) == 0;
    if (!there && flags & O_CREAT)
        return created(path, flags, mode);
    if (there && flags & O_TRUNC && file.st_size > 0 && (flags & O_ACCMODE) != O_RDONLY)
        return emptied(path, flags, mode);
    return NEXT(open64)(path, flags, mode);
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open64(const char *path, int flags, ...)
{
    char whole[PATH_MAX];
    MODE(flags)
    return path_at(AT_FDCWD, path, whole) && place(whole) != 0 ? opened(whole, flags, mode) : NEXT(open64)(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    char whole[PATH_MAX];
    MODE(flags)
    return path_at(AT_FDCWD, path, whole) && place(whole) != 0 ? opened(whole, flags, mode) : NEXT(open)(path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...)
{
    char whole[PATH_MAX];
    MODE(flags)
    return path_at(at, path, whole) && place(whole) != 0 ? opened(whole, flags, mode) : NEXT(openat64)(at, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
    char whole[PATH_MAX];
    MODE(flags)
    return path_at(at, path, whole) && place(whole) != 0 ? opened(whole, flags, mode) : NEXT(openat)(at, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
