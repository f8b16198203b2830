// A reactor: a program without main, whose functions are called once its `_initialize` has run. That is where a C library sets
// itself up and where constructors run; malloc, the environment and the rest of the library then work as in any program.
//
//   format(json) -> json              on one line, or indented by so many spaces as the variable INDENT says (at most 10)
//
// Traps if the input is not JSON (RFC 8259). Strings and numbers are left as they are written; whether they are UTF-8 is not checked.

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(#name)))

enum { maximal_indent = 10, maximal_depth = 200 };

typedef struct {
    const char *at;
    const char *end;
} Reader;

typedef struct {
    char *bytes;
    size_t length;
    size_t capacity;
} Writer;

static int indent;

// _initialize calls this before anything else can be called.
__attribute__((constructor)) static void read_environment(void)
{
    const char *text = getenv("INDENT");
    indent = text == NULL ? 0 : atoi(text);
    if (indent < 0 || indent > maximal_indent) {
        fputs("json: INDENT must be between 0 and 10\n", stderr);
        exit(2);
    }
}

// A task whose input cannot be used ends in a trap, and says why on stderr.
static void fail(const char *what)
{
    fputs("json: ", stderr);
    fputs(what, stderr);
    fputs("\n", stderr);
    abort();
}

EXPORT(alloc) void *allocate(uint32_t length)
{
    void *memory = malloc(length > 0 ? length : 1);
    if (memory == NULL) {
        fail("out of memory");
    }
    return memory;
}

EXPORT(dealloc) void deallocate(void *pointer, uint32_t length)
{
    (void)length;
    free(pointer);
}

static void put(Writer *writer, const char *bytes, size_t length)
{
    while (writer->capacity - writer->length < length) {
        writer->bytes = writer->capacity > SIZE_MAX / 2 ? NULL : realloc(writer->bytes, writer->capacity *= 2);
        if (writer->bytes == NULL) {
            fail("out of memory");
        }
    }
    memcpy(writer->bytes + writer->length, bytes, length);
    writer->length += length;
}

static void put_line(Writer *writer, int depth)
{
    if (indent > 0) {
        put(writer, "\n", 1);
        for (int i = 0; i < depth * indent; i++) {
            put(writer, " ", 1);
        }
    }
}

static char peek(const Reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

static bool take(Reader *reader, char wanted)
{
    bool is_there = reader->at < reader->end && *reader->at == wanted;
    reader->at += is_there;
    return is_there;
}

static void skip_space(Reader *reader)
{
    while (take(reader, ' ') || take(reader, '\t') || take(reader, '\n') || take(reader, '\r')) {
    }
}

static void take_digits(Reader *reader)
{
    if (!isdigit((unsigned char)peek(reader))) {
        fail("a digit is missing");
    }
    while (isdigit((unsigned char)peek(reader))) {
        reader->at++;
    }
}

static void copy_number(Reader *reader, Writer *writer)
{
    const char *start = reader->at;
    take(reader, '-');
    if (!take(reader, '0')) {
        take_digits(reader);
    }
    if (take(reader, '.')) {
        take_digits(reader);
    }
    if (take(reader, 'e') || take(reader, 'E')) {
        if (!take(reader, '+')) {
            take(reader, '-');
        }
        take_digits(reader);
    }
    put(writer, start, (size_t)(reader->at - start));
}

static void skip_escape(Reader *reader)
{
    if (take(reader, 'u')) {
        for (int i = 0; i < 4; i++, reader->at++) {
            if (!isxdigit((unsigned char)peek(reader))) {
                fail("an escape has four hexadecimal digits");
            }
        }
    } else if (peek(reader) != '\0' && strchr("\"\\/bfnrt", peek(reader)) != NULL) {
        reader->at++;
    } else {
        fail("there is no such escape");
    }
}

static void copy_string(Reader *reader, Writer *writer)
{
    const char *start = reader->at;
    if (!take(reader, '"')) {
        fail("a string is missing");
    }
    while (!take(reader, '"')) {
        if (reader->at == reader->end || (unsigned char)*reader->at < ' ') {
            fail("a string does not end");
        }
        if (*reader->at++ == '\\') {
            skip_escape(reader);
        }
    }
    put(writer, start, (size_t)(reader->at - start));
}

static void copy_value(Reader *reader, Writer *writer, int depth);

static void copy_name(Reader *reader, Writer *writer)
{
    skip_space(reader);
    copy_string(reader, writer);
    skip_space(reader);
    if (!take(reader, ':')) {
        fail("a colon is missing");
    }
    put(writer, ": ", indent > 0 ? 2 : 1);
}

static void copy_members(Reader *reader, Writer *writer, char close, int depth)
{
    put(writer, reader->at - 1, 1);
    skip_space(reader);
    bool is_first = true;
    for (; !take(reader, close); is_first = false) {
        if (!is_first) {
            if (!take(reader, ',')) {
                fail("an array or object does not end");
            }
            put(writer, ",", 1);
        }
        put_line(writer, depth + 1);
        if (close == '}') {
            copy_name(reader, writer);
        }
        copy_value(reader, writer, depth + 1);
    }
    if (!is_first) {
        put_line(writer, depth);
    }
    put(writer, &close, 1);
}

static bool copy_word(Reader *reader, Writer *writer, const char *word)
{
    size_t length = strlen(word);
    bool is_there = (size_t)(reader->end - reader->at) >= length && memcmp(reader->at, word, length) == 0;
    if (is_there) {
        put(writer, word, length);
        reader->at += length;
    }
    return is_there;
}

static void copy_value(Reader *reader, Writer *writer, int depth)
{
    if (depth > maximal_depth) {
        fail("arrays and objects are nested too deep");
    }
    skip_space(reader);
    if (take(reader, '{')) {
        copy_members(reader, writer, '}', depth);
    } else if (take(reader, '[')) {
        copy_members(reader, writer, ']', depth);
    } else if (peek(reader) == '"') {
        copy_string(reader, writer);
    } else if (!copy_word(reader, writer, "true") && !copy_word(reader, writer, "false") && !copy_word(reader, writer, "null")) {
        copy_number(reader, writer);
    }
    skip_space(reader);
}

EXPORT(format) uint64_t format(const char *input, uint32_t length)
{
    Reader reader = { input, input + length };
    Writer writer = { allocate(length), 0, length > 0 ? length : 1 };
    copy_value(&reader, &writer, 0);
    if (reader.at < reader.end) {
        fail("something follows the value");
    }
    return (uint64_t)(uintptr_t)writer.bytes << 32 | writer.length;
}
