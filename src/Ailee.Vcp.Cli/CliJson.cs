using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Cli.Backup;
using Ailee.Vcp.Cli.Export;
using Ailee.Vcp.Cli.Keys;
using Ailee.Vcp.Cli.Ledger;
using Ailee.Vcp.Cli.Log;
using Ailee.Vcp.Cli.Run;
using Ailee.Vcp.Cli.Submit;
using Ailee.Vcp.Cli.Traces;
using Ailee.Vcp.Cli.Verify;

namespace Ailee.Vcp.Cli;

/// <summary>What <c>--json</c> prints, and the files that are written and read here. What is read has all its members.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(SubmitReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(VerifyReports))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(FsckReport))]
[JsonSerializable(typeof(FollowState))]
[JsonSerializable(typeof(UnprovenFile))]
[JsonSerializable(typeof(LedgerReport))]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(TraceDiffReport))]
[JsonSerializable(typeof(KeyReport))]
[JsonSerializable(typeof(IReadOnlyList<KeyReport>))]
[JsonSerializable(typeof(string))]
internal sealed partial class CliJson : JsonSerializerContext
{
    // Readable on a terminal; the text goes nowhere near HTML.
    private static readonly CliJson Readable = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    });

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Readable.GetTypeInfo(typeof(T))!);
}
