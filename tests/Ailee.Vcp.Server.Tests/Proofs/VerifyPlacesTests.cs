using System.Formats.Cbor;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Proofs;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Proofs;

/// <summary>What verifications may take of the server.</summary>
public sealed class VerifyPlacesTests
{
    private const long LargeBytes = ConnectionLimits.BodyBytes + 1;

    private static readonly ServerSetup Roomy = new() { NodeWorks = false, Configuration = { ["Sandbox:ModuleBytes"] = "33554432" } };

    [Fact]
    public void TryHold_LargeOnes_OneOfEachCaller()
    {
        var places = new VerifyPlaces(new FakeTimeProvider());
        using var first = new VerifyPlace(places, "alice");
        using var second = new VerifyPlace(places, "alice");
        using var other = new VerifyPlace(places, "bob");

        Assert.Null(first.TryHold(LargeBytes));
        Assert.Equal(Problems.VerifierBusy, second.TryHold(LargeBytes)!.Kind);
        Assert.Null(second.TryHold(0));
        Assert.Null(other.TryHold(LargeBytes));
    }

    [Fact]
    public void TryHold_TurnsOutToBeLarge_LeavesTheSmallPlace()
    {
        var places = new VerifyPlaces(new FakeTimeProvider());
        using var growing = new VerifyPlace(places, null);
        Assert.Null(growing.TryHold(0));
        Assert.Null(growing.TryHold(LargeBytes));
        for (var i = 0; i < VerifyPlaces.Small; i++)
        {
            Assert.Null(places.For(0).TryTake(null));
        }

        var refused = places.For(0).TryTake(null);

        // One was done in the first second: a tenth of the others takes seven.
        Assert.Equal((Problems.VerifierBusy, 7), (refused!.Kind, refused.RetryAfterSeconds));
        Assert.Null(growing.TryHold(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Verify_EveryLargePlaceTaken_RefusedAndSmallOnesAreServed(bool tellsLength)
    {
        await using var server = await RunningServer.StartAsync(Roomy);
        var places = server.Get<VerifyPlaces>().For(LargeBytes);
        for (var i = 0; i < VerifyPlaces.Large; i++)
        {
            Assert.Null(places.TryTake(null));
        }

        using var message = new HttpRequestMessage(HttpMethod.Post, "api/v1/proofs/verify") { Content = new ByteArrayContent(new byte[LargeBytes]) };
        message.Content.Headers.TryAddWithoutValidation("Content-Type", MediaTypes.Statement);
        message.Headers.TransferEncodingChunked = !tellsLength;
        using var refused = await server.Http.SendAsync(message);

        Assert.InRange(int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        await refused.ProblemAsync("verifier-busy");
        Assert.False((await server.Client.VerifyAsync(new byte[10], default)).Valid);
        places.GiveBack(null);
        await server.Http.PostAsync("api/v1/proofs/verify", new byte[LargeBytes], MediaTypes.Statement).ProblemAsync("body-too-large");
    }

    [Fact]
    public void Check_InvocationOfMoreItemsThanMayBe_BodyTooLarge()
    {
        var options = new SandboxOptions();

        Assert.Null(VerifyRequests.Check(default, new Evidence { Invocation = Texts(1000) }, options));
        Assert.Equal(Problems.BodyTooLarge, VerifyRequests.Check(default, new Evidence { Invocation = Texts(VerifyRequests.MostItems) }, options)!.Kind);
    }

    [Fact]
    public void Check_InvocationLargerThanAnyInput_BodyTooLarge() => Assert.Equal(
        Problems.BodyTooLarge,
        VerifyRequests.Check(default, new Evidence { Invocation = new byte[(2 * ConnectionLimits.BodyBytes) + 1] }, new SandboxOptions { InputBytes = 1 << 18 })!.Kind);

    // Empty texts: a byte each to send, an object each to decode.
    private static byte[] Texts(int count)
    {
        var writer = new CborWriter();
        writer.WriteStartArray(count);
        for (var i = 0; i < count; i++)
        {
            writer.WriteTextString("");
        }

        writer.WriteEndArray();
        return writer.Encode();
    }
}
