using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Client.Traces;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Client;

/// <summary>
/// The REST API as methods. Every method throws <see cref="VcpApiException"/> when the server refuses or sends elsewhere,
/// <see cref="HttpRequestException"/> when it cannot be reached, and <see cref="JsonException"/> when its answer is not that of the contract
/// or, as JSON, longer than 64 MiB. Thread-safe; does not own the <see cref="HttpClient"/>.
/// </summary>
public sealed partial class VcpClient(HttpClient http)
{
    private const string Root = "api/v1/";
    private const int LargeBodyBytes = 64 * 1024;

    /// <summary>A client for a server's address, with an API key if it wants one. It follows no redirections: what it sends is for this server.</summary>
    public static HttpClient CreateHttp(Uri server, string? apiKey)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server, Timeout = TimeSpan.FromMinutes(5) };
        if (apiKey is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }

        return http;
    }

    /// <summary>Uploads a module; the same bytes twice are one module.</summary>
    /// <param name="module">The binary, or the text.</param>
    /// <param name="mediaType"><see cref="MediaTypes.Wasm"/> or <see cref="MediaTypes.Wat"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ModuleView> UploadModuleAsync(ReadOnlyMemory<byte> module, string mediaType, CancellationToken cancellationToken) =>
        SendAsync(Bytes(HttpMethod.Post, "modules", module, mediaType), VcpJson.Default.ModuleView, cancellationToken);

    /// <summary>Lists modules, newest first.</summary>
    public Task<Page<ModuleView>> ListModulesAsync(int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"modules{Query(("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.PageModuleView, cancellationToken);

    /// <summary>Describes a module.</summary>
    public Task<ModuleView> GetModuleAsync(Digest digest, CancellationToken cancellationToken) =>
        SendAsync(Get($"modules/{digest}"), VcpJson.Default.ModuleView, cancellationToken);

    /// <summary>Downloads a module's binary.</summary>
    public Task<byte[]> GetModuleContentAsync(Digest digest, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"modules/{digest}/content"), cancellationToken);

    /// <summary>Deletes a module that no undecided task needs.</summary>
    public async Task DeleteModuleAsync(Digest digest, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{Root}modules/{digest}"), cancellationToken);
    }

    /// <summary>Uploads a bundle; the same tree twice is one bundle.</summary>
    /// <param name="tar">A tar, plain or as gzip; read to its end.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<BundleView> UploadBundleAsync(Stream tar, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, Root + "bundles") { Content = new StreamContent(tar) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.Tar);
        message.Headers.ExpectContinue = true;
        return SendAsync(message, VcpJson.Default.BundleView, cancellationToken);
    }

    /// <summary>Lists bundles, newest first.</summary>
    public Task<Page<BundleView>> ListBundlesAsync(int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"bundles{Query(("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.PageBundleView, cancellationToken);

    /// <summary>Describes a bundle, with a part of its paths.</summary>
    public Task<BundleListing> GetBundleAsync(Digest digest, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"bundles/{digest}{Query(("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.BundleListing, cancellationToken);

    /// <summary>Downloads a bundle as its canonical tar.</summary>
    public Task<byte[]> GetBundleContentAsync(Digest digest, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"bundles/{digest}/content", MediaTypes.Tar), cancellationToken);

    /// <summary>Deletes a bundle that no undecided task needs.</summary>
    public async Task DeleteBundleAsync(Digest digest, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{Root}bundles/{digest}"), cancellationToken);
    }

    /// <summary>Submits a task.</summary>
    /// <param name="request">The task.</param>
    /// <param name="wait">How long the server may hold the answer back for the decision, up to 60 s; null for not at all.</param>
    /// <param name="idempotencyKey">A key that makes a repeated submission the same task for 24 h.</param>
    /// <param name="cancellationToken">Ends the call, not the task.</param>
    public Task<ComputeTask> SubmitTaskAsync(TaskRequest request, TimeSpan? wait, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, Root + "tasks") { Content = JsonContent.Create(request, VcpJson.Default.TaskRequest) };
        message.Headers.ExpectContinue = (request.Input?.Base64 ?? request.Input?.Text)?.Length > LargeBodyBytes;
        if (wait is { } duration)
        {
            message.Headers.Add("Prefer", $"wait={(int)duration.TotalSeconds}");
        }

        if (idempotencyKey is not null)
        {
            message.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return SendAsync(message, VcpJson.Default.ComputeTask, cancellationToken);
    }

    /// <summary>Submits up to <see cref="TaskBatchRequest.Most"/> tasks, each of which is taken or refused by itself.</summary>
    /// <param name="requests">The tasks.</param>
    /// <param name="idempotencyKey">A key that makes a repeated submission the same tasks for 24 h.</param>
    /// <param name="cancellationToken">Ends the call, not the tasks.</param>
    public Task<TaskBatchView> SubmitTasksAsync(IReadOnlyList<TaskRequest> requests, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var content = JsonContent.Create(new TaskBatchRequest { Tasks = requests }, VcpJson.Default.TaskBatchRequest);
        var message = new HttpRequestMessage(HttpMethod.Post, Root + "tasks:batch") { Content = content };
        if (idempotencyKey is not null)
        {
            message.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return SendAsync(message, VcpJson.Default.TaskBatchView, cancellationToken);
    }

    /// <summary>Why a task's nodes have it, or why none has.</summary>
    public Task<TaskExplanation> ExplainTaskAsync(TaskId id, CancellationToken cancellationToken) =>
        SendAsync(Get($"tasks/{id}/explain"), VcpJson.Default.TaskExplanation, cancellationToken);

    /// <summary>One task; <paramref name="wait"/> holds the answer back until it is decided, up to 60 s.</summary>
    public Task<ComputeTask> GetTaskAsync(TaskId id, TimeSpan? wait, CancellationToken cancellationToken) =>
        SendAsync(Get($"tasks/{id}{Query(("wait", ((int?)wait?.TotalSeconds)?.ToString()))}"), VcpJson.Default.ComputeTask, cancellationToken);

    /// <summary>Lists tasks, newest first.</summary>
    public Task<Page<ComputeTask>> ListTasksAsync(string? state, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"tasks{Query(("state", state), ("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.PageComputeTask, cancellationToken);

    /// <summary>Calls off a task that is not decided yet.</summary>
    public Task<ComputeTask> CancelTaskAsync(TaskId id, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{Root}tasks/{id}"), VcpJson.Default.ComputeTask, cancellationToken);

    /// <summary>The exact bytes under the task's input digest.</summary>
    public Task<byte[]> GetInvocationAsync(TaskId id, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"tasks/{id}/invocation"), cancellationToken);

    /// <summary>The bytes on stdout.</summary>
    public Task<byte[]> GetStdoutAsync(TaskId id, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"tasks/{id}/output", MediaTypes.Binary), cancellationToken);

    /// <summary>The exact bytes under the task's output digest.</summary>
    public Task<byte[]> GetOutputRecordAsync(TaskId id, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"tasks/{id}/output", MediaTypes.Cbor), cancellationToken);

    /// <summary>A part of the output and what shows that the task's statement commits to it (<see cref="OutputProofView.ToEvidence"/>).</summary>
    /// <param name="id">The task.</param>
    /// <param name="name">Which stream or file.</param>
    /// <param name="offset">Where the part begins; null for the start.</param>
    /// <param name="length">How many bytes it has; null for all that follow. They must lie in at most 64 chunks.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<OutputProofView> GetOutputProofAsync(TaskId id, OutputBlobName name, long? offset, long? length, CancellationToken cancellationToken) =>
        SendAsync(
            Get($"tasks/{id}/output/proof{Query(("stream", name.Stream), ("file", name.File), ("offset", offset?.ToString(CultureInfo.InvariantCulture)), ("length", length?.ToString(CultureInfo.InvariantCulture)))}"),
            VcpJson.Default.OutputProofView,
            cancellationToken);

    /// <summary>The entries of a task's trace, from the first.</summary>
    public Task<Page<TraceEntry>> ListTraceAsync(TaskId id, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"tasks/{id}/trace{Query(("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.PageTraceEntry, cancellationToken);

    /// <summary>A task's trace as a file (<see cref="Core.Traces.TraceFile"/>); leaves that the server did not keep are there as hashes.</summary>
    public Task<byte[]> GetTraceFileAsync(TaskId id, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"tasks/{id}/trace", MediaTypes.CborSequence), cancellationToken);

    /// <summary>One leaf of a task's trace with its inclusion path.</summary>
    public Task<TraceLeafView> GetTraceLeafAsync(TaskId id, int index, CancellationToken cancellationToken) =>
        SendAsync(Get($"tasks/{id}/trace/{index}"), VcpJson.Default.TraceLeafView, cancellationToken);

    /// <summary>The bytes of one leaf of a task's trace.</summary>
    public Task<byte[]> GetTraceLeafBytesAsync(TaskId id, int index, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"tasks/{id}/trace/{index}", MediaTypes.Cbor), cancellationToken);

    /// <summary>The files that came back, without their bytes, in ascending order of their paths' UTF-8 bytes.</summary>
    public Task<Page<TaskFile>> ListFilesAsync(TaskId id, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"tasks/{id}/files{Query(("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.PageTaskFile, cancellationToken);

    /// <summary>The files that came back, as a tar.</summary>
    public Task<byte[]> GetFilesAsync(TaskId id, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"tasks/{id}/files", MediaTypes.Tar), cancellationToken);

    /// <summary>The bytes of a file that came back.</summary>
    public Task<byte[]> GetFileAsync(TaskId id, string path, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"tasks/{id}/files/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}", MediaTypes.Binary), cancellationToken);

    /// <summary>A statement in words.</summary>
    public Task<ProofView> GetProofAsync(Digest id, CancellationToken cancellationToken) =>
        SendAsync(Get($"proofs/{id}"), VcpJson.Default.ProofView, cancellationToken);

    /// <summary>
    /// A statement of any kind as a COSE file with the log's receipt. Refused with <c>proof-not-integrated</c> if the log does not have it
    /// after <paramref name="wait"/>, up to 60 s.
    /// </summary>
    public Task<byte[]> GetTransparentStatementAsync(Digest id, TimeSpan wait, CancellationToken cancellationToken)
    {
        var message = Get($"proofs/{id}", MediaTypes.Statement);
        message.Headers.Add("Prefer", $"wait={(int)wait.TotalSeconds}");
        return SendForBytesAsync(message, cancellationToken);
    }

    /// <summary>Lists statements, newest first, by any of task, module and node.</summary>
    public Task<Page<ProofView>> ListProofsAsync(string? task, string? module, string? node, int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(
            Get($"proofs{Query(("task", task), ("module", module), ("node", node), ("limit", limit?.ToString()), ("after", after))}"),
            VcpJson.Default.PageProofView,
            cancellationToken);

    /// <summary>Has the server verify a statement by itself.</summary>
    public Task<VerifyResponse> VerifyAsync(ReadOnlyMemory<byte> statement, CancellationToken cancellationToken) =>
        SendAsync(Bytes(HttpMethod.Post, "proofs/verify", statement, MediaTypes.Statement), VcpJson.Default.VerifyResponse, cancellationToken);

    /// <summary>Has the server verify a statement with what else is known.</summary>
    public Task<VerifyResponse> VerifyAsync(VerifyRequest request, CancellationToken cancellationToken) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Root + "proofs/verify") { Content = JsonContent.Create(request, VcpJson.Default.VerifyRequest) },
            VcpJson.Default.VerifyResponse,
            cancellationToken);

    /// <summary>The log's newest checkpoint, a <see cref="SignedNote"/>. Nothing of it is checked here.</summary>
    public Task<byte[]> GetCheckpointAsync(CancellationToken cancellationToken) =>
        SendForBytesAsync(Get("log/checkpoint", MediaTypes.Text), cancellationToken);

    /// <summary>The log's key. Whoever can lie about the log can lie about its key: pin it.</summary>
    /// <exception cref="FormatException">The answer is no key.</exception>
    public async Task<NoteKey> GetLogKeyAsync(CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(await SendForBytesAsync(Get("log/key", MediaTypes.Text), cancellationToken)).TrimEnd('\n');
        return NoteKey.TryParse(text, out var key) ? key : throw new FormatException("The server's log key is no C2SP verifier key.");
    }

    /// <summary>A tile, or with <see cref="TilePath.EntriesLevel"/> a bundle of entries.</summary>
    public Task<byte[]> GetTileAsync(TilePath path, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"log/tile/{path}", MediaTypes.Binary), cancellationToken);

    /// <summary>An entry with its inclusion path in the tree of <paramref name="size"/> entries; null for the newest published one.</summary>
    public Task<Log.InclusionView> GetEntryAsync(long index, long? size, CancellationToken cancellationToken) =>
        SendAsync(Get($"log/entries/{index}{Query(("size", size?.ToString()))}"), VcpJson.Default.LogInclusionView, cancellationToken);

    /// <summary>What shows that the log of <paramref name="from"/> entries is the beginning of the log of <paramref name="to"/>.</summary>
    public Task<ConsistencyView> GetConsistencyAsync(long from, long to, CancellationToken cancellationToken) =>
        SendAsync(Get($"log/consistency?from={from}&to={to}"), VcpJson.Default.ConsistencyView, cancellationToken);

    /// <summary>Looks for entries.</summary>
    public Task<Page<LogEntryView>> FindEntriesAsync(LogEntryQuery query, CancellationToken cancellationToken) =>
        SendAsync(
            Get("log/entries" + Query(
                ("statement", query.Statement),
                ("task", query.Task),
                ("module", query.Module),
                ("input", query.Input),
                ("output", query.Output),
                ("node", query.Node),
                ("kind", query.Kind),
                ("limit", query.Limit?.ToString()),
                ("after", query.After))),
            VcpJson.Default.PageLogEntryView,
            cancellationToken);

    /// <summary>Shows the server a checkpoint of its own log that was seen before. Refused with <c>log-behind</c> or <c>log-forked</c> if it contradicts the log.</summary>
    public Task<PresentedView> PresentCheckpointAsync(ReadOnlyMemory<byte> note, CancellationToken cancellationToken) =>
        SendAsync(Bytes(HttpMethod.Post, "log/checkpoint", note, MediaTypes.Text), VcpJson.Default.PresentedView, cancellationToken);

    /// <summary>The ledger's numbers and its transactions, newest first.</summary>
    public Task<LedgerView> GetLedgerAsync(int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"ledger{Query(("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.LedgerView, cancellationToken);

    /// <summary>Lists accounts by name.</summary>
    public Task<Page<AccountView>> ListAccountsAsync(int? limit, string? after, CancellationToken cancellationToken) =>
        SendAsync(Get($"ledger/accounts{Query(("limit", limit?.ToString()), ("after", after))}"), VcpJson.Default.PageAccountView, cancellationToken);

    /// <summary>What happened to an account, newest first.</summary>
    public Task<AccountStatement> GetStatementAsync(LedgerAccount account, StatementQuery query, CancellationToken cancellationToken) =>
        SendAsync(Get(StatementOf(account) + Query(query)), VcpJson.Default.AccountStatement, cancellationToken);

    /// <summary>The same as CSV, oldest first and all of it.</summary>
    public Task<byte[]> GetStatementCsvAsync(LedgerAccount account, StatementQuery query, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get(StatementOf(account) + Query(query), MediaTypes.Csv), cancellationToken);

    /// <summary>What a node earned and paid, newest first.</summary>
    public Task<NodeRewards> GetRewardsAsync(NodeId id, StatementQuery query, CancellationToken cancellationToken) =>
        SendAsync(Get($"nodes/{id}/rewards{Query(query)}"), VcpJson.Default.NodeRewards, cancellationToken);

    /// <summary>The same as CSV, oldest first and all of it.</summary>
    public Task<byte[]> GetRewardsCsvAsync(NodeId id, StatementQuery query, CancellationToken cancellationToken) =>
        SendForBytesAsync(Get($"nodes/{id}/rewards{Query(query)}", MediaTypes.Csv), cancellationToken);

    /// <summary>Numbers about the service.</summary>
    public Task<StatsView> GetStatsAsync(CancellationToken cancellationToken) =>
        SendAsync(Get("stats"), VcpJson.Default.StatsView, cancellationToken);

    private static string StatementOf(LedgerAccount account) => $"ledger/accounts/{Uri.EscapeDataString(account.ToString())}/statement";

    private static string Query(StatementQuery query) => Query(
        ("from", query.From?.ToString("O", CultureInfo.InvariantCulture)),
        ("to", query.To?.ToString("O", CultureInfo.InvariantCulture)),
        ("limit", query.Limit?.ToString(CultureInfo.InvariantCulture)),
        ("after", query.After));

    private static HttpRequestMessage Get(string path, string accept = MediaTypes.Json)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, Root + path);
        message.Headers.Accept.ParseAdd(accept);
        return message;
    }

    private static HttpRequestMessage Bytes(HttpMethod method, string path, ReadOnlyMemory<byte> content, string mediaType)
    {
        var body = new ReadOnlyMemoryContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        var message = new HttpRequestMessage(method, Root + path) { Content = body };
        // A server that refuses a large body does so before it is sent, and its reason is not lost in a broken connection.
        message.Headers.ExpectContinue = content.Length > LargeBodyBytes;
        return message;
    }

    private static string Query(params (string Name, string? Value)[] parameters)
    {
        var set = parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}");
        var query = string.Join('&', set);
        return query.Length == 0 ? string.Empty : "?" + query;
    }
}
