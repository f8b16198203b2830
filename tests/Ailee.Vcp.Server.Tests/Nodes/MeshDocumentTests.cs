using System.Buffers.Text;
using System.Text;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Tests.Nodes;

/// <summary>The example in docs/design/mesh.md is what nodes sign.</summary>
public sealed class MeshDocumentTests
{
    [Fact]
    public void Document_Example_IsWhatNodesSign()
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "docs", "design", "mesh.md"))
            .SkipWhile(line => !line.StartsWith("seed ", StringComparison.Ordinal))
            .TakeWhile(line => line != "```")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        using var key = SigningKey.FromSeed(Convert.FromHexString(lines[0][1]));
        var challenge = Enumerable.Range(0, 48).Select(i => (byte)i).ToArray();
        var token = lines[5][1];

        var enrolment = NodeProof.ForEnrolment(lines[3][1], key.PublicKey.Id, challenge, Digest.Of(Encoding.UTF8.GetBytes(token)));
        var session = NodeProof.ForSession(lines[3][1], key.PublicKey.Id, challenge);

        Assert.Equal(
            [
                ["publicKey", key.PublicKey.ToString()],
                ["kid", key.PublicKey.Id.ToString()],
                ["origin", "vcp.example.org/log"],
                ["challenge", Base64Url.EncodeToString(challenge)],
                ["token", token],
                ["enrolment", Convert.ToHexStringLower(enrolment)],
                ["signature", Base64Url.EncodeToString(key.Sign(enrolment))],
                ["session", Convert.ToHexStringLower(session)],
                ["signature", Base64Url.EncodeToString(key.Sign(session))],
            ],
            lines[1..]);
    }
}
