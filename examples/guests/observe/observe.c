// Prints all that a guest can learn about where it runs: observe
//
// Arguments, environment, clocks, random numbers, descriptors, and every file that can be reached with all that is told
// about it. In a deterministic sandbox the output depends on the invocation alone.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

enum { clocks = 5, descriptors = 16, random_bytes = 32, maximal_path = 4096, maximal_depth = 32, list_size = 16384 };

typedef unsigned long long Number;

static void *checked(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "observe: out of memory\n");
        exit(1);
    }
    return memory;
}

// Quotes whatever would blur the line structure.
static void print_text(const void *text, size_t length)
{
    const uint8_t *bytes = text;
    putchar('"');
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] < ' ' || bytes[i] == '"' || bytes[i] == '\\' || bytes[i] >= 127) {
            printf("\\%02x", bytes[i]);
        } else {
            putchar(bytes[i]);
        }
    }
    putchar('"');
}

typedef __wasi_errno_t (*SizesGet)(__wasi_size_t *, __wasi_size_t *);
typedef __wasi_errno_t (*StringsGet)(uint8_t **, uint8_t *);

static void print_strings(const char *what, SizesGet sizes_get, StringsGet strings_get)
{
    __wasi_size_t count, size;
    if (sizes_get(&count, &size) != 0) {
        printf("%s: refused\n", what);
        return;
    }
    uint8_t **strings = checked(malloc((count + 1) * sizeof *strings));
    uint8_t *bytes = checked(malloc(size + 1));
    unsigned refused = strings_get(strings, bytes);
    printf("%s: %u in %u bytes (%u)\n", what, (unsigned)count, (unsigned)size, refused);
    for (__wasi_size_t i = 0; refused == 0 && i < count; i++) {
        printf("  ");
        print_text(strings[i], strlen((const char *)strings[i]));
        putchar('\n');
    }
    free(bytes);
    free(strings);
}

static void print_clocks(void)
{
    for (uint32_t clock = 0; clock < clocks; clock++) {
        __wasi_timestamp_t resolution = 0, first = 0, second = 0;
        unsigned refused = __wasi_clock_res_get(clock, &resolution);
        printf("clock %u: resolution %llu (%u)", (unsigned)clock, (Number)resolution, refused);
        refused = __wasi_clock_time_get(clock, 1, &first);
        if (refused == 0) {
            refused = __wasi_clock_time_get(clock, 1, &second);
        }
        printf(", now %llu, then %llu (%u)\n", (Number)first, (Number)second, refused);
    }
}

static void print_random(void)
{
    uint8_t bytes[random_bytes];
    unsigned refused = __wasi_random_get(bytes, sizeof bytes);
    printf("random (%u): ", refused);
    for (size_t i = 0; i < sizeof bytes; i++) {
        printf("%02x", bytes[i]);
    }
    putchar('\n');
}

static void print_filestat(const __wasi_filestat_t *status)
{
    printf("dev %llu ino %llu type %u nlink %llu size %llu atim %llu mtim %llu ctim %llu", (Number)status->dev, (Number)status->ino,
           status->filetype, (Number)status->nlink, (Number)status->size, (Number)status->atim, (Number)status->mtim,
           (Number)status->ctim);
}

static void print_descriptor(__wasi_fd_t descriptor)
{
    __wasi_fdstat_t flags;
    unsigned refused = __wasi_fd_fdstat_get(descriptor, &flags);
    printf("descriptor %u:", (unsigned)descriptor);
    if (refused != 0) {
        printf(" (%u)\n", refused);
        return;
    }
    printf(" type %u flags %x rights %llx inheriting %llx", flags.fs_filetype, flags.fs_flags, (Number)flags.fs_rights_base,
           (Number)flags.fs_rights_inheriting);
    __wasi_filestat_t status;
    refused = __wasi_fd_filestat_get(descriptor, &status);
    if (refused == 0) {
        putchar(' ');
        print_filestat(&status);
    } else {
        printf(" stat (%u)", refused);
    }
    __wasi_filesize_t offset;
    refused = __wasi_fd_tell(descriptor, &offset);
    printf(refused == 0 ? " at %llu\n" : " tell (%llu)\n", refused == 0 ? (Number)offset : (Number)refused);
}

