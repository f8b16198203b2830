using System.Globalization;

namespace Ailee.Vcp.Sandbox.Tests.Hostile;

/// <summary>
/// A guest of <c>tests/Modules/hostile</c> and what its first lines promise about it (README.md there). Shared with the server's
/// tests, so that a guest must end in the same way however it came.
/// </summary>
internal sealed record HostileGuest
{
    public const string Entrypoint = "run";

    /// <summary>What a guest of bytes is given.</summary>
    public const string Input = "input";

    /// <summary>The server's own limits; a guest's lie below them.</summary>
    public static readonly SandboxOptions Options = new()
    {
        Slots = 2,
        MemoryBytes = 256 << 20,
        TimeoutMs = 60_000,
        Instructions = 1_000_000_000_000,
        StdoutBytes = 65_536,
        StderrBytes = 4096,
        TableElements = 1000,
        ScratchBytes = 64 << 20,
        ScratchEntries = 200,
        Descriptors = 50,
    };

    private readonly List<HostileClaim> _claims = [];

    private HostileGuest(string name, string text) => (Name, Text) = (name, text);

    public string Name { get; }

    public string Text { get; }

    /// <summary>How it must end: an outcome with the name of its trap, or <c>inconclusive</c>, <c>refused</c> or <c>task-refused</c> with the code.</summary>
    public string Expected { get; private set; } = string.Empty;

    public bool TakesBytes { get; private set; }

    public long MemoryBytes { get; private set; } = 16 << 20;

    public long Instructions { get; private set; } = 5_000_000;

    public long ScratchBytes { get; private set; } = Options.ScratchBytes;

    public int TimeoutMs { get; private set; } = Options.TimeoutMs;

    private string? Results { get; set; }

    private long? Exit { get; set; }

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.wat").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Modules", "hostile");

    public static HostileGuest Read(string name)
    {
        var guest = new HostileGuest(name, File.ReadAllText(Path.Combine(Folder, name + ".wat")));
        foreach (var line in guest.Text.Split('\n').TakeWhile(line => line.StartsWith(";; ", StringComparison.Ordinal)))
        {
            if (line[3..].Split(": ", 2) is [var key, var value] && !key.Contains(' '))
            {
                guest.Take(key, value.Trim());
            }
        }

        Assert.NotEmpty(guest.Expected);
        return guest;
    }

    /// <summary>Holds what came of a run to what was promised, and to every limit.</summary>
    public void Check(HostileRun run)
    {
        Assert.Equal(Expected, run.Ending);
        Assert.All(run.Used, used => Assert.True(used.Value <= Limit(used.Key), $"{used.Key}: {used.Value} used, {Limit(used.Key)} allowed"));
        Assert.All(_claims.Where(claim => run.Used.ContainsKey(claim.What)), claim =>
        {
            var (used, amount) = (run.Used[claim.What], claim.Amount ?? Limit(claim.What));
            Assert.True(claim.IsExact ? used == amount : used <= amount, $"{claim.What}: {used} used, {(claim.IsExact ? "=" : "<=")} {amount} promised");
        });
        if (Results is not null)
        {
            Assert.Equal(Results, string.Join(' ', run.Results));
        }

        if (Exit is not null)
        {
            Assert.Equal(Exit, run.ExitCode);
        }
    }

    private long Limit(string what) => what switch
    {
        "instructions" => Instructions,
        "memory" => MemoryBytes,
        "stdout" => Options.StdoutBytes,
        "stderr" => Options.StderrBytes,
        _ => long.MaxValue,
    };

    private void Take(string key, string value)
    {
        switch (key)
        {
            case "expect":
                Expected = value;
                break;
            case "results":
                Results = value;
                break;
            case "exit":
                Exit = Number(value);
                break;
            case "input":
                TakesBytes = true;
                break;
            case "limit":
                TakeLimit(value.Split(' '));
                break;
            case "instructions" or "memory" or "stdout" or "stderr" or "calls":
                var words = value.Split(' ');
                _claims.Add(new HostileClaim(key, words[0] == "=", words[1] == "limit" ? null : Number(words[1])));
                break;
            default:
                Assert.Fail($"{Name}: '{key}' means nothing.");
                break;
        }
    }

    private void TakeLimit(string[] words)
    {
        var number = Number(words[1]);
        switch (words[0])
        {
            case "instructions":
                Instructions = number;
                break;
            case "memory":
                MemoryBytes = number;
                break;
            case "scratch":
                ScratchBytes = number;
                break;
            case "timeout-ms":
                TimeoutMs = (int)number;
                break;
            default:
                Assert.Fail($"{Name}: there is no limit '{words[0]}'.");
                break;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>How much of something a guest must have used.</summary>
/// <param name="What">What was used.</param>
/// <param name="IsExact">That much, or at most that much.</param>
/// <param name="Amount">Null for its limit.</param>
internal sealed record HostileClaim(string What, bool IsExact, long? Amount);
