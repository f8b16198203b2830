using System.Text;

namespace Ailee.Vcp.Server.Tests.Http.Walk;

/// <summary>What clients should never send, and some do.</summary>
internal static class HostileValues
{
    private const string Digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>For a segment of a path, encoded as it is to be sent.</summary>
    public static string[] Segments { get; } =
    [
        "%00", "a%00b", "%2F", "%2f%2f", "%2e%2e%2fetc%2fpasswd", "..%2f..", "a%5Cb", "%5C..%5C", "%0a", "%0d%0aX-A:1", "%20", "+", "*", "'", "%22", "%3Cscript%3E", ";", "@", ":", "%25", "%252e%252e", "%25252e",
        "%ff%fe", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "%D9%A3", "%EF%BC%93", "%F0%9F%98%80", "%E2%80%AE", "%zz", "%", "%4",
        "0", "-1", "1", "01", "1.5", "1e9", "0x10", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "NaN", "Infinity", "null", "true", "undefined", "[]", "%7Bid%7D",
        Digest, "SHA256:" + Digest[7..], "sha256:" + new string('A', 64), "sha256:", "sha3-256:" + Digest[7..], Digest + "0", "00000000-0000-0000-0000-000000000000", "01890000-0000-7000-8000-000000000000",
        "%7B01890000-0000-7000-8000-000000000000%7D", new('A', 43), new('a', 2000), new('%', 300), string.Concat(Enumerable.Repeat("a/", 500)), new('9', 7000),
    ];

    /// <summary>For a segment that makes another path of it.</summary>
    public static string[] Reroutes { get; } = ["", ".", "..", "%2e", "%2e%2e", "../..", "//", "?", "#"];

    /// <summary>For a query's value, encoded as it is to be sent.</summary>
    public static string[] Queries { get; } = [.. Segments.Where(value => !value.Contains('&', StringComparison.Ordinal)), "", "%26", "=", "a=b", "1&{0}=2", "1,2", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "10000-01-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00", "-0001-01-01"];

    /// <summary>For a header's value.</summary>
    public static string[] Headers { get; } =
        ["", " ", ",", ";", "=", "wait=", "wait=-1", "wait=99999999999999999999", "wait=٣", "wait=1e9", "wait=0;wait=0", new('a', 300), new('a', 9000), "\t", "ü", "😀", "\"", "a,b,c", "wait=0, respond-async", "null"];

    /// <summary>In the place of a member's value, as JSON.</summary>
    public static string[] Members { get; } =
    [
        "null", "true", "0", "-1", "1.5", "1e400", "-0.0", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999", "NaN", "Infinity", "01",
        "\"\"", "\" \"", "\"x\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\\u202e\"", "\"٣\"", "\"😀\"", "\"\u0001\"", "\"-1\"", "\"NaN\"", "\"9223372036854775808\"", "\"../../etc/passwd\"", "\"/\"", "\"%00\"",
        "\"2026-13-45T99:99:99Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"" + Digest + "\"", "\"AAA\"", "\"====\"", "\"" + new string('A', 43) + "\"",
        "[]", "{}", "[null]", "[[]]", "[{}]", "[0]", "[\"\"]", "{\"\":\"\"}", "{\"a\":null}", "{\"a\":\"b\",\"a\":\"c\"}", "{\"\\ud800\":\"x\"}", "{\"a\\u0000\":\"x\"}",
        "\"" + new string('x', 3000) + "\"", Nested(70), Nested(5000),
    ];

