// Renders the Mandelbrot set: mandelbrot [--png] width height max-iterations
//
// Writes a binary PPM (P6), or with --png a PNG. Doubles see only +, - and *, each rounded once by IEEE 754, so every
// machine draws the same bytes, provided the compiler fuses nothing (-ffp-contract=off).

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SIDE = 4096, MAX_ITERATIONS = 1000000 };

typedef struct {
    uint32_t width;
    uint32_t height;
    uint32_t iterations;
    bool png;
} Options;

// The checksums that PNG wants: a CRC over each chunk, an Adler sum over the uncompressed pixels.
typedef struct {
    uint32_t crc;
    uint32_t adler_a;
    uint32_t adler_b;
} Png;

// strtoul would also take " 7", "-7" and "7x".
static bool parse_number(const char *text, uint32_t max, uint32_t *number)
{
    uint32_t value = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9') {
            return false;
        }
        value = value * 10 + (uint32_t)(*c - '0');
        if (value > max) {
            return false;
        }
    }
    *number = value;
    return value > 0;
}

static bool parse_options(int argc, char **argv, Options *options)
{
    int at = 1;
    options->png = at < argc && strcmp(argv[at], "--png") == 0;
    at += options->png;
    return argc - at == 3
        && parse_number(argv[at], MAX_SIDE, &options->width)
        && parse_number(argv[at + 1], MAX_SIDE, &options->height)
        && parse_number(argv[at + 2], MAX_ITERATIONS, &options->iterations);
}

static uint32_t escape_time(double cx, double cy, uint32_t limit)
{
    double x = 0.0, y = 0.0, xx = 0.0, yy = 0.0;
    uint32_t n = 0;
    while (n < limit && xx + yy <= 4.0) {
        y = (x + x) * y + cy;
        x = xx - yy + cx;
        xx = x * x;
        yy = y * y;
        n++;
    }
    return n;
}

static void colour(uint32_t n, uint32_t limit, uint8_t rgb[3])
{
    static const uint8_t stops[8][3] = {
        { 8, 12, 48 },    { 24, 60, 130 },  { 60, 140, 200 }, { 190, 230, 245 },
        { 250, 235, 170 }, { 245, 170, 50 }, { 165, 70, 25 },  { 60, 20, 45 },
    };
    const uint8_t *from = stops[n / 8 % 8];
    const uint8_t *to = stops[(n / 8 + 1) % 8];
    for (int i = 0; i < 3; i++) {
        rgb[i] = n == limit ? 0 : (uint8_t)((from[i] * (8 - n % 8) + to[i] * (n % 8)) / 8);
    }
}

// Shows at least 3.0 by 2.5 around -0.75 with square pixels. The size of half a pixel is worked out in integers, in
// units of 2^-48, so that no double is ever divided; every conversion below is exact.
static void render_row(const Options *options, uint32_t row, uint8_t *pixels)
{
    const double unit = 0x1p-48;
    int64_t across = ((int64_t)3 << 47) / options->width;
    int64_t down = ((int64_t)5 << 46) / options->height;
    int64_t half = across > down ? across : down;

    double cy = (double)(((int64_t)options->height - 1 - 2 * (int64_t)row) * half) * unit;
    for (uint32_t column = 0; column < options->width; column++) {
        double cx = (double)((2 * (int64_t)column + 1 - (int64_t)options->width) * half) * unit - 0.75;
        colour(escape_time(cx, cy, options->iterations), options->iterations, pixels + 3 * column);
    }
}

// CRC-32 as in the PNG specification, annex D. Bit by bit: the pixels cost far more than the checksum.
static void put(Png *png, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        png->crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            png->crc = (png->crc >> 1) ^ (0xedb88320u & -(png->crc & 1));
        }
    }
    fwrite(bytes, 1, count, stdout);
}

static void put_u32(Png *png, uint32_t value)
{
    uint8_t bytes[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value };
    put(png, bytes, sizeof bytes);
}

static void begin_chunk(Png *png, const char type[4], uint32_t length)
{
    put_u32(png, length);
    // The length is not part of the checksum.
    png->crc = 0xffffffffu;
    put(png, (const uint8_t *)type, 4);
}

static void end_chunk(Png *png)
{
    put_u32(png, ~png->crc);
}

static void put_pixels(Png *png, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        png->adler_a = (png->adler_a + bytes[i]) % 65521;
        png->adler_b = (png->adler_b + png->adler_a) % 65521;
    }
    put(png, bytes, count);
}

// One stored (uncompressed) deflate block a row, RFC 1951 section 3.2.4; a row of MAX_SIDE pixels fits its 65535 bytes.
static void write_png(const Options *options, uint8_t *row)
{
    static const uint8_t signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    static const uint8_t format[5] = { 8, 2, 0, 0, 0 }; // 8 bits, RGB, deflate, standard filters, not interlaced
    static const uint8_t zlib_header[2] = { 0x78, 0x01 };
    Png png = { .adler_a = 1 };
    uint32_t stored = 1 + 3 * options->width;

    put(&png, signature, sizeof signature);
    begin_chunk(&png, "IHDR", 13);
    put_u32(&png, options->width);
    put_u32(&png, options->height);
    put(&png, format, sizeof format);
    end_chunk(&png);

    begin_chunk(&png, "IDAT", 2 + options->height * (5 + stored) + 4);
    put(&png, zlib_header, sizeof zlib_header);
    for (uint32_t y = 0; y < options->height; y++) {
        uint8_t last = y == options->height - 1;
        uint8_t block[5] = { last, (uint8_t)stored, (uint8_t)(stored >> 8), (uint8_t)~stored, (uint8_t)(~stored >> 8) };
        put(&png, block, sizeof block);
        row[0] = 0; // no filter
        render_row(options, y, row + 1);
        put_pixels(&png, row, stored);
    }
    put_u32(&png, png.adler_b << 16 | png.adler_a);
    end_chunk(&png);

    begin_chunk(&png, "IEND", 0);
    end_chunk(&png);
}

static void write_ppm(const Options *options, uint8_t *row)
{
    printf("P6\n%u %u\n255\n", (unsigned)options->width, (unsigned)options->height);
    for (uint32_t y = 0; y < options->height; y++) {
        render_row(options, y, row);
        fwrite(row, 3, options->width, stdout);
    }
}

int main(int argc, char **argv)
{
    static uint8_t row[1 + 3 * MAX_SIDE];
    Options options;
    if (!parse_options(argc, argv, &options)) {
        fputs("mandelbrot: usage: mandelbrot [--png] width height max-iterations"
              " (sides 1 to 4096, iterations 1 to 1000000)\n", stderr);
        return 2;
    }

    if (options.png) {
        write_png(&options, row);
    } else {
        write_ppm(&options, row);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("mandelbrot: cannot write the output\n", stderr);
        return 1;
    }
    return 0;
}
