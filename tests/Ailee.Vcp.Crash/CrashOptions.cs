using System.Globalization;

namespace Ailee.Vcp.Crash;

/// <summary>The command line.</summary>
internal sealed record CrashOptions
{
    // What is durable is in the journal of the shim, so no disk is needed.
    private const string Memory = "/dev/shm";

    /// <summary>Crashes. Default 1000.</summary>
    public int Crashes { get; init; } = 1000;

    /// <summary>Servers that are killed as processes of their own. Default 20.</summary>
    public int Processes { get; init; } = 20;

    /// <summary>Seed of all that is drawn. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Processes at work at once. Default: the cores.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The one chain that is run; null for all.</summary>
    public int? Chain { get; init; }

    /// <summary>The one step that storage fails in; null for all.</summary>
    public string? Step { get; init; }

    /// <summary>Where the directories of the servers are put. Default: in memory if the system has a place for that, else the directory for temporary files.</summary>
    public string Directory { get; init; } = System.IO.Directory.Exists(Memory) ? Memory : Path.GetTempPath();

    /// <summary>Number of this process among the workers; null for the one that starts them.</summary>
    public int? Worker { get; init; }

    public static CrashOptions Parse(string[] args)
    {
        var options = new CrashOptions();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            options = args[i] switch
            {
                "--crashes" => options with { Crashes = Number(args[i + 1]) },
                "--processes" => options with { Processes = Number(args[i + 1]) },
                "--seed" => options with { Seed = Number(args[i + 1]) },
                "--workers" => options with { Workers = Number(args[i + 1]) },
                "--chain" => options with { Chain = Number(args[i + 1]), Workers = 1 },
                "--step" => options with { Step = args[i + 1] },
                "--directory" => options with { Directory = args[i + 1] },
                "--worker" => options with { Worker = Number(args[i + 1]) },
                _ => throw new ArgumentException($"{args[i]} is no option."),
            };
        }

        return options;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
