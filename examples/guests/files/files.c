// Works on files: files DIRECTORY FILE [mebibytes]
//
// Reads every file below DIRECTORY; then writes so many mebibytes (default 64) to FILE in blocks of 64 KiB, reads every
// sixteenth block back, and prints checksums. Little is computed: what is measured is the file system.
//
// The checksum of a tree is a sum over its files, so that the order in which a directory is listed does not matter.

#define _DEFAULT_SOURCE // for d_type

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { block_size = 65536, blocks_in_mebibyte = 16, read_back_every = 16, maximal_mebibytes = 4096, maximal_path = 4096 };

typedef struct {
    uint32_t files;
    uint32_t directories;
    uint64_t bytes;
    uint64_t checksum;
} Tree;

static uint8_t buffer[block_size];

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "files: cannot %s %s: %s\n", what, path, strerror(errno));
    exit(1);
}

// Eight bytes at a time, because one at a time would cost more than reading them.
static uint64_t mix(uint64_t hash, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        uint64_t word = 0;
        size_t taken = length < sizeof word ? length : sizeof word;
        memcpy(&word, bytes, taken);
        hash = (hash ^ word ^ (uint64_t)taken << 56) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
        bytes += taken;
        length -= taken;
    }
    return hash;
}

static size_t read_block(int descriptor, const char *path)
{
    ssize_t count = read(descriptor, buffer, block_size);
    if (count < 0) {
        fail("read", path);
    }
    return (size_t)count;
}

static void read_file(Tree *tree, const char *path, size_t root_length)
{
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0) {
        fail("open", path);
    }
    // From the root on, so that the same tree elsewhere has the same checksum.
    uint64_t hash = mix(1, (const uint8_t *)path + root_length, strlen(path + root_length));
    for (size_t count; (count = read_block(descriptor, path)) > 0;) {
        hash = mix(hash, buffer, count);
        tree->bytes += count;
    }
    close(descriptor);
    tree->checksum += hash;
    tree->files++;
}

// The path is extended in place; it is as it was on return.
static void read_directory(Tree *tree, char *path, size_t length, size_t root_length)
{
    DIR *directory = opendir(path);
    if (directory == NULL) {
        fail("open", path);
    }
    tree->directories++;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        int added = snprintf(path + length, maximal_path - length, "/%s", entry->d_name);
        if (added < 0 || length + (size_t)added >= maximal_path) {
            errno = ENAMETOOLONG;
            fail("walk", path);
        }
        if (entry->d_type == DT_DIR) {
            read_directory(tree, path, length + (size_t)added, root_length);
        } else if (entry->d_type == DT_REG) {
            read_file(tree, path, root_length);
        }
        path[length] = '\0';
    }
    closedir(directory);
}

static void make_parent(const char *path)
{
    char parent[maximal_path];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path);
    if (length == 0 || length >= sizeof parent) {
        return;
    }
    memcpy(parent, path, length);
    parent[length] = '\0';
    if (mkdir(parent, 0777) != 0 && errno != EEXIST) {
        fail("make", parent);
    }
}

static void write_blocks(int descriptor, const char *path, uint32_t blocks)
{
    for (size_t i = 0; i < block_size; i++) {
        buffer[i] = (uint8_t)(i * 31 >> 3);
    }
    for (uint32_t block = 0; block < blocks; block++) {
        memcpy(buffer, &block, sizeof block);
        for (size_t written = 0; written < block_size;) {
            ssize_t count = write(descriptor, buffer + written, block_size - written);
            if (count <= 0) {
                fail("write", path);
            }
            written += (size_t)count;
        }
    }
}

static uint64_t read_back(int descriptor, const char *path, uint32_t blocks)
{
    uint64_t hash = 1;
    for (uint32_t block = 0; block < blocks; block += read_back_every) {
        if (lseek(descriptor, (off_t)block * block_size, SEEK_SET) < 0) {
            fail("seek in", path);
        }
        hash = mix(hash, buffer, read_block(descriptor, path));
    }
    return hash;
}

static bool parse_mebibytes(const char *text, uint32_t *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *number = (uint32_t)value;
    return *text >= '0' && *text <= '9' && *end == '\0' && value <= maximal_mebibytes;
}

int main(int argc, char **argv)
{
    uint32_t mebibytes = 64;
    if (argc < 3 || argc > 4 || (argc == 4 && !parse_mebibytes(argv[3], &mebibytes))) {
        fprintf(stderr, "usage: files DIRECTORY FILE [0-%d mebibytes]\n", maximal_mebibytes);
        return 2;
    }

    static char path[maximal_path];
    size_t length = strlen(argv[1]);
    if (length >= sizeof path) {
        fprintf(stderr, "files: the name is too long\n");
        return 2;
    }
    memcpy(path, argv[1], length + 1);
    Tree tree = {0};
    read_directory(&tree, path, length, length);
    printf("read %u files in %u directories, %llu bytes, checksum %016llx\n", (unsigned)tree.files, (unsigned)tree.directories,
           (unsigned long long)tree.bytes, (unsigned long long)tree.checksum);

    uint32_t blocks = mebibytes * blocks_in_mebibyte;
    make_parent(argv[2]);
    int descriptor = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (descriptor < 0) {
        fail("create", argv[2]);
    }
    write_blocks(descriptor, argv[2], blocks);
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        fail("stat", argv[2]);
    }
    uint64_t checksum = read_back(descriptor, argv[2], blocks);
    close(descriptor);
    printf("wrote %lld bytes, checksum of what was read back %016llx\n", (long long)status.st_size, (unsigned long long)checksum);
    return 0;
}