    /// <summary>As <see cref="Members"/>, but long: once for each call.</summary>
    public static string[] LongMembers { get; } =
    [
        "\"" + new string('x', 200_000) + "\"", "[" + string.Join(',', Enumerable.Repeat("0", 100_000)) + "]", "[" + string.Join(',', Enumerable.Repeat("\"\"", 100_000)) + "]",
        "{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"k{i}\":\"v\"")) + "}",
    ];

    /// <summary>In the place of a JSON body.</summary>
    public static IEnumerable<byte[]> Bodies(byte[] valid)
    {
        foreach (var text in (string[])["", " ", "null", "true", "0", "\"x\"", "[]", "{}", "[{}]", "{", "}", "{\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{,}", "{\"a\":1,}", "/**/{}", "{}//", "{}{}", "{} x", "\u0000", "'x'", "{a:1}", "<a/>", "a=b&c=d", Nested(100_000)])
        {
            yield return Encoding.UTF8.GetBytes(text);
        }

        yield return [0xff, 0xfe];
        yield return [0xc0, 0xaf];
        yield return [.. "{\"a\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8];
        yield return [.. "{\"a\":\""u8, 0xff, .. "\"}"u8];
        yield return [0xef, 0xbb, 0xbf, .. valid];
        yield return [.. valid, 0];
        yield return [.. valid, .. valid];
        yield return valid[..^1];
        yield return valid[..(valid.Length / 2)];
        yield return Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(valid));
        yield return [.. Enumerable.Repeat((byte)' ', 500_000), .. valid];
        // Its first member twice.
        yield return valid.Length > 2 ? [.. "{"u8, .. valid.AsSpan(1, valid.Length - 2), (byte)',', .. valid.AsSpan(1)] : valid;
        yield return [.. "{\"noSuchMember\":1"u8, .. valid.Length > 2 ? ","u8.ToArray() : [], .. valid.AsSpan(1)];
        yield return Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"k{i}\":0")) + "}");
        yield return new byte[3_000_000];
    }

    /// <summary>In the place of a body that is not JSON.</summary>
    public static IEnumerable<byte[]> Bytes(byte[] valid) =>
    [
        [], [0], new byte[511], new byte[512], new byte[100_000], [.. Enumerable.Repeat((byte)0xff, 1000)], [0x1f, 0x8b], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0], [0x00, 0x61, 0x73, 0x6d], [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], [0x00, 0x61, 0x73, 0x6d, 0xd, 0, 1, 0],
        [0xd2], [0xd2, 0x84], [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [.. Enumerable.Repeat((byte)0x81, 50_000)],
        "(module"u8.ToArray(), Encoding.UTF8.GetBytes(new string('(', 50_000)), "old 0\n\n"u8.ToArray(), "old 99999999999999999999\n\nx\n"u8.ToArray(), [.. valid, .. valid], valid[..(valid.Length / 2)], [.. valid.Select(one => (byte)~one)],
    ];

    /// <summary>Of a Content-Type.</summary>
    public static string?[] MediaTypes { get; } =
    [
        null, "", ";", "/", "a", "application", "application/", "*/*", "text/plain", "application/xml", "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/JSON", "application/json; charset=utf-16",
        "application/json; charset=nonsense", "application/json; charset=\"", "application/json;;;", "application/json, application/json", "application/vnd.api+json", "application/problem+json", new('a', 5000),
    ];

    /// <summary>Headers that any call may come with.</summary>
    public static (string Name, string Value)[] OfAnyCall { get; } =
    [
        ("Accept", "*/*"), ("Accept", "text/html"), ("Accept", "application/cbor"), ("Accept", "application/cbor-seq"), ("Accept", "text/csv"), ("Accept", "application/x-tar"), ("Accept", "application/scitt-statement+cose"), ("Accept", ";;q=x"), ("Accept", new('a', 3000)), ("Accept", ""), ("Accept", "application/json;q=0"),
        ("Range", "bytes=0-0"), ("Range", "bytes=-1"), ("Range", "bytes=99999999999-"), ("Range", "bytes=5-2"), ("Range", "bytes=0-0,1-1"), ("Range", "lines=1-2"), ("Range", "bytes=99999999999999999999-"), ("Range", "x"),
        ("If-None-Match", "*"), ("If-None-Match", "\"x\""), ("If-None-Match", "x"), ("If-Match", "\"x\""), ("If-Match", "*"), ("If-Range", "\"x\""), ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), ("If-Modified-Since", "x"), ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Content-Encoding", "gzip"), ("Content-Encoding", "nonsense"), ("Content-Language", "x"), ("Content-Range", "bytes 0-1/2"), ("Expect", "nonsense"), ("Authorization", ""), ("Authorization", "Bearer"), ("Authorization", "Bearer "), ("Authorization", "Basic eDp5"), ("Authorization", "Bearer " + new string('x', 5000)),
        ("Authorization", "Bearer ü"), ("Cookie", new('c', 4000)), ("Idempotency-Key", new('k', 5000)), ("Prefer", "wait=0"), ("Prefer", ";;,,=="), ("X-HTTP-Method-Override", "DELETE"), ("Upgrade", "h2c"), ("Accept-Encoding", "gzip, br"), ("Last-Event-ID", "decided"), ("TE", "trailers"), ("User-Agent", ""), ("Priority", "u=9"),
    ];

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