static void print_link(__wasi_fd_t directory, const char *name)
{
    uint8_t target[maximal_path];
    __wasi_size_t length;
    unsigned refused = __wasi_path_readlink(directory, name, target, sizeof target, &length);
    if (refused == 0) {
        printf(" to ");
        print_text(target, length);
    } else {
        printf(" readlink (%u)", refused);
    }
}

static void print_entries(__wasi_fd_t directory, unsigned depth);

static void print_below(__wasi_fd_t parent, const char *name, unsigned depth)
{
    const __wasi_rights_t rights = __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_FILESTAT_GET
                                 | __WASI_RIGHTS_PATH_READLINK;
    __wasi_fd_t directory;
    unsigned refused = __wasi_path_open(parent, 0, name, __WASI_OFLAGS_DIRECTORY, rights, rights, 0, &directory);
    if (refused != 0) {
        printf("%*sopen (%u)\n", (int)depth * 2, "", refused);
        return;
    }
    print_entries(directory, depth);
    refused = __wasi_fd_close(directory);
    if (refused != 0) {
        printf("%*sclose (%u)\n", (int)depth * 2, "", refused);
    }
}

static void print_entry(__wasi_fd_t directory, const __wasi_dirent_t *entry, const char *name, unsigned depth)
{
    printf("%*s", (int)depth * 2, "");
    print_text(name, entry->d_namlen);
    printf(" listed as ino %llu type %u, ", (Number)entry->d_ino, entry->d_type);
    if (strcmp(name, "..") == 0) {
        printf("not followed\n");
        return;
    }
    __wasi_filestat_t status;
    unsigned refused = __wasi_path_filestat_get(directory, 0, name, &status);
    if (refused != 0) {
        printf("stat (%u)\n", refused);
        return;
    }
    print_filestat(&status);
    if (status.filetype == __WASI_FILETYPE_SYMBOLIC_LINK) {
        print_link(directory, name);
    }
    putchar('\n');
    if (status.filetype == __WASI_FILETYPE_DIRECTORY && strcmp(name, ".") != 0 && depth < maximal_depth) {
        print_below(directory, name, depth + 1);
    }
}

static void print_entries(__wasi_fd_t directory, unsigned depth)
{
    uint8_t *list = checked(malloc(list_size));
    __wasi_dircookie_t cookie = 0;
    for (;;) {
        __wasi_size_t used = 0;
        unsigned refused = __wasi_fd_readdir(directory, list, list_size, cookie, &used);
        if (refused != 0) {
            printf("%*slist (%u)\n", (int)depth * 2, "", refused);
            break;
        }
        size_t at = 0;
        __wasi_dirent_t entry;
        while (used - at >= sizeof entry) {
            memcpy(&entry, list + at, sizeof entry);
            if (used - at - sizeof entry < entry.d_namlen) {
                break;
            }
            char *name = checked(malloc(entry.d_namlen + 1));
            memcpy(name, list + at + sizeof entry, entry.d_namlen);
            name[entry.d_namlen] = '\0';
            print_entry(directory, &entry, name, depth);
            free(name);
            cookie = entry.d_next;
            at += sizeof entry + entry.d_namlen;
        }
        // A list that does not fill the buffer is the last; one without a whole entry would come again and again.
        if (used < list_size || at == 0) {
            break;
        }
    }
    free(list);
}

static void print_preopens(void)
{
    for (__wasi_fd_t descriptor = 3;; descriptor++) {
        __wasi_prestat_t prestat;
        unsigned refused = __wasi_fd_prestat_get(descriptor, &prestat);
        if (refused != 0) {
            printf("preopened: %u (%u)\n", (unsigned)descriptor - 3, refused);
            return;
        }
        size_t length = prestat.u.dir.pr_name_len;
        uint8_t *name = checked(malloc(length + 1));
        refused = __wasi_fd_prestat_dir_name(descriptor, name, length);
        printf("preopened %u: type %u name (%u) ", (unsigned)descriptor, prestat.tag, refused);
        print_text(name, length);
        putchar('\n');
        free(name);
        print_entries(descriptor, 1);
    }
}

int main(void)
{
    print_strings("arguments", __wasi_args_sizes_get, __wasi_args_get);
    print_strings("environment", __wasi_environ_sizes_get, __wasi_environ_get);
    print_clocks();
    print_random();
    for (__wasi_fd_t descriptor = 0; descriptor < descriptors; descriptor++) {
        print_descriptor(descriptor);
    }
    print_preopens();
    return 0;
}
