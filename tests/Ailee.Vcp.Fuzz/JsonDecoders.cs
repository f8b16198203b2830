using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Proofs;

namespace Ailee.Vcp.Fuzz;

/// <summary>
/// JSON of every record that the server or a client reads: nothing but a <see cref="JsonException"/> may come of it. And what the server makes of
/// bodies that it looks into: statements to verify with their evidence, and what nodes report.
/// </summary>
internal static class JsonDecoders
{
    private static readonly string Statement = Convert.ToBase64String(Vectors.Hex("statements", "statementHex")[0]);

    public static IEnumerable<Decoder> All() => [.. Records(), Verify(), Result()];

    private static IEnumerable<Decoder> Records()
    {
        foreach (var type in typeof(VcpJson).Assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false, IsGenericType: false }).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            if (VcpJson.Default.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info && type.Namespace!.StartsWith("Ailee.Vcp.Client", StringComparison.Ordinal))
            {
                var name = $"JSON {type.Name}{(info.UnmappedMemberHandling == JsonUnmappedMemberHandling.Disallow ? " (request)" : string.Empty)}";
                yield return new Decoder(name, [Encoding.UTF8.GetBytes(Sample(info, 0))], bytes => Read(bytes, info), IsText: true);
            }
        }
    }

    private static Decoder Verify()
    {
        var vectors = (Invocation: Vectors.Hex("statements", "invocation", "hex")[0], Output: Vectors.Hex("statements", "output", "hex")[0], Module: Vectors.Hex("statements", "moduleHex")[0]);
        string[] bodies =
        [
            $$"""{"statement":"{{Statement}}"}""",
            $$"""{"statement":"{{Statement}}","module":"{{Convert.ToBase64String(vectors.Module)}}","invocation":"{{Convert.ToBase64String(vectors.Invocation)}}","output":"{{Convert.ToBase64String(vectors.Output)}}","stdout":"eA==","stdin":"","checkpoint":"eA==","certificate":"{{Statement}}","enrolment":"{{Statement}}","genesis":"{{Statement}}"}""",
        ];
        return new Decoder("POST /proofs/verify", [.. bodies.Select(Encoding.UTF8.GetBytes)], bytes =>
        {
            if (VerifyRequests.Parse(bytes, new SandboxOptions(), out var statement, out var evidence) is not null)
            {
                return Verdict.Of(false);
            }

            var report = StatementVerifier.Verify(statement, evidence);
            JsonSerializer.Serialize(ProofViews.Create(report), VcpJson.Default.VerifyResponse);
            return report.Valid && Convert.ToBase64String(statement.Span) != Statement ? new Verdict.Wrong("a statement that nobody signed is valid") : Verdict.Of(true);
        });
    }

    private static Decoder Result() => new(
        "POST /leases/{lease}/result",
        [.. ((string[])[$$"""{"statement":"{{Statement}}","wallTimeMicroseconds":5,"cacheHit":true,"energyJoules":1.5}""", """{"inconclusive":"timeout","wallTimeMicroseconds":5}"""]).Select(Encoding.UTF8.GetBytes)],
        bytes =>
        {
            try
            {
                var result = JsonSerializer.Deserialize(bytes, VcpJson.Default.ResultRequest);
                if (result is null || ResultRules.ProblemOf(result) is not null)
                {
                    return Verdict.Of(false);
                }

                ResultRules.ToReport(Guid.Empty, result);
                return Verdict.Of(true);
            }
            catch (JsonException)
            {
                return Verdict.Of(false);
            }
        });

    private static Verdict Read(byte[] bytes, JsonTypeInfo info)
    {
        try
        {
            var read = JsonSerializer.Deserialize(bytes, info);
            if (read is null)
            {
                return Verdict.Of(false);
            }

            // What was read can be written, and is the same when it is read again.
            var written = JsonSerializer.Serialize(read, info);
            return JsonSerializer.Serialize(JsonSerializer.Deserialize(written, info), info) == written ? Verdict.Of(true) : new Verdict.Wrong("it changes when it is written");
        }
        catch (JsonException)
        {
            return Verdict.Of(false);
        }
    }

    // Every member, as its type has it.
    private static string Sample(JsonTypeInfo info, int depth)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        return info.Kind switch
        {
            JsonTypeInfoKind.Object when depth > 4 => "{}",
            JsonTypeInfoKind.Object => "{" + string.Join(',', info.Properties.Where(member => depth < 4 || member.IsRequired).Select(member => $"\"{member.Name}\":{Member(info, member, depth)}")) + "}",
            JsonTypeInfoKind.Enumerable => "[]",
            JsonTypeInfoKind.Dictionary => "{}",
            _ when type == typeof(bool) => "true",
            _ when type == typeof(Guid) => "\"01890000-0000-7000-8000-000000000000\"",
            _ when type == typeof(DateTimeOffset) => "\"2026-01-01T00:00:00Z\"",
            _ when type == typeof(string) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(byte[]) => "\"eHh4\"",
            _ => "1",
        };
    }

    private static string Member(JsonTypeInfo info, JsonPropertyInfo member, int depth) => Sample(info.Options.GetTypeInfo(member.PropertyType), depth + 1);
}
