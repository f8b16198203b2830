using System.Globalization;
using Ailee.Vcp.Client.Traces;

namespace Ailee.Vcp.Cli.Traces;

/// <summary>Entries of a trace as lines for people.</summary>
internal static class TraceText
{
    public static string Of(TraceEntry? entry) => entry switch
    {
        null => "(nothing)",
        { Start: { } start } => $"start: {start.Entrypoint} of module {start.Module}, input {start.Input}, profile {start.Profile}",
        { Call: { } call } => Call(call),
        { Finish: { } finish } => Finish(finish),
        _ => "(unknown)",
    };

    private static string Call(TraceCall call)
    {
        var arguments = string.Join(", ", call.Arguments);
        var moved = call.Moved is null ? string.Empty : $", moved {call.Moved}";
        return string.Create(CultureInfo.InvariantCulture, $"{call.Name}({arguments}) = {call.Errno}{moved}, after {call.Instructions} instructions");
    }

    private static string Finish(TraceFinish finish)
    {
        var exit = finish.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $" with exit code {code}") : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"finish: {finish.Outcome}{exit} after {finish.Instructions} instructions, {finish.MemoryPages} pages of memory, output {finish.Output}");
    }
}
