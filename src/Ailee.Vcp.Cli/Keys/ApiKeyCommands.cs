using System.CommandLine;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;

namespace Ailee.Vcp.Cli.Keys;

/// <summary>What administrators do with the API keys of a server.</summary>
internal static class ApiKeyCommands
{
    public static Command Create(CliConsole console)
    {
        var name = new Argument<string>("name") { Description = "Name of the key, for people to read." };
        var tenant = new Option<string?>("--tenant") { Description = "Whose tasks, modules and bundles it works with. Default: the name." };
        var scopes = new Option<string[]>("--scope") { Description = "What it may do: read, tasks, nodes, audit or admin. Several with commas, or the option again.", Required = true };
        var expires = new Option<string?>("--expires") { Description = $"How long it is good: {DurationText.Form}. Default: for good." };
        var requests = new Option<long?>("--requests-per-minute") { Description = "Most requests in a minute." };
        var tasks = new Option<long?>("--tasks-in-flight") { Description = "Most undecided tasks of the tenant at once." };
        var gas = new Option<long?>("--gas-per-day") { Description = "Most gas of the tenant's tasks on a day of UTC." };
        var bytes = new Option<long?>("--stored-bytes") { Description = "Most bytes of the tenant's modules, bundles, inputs and outputs." };
        var command = new Command("create", "Make an API key. Its secret is shown this once.") { name, tenant, scopes, expires, requests, tasks, gas, bytes };
        var output = new SecretOutput(command);
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var limits = new KeyLimitsView { RequestsPerMinute = result.GetValue(requests), TasksInFlight = result.GetValue(tasks), GasPerDay = result.GetValue(gas), StoredBytes = result.GetValue(bytes) };
            var request = new KeyRequest
            {
                Name = result.GetRequiredValue(name),
                Tenant = result.GetValue(tenant),
                Scopes = [.. result.GetRequiredValue(scopes).SelectMany(scope => scope.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
                ExpiresInSeconds = result.GetValue(expires) is { } span ? DurationText.ParseSeconds("--expires", span) : null,
                Limits = limits == new KeyLimitsView() ? null : limits,
            };
            using var http = server.Connect(result, console);
            await output.MakeAsync(result, console, () => new VcpClient(http).CreateKeyAsync(request, cancellationToken));
        });
        return command;
    }

    public static Command List(CliConsole console)
    {
        var json = new Option<bool>("--json") { Description = "Print a JSON object a line." };
        var command = new Command("list", "List the API keys of a server, newest first, revoked ones too.") { json };
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            var client = new VcpClient(http);
            string? after = null;
            do
            {
                var page = await client.ListKeysAsync(null, after, cancellationToken);
                foreach (var key in page.Items)
                {
                    console.Print(result.GetValue(json) ? ApiKeyText.Line(key) : ApiKeyText.Row(key));
                }

                after = page.Next;
            }
            while (after is not null);
        });
        return command;
    }

    public static Command Rotate(CliConsole console)
    {
        var id = IdArgument();
        var grace = new Option<string>("--grace") { Description = $"How long the old key goes on: {DurationText.Form}.", DefaultValueFactory = _ => "0s" };
        var command = new Command("rotate", "Make an API key that takes the place of another. Its secret is shown this once.") { id, grace };
        var output = new SecretOutput(command);
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var request = new KeyRotationRequest { GraceSeconds = DurationText.ParseSeconds("--grace", result.GetRequiredValue(grace)) };
            using var http = server.Connect(result, console);
            await output.MakeAsync(result, console, () => new VcpClient(http).RotateKeyAsync(result.GetRequiredValue(id), request, cancellationToken));
        });
        return command;
    }

    public static Command Revoke(CliConsole console)
    {
        var id = IdArgument();
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("revoke", "Revoke an API key: it opens nothing any more.") { id, json };
        var server = new ServerOptions(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = server.Connect(result, console);
            ApiKeyText.Print(console, await new VcpClient(http).RevokeKeyAsync(result.GetRequiredValue(id), cancellationToken), result.GetValue(json));
        });
        return command;
    }

    private static Argument<string> IdArgument() => new("id") { Description = "The key's id, as 'vcp keys list' shows it." };
}
