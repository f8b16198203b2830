using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using static Ailee.Vcp.Core.Tests.Vectors.VectorFile;

namespace Ailee.Vcp.Core.Tests.Vectors;

public sealed class NodeVectorTests
{
    private const string NodesFile = "nodes.json";

    [Fact]
    public void Generate_NodeVectors_ReproducesTheFile() => AssertIs(NodesFile, NodeVectors.All);

    // From the fields of the file alone, whatever the samples of today are.
    [Fact]
    public void Compute_FieldsOfEveryVector_GivesWhatItSays()
    {
        var file = Read<NodeVectors>(NodesFile);

        Assert.All(file.Proofs, vector =>
        {
            using var key = SigningKey.FromSeed(Bytes(vector.PrivateKeySeed));
            Assert.Equal(vector.BytesHex, Hex(vector.ToBytes()));
            Assert.Equal(vector.SignatureHex, Hex(key.Sign(vector.ToBytes())));
        });
        Assert.All(file.Health, vector =>
        {
            Assert.Equal((vector.Value, vector.Raw), (NodeVectors.Rounded(vector.Score().Value), NodeVectors.Rounded(vector.Score().Raw)));
            Assert.Equal(vector.Factors, vector.Score().Factors.Select(FactorVector.Of));
        });
        Assert.All(file.Reputation, vector => Assert.Equal(vector.Steps, vector.Replay().Steps));
        Assert.All(file.Outliers, vector =>
        {
            Assert.Equal(vector.Scores, vector.Again().Scores);
            Assert.Equal(vector.Outliers, vector.Again().Outliers);
        });
        Assert.All(file.Rankings, vector => Assert.All(vector.Orders, order => Assert.Equal(order.Value, vector.Again().Orders[order.Key])));
        Assert.All(file.Safety, vector => Assert.Equal(vector.Steps.Select(step => step.SafeMode), vector.Again().Steps.Select(step => step.SafeMode)));
        Assert.All(file.Rewards, vector => Assert.Equal(vector, vector.Again()));
    }

    [Fact]
    public void Read_NodeVectors_HoldEveryKindStrategyAndLimit()
    {
        var file = Read<NodeVectors>(NodesFile);

        Assert.Subset(file.Reputation.SelectMany(vector => vector.Steps).Select(step => step.Kind).ToHashSet(), ReputationEventKind.All.Select(kind => kind.Name).ToHashSet());
        Assert.All(file.Rankings, vector => Assert.Equal(Enum.GetValues<SelectionStrategy>().Select(strategy => strategy.ToName()).Order(), vector.Orders.Keys.Order()));
        Assert.Equal(
            ["battery", "errors", "latency", "power", "temperature"],
            file.Safety.SelectMany(vector => vector.Steps).SelectMany(step => step.SafeMode).Distinct().Order(StringComparer.Ordinal));
    }
}
