// Functions of bytes without a main and without a C library: a task names one of them as its entrypoint, gives it an input,
// and finds what it returns on stdout.
//
//   alloc(length) -> pointer          the host asks for memory and copies the input there
//   base64(pointer, length) -> bytes  a new buffer
//   upper(pointer, length) -> bytes   the same buffer, changed in place
//   dealloc(pointer, length)          the host gives back the input, and the result if it is elsewhere

#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))

enum { page_size = 65536, alignment = 16 };

// The first byte behind the data and the stack; the linker sets it.
extern uint8_t __heap_base;

static uint8_t *next = &__heap_base;

EXPORT(alloc) uint8_t *allocate(uint32_t length)
{
    uint8_t *block = next;
    // 64 bits, in which nothing here can overflow.
    uint64_t end = ((uint64_t)(uintptr_t)block + length + alignment - 1) / alignment * alignment;
    uint64_t size = (uint64_t)__builtin_wasm_memory_size(0) * page_size;
    uint64_t missing = end > size ? (end - size + page_size - 1) / page_size : 0;
    if (end > UINT32_MAX || (missing > 0 && __builtin_wasm_memory_grow(0, (size_t)missing) == SIZE_MAX)) {
        __builtin_trap();
    }
    next = (uint8_t *)(uintptr_t)end;
    return block;
}

// Every task has a memory of its own, so what one call leaves behind is in nobody's way.
EXPORT(dealloc) void deallocate(uint8_t *pointer, uint32_t length)
{
    (void)pointer;
    (void)length;
}

static uint64_t bytes(const uint8_t *pointer, uint32_t length)
{
    return (uint64_t)(uintptr_t)pointer << 32 | length;
}

EXPORT(base64) uint64_t base64(const uint8_t *input, uint32_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t size = ((uint64_t)length + 2) / 3 * 4;
    if (size > UINT32_MAX) {
        __builtin_trap();
    }
    uint8_t *output = allocate((uint32_t)size);
    uint8_t *at = output;
    for (uint32_t i = 0; i < length; i += 3) {
        uint32_t left = length - i;
        uint32_t group = (uint32_t)input[i] << 16 | (left > 1 ? (uint32_t)input[i + 1] << 8 : 0) | (left > 2 ? input[i + 2] : 0);
        *at++ = (uint8_t)digits[group >> 18];
        *at++ = (uint8_t)digits[group >> 12 & 63];
        *at++ = left > 1 ? (uint8_t)digits[group >> 6 & 63] : '=';
        *at++ = left > 2 ? (uint8_t)digits[group & 63] : '=';
    }
    return bytes(output, (uint32_t)size);
}

EXPORT(upper) uint64_t upper(uint8_t *text, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (text[i] >= 'a' && text[i] <= 'z') {
            text[i] -= 'a' - 'A';
        }
    }
    return bytes(text, length);
}
