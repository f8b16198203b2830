using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The CBOR maps of an orchestrator's payloads: key 1 is the version, the others follow in order.</summary>
internal static class OrchestratorPayloadCodec
{
    private const string TreeHash = "sha-256";

    public static byte[] Encode(OrchestratorPayload payload) => CborWriting.Encode(payload, Write);

    public static OrchestratorPayload Read(StatementKind kind, ReadOnlyMemory<byte> data)
    {
        var reader = new ShapeReader(data, "payload");
        if (kind == StatementKind.Genesis)
        {
            Begin(reader, 5);
            return ReadGenesis(reader);
        }

        if (kind == StatementKind.Enrolment)
        {
            Begin(reader, 4);
            return new OrchestratorPayload.Enrolment(PublicKey.ReadCoseKey(Keyed(reader, 2)), Text(reader, 3, "owner"), Text(reader, 4, "name"));
        }

        if (kind == StatementKind.Certificate)
        {
            Begin(reader, 6);
            return ReadCertificate(reader);
        }

        if (kind == StatementKind.Divergence)
        {
            Begin(reader, 5);
            return ReadDivergence(reader);
        }

        return ReadStanding(kind, reader);
    }

    // What becomes of a node that is enrolled.
    private static OrchestratorPayload ReadStanding(StatementKind kind, ShapeReader reader)
    {
        if (kind == StatementKind.Revocation)
        {
            Begin(reader, 3);
            return new OrchestratorPayload.Revocation(Node(reader), Text(reader, 3, "reason"));
        }

        if (kind == StatementKind.Quarantine)
        {
            Begin(reader, 3);
            return new OrchestratorPayload.Quarantine(Node(reader), Text(reader, 3, "reason"));
        }

        if (kind == StatementKind.Release)
        {
            Begin(reader, 2);
            return new OrchestratorPayload.Release(Node(reader));
        }

        if (kind == StatementKind.Rotation)
        {
            Begin(reader, 5);
            return ReadRotation(reader);
        }

        throw reader.Wrong($"an orchestrator states nothing of kind {kind.Name}.");
    }

    private static void Write(CborWriter writer, OrchestratorPayload payload)
    {
        switch (payload)
        {
            case OrchestratorPayload.Genesis genesis:
                Begin(writer, 5);
                writer.WriteTextString(genesis.Origin);
                writer.WriteInt32(3);
                genesis.LogKey.WriteCoseKey(writer);
                writer.WriteInt32(4);
                writer.WriteTextString(TreeHash);
                writer.WriteInt32(5);
                writer.WriteTextString(genesis.Policy);
                break;
            case OrchestratorPayload.Enrolment enrolment:
                Begin(writer, 4);
                enrolment.Node.WriteCoseKey(writer);
                writer.WriteInt32(3);
                writer.WriteTextString(enrolment.Owner);
                writer.WriteInt32(4);
                writer.WriteTextString(enrolment.Name);
                break;
            case OrchestratorPayload.Certificate certificate:
                WriteCertificate(writer, certificate);
                break;
            case OrchestratorPayload.Divergence divergence:
                WriteDivergence(writer, divergence);
                break;
            case OrchestratorPayload.Revocation revocation:
                WriteStanding(writer, revocation.Node, revocation.Reason);
                break;
            case OrchestratorPayload.Quarantine quarantine:
                WriteStanding(writer, quarantine.Node, quarantine.Reason);
                break;
            case OrchestratorPayload.Release release:
                Begin(writer, 2);
                writer.WriteDigest(release.Node.Thumbprint);
                break;
            case OrchestratorPayload.Rotation rotation:
                WriteRotation(writer, rotation);
                break;
            default:
                throw new ArgumentException($"There is no encoding of {payload.Kind.Name}.", nameof(payload));
        }

        writer.WriteEndMap();
    }

    private static OrchestratorPayload.Genesis ReadGenesis(ShapeReader reader)
    {
        var origin = Keyed(reader, 2).Text("origin", StatementHeader.MaxNameBytes);
        var key = PublicKey.ReadCoseKey(Keyed(reader, 3));
        if (Keyed(reader, 4).Text("tree hash", 16) != TreeHash)
        {
            throw reader.Wrong($"the tree hash must be {TreeHash}.");
        }

        return new OrchestratorPayload.Genesis(origin, key, Text(reader, 5, "policy"));
    }

