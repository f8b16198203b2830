using System.Net;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Routing;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>What is one tenant's is not there for another, and nothing tells that it is.</summary>
public sealed class TenantTests(TenantTests.Fixture fixture) : IClassFixture<TenantTests.Fixture>
{
    [Fact]
    public async Task Task_OfAnotherTenant_IsNotThereOnAnyPathBelowIt()
    {
        var task = await RunAsync(fixture.Alice, "alice's");
        var paths = Below("/api/v1/tasks/{id}").ToList();

        Assert.True(paths.Count >= 10, "Paths below a task are missing.");
        foreach (var (method, pattern) in paths)
        {
            using var message = new HttpRequestMessage(new HttpMethod(method), Fill(pattern, task.Id));
            await fixture.Bob.Http.SendAsync(message).ProblemAsync("task-not-found");
        }

        Assert.Equal(TaskStates.Completed, (await fixture.Alice.Client.GetTaskAsync(TaskId.Parse(task.Id), null, default)).State);
        Assert.Equal(TaskStates.Completed, (await fixture.Admin.GetTaskAsync(TaskId.Parse(task.Id), null, default)).State);
    }

    [Fact]
    public async Task TaskOfAnother_AndNoTask_TheSameAnswer()
    {
        var task = await RunAsync(fixture.Alice, "same");
        var none = Guid.CreateVersion7().ToString();

        var (other, nothing) = (await ProblemTextAsync(fixture.Bob, $"api/v1/tasks/{task.Id}"), await ProblemTextAsync(fixture.Bob, $"api/v1/tasks/{none}"));

        Assert.Equal(nothing.Replace(none, "ID", StringComparison.Ordinal), other.Replace(task.Id, "ID", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_ByAnAuditorOfAnotherTenant_IsRefused()
    {
        var (key, secret) = ApiKey.Create("carol", "carol", Scope.Audit | Scope.Tasks, TimeProvider.System.GetUtcNow());
        await fixture.Server.Database.WriteAsync(transaction => KeyStore.Add(transaction, key));
        fixture.Server.Get<ApiKeys>().Reload();
        using var carol = VcpClient.CreateHttp(fixture.Server.Url, secret);
        var (task, bundle) = (await RunAsync(fixture.Alice, "audited"), (await fixture.Alice.Client.UploadBundleAsync(Trees.Of(("who", "audited")).Tar(), default)).Digest);

        foreach (var path in (string[])[$"api/v1/tasks/{task.Id}", $"api/v1/modules/{task.Module}", $"api/v1/bundles/{bundle}"])
        {
            using var seen = await carol.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
            await carol.DeleteAsync(new Uri(path, UriKind.Relative)).ProblemAsync("scope-missing");
        }

        var own = await RunAsync(new Tenant(carol), "audited");
        await carol.DeleteAsync(new Uri($"api/v1/tasks/{own.Id}", UriKind.Relative)).ProblemAsync("task-already-decided");
    }

    [Fact]
    public async Task Lists_OfTenants_ShowEachItsOwnAndTheAuditorAll()
    {
        var (alices, bobs) = (await RunAsync(fixture.Alice, "a list"), await RunAsync(fixture.Bob, "a list"));

        foreach (var query in (string[])["api/v1/tasks?limit=200", "api/v1/tasks?limit=200&state=completed", "api/v1/tasks?limit=200&label=for=a%20list"])
        {
            var (seen, others, all) = (await fixture.Alice.Http.GetStringAsync(query), await fixture.Bob.Http.GetStringAsync(query), await fixture.Auditor.Http.GetStringAsync(query));
            Assert.Equal((true, false), (seen.Contains(alices.Id, StringComparison.Ordinal), seen.Contains(bobs.Id, StringComparison.Ordinal)));
            Assert.Equal((false, true), (others.Contains(alices.Id, StringComparison.Ordinal), others.Contains(bobs.Id, StringComparison.Ordinal)));
            Assert.True(all.Contains(alices.Id, StringComparison.Ordinal) && all.Contains(bobs.Id, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Proofs_OfAnotherTenant_AreFoundByNoSearch()
    {
        var task = await RunAsync(fixture.Alice, "proofs");
        var proof = task.Proofs.Single().Id;
        var searches = (string[])[
            "api/v1/proofs?limit=200", $"api/v1/proofs?task={task.Id}", $"api/v1/proofs?module={task.Module}",
            "api/v1/log/entries?limit=200", $"api/v1/log/entries?task={task.Id}", $"api/v1/log/entries?statement={proof}", $"api/v1/log/entries?module={task.Module}", "api/v1/log/entries?kind=execution"];
        using var receipt = await fixture.Alice.Http.GetAsync($"api/v1/proofs/{proof}", ("Accept", MediaTypes.Statement), ("Prefer", "wait=30"));

        Assert.Equal(HttpStatusCode.OK, receipt.StatusCode);
        foreach (var search in searches)
        {
            Assert.Contains(proof, await fixture.Alice.Http.GetStringAsync(search), StringComparison.Ordinal);
            Assert.DoesNotContain(proof, await fixture.Bob.Http.GetStringAsync(search), StringComparison.Ordinal);
        }

        await fixture.Bob.Http.GetAsync($"api/v1/proofs/{proof}").ProblemAsync("proof-not-found");
        await fixture.Bob.Http.GetAsync($"api/v1/proofs/{proof}", ("Accept", MediaTypes.Statement)).ProblemAsync("proof-not-found");
        using var audited = await fixture.Auditor.Http.GetAsync($"api/v1/proofs/{proof}");
        Assert.Equal(HttpStatusCode.OK, audited.StatusCode);
    }

    [Fact]
    public async Task Module_OfAnotherTenant_IsNotThereUntilItIsUploaded()
    {
        const string Text = """(module (func (export "mine") (result i32) (i32.const 77001)))""";
        var alices = (await fixture.Alice.Client.UploadAsync(Text)).ToString();

        await fixture.Bob.Http.GetAsync($"api/v1/modules/{alices}").ProblemAsync("module-not-found");
        await fixture.Bob.Http.GetAsync($"api/v1/modules/{alices}/content").ProblemAsync("module-not-found");
        await fixture.Bob.Http.DeleteAsync(new Uri($"api/v1/modules/{alices}", UriKind.Relative)).ProblemAsync("module-not-found");
        await fixture.Bob.Http.PostAsync("api/v1/tasks", $$"""{"module":"{{alices}}","entrypoint":"mine"}""", MediaTypes.Json).ProblemAsync("module-not-found");
        Assert.DoesNotContain(alices, await fixture.Bob.Http.GetStringAsync("api/v1/modules?limit=200"), StringComparison.Ordinal);

        using var response = await fixture.Bob.Http.PostAsync("api/v1/modules", Text, MediaTypes.Wat);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Contains(alices, await fixture.Bob.Http.GetStringAsync("api/v1/modules?limit=200"), StringComparison.Ordinal);
        Assert.Equal(TaskStates.Completed, (await fixture.Bob.Client.RunAsync(Digest.Parse(alices), "mine")).State);
    }

    [Fact]
    public async Task Module_OneOfItsTenantsDeletesIt_StaysTheOthers()
    {
        const string Text = """(module (func (export "mine") (result i32) (i32.const 77002)))""";
        var module = (await fixture.Alice.Client.UploadAsync(Text)).ToString();
        await fixture.Bob.Client.UploadAsync(Text);

        using var deleted = await fixture.Alice.Http.DeleteAsync(new Uri($"api/v1/modules/{module}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await fixture.Alice.Http.GetAsync($"api/v1/modules/{module}").ProblemAsync("module-not-found");
        Assert.Equal(TaskStates.Completed, (await fixture.Bob.Client.RunAsync(Digest.Parse(module), "mine")).State);
        using var last = await fixture.Bob.Http.DeleteAsync(new Uri($"api/v1/modules/{module}", UriKind.Relative));
        using var gone = await fixture.Auditor.Http.GetAsync($"api/v1/modules/{module}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Bundle_OfAnotherTenant_IsNotThereUntilItIsUploaded()
    {
        var tree = Trees.Of(("who", "alice"));
        var bundle = (await fixture.Alice.Client.UploadBundleAsync(tree.Tar(), default)).Digest;

        await fixture.Bob.Http.GetAsync($"api/v1/bundles/{bundle}").ProblemAsync("bundle-not-found");
        await fixture.Bob.Http.GetAsync($"api/v1/bundles/{bundle}/content").ProblemAsync("bundle-not-found");
        await fixture.Bob.Http.DeleteAsync(new Uri($"api/v1/bundles/{bundle}", UriKind.Relative)).ProblemAsync("bundle-not-found");
        Assert.DoesNotContain(bundle, await fixture.Bob.Http.GetStringAsync("api/v1/bundles?limit=200"), StringComparison.Ordinal);
        var module = await fixture.Bob.Client.UploadAsync(Guests.Math);
        await fixture.Bob.Http.PostAsync("api/v1/tasks", $$"""{"module":"{{module}}","entrypoint":"add","args":["1","2"],"bundle":"{{bundle}}"}""", MediaTypes.Json).ProblemAsync("bundle-not-found");

        await fixture.Bob.Client.UploadBundleAsync(tree.Tar(), default);

        Assert.Contains(bundle, await fixture.Bob.Http.GetStringAsync($"api/v1/bundles/{bundle}"), StringComparison.Ordinal);
        using var deleted = await fixture.Alice.Http.DeleteAsync(new Uri($"api/v1/bundles/{bundle}", UriKind.Relative));
        await fixture.Alice.Http.GetAsync($"api/v1/bundles/{bundle}").ProblemAsync("bundle-not-found");
        Assert.Contains(bundle, await fixture.Bob.Http.GetStringAsync($"api/v1/bundles/{bundle}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_OfAnotherTenant_IsNotThere()
    {
        await RunAsync(fixture.Alice, "account");

        await fixture.Bob.Http.GetAsync("api/v1/ledger/accounts/submitter:alice/statement").ProblemAsync("account-not-found");
        await fixture.Bob.Http.GetAsync("api/v1/ledger").ProblemAsync("scope-missing");
        await fixture.Bob.Http.GetAsync("api/v1/stats").ProblemAsync("scope-missing");
        await fixture.Bob.Http.GetAsync("metrics").ProblemAsync("scope-missing");
    }

    [Fact]
    public async Task IdempotencyKey_OfTwoTenants_TwoTasks()
    {
        var (alices, bobs) = (await fixture.Alice.Client.UploadAsync(Guests.Math), await fixture.Bob.Client.UploadAsync(Guests.Math));
        var body = $$"""{"module":"{{alices}}","entrypoint":"add","args":["1","2"]}""";

        var first = await TaskAsync(fixture.Alice.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json, ("Idempotency-Key", "one")));
        var other = await TaskAsync(fixture.Bob.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json, ("Idempotency-Key", "one")));

        Assert.Equal(alices, bobs);
        Assert.NotEqual(first.Id, other.Id);
    }

    private static async Task<ComputeTask> RunAsync(Tenant tenant, string label)
    {
        var module = await tenant.Client.UploadAsync(Guests.Math);
        var body = $$"""{"module":"{{module}}","entrypoint":"add","args":["1","2"],"labels":{"for":"{{label}}"} }""";
        return await TaskAsync(tenant.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json, ("Prefer", "wait=60")));
    }

    private static async Task<ComputeTask> TaskAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), VcpJson.Default.ComputeTask)!;
    }

    private static async Task<string> ProblemTextAsync(Tenant tenant, string path)
    {
        using var response = await tenant.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private IEnumerable<(string Method, string Pattern)> Below(string resource) =>
        from endpoint in fixture.Server.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let pattern = endpoint.RoutePattern.RawText!
        where pattern.StartsWith(resource, StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            // The same as GET, but without a body that would say why.
        where method != "HEAD"
        select (method, pattern);

    private static string Fill(string pattern, string id) => pattern
        .Replace("{id}", id, StringComparison.Ordinal)
        .Replace("{index}", "0", StringComparison.Ordinal)
        .Replace("{**path}", "a", StringComparison.Ordinal)
        .TrimStart('/');

    /// <summary>A client with a key of its own.</summary>
    internal sealed record Tenant(HttpClient Http)
    {
        public VcpClient Client { get; } = new(Http);
    }

    /// <summary>A server beyond loopback with keys of two tenants and of an auditor.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RunningServer? _server;

        internal RunningServer Server => _server!;

        internal VcpClient Admin => Server.Client;

        internal Tenant Alice { get; private set; } = null!;

        internal Tenant Bob { get; private set; } = null!;

        internal Tenant Auditor { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _server = await RunningServer.StartAsync(new ServerSetup { Url = "http://0.0.0.0:0" });
            Alice = await AddAsync("alice", Scope.Tasks);
            Bob = await AddAsync("bob", Scope.Tasks);
            Auditor = await AddAsync("auditor", Scope.Audit);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var tenant in (Tenant[])[Alice, Bob, Auditor])
            {
                tenant.Http.Dispose();
            }

            await Server.DisposeAsync();
        }

        private async Task<Tenant> AddAsync(string name, Scope scopes)
        {
            var (key, secret) = ApiKey.Create(name, name, scopes, TimeProvider.System.GetUtcNow());
            await Server.Get<IDatabase>().WriteAsync(transaction => KeyStore.Add(transaction, key));
            Server.Get<ApiKeys>().Reload();
            return new Tenant(VcpClient.CreateHttp(Server.Url, secret));
        }
    }
}
