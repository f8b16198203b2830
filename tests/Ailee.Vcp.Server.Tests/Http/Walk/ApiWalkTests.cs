using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Http.Walk;

/// <summary>
/// Walks the server's own OpenAPI document: every operation with good values and with bad ones in each place, one at a time and in the same order
/// every time. Whatever comes, the answer is one that the document has for the operation, and the server goes on.
/// </summary>
public sealed class ApiWalkTests
{
    private const int ShownFailures = 25;

    // Nobody asked for a measurement or an auction, no other log is witnessed, no money moved, and an enrolment takes a token that there is none of.
    private static readonly string[] NeverGood =
    [
        "GET /api/v1/log/witness-key", "POST /api/v1/log/add-checkpoint", "POST /api/v1/nodes", "POST /api/v1/nodes/{id}/bids/{auction}", "POST /api/v1/nodes/{id}/probes/{probe}",
        "GET /api/v1/ledger/accounts/{account}/statement", "GET /api/v1/leases/{lease}/bundle", "PUT /api/v1/leases/{lease}/output",
    ];

    [Fact]
    public async Task Walk_EveryOperationWithGoodAndBadValues_AnswersAsDocumented()
    {
        await using var server = await RunningServer.StartAsync();
        var document = JsonNode.Parse(await server.Http.GetStringAsync("swagger/v1/swagger.json"))!;
        var (operations, schemas) = (ApiOperation.Read(document), new ApiSchema(document));
        using var world = await WalkWorld.MakeAsync(server);
        using var walker = new Walker(server.Url, schemas);
        var before = await LookAsync(server, world);

        foreach (var operation in operations)
        {
            await world.RenewAsync();
            foreach (var call in await GoodAsync(operation, world, schemas))
            {
                await walker.SendAsync(operation, call);
            }
        }

        var refused = operations.Select(operation => operation.Name).Except(walker.Succeeded).Except(NeverGood).ToList();
        Assert.True(refused.Count == 0, $"{string.Join(", ", refused)} took nothing that is good.\n{string.Join('\n', walker.Failures)}");
        foreach (var operation in operations)
        {
            await world.RenewAsync();
            foreach (var good in await GoodAsync(operation, world, schemas))
            {
                foreach (var call in Parameters(operation, good, world).Concat(Headers(good)).Concat(Bodies(operation, good, schemas)))
                {
                    await walker.SendAsync(operation, call);
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{operations.Count} operations, {walker.Count} calls: {string.Join(", ", walker.Statuses.Select(pair => $"{pair.Key} × {pair.Value}"))}");
        Assert.True(walker.Failures.Count == 0, $"{walker.Failures.Count} of {walker.Count}:\n{string.Join('\n', walker.Failures.Take(ShownFailures))}");
        Assert.Equal(before, await LookAsync(server, world));
        using var ready = await server.Http.GetAsync("health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        var task = await server.Client.RunAsync(world.Module, "add", 2, 40);
        Assert.Equal("42", task.Result!.Results[0].Value.GetRawText());
    }

    [Fact]
    public async Task Walk_HeadWhereGetIs_AnswersTheSameWithoutABody()
    {
        await using var server = await RunningServer.StartAsync();
        var operations = ApiOperation.Read(JsonNode.Parse(await server.Http.GetStringAsync("swagger/v1/swagger.json"))!);
        using var world = await WalkWorld.MakeAsync(server);

        foreach (var operation in operations.Where(operation => operation.Method == "GET" && !operation.Path.EndsWith("/events", StringComparison.Ordinal)))
        {
            var target = new Uri(Target(operation, world).TrimStart('/'), UriKind.Relative);
            using var get = await SendAsync(HttpMethod.Get, target);
            using var head = await SendAsync(HttpMethod.Head, target);

            Assert.True((get.StatusCode, $"{get.Content.Headers.ContentType}") == (head.StatusCode, $"{head.Content.Headers.ContentType}"), $"{operation.Name}: {get.StatusCode} {get.Content.Headers.ContentType} and {head.StatusCode} {head.Content.Headers.ContentType}");
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri target)
        {
            using var message = new HttpRequestMessage(method, target);
            if (target.OriginalString.Contains("/leases/", StringComparison.Ordinal))
            {
                message.Headers.Authorization = new("Bearer", world.Token);
            }

            return await server.Http.SendAsync(message);
        }
    }

    private static string Target(ApiOperation operation, WalkWorld world)
    {
        var path = operation.Parameters.Where(parameter => parameter.In == "path")
            .Aggregate(operation.Path, (path, parameter) => path.Replace($"{{{parameter.Name}}}", world.Segment(operation, parameter.Name), StringComparison.Ordinal));
        var query = string.Join('&', operation.Parameters.Where(parameter => parameter is { In: "query", IsRequired: true }).Select(parameter => $"{parameter.Name}={WalkWorld.Query(parameter.Name)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    private static async Task<List<WalkCall>> GoodAsync(ApiOperation operation, WalkWorld world, ApiSchema schemas)
    {
        var bare = new WalkCall(Target(operation, world)) { Token = WalkWorld.IsOfNode(operation) ? world.Token : null };
        var calls = new List<WalkCall>();
        foreach (var mediaType in operation.Bodies.Keys)
        {
            calls.Add(bare with { MediaType = mediaType, Body = await world.BodyAsync(operation, mediaType, schemas) });
        }

        return calls.Count == 0 ? [bare] : calls;
    }

    private static IEnumerable<WalkCall> Parameters(ApiOperation operation, WalkCall good, WalkWorld world)
    {
        foreach (var parameter in operation.Parameters)
        {
            switch (parameter.In)
            {
                case "path":
                    // The last place of the value: an id may stand twice.
                    var value = world.Segment(operation, parameter.Name);
                    var at = good.Target.LastIndexOf(value, StringComparison.Ordinal);
                    var (start, end) = (good.Target[..at], good.Target[(at + value.Length)..]);
                    foreach (var segment in HostileValues.Segments)
                    {
                        yield return good with { Target = start + segment + end };
                    }

                    foreach (var segment in HostileValues.Reroutes)
                    {
                        yield return good with { Target = start + segment + end, IsRerouted = true };
                    }

                    break;
                case "query":
                    foreach (var query in HostileValues.Queries)
                    {
                        yield return good with { Target = With(good.Target, parameter.Name, query) };
                    }

                    break;
                default:
                    foreach (var header in HostileValues.Headers)
                    {
                        yield return good with { Headers = [(parameter.Name, header)] };
                    }

                    break;
            }
        }
    }

    private static string With(string target, string name, string value)
    {
        var parts = target.Split('?', 2);
        var kept = parts.Length == 1 ? [] : parts[1].Split('&').Where(one => !one.StartsWith(name + "=", StringComparison.Ordinal));
        return $"{parts[0]}?{string.Join('&', kept.Append($"{name}={value.Replace("{0}", name, StringComparison.Ordinal)}"))}";
    }

    private static IEnumerable<WalkCall> Headers(WalkCall good)
    {
        foreach (var header in HostileValues.OfAnyCall)
        {
            yield return good with { Headers = [header] };
        }

        if (good.Token is not null)
        {
            yield return good with { Token = null };
            yield return good with { Token = good.Token + "x" };
        }
    }

    private static IEnumerable<WalkCall> Bodies(ApiOperation operation, WalkCall good, ApiSchema schemas)
    {
        if (good.Body is not { } body)
        {
            // A body that nobody asked for.
            yield return good with { Body = "{}"u8.ToArray(), MediaType = MediaTypes.Json };
            yield break;
        }

        yield return good with { IsChunked = true };
        foreach (var mediaType in HostileValues.MediaTypes)
        {
            yield return good with { MediaType = mediaType };
        }

        foreach (var other in good.MediaType == MediaTypes.Json ? HostileValues.Bodies(body) : HostileValues.Bytes(body))
        {
            yield return good with { Body = other };
        }

        if (good.MediaType == MediaTypes.Json)
        {
            foreach (var member in Members(JsonNode.Parse(body)!, operation.Bodies[MediaTypes.Json], [], schemas))
            {
                yield return good with { Body = member };
            }
        }
    }

    // Every member, also of members, gone and with every hostile value in its place.
    private static IEnumerable<byte[]> Members(JsonNode whole, JsonNode? schema, string[] place, ApiSchema schemas)
    {
        const string Mark = "@@";
        foreach (var (name, member, _) in schemas.Members(schema))
        {
            var without = whole.DeepClone();
            Inner(without, place).Remove(name);
            yield return Encoding.UTF8.GetBytes(without.ToJsonString());
            var marked = whole.DeepClone();
            Inner(marked, place)[name] = Mark;
            var text = marked.ToJsonString();
            foreach (var value in place.Length == 0 ? HostileValues.Members.Concat(HostileValues.LongMembers) : HostileValues.Members)
            {
                yield return Encoding.UTF8.GetBytes(text.Replace($"\"{Mark}\"", value, StringComparison.Ordinal));
            }

            foreach (var deeper in place.Length < 2 ? Members(whole, member, [.. place, name], schemas) : [])
            {
                yield return deeper;
            }
        }
    }

    private static JsonObject Inner(JsonNode node, string[] place)
    {
        foreach (var name in place)
        {
            node = node[name] as JsonObject ?? (node[name] = new JsonObject())!;
        }

        return (JsonObject)node;
    }

    // What the walk stands on and may not have changed.
    private static async Task<string> LookAsync(RunningServer server, WalkWorld world)
    {
        var paths = new[] { $"modules/{world.Module}", $"bundles/{world.Bundle}", $"tasks/{world.Task}", $"tasks/{world.Task}/output/proof", "log/entries/0?size=1", "log/key" };
        var texts = new StringBuilder();
        foreach (var path in paths)
        {
            texts.AppendLine(await server.Http.GetStringAsync($"api/v1/{path}"));
        }

        // Without its place in the log, which goes on.
        return texts.Append(Convert.ToHexStringLower(await server.Client.GetBareStatementAsync(world.Proof))).ToString();
    }
}