    private static OrchestratorPayload.Certificate ReadCertificate(ShapeReader reader)
    {
        var task = Task(reader);
        var payload = Keyed(reader, 3).Digest("payload digest");
        var (quorum, replicas) = (Count(reader, 4, "quorum"), Count(reader, 5, "replicas"));
        var votes = Items(Keyed(reader, 6), "votes", ReadVote);
        for (var i = 1; i < votes.Count; i++)
        {
            if (Compare(votes[i - 1].Node, votes[i].Node) >= 0)
            {
                throw reader.Wrong("votes must be by ascending node, one each.");
            }
        }

        return votes.Count >= quorum && 2 * quorum > replicas && quorum <= replicas && votes.Select(vote => vote.Owner).Distinct(StringComparer.Ordinal).Count() == votes.Count
            ? new OrchestratorPayload.Certificate(task, payload, quorum, replicas, votes)
            : throw reader.Wrong("the votes are fewer than the quorum, two are of one owner, or the quorum is not above half of the replicas.");
    }

    private static OrchestratorPayload.Vote ReadVote(ShapeReader reader)
    {
        reader.Array(3, "a vote");
        var vote = new OrchestratorPayload.Vote(new NodeId(reader.Digest("kid")), reader.Text("owner", OrchestratorPayload.MaxTextBytes), reader.Digest("statement"));
        reader.EndArray();
        return vote;
    }

