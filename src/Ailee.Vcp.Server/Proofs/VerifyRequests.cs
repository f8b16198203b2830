using System.Buffers.Text;
using System.Formats.Cbor;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Proofs;

/// <summary>Reads what somebody wants verified.</summary>
internal static class VerifyRequests
{
    /// <summary>Items of CBOR that an invocation may have, the ends of arrays and maps among them; most become an object.</summary>
    public const int MostItems = 1 << 20;

    // A variable may take so many bytes for the one of its name that counts as input.
    private const long InvocationFactor = 4;

    /// <summary>The statement and what else is known; a problem if the JSON is not what the call takes.</summary>
    public static Problem? Parse(ReadOnlyMemory<byte> body, SandboxOptions options, out ReadOnlyMemory<byte> statement, out Evidence evidence)
    {
        (statement, evidence) = (default, Evidence.None);
        if (RequestBody.TryDeserialize(body.Span, VcpJson.Default.VerifyRequest, out var request) is { } problem)
        {
            return problem;
        }

        if (request.Output?.Length > Base64.GetMaxEncodedToUtf8Length(OutputRecord.MaxBytes))
        {
            // Decoded it is many times as large, and no check that follows could hold.
            return Problems.BodyTooLarge.Because($"No output record has more than {OutputRecord.MaxBytes} bytes.");
        }

        PublicKey? key = null;
        PublicKey? orchestrator = null;
        NoteKey? log = null;
        if ((request.Key is not null && !PublicKey.TryParse(request.Key, out key)) || (request.OrchestratorKey is not null && !PublicKey.TryParse(request.OrchestratorKey, out orchestrator)))
        {
            return Problems.MalformedRequest.Because("key and orchestratorKey must be Ed25519 public keys, 32 bytes in base64url.");
        }

        if (request.LogKey is not null && (!NoteKey.TryParse(request.LogKey, out log) || log.Type != NoteKeyType.Log))
        {
            return Problems.MalformedRequest.Because("logKey must be a log's C2SP verifier key, as GET /log/key answers it.");
        }

        try
        {
            statement = Convert.FromBase64String(request.Statement);
            evidence = new Evidence
            {
                Key = key,
                OrchestratorKey = orchestrator,
                LogKey = log,
                Checkpoint = Bytes(request.Checkpoint),
                Genesis = Bytes(request.Genesis),
                Enrolment = Bytes(request.Enrolment),
                Certificate = Bytes(request.Certificate),
                Module = Bytes(request.Module),
                Invocation = Bytes(request.Invocation),
                Stdin = Bytes(request.Stdin),
                Output = Bytes(request.Output),
                Stdout = Bytes(request.Stdout),
                Stderr = Bytes(request.Stderr),
            };
            return Check(statement, evidence, options);
        }
        catch (FormatException)
        {
            return Problems.MalformedRequest.Because("statement, module, invocation, stdin, output, stdout, stderr, checkpoint, genesis, enrolment and certificate must be base64.");
        }
    }

    /// <summary>What is larger than it can be is not decoded: decoded it is many times as large.</summary>
    public static Problem? Check(ReadOnlyMemory<byte> statement, Evidence evidence, SandboxOptions options)
    {
        var mostInvocation = ConnectionLimits.BodyBytes + (InvocationFactor * options.InputBytes);
        return new[] { statement, evidence.Checkpoint, evidence.Genesis, evidence.Enrolment, evidence.Certificate }.Any(part => part?.Length > ConnectionLimits.BodyBytes)
                ? Problems.BodyTooLarge.Because($"No statement, checkpoint or certificate has more than {ConnectionLimits.BodyBytes} bytes.")
            : evidence.Invocation?.Length > mostInvocation
                ? Problems.BodyTooLarge.Because($"No invocation of a task of this server has more than {mostInvocation} bytes.")
            : evidence.Invocation is { } invocation && !HasAtMost(MostItems, invocation)
                ? Problems.BodyTooLarge.Because($"An invocation that is verified here has at most {MostItems} CBOR items; 'vcp verify' has no such limit.")
            : null;
    }

    // Counted without making anything of them. What is no CBOR is for the decoder to name.
    private static bool HasAtMost(int most, ReadOnlyMemory<byte> cbor)
    {
        try
        {
            var reader = new CborReader(cbor, CborConformanceMode.Lax);
            for (var items = 0; items <= most; items++)
            {
                switch (reader.PeekState())
                {
                    case CborReaderState.StartArray:
                        reader.ReadStartArray();
                        break;
                    case CborReaderState.StartMap:
                        reader.ReadStartMap();
                        break;
                    case CborReaderState.EndArray:
                        reader.ReadEndArray();
                        break;
                    case CborReaderState.EndMap:
                        reader.ReadEndMap();
                        break;
                    case CborReaderState.Finished:
                        return true;
                    default:
                        reader.SkipValue();
                        break;
                }
            }

            return false;
        }
        catch (Exception exception) when (exception is CborContentException or InvalidOperationException)
        {
            return true;
        }
    }

    // With a type on the null: a bare one would become empty memory, which is evidence too.
    private static ReadOnlyMemory<byte>? Bytes(string? base64) => base64 is null ? default(ReadOnlyMemory<byte>?) : Convert.FromBase64String(base64);
}
