using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>Checks one leaf of a trace by its inclusion path. Of the file only bytes and path are believed.</summary>
internal static class LeafCheck
{
    public const string CheckName = "leaf";

    /// <exception cref="CliException">The file is not what a server answers.</exception>
    public static StatementCheck Run(StatementPayload payload, byte[] json)
    {
        var hash = payload.Hash;
        if (!hash.IsSupported)
        {
            return new StatementCheck(CheckName, false, hash.Unsupported);
        }

        try
        {
            // Members that are missing are null, whatever their type says.
            if (JsonSerializer.Deserialize(json, VcpJson.Default.TraceLeafView) is not { Base64: not null, Inclusion.Path: not null } view)
            {
                throw new FormatException();
            }

            var proof = new InclusionProof(view.Inclusion.Index, view.Inclusion.Size, [.. view.Inclusion.Path.Select(hash.Parse)]);
            var leaf = Convert.FromBase64String(view.Base64);
            var isNamed = proof.Size == payload.TraceLeaves && proof.Verify(hash.Leaf(leaf), payload.TraceRoot, hash);
            var ok = isNamed && TraceClaims.Fit(payload, proof.Index, leaf);
            return new StatementCheck(CheckName, ok, ok
                ? $"These bytes are leaf {proof.Index} of the {proof.Size} that the statement commits to."
                : isNamed
                ? "The leaf tells of another run than the statement does."
                : "The path does not lead from these bytes to the root and number of leaves that the statement names.");
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new CliException("--leaf must be what GET /api/v1/tasks/{id}/trace/{index} answers.");
        }
    }
}