    private static void WriteCertificate(CborWriter writer, OrchestratorPayload.Certificate certificate)
    {
        Begin(writer, 6);
        writer.WriteByteString(certificate.Task.ToArray());
        writer.WriteInt32(3);
        writer.WriteDigest(certificate.PayloadDigest);
        writer.WriteInt32(4);
        writer.WriteInt32(certificate.Quorum);
        writer.WriteInt32(5);
        writer.WriteInt32(certificate.Replicas);
        writer.WriteInt32(6);
        writer.WriteStartArray(certificate.Votes.Count);
        foreach (var vote in certificate.Votes)
        {
            writer.WriteStartArray(3);
            writer.WriteDigest(vote.Node.Thumbprint);
            writer.WriteTextString(vote.Owner);
            writer.WriteDigest(vote.Statement);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static OrchestratorPayload.Divergence ReadDivergence(ShapeReader reader)
    {
        var task = Task(reader);
        var hash = ContentHash.Find(Text(reader, 3, "hash name")) ?? throw reader.Wrong("there is no such hash.");
        var claims = Items(Keyed(reader, 4), "claims", ReadClaim);
        reader.Key(5);
        if (reader.TryNull())
        {
            return new OrchestratorPayload.Divergence(task, hash, claims, null);
        }

        reader.Array(3, "the difference");
        var difference = new OrchestratorPayload.TraceDivergence(reader.Text("field", OrchestratorPayload.MaxTextBytes), Index(reader, "leaf"), Index(reader, "record"));
        reader.EndArray();
        return new OrchestratorPayload.Divergence(task, hash, claims, difference);
    }

    private static OrchestratorPayload.Claim ReadClaim(ShapeReader reader)
    {
        reader.Array(8, "a claim");
        var claim = new OrchestratorPayload.Claim(
            new NodeId(reader.Digest("kid")),
            reader.Text("owner", OrchestratorPayload.MaxTextBytes),
            reader.TryNull() ? null : reader.Digest("statement"),
            (Outcome)Within(reader, reader.Integer("outcome"), 0, (long)Outcome.OutputLimit),
            Within(reader, reader.Integer("exit code"), StatementPayload.NoExit, uint.MaxValue),
            reader.Digest("output"),
            Within(reader, reader.Integer("instructions"), 0, long.MaxValue),
            reader.Digest("trace root"));
        reader.EndArray();
        return claim;
    }

    private static void WriteDivergence(CborWriter writer, OrchestratorPayload.Divergence divergence)
    {
        Begin(writer, 5);
        writer.WriteByteString(divergence.Task.ToArray());
        writer.WriteInt32(3);
        writer.WriteTextString(divergence.Hash.Name);
        writer.WriteInt32(4);
        writer.WriteStartArray(divergence.Claims.Count);
        foreach (var claim in divergence.Claims)
        {
            writer.WriteStartArray(8);
            writer.WriteDigest(claim.Node.Thumbprint);
            writer.WriteTextString(claim.Owner);
            WriteOptional(writer, claim.Statement, static (inner, id) => inner.WriteDigest(id));
            writer.WriteInt32((int)claim.Outcome);
            writer.WriteInt64(claim.ExitCode);
            writer.WriteDigest(claim.Output);
            writer.WriteInt64(claim.Instructions);
            writer.WriteDigest(claim.TraceRoot);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteInt32(5);
        if (divergence.Difference is not { } difference)
        {
            writer.WriteNull();
            return;
        }

        writer.WriteStartArray(3);
        writer.WriteTextString(difference.Field);
        WriteOptional(writer, difference.Leaf, static (inner, index) => inner.WriteInt64(index));
        WriteOptional(writer, difference.Record, static (inner, index) => inner.WriteInt64(index));
        writer.WriteEndArray();
    }

    private static void WriteStanding(CborWriter writer, NodeId node, string reason)
    {
        Begin(writer, 3);
        writer.WriteDigest(node.Thumbprint);
        writer.WriteInt32(3);
        writer.WriteTextString(reason);
    }

    private static OrchestratorPayload.Rotation ReadRotation(ShapeReader reader)
    {
        var rotation = new OrchestratorPayload.Rotation(
            Node(reader), PublicKey.ReadCoseKey(Keyed(reader, 3)), Text(reader, 4, "owner"), Text(reader, 5, "name"));
        return rotation.New.Id != rotation.Old ? rotation : throw reader.Wrong("a node cannot go on under the key that it has.");
    }

    private static void WriteRotation(CborWriter writer, OrchestratorPayload.Rotation rotation)
    {
        Begin(writer, 5);
        writer.WriteDigest(rotation.Old.Thumbprint);
        writer.WriteInt32(3);
        rotation.New.WriteCoseKey(writer);
        writer.WriteInt32(4);
        writer.WriteTextString(rotation.Owner);
        writer.WriteInt32(5);
        writer.WriteTextString(rotation.Name);
    }

    private static void WriteOptional<T>(CborWriter writer, T? value, Action<CborWriter, T> write)
        where T : struct
    {
        if (value is { } present)
        {
            write(writer, present);
        }
        else
        {
            writer.WriteNull();
        }
    }

    private static void Begin(CborWriter writer, int entries)
    {
        writer.WriteStartMap(entries);
        writer.WriteInt32(1);
        writer.WriteInt32(OrchestratorPayload.Version);
        writer.WriteInt32(2);
    }

    private static void Begin(ShapeReader reader, int entries)
    {
        reader.Map(entries, "the payload");
        if (Keyed(reader, 1).Integer("version") != OrchestratorPayload.Version)
        {
            throw reader.Wrong("version must be 1.");
        }
    }

    private static List<T> Items<T>(ShapeReader reader, string name, Func<ShapeReader, T> read)
    {
        var count = reader.Array(name);
        if (count is < 1 or > OrchestratorPayload.MaxVotes)
        {
            throw reader.Wrong($"{name} must be 1 to {OrchestratorPayload.MaxVotes}.");
        }

        var items = new List<T>(count);
        for (var i = 0; i < count; i++)
        {
            items.Add(read(reader));
        }

        reader.EndArray();
        return items;
    }

    private static NodeId Node(ShapeReader reader) => new(Keyed(reader, 2).Digest("kid"));

    private static TaskId Task(ShapeReader reader) => TaskId.FromBytes(Keyed(reader, 2).Bytes("task id", TaskId.SizeBytes).Span);

    private static string Text(ShapeReader reader, long key, string name) => Keyed(reader, key).Text(name, OrchestratorPayload.MaxTextBytes);

    private static int Count(ShapeReader reader, long key, string name) =>
        (int)Within(reader, Keyed(reader, key).Integer(name), 1, OrchestratorPayload.MaxVotes);

    private static long? Index(ShapeReader reader, string name) => reader.TryNull() ? null : Within(reader, reader.Integer(name), 0, long.MaxValue);

    private static long Within(ShapeReader reader, long value, long minimum, long maximum) =>
        value >= minimum && value <= maximum ? value : throw reader.Wrong("a number is out of range.");

    private static int Compare(NodeId first, NodeId second) => first.Thumbprint.ToArray().AsSpan().SequenceCompareTo(second.Thumbprint.ToArray());

    private static ShapeReader Keyed(ShapeReader reader, long key)
    {
        reader.Key(key);
        return reader;
    }
}
