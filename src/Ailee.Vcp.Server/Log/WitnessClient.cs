using System.Globalization;
using System.Net;
using System.Text;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>Asks one witness for cosignatures and stores them. Not thread-safe: one request is under way at a time.</summary>
internal sealed class WitnessClient
{
    private readonly HttpClient _http;
    private readonly IDatabase _database;
    private readonly NoteKey _key;
    private readonly Uri _url;
    private long _cosigned;

    public WitnessClient(HttpClient http, IDatabase database, WitnessOptions options)
    {
        (_http, _database) = (http, database);
        _key = NoteKey.TryParse(options.Key, out var key) ? key : throw new InvalidOperationException("The options are not checked.");
        _url = new Uri(options.Url.TrimEnd('/') + "/add-checkpoint");
        _cosigned = database.Read(transaction => LogStore.FindCosigned(transaction, options.Key)) ?? 0;
    }

    /// <summary>Has a checkpoint cosigned.</summary>
    /// <exception cref="WitnessException">The witness did not; the message says why.</exception>
    /// <exception cref="HttpRequestException">The witness cannot be reached, or answers too much.</exception>
    public async Task CosignAsync(LogTree tree, CancellationToken cancellationToken)
    {
        var note = SignedNote.TryParse(tree.Note) ?? throw new InvalidOperationException("The stored checkpoint is no note.");
        var (status, body) = await AskAsync(tree, note, cancellationToken);
        if (status == HttpStatusCode.Conflict && TryReadSize(body, out var size) && size <= tree.Size)
        {
            // It remembers more, or less, than this server: another instance asked it, or a restart lost the answer.
            _cosigned = size;
            (status, body) = await AskAsync(tree, note, cancellationToken);
        }

        if (status != HttpStatusCode.OK)
        {
            throw new WitnessException(status == HttpStatusCode.Conflict && TryReadSize(body, out size)
                ? $"It says that it cosigned {size} entries of this log, which has {tree.Size}. A number proves nothing, so nothing is stopped; but if it is true, this data directory is an older copy. Ask its operator for the checkpoint and present it to POST /log/checkpoint."
                : $"It answered {(int)status}.");
        }

        var line = body.Split('\n').FirstOrDefault(line => SignedNote.ReadSignature(line) is { } signature && _key.Verifies(note.Text, signature))
            ?? throw new WitnessException("It answered no cosignature of its key.");
        await _database.WriteAsync(transaction =>
        {
            LogStore.AddCosignature(transaction, tree.Size, _key.ToString(), line);
            return true;
        });
        _cosigned = tree.Size;
    }

    private async Task<(HttpStatusCode Status, string Body)> AskAsync(LogTree tree, SignedNote note, CancellationToken cancellationToken)
    {
        var proof = _database.Read(transaction => MerkleProofs.Consistency(PublishedLog.Nodes(transaction, tree.Size), _cosigned, tree.Size));
        using var content = new ByteArrayContent(new WitnessRequest(_cosigned, proof.Path, note).ToBytes());
        using var response = await _http.PostAsync(_url, content, cancellationToken);
        return (response.StatusCode, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken)));
    }

    private static bool TryReadSize(string body, out long size) => long.TryParse(body.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out size);
}

/// <summary>A witness did not cosign. The message says why.</summary>
internal sealed class WitnessException(string message) : Exception(message);
