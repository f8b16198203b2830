namespace Ailee.Vcp.ProductionDemo.Fleets;

/// <summary>Where the programs and guests are. Every project is built to <c>artifacts/bin/&lt;project&gt;/&lt;configuration&gt;/</c>, this one too.</summary>
internal static class Locations
{
    /// <summary>The program that runs .NET programs: the one that built this, or the one on the path.</summary>
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>The server.</summary>
    public static string Server { get; } = Of("Ailee.Vcp.Server", "Ailee.Vcp.Server.dll");

    /// <summary>The command line, which is also the agent.</summary>
    public static string Cli { get; } = Of("Ailee.Vcp.Cli", "vcp.dll");

    /// <summary>This program, which is also the liar.</summary>
    public static string Demo { get; } = typeof(Locations).Assembly.Location;

    /// <summary>The example guests, their samples and what must come of them.</summary>
    public static string Guests { get; } = Path.Combine(AppContext.BaseDirectory, "guests");

    private static string Of(string project, string program)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var path = Path.GetFullPath(Path.Combine(here, "..", "..", project, Path.GetFileName(here), program));
        return File.Exists(path) ? path : throw new DemoException($"{path} is not there; build the solution, or start the demo with 'dotnet run'.");
    }
}
