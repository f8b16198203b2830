using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>Checks a part of the output by the inclusion paths of its chunks. What the file says beside bytes and paths must be so too.</summary>
internal static class ChunkCheck
{
    /// <exception cref="CliException">The file is not what a server answers.</exception>
    public static StatementCheck Run(StatementPayload payload, byte[] json)
    {
        try
        {
            var view = JsonSerializer.Deserialize(json, VcpJson.Default.OutputProofView) ?? throw new FormatException();
            return view.ToEvidence(payload.Hash).Check(payload);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new CliException("--chunk must be what GET /api/v1/tasks/{id}/output/proof answers.");
        }
    }
}
