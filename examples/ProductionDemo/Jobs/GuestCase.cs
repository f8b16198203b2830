using System.Text.Json;

namespace Ailee.Vcp.ProductionDemo.Jobs;

/// <summary>A run of an example guest and what must come of it, as <c>examples/guests/cases.json</c> says.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Guest">The module, relative to the guests.</param>
/// <param name="Entrypoint">The export; null for a command.</param>
/// <param name="Args">Arguments; null for a function of bytes.</param>
/// <param name="Env">Environment variables.</param>
/// <param name="Input">File of stdin, relative to the guests.</param>
/// <param name="Bundle">Directory below the guest, relative to the guests.</param>
/// <param name="StdoutSha256">What stdout must be.</param>
/// <param name="Results">What an exported function must return.</param>
/// <param name="Outputs">What the files that come back must be, by path.</param>
internal sealed record GuestCase(
    string Name,
    string Guest,
    string? Entrypoint,
    IReadOnlyList<JsonElement>? Args,
    IReadOnlyDictionary<string, string>? Env,
    string? Input,
    string? Bundle,
    string? StdoutSha256,
    IReadOnlyList<CaseResult>? Results,
    IReadOnlyDictionary<string, string>? Outputs);

/// <summary>A number that a function returns.</summary>
internal sealed record CaseResult(string Type, JsonElement Value);
