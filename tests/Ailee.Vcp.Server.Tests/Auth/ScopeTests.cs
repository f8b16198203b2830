using System.Text.Json;
using System.Text.RegularExpressions;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>Which call needs what: the endpoints' metadata, docs/operations/access.md, and what the server does are one.</summary>
public sealed partial class ScopeTests(ScopeTests.Fixture fixture) : IClassFixture<ScopeTests.Fixture>
{
    private const string NoKey = "no key";
    private const string Session = "the node's session";

    // What each scope brings along.
    private static readonly Dictionary<string, string[]> Reach = new()
    {
        ["read"] = ["read"],
        ["tasks"] = ["read", "tasks"],
        ["nodes"] = ["read", "nodes"],
        ["audit"] = ["read", "audit"],
        ["admin"] = ["read", "tasks", "nodes", "audit", "admin"],
    };

    private static readonly List<string[]> Rows = MarkdownTable.Rows("operations/access.md", "call", "needs");

    public static TheoryData<string> ScopeNames { get; } = [.. Scopes.All];

    [Fact]
    public void Document_Calls_AreTheEndpointsWithWhatTheyNeed() =>
        Assert.Equal(Endpoints().Select(endpoint => $"{endpoint.Call} | {endpoint.Needs}"), Rows.Select(row => $"{row[0]} | {row[1]}"));

    [Theory]
    [MemberData(nameof(ScopeNames))]
    public async Task Call_WithAKeyOfOneScope_IsLetInWhereTheDocumentSaysSo(string scope)
    {
        var key = await fixture.Server.MakeAsync($"only-{scope}", scope);
        foreach (var row in Rows)
        {
            var (method, path) = (row[0].Split(' ')[0], Fill(row[0].Split(' ')[1]));

            using var response = await fixture.Server.SendAsync(key.Secret, path, method);

            var code = response.Content.Headers.ContentType?.MediaType == MediaTypes.Problem
                ? JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), VcpJson.Default.ProblemView)!.Code
                : null;
            var allowed = row[1] == NoKey || row[1].Split(" or ").Intersect(Reach[scope]).Any();
            Assert.True(
                row[1] == Session ? code == "session-ended" : (code == "scope-missing") != allowed && code is not ("unauthorized" or "not-found"),
                $"{scope}: {row[0]} ({path}) answered {(int)response.StatusCode} {code}");
        }
    }

    [Fact]
    public async Task Call_WithoutAKey_IsLetInOnlyWhereTheDocumentSaysSo()
    {
        foreach (var row in Rows)
        {
            using var response = await fixture.Server.SendAsync(null, Fill(row[0].Split(' ')[1]), row[0].Split(' ')[0]);

            Assert.True((response.StatusCode == System.Net.HttpStatusCode.Unauthorized) == (row[1] != NoKey), $"{row[0]} answered {(int)response.StatusCode}");
        }
    }

    [Fact]
    public void Endpoints_All_SayWhatTheyNeed() => Assert.All(Endpoints(), endpoint => Assert.NotNull(endpoint.Needs));

    [Fact]
    public void Document_Scopes_AreThoseThereAre() => Assert.Equal(Scopes.All, MarkdownTable.Rows("operations/access.md", "scope", "may").Select(row => row[0]));

    [Fact]
    public void Document_AuditKinds_AreThoseThereAre() => Assert.Equal(AuditKinds.All, MarkdownTable.Rows("operations/access.md", "kind", "when").Select(row => row[0]));

    // HEAD is the same endpoint as GET, so it needs the same.
    private IEnumerable<(string Call, string? Needs)> Endpoints() =>
        from endpoint in fixture.Server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Distinct()
        let metadata = endpoint.Metadata
        from method in metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        where method != "HEAD"
        let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
        orderby path, method
        select ($"{method} {path}", metadata.GetMetadata<AllowedWithoutKey>() is not null ? NoKey
            : metadata.GetMetadata<NeedsNodeSession>() is not null ? Session
            : metadata.GetMetadata<NeededScope>() is { } needed ? string.Join(" or ", Scopes.Format(needed.AnyOf))
            : null);

    private static string Fill(string pattern) => Parameter().Replace(pattern, match => match.Groups["name"].Value switch
    {
        "digest" => Digest.Of("nothing"u8).ToString(),
        "index" or "size" => "0",
        "path" => "0/000",
        "account" => "treasury",
        _ => Guid.Empty.ToString(),
    });

    [GeneratedRegex(@"\{\**(?<name>[a-z]+)[^}]*\}", RegexOptions.IgnoreCase)]
    private static partial Regex Parameter();

    /// <summary>A server that needs keys.</summary>
    public sealed class Fixture : ServerFixture
    {
        internal override ServerSetup Setup => KeyCalls.Open();
    }
}
