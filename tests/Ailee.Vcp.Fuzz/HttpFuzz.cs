using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Ailee.Vcp.Client;

namespace Ailee.Vcp.Fuzz;

/// <summary>
/// Sends mutated requests over sockets: in pieces, one behind the other, with lengths that contradict each other. Every answer is one that a client may cause,
/// the server stays alive, and no task is submitted twice, or by a request within a body.
/// </summary>
internal sealed partial class HttpFuzz(FuzzedServer server, int seed)
{
    private const int Parallel = 32;

    // A server that waits for more says nothing.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentBag<HttpCase> _sent = [];

    public ConcurrentQueue<string> Failures { get; } = new();

    public async Task RunAsync(int cases)
    {
        var client = new VcpClient(server.Http);
        const string Wat = """(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""";
        var module = (await client.UploadModuleAsync(Encoding.UTF8.GetBytes(Wat), MediaTypes.Wat, CancellationToken.None)).Digest;
        await System.Threading.Tasks.Parallel.ForEachAsync(Enumerable.Range(0, cases), new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (number, _) =>
        {
            var made = HttpCase.Make(seed, number, module);
            _sent.Add(made);
            if (await ProblemAsync(made) is { } problem)
            {
                Failures.Enqueue($"case {number}: {problem}: {Convert.ToHexStringLower(made.Bytes.AsSpan(0, Math.Min(made.Bytes.Length, 1000)))}");
            }
        });
        await CheckTasksAsync(client);
        if (!server.IsAlive || await server.Http.GetStringAsync(new Uri("health/ready", UriKind.Relative)) != "ready")
        {
            Failures.Enqueue("the server is no longer ready");
        }
    }

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_sent.Count} connections, seed {seed}: {string.Join(", ", _counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} × {pair.Value}"))}; {Failures.Count} failures");

    private async Task<string?> ProblemAsync(HttpCase made)
    {
        using var limit = new CancellationTokenSource(Longest);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var answer = new MemoryStream();
        try
        {
            await socket.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, limit.Token);
            var reading = ReadAsync(socket, answer, limit.Token);
            await WriteAsync(socket, made, limit.Token);
            if (made.IsGood)
            {
                await reading;
            }
            else
            {
                Count(await IsClosedAsync(reading, answer) ? "closed" : "left waiting");
            }
        }
        catch (SocketException)
        {
            // The server closed it while more was on its way.
            Count("closed early");
        }
        catch (OperationCanceledException)
        {
            return "the connection is not closed";
        }

        byte[] bytes;
        lock (answer)
        {
            bytes = answer.ToArray();
        }

        var statuses = StatusLine().Matches(Encoding.Latin1.GetString(bytes)).Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).ToList();
        statuses.ForEach(status => Count(status.ToString(CultureInfo.InvariantCulture)));
        return statuses.Find(status => status >= 500 && status is not (503 or 505)) is > 0 and var failed ? $"answered {failed}" : null;
    }

    private static async Task WriteAsync(Socket socket, HttpCase made, CancellationToken cancellationToken)
    {
        var size = (made.Bytes.Length + made.Pieces - 1) / made.Pieces;
        for (var at = 0; at < made.Bytes.Length; at += size)
        {
            await socket.SendAsync(made.Bytes.AsMemory(at, Math.Min(size, made.Bytes.Length - at)), cancellationToken);
        }
    }

    private static async Task<bool> IsClosedAsync(Task reading, MemoryStream answer)
    {
        for (var heard = -1L; !reading.IsCompleted && heard != answer.Length;)
        {
            heard = answer.Length;
            await Task.WhenAny(reading, Task.Delay(Silence));
        }

        return reading.IsCompleted;
    }

    private static async Task ReadAsync(Socket socket, MemoryStream answer, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var read)
        {
            lock (answer)
            {
                answer.Write(buffer, 0, read);
            }
        }
    }

    private async Task CheckTasksAsync(VcpClient client)
    {
        var labels = new Dictionary<string, int>();
        string? after = null;
        do
        {
            var page = await client.ListTasksAsync(null, 200, after, CancellationToken.None);
            foreach (var label in page.Items.Select(task => task.Labels?.GetValueOrDefault("fuzz")).OfType<string>())
            {
                labels[label] = labels.GetValueOrDefault(label) + 1;
            }

            after = page.Next;
        }
        while (after is not null);
        foreach (var made in _sent)
        {
            foreach (var label in made.Labels.Where(label => labels.GetValueOrDefault(label) > 1 || (made.IsGood && labels.GetValueOrDefault(label) != 1)))
            {
                Failures.Enqueue($"{label} was submitted {labels.GetValueOrDefault(label)} times");
            }

            if (made.Never is not null && labels.ContainsKey(made.Never))
            {
                Failures.Enqueue($"{made.Never} was within a body, and was submitted");
            }
        }

        _counts["tasks"] = labels.Count;
    }

    private void Count(string what) => _counts.AddOrUpdate(what, 1, static (_, count) => count + 1);

    [GeneratedRegex(@"(?:^|\n|\}|ready|live)HTTP/1\.[01] (\d{3}) ")]
    private static partial Regex StatusLine();
}
