// Counts the words on standard input: wordfreq [how-many]
//
// A word is a run of ASCII letters and apostrophes, in lower case. Every other byte parts words: no byte of a
// multi-byte UTF-8 sequence is ASCII, so any text is safe to read, and "naïve" counts as "na" and "ve".

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *text;
    uint32_t hash;
    uint32_t count;
} Word;

// Open addressing; the capacity is a power of two, and a slot without text is free.
typedef struct {
    Word *slots;
    size_t capacity;
    size_t used;
} Table;

static void fail(int code, const char *message)
{
    fprintf(stderr, "wordfreq: %s\n", message);
    exit(code);
}

static void *checked(void *memory)
{
    if (memory == NULL) {
        fail(1, "out of memory");
    }
    return memory;
}

// strtoul would also take " 7", "-7" and "7x".
static bool parse_number(const char *text, uint32_t *number)
{
    uint64_t value = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > UINT32_MAX) {
            return false;
        }
    }
    *number = (uint32_t)value;
    return true;
}

// Leaves room for a terminator behind the last byte, which split() needs.
static char *read_all(FILE *stream, size_t *length)
{
    size_t capacity = 64 * 1024;
    size_t used = 0;
    char *text = checked(malloc(capacity));
    for (;;) {
        used += fread(text + used, 1, capacity - used - 1, stream);
        if (ferror(stream)) {
            fail(1, "cannot read the input");
        }
        if (feof(stream)) {
            *length = used;
            return text;
        }
        capacity *= 2;
        text = checked(realloc(text, capacity));
    }
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || c == '\'';
}

// FNV-1a
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (uint8_t)*text) * 16777619u;
    }
    return hash;
}

static Word *slot_for(Table *table, const char *text, uint32_t hash)
{
    size_t at = hash & (table->capacity - 1);
    while (table->slots[at].text != NULL
           && (table->slots[at].hash != hash || strcmp(table->slots[at].text, text) != 0)) {
        at = (at + 1) & (table->capacity - 1);
    }
    return &table->slots[at];
}

static void grow(Table *table)
{
    Table bigger = { .capacity = table->capacity * 2, .used = table->used };
    bigger.slots = checked(calloc(bigger.capacity, sizeof(Word)));
    for (size_t i = 0; i < table->capacity; i++) {
        Word word = table->slots[i];
        if (word.text != NULL) {
            *slot_for(&bigger, word.text, word.hash) = word;
        }
    }
    free(table->slots);
    *table = bigger;
}

static void count(Table *table, const char *text)
{
    if (table->used * 2 >= table->capacity) {
        grow(table);
    }
    uint32_t hash = hash_of(text);
    Word *word = slot_for(table, text, hash);
    if (word->text == NULL) {
        *word = (Word){ .text = text, .hash = hash };
        table->used++;
    }
    word->count++;
}

// Counts in place: the words in the table point into the text.
static void split(char *text, size_t length, Table *table)
{
    for (size_t i = 0; i < length; i++) {
        text[i] = fold(text[i]);
    }
    for (size_t at = 0; at < length;) {
        size_t start = at;
        while (at < length && in_word(text[at])) {
            at++;
        }
        size_t end = at++;
        // 'quoted' is quoted, but don't stays don't.
        while (start < end && text[start] == '\'') {
            start++;
        }
        while (start < end && text[end - 1] == '\'') {
            end--;
        }
        if (start < end) {
            text[end] = '\0';
            count(table, text + start);
        }
    }
}

// A total order, so the result does not depend on which sort the C library has.
static int by_count_then_word(const void *left, const void *right)
{
    const Word *a = left;
    const Word *b = right;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return strcmp(a->text, b->text);
}

static void sort(Table *table)
{
    size_t packed = 0;
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->slots[i].text != NULL) {
            table->slots[packed++] = table->slots[i];
        }
    }
    qsort(table->slots, packed, sizeof(Word), by_count_then_word);
}

int main(int argc, char **argv)
{
    uint32_t wanted = UINT32_MAX;
    if (argc > 2 || (argc == 2 && !parse_number(argv[1], &wanted))) {
        fail(2, "usage: wordfreq [how-many]");
    }

    size_t length;
    char *text = read_all(stdin, &length);
    Table table = { .slots = checked(calloc(1024, sizeof(Word))), .capacity = 1024 };
    split(text, length, &table);
    sort(&table);

    for (size_t i = 0; i < table.used && i < wanted; i++) {
        printf("%u %s\n", (unsigned)table.slots[i].count, table.slots[i].text);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fail(1, "cannot write the output");
    }
    return 0;
}
