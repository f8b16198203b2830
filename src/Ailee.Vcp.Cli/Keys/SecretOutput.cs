using System.CommandLine;
using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Cli.Keys;

/// <summary>Where the secret of a new key goes: to stdout, or with <c>--out</c> into a file that only its owner may read. Either way once.</summary>
internal sealed class SecretOutput
{
    private readonly Option<string?> _file = new("--out") { Description = "Write the secret into this file (mode 0600), which must not exist, and not to stdout." };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };

    public SecretOutput(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_json);
    }

    /// <summary>Has a key made and hands its secret on. A file that cannot be written is found out before there is a secret that could be lost.</summary>
    public async Task MakeAsync(ParseResult result, CliConsole console, Func<Task<KeyView>> make)
    {
        var file = result.GetValue(_file);
        if (File.Exists(file))
        {
            throw new CliException($"{file} exists; a key is never overwritten.");
        }

        if (file is null)
        {
            Print(console, await make(), result.GetValue(_json));
            return;
        }

        SecretFile.Write(file, []);
        KeyView key;
        string secret;
        try
        {
            key = await make();
            secret = SecretOf(key);
        }
        catch (Exception)
        {
            File.Delete(file);
            throw;
        }

        try
        {
            SecretFile.Write(file, Encoding.ASCII.GetBytes(secret + "\n"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody can ask for it again.
            throw new CliException($"{file} cannot be written: {exception.Message} The key {key.Id} is made; its secret is {secret}");
        }

        ApiKeyText.Print(console, key with { Secret = null }, result.GetValue(_json));
    }

    private static string SecretOf(KeyView key) => key.Secret ?? throw new JsonException("It is about a new key and has no secret.");

    private static void Print(CliConsole console, KeyView key, bool json)
    {
        if (json)
        {
            console.Print(ApiKeyText.Line(key));
            return;
        }

        console.Print(SecretOf(key));
        console.Tell($"This is the secret of {key.Id} ({key.Name}: {string.Join(", ", key.Scopes)} of {key.Tenant}). It is shown this once.");
    }
}
