using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Execution;

/// <summary>One digest that names what ran and what came of it: equal for every honest execution of the same thing, whichever task asked.</summary>
public static class ExecutionHash
{
    /// <summary>Domain separation of the encoding.</summary>
    public const string Label = "vcp-execution-v1";

    /// <summary>Hash of <c>["vcp-execution-v1", profile, module, entrypoint, input, outcome, exit, output]</c> under the payload's hash.</summary>
    public static Digest Compute(StatementPayload payload) => payload.Hash.Of(CborWriting.Encode(payload, static (writer, payload) =>
    {
        writer.WriteStartArray(8);
        writer.WriteTextString(Label);
        writer.WriteDigest(payload.Profile);
        writer.WriteDigest(payload.Module);
        writer.WriteTextString(payload.Entrypoint);
        writer.WriteDigest(payload.Input);
        writer.WriteInt32((int)payload.Outcome);
        writer.WriteInt64(payload.ExitCode);
        writer.WriteDigest(payload.Output);
        writer.WriteEndArray();
    }));
}
