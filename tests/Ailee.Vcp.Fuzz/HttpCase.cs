using System.Globalization;
using System.Text;

namespace Ailee.Vcp.Fuzz;

/// <summary>What goes over one connection.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Pieces">In how many writes.</param>
/// <param name="Labels">The tasks that it may submit, each once at most.</param>
/// <param name="Never">A task in a body, which nothing may run.</param>
/// <param name="IsGood">Whether each of the labels must become a task.</param>
internal sealed record HttpCase(byte[] Bytes, int Pieces, IReadOnlyList<string> Labels, string? Never, bool IsGood)
{
    private const string Host = "Host: 127.0.0.1\r\n";

    private static readonly string[] OddHeaders =
    [
        "Content-Length: 0", "Content-Length: -1", "Content-Length: +5", "Content-Length: 5, 5", "Content-Length: 99999999999999999999", "Content-Length: 0x10", "Content-Length: 5 5", "Content-Length:\t5", "Content-Length : 5", "Content-Length: ",
        "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding:\u000bchunked", "Transfer-Encoding : chunked", "Transfer-Encoding: CHUNKED", "Transfer-Encoding:\tchunked",
        "X: a\r\n folded", "X: a\r\n\tTransfer-Encoding: chunked", "X: a\nTransfer-Encoding: chunked", "X: a\rContent-Length: 0", "X: \0", "\0: x", ": x", " X: y", "X y", "X\u00e9: y", "X: \u00e9", "Host: evil.example", "Host: 127.0.0.1, 127.0.0.1", "Host: ", "Host: a b", "Host: [::1", "Host: 127.0.0.1:99999",
        "Connection: Content-Length", "Connection: close, keep-alive", "Connection: Transfer-Encoding", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "Upgrade: websocket", "Expect: 100-continue", "Expect: 200-ok", "TE: chunked", "Trailer: Content-Length", "Range: bytes=0-", "X-Content-Length: 5", "Forwarded: for=x", "X-Forwarded-For: 1",
    ];

    private static readonly string[] Lines =
    [
        "GET / HTTP/1.1", "GET  /health/live HTTP/1.1", "GET /health/live  HTTP/1.1", "GET\t/health/live\tHTTP/1.1", "get /health/live HTTP/1.1", "GET /health/live HTTP/1.0", "GET /health/live HTTP/0.9", "GET /health/live HTTP/2.0", "GET /health/live HTTP/9.9", "GET /health/live http/1.1", "GET /health/live", "GET", "",
        "OPTIONS * HTTP/1.1", "CONNECT 127.0.0.1:80 HTTP/1.1", "TRACE / HTTP/1.1", "GET http://evil.example/api/v1/tasks HTTP/1.1", "GET http://127.0.0.1/api/v1/tasks HTTP/1.1", "GET //evil.example/api/v1/tasks HTTP/1.1", "GET /%00 HTTP/1.1", "GET /\0 HTTP/1.1", "GET /%zz HTTP/1.1", "GET /api/v1/../../etc/passwd HTTP/1.1", "GET /api/v1/%2e%2e/%2e%2e/metrics HTTP/1.1",
        "GET /api/v1/tasks?\u00e9 HTTP/1.1", "GET /#x HTTP/1.1", "GET * HTTP/1.1", "PRI * HTTP/2.0", "\u0016\u0003\u0001\u0002\0\u0001", "PATCH /api/v1/tasks HTTP/1.1", "A-METHOD-LIKE-NO-OTHER /api/v1/tasks HTTP/1.1", "DELETE /api/v1/tasks HTTP/1.1", "HEAD /api/v1/tasks HTTP/1.1",
    ];

    private static readonly string[] Chunks =
    [
        "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5;ext=\"\r\n\"\r\nhello\r\n0\r\n\r\n", "ffffffffffffffffff\r\nx", "7fffffffffffffff\r\nx", "80000000\r\nx", "0x5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n", "5\r\nhello0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "g\r\n", "\r\n", "5",
        "0\r\nContent-Length: 5\r\n\r\n", "0\r\nTransfer-Encoding: chunked\r\nHost: evil.example\r\n\r\n", "0\r\n" + "X: y\r\n", "00000000000000000000000000005\r\nhello\r\n0\r\n\r\n",
    ];

    /// <summary>The case of a number: the same for the same seed and module.</summary>
    public static HttpCase Make(int seed, int number, string module)
    {
        var random = new Random(unchecked((seed * 1_000_003) ^ (number * 31)));
        var (first, second) = (Label(number, 0), Label(number, 1));
        var (pieces, body) = (1 + random.Next(6), Task(module, first));
        switch (random.Next(9))
        {
            case 0:
                // Pipelined, and good.
                return new HttpCase(Latin(Submit(body) + Submit(Task(module, second)) + Get()), pieces, [first, second], null, IsGood: true);
            case 1:
                // A good request whose body is another one.
                var inner = Submit(Task(module, second));
                return new HttpCase(Latin(Submit(body) + Post("/api/v1/proofs/verify", inner) + Get()), pieces, [first], second, IsGood: true);
            case 2:
                return Smuggled(random, module, second, pieces);
            case 3:
                return new HttpCase(Latin($"{Pick(Lines, random)}\r\n{Host}{(random.Next(3) == 0 ? Pick(OddHeaders, random) + "\r\n" : string.Empty)}\r\n{Submit(body)}{Get()}"), pieces, [first], null, false);
            case 4:
                var many = string.Concat(Enumerable.Range(0, random.Next(10, 3000)).Select(index => string.Create(CultureInfo.InvariantCulture, $"X-{index}: y\r\n")));
                return new HttpCase(Latin($"GET /health/live HTTP/1.1\r\n{Host}{many}\r\n{Get()}"), pieces, [], null, false);
            case 5:
                return new HttpCase(Latin($"GET /{new string('a', random.Next(100_000))} HTTP/1.1\r\n{Host}X: {new string('b', random.Next(100_000))}\r\n\r\n{Get()}"), pieces, [], null, false);
            case 6:
                return new HttpCase(Latin($"POST /api/v1/tasks HTTP/1.1\r\n{Host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{Pick(Chunks, random)}{Submit(body)}{Get()}"), pieces, [first], null, false);
            case 7:
                return new HttpCase(Latin($"POST /api/v1/tasks HTTP/1.1\r\n{Host}{Pick(OddHeaders, random)}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{Pick(OddHeaders, random)}\r\n\r\n{body}{Get()}"), pieces, [first], null, false);
            default:
                return new HttpCase(Changed(Latin(Submit(body) + Submit(Task(module, second)) + Get()), random), pieces, [first, second], null, false);
        }
    }

    // Two lengths: whichever a proxy in front believes, the request behind must not run.
    private static HttpCase Smuggled(Random random, string module, string label, int pieces)
    {
        var hidden = Submit(Task(module, label));
        var content = "0\r\n\r\n" + hidden;
        var encoding = Pick(["Transfer-Encoding: chunked", "Transfer-Encoding: Chunked", "Transfer-Encoding:chunked", "transfer-encoding: chunked"], random);
        var length = $"Content-Length: {content.Length}";
        var (one, other) = random.Next(2) == 0 ? (encoding, length) : (length, encoding);
        return new HttpCase(Latin($"POST /api/v1/proofs/verify HTTP/1.1\r\n{Host}Content-Type: application/json\r\n{one}\r\n{other}\r\n\r\n{content}{Get()}"), pieces, [], label, false);
    }

    private static byte[] Changed(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var rounds = random.Next(1, 5); rounds > 0; rounds--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.InsertRange(at, Latin(Pick(["\r\n", "\n", "\r", "\0", " ", "\t", ":", "\r\n\r\n", "\u00ff"], random)));
                    break;
                case 3:
                    bytes.InsertRange(at, Latin(Pick(OddHeaders, random) + "\r\n"));
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 30), bytes.Count - at));
                    break;
                default:
                    // Cut off.
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    private static string Label(int number, int index) => string.Create(CultureInfo.InvariantCulture, $"n{number}-{index}");

    private static string Task(string module, string label) => $$$"""{"module":"{{{module}}}","entrypoint":"add","args":[1,2],"labels":{"fuzz":"{{{label}}}"}}""";

    private static string Submit(string body) => Post("/api/v1/tasks", body);

    private static string Post(string path, string body) => $"POST {path} HTTP/1.1\r\n{Host}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    // Whatever reads as far as this closes the connection behind it.
    private static string Get() => $"GET /health/live HTTP/1.1\r\n{Host}Connection: close\r\n\r\n";

    private static string Pick(string[] list, Random random) => list[random.Next(list.Length)];

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
