namespace Ailee.Vcp.Server.Http;

/// <summary>One kind of error: its stable code, HTTP status and meaning.</summary>
internal sealed record ProblemKind(string Code, int Status, string Title);

/// <summary>An error of a request: its kind and what is wrong with this one.</summary>
internal sealed record Problem(ProblemKind Kind, string Detail)
{
    /// <summary>Seconds after which a client may try again, for 429 and 503.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>The catalogue of errors. docs/error-codes.md is held equal to it by a test.</summary>
internal static class Problems
{
    /// <summary>What a client is told to wait for a server that stops to be back.</summary>
    public const int RestartSeconds = 5;

    /// <summary>What a client is told to wait when the disk takes nothing.</summary>
    public const int StorageSeconds = 5;

    public static readonly ProblemKind MalformedJson = new("malformed-json", 400, "The body is not the JSON that this call takes");
    public static readonly ProblemKind MalformedRequest = new("malformed-request", 400, "A parameter or header is malformed");
    public static readonly ProblemKind Unauthorized = new("unauthorized", 401, "An API key is needed");
    public static readonly ProblemKind KeyExpired = new("key-expired", 401, "The API key is over");
    public static readonly ProblemKind KeyRevoked = new("key-revoked", 401, "The API key was revoked");
    public static readonly ProblemKind TokenInvalid = new("token-invalid", 401, "The token of the identity provider is not taken");
    public static readonly ProblemKind SessionEnded = new("session-ended", 401, "The node's session is over, or the token is none of a session");
    public static readonly ProblemKind ScopeMissing = new("scope-missing", 403, "The API key does not reach so far");
    public static readonly ProblemKind ForbiddenHost = new("forbidden-host", 403, "The Host header does not name this machine");
    public static readonly ProblemKind ForbiddenOrigin = new("forbidden-origin", 403, "Requests from other web pages are refused without API keys");
    public static readonly ProblemKind ForbiddenProxy = new("forbidden-proxy", 403, "Requests through a proxy are refused without API keys");
    public static readonly ProblemKind CheckpointUntrusted = new("checkpoint-untrusted", 403, "The checkpoint is not signed with a key that is trusted for its log");
    public static readonly ProblemKind JoinTokenInvalid = new("join-token-invalid", 403, "The token enrols no node");
    public static readonly ProblemKind ChallengeExpired = new("challenge-expired", 403, "The challenge is over, used or of another server");
    public static readonly ProblemKind NodeProofInvalid = new("node-proof-invalid", 403, "The signature does not show that the key is held");
    public static readonly ProblemKind NotYourNode = new("not-your-node", 403, "The session is another node's");
    public static readonly ProblemKind NodeCertificateNeeded = new("node-certificate-needed", 403, "Nodes need a client certificate");
    public static readonly ProblemKind NotFound = new("not-found", 404, "There is no such resource");
    public static readonly ProblemKind ModuleNotFound = new("module-not-found", 404, "There is no such module");
    public static readonly ProblemKind BundleNotFound = new("bundle-not-found", 404, "There is no such bundle");
    public static readonly ProblemKind TaskNotFound = new("task-not-found", 404, "There is no such task");
    public static readonly ProblemKind FileNotFound = new("file-not-found", 404, "The task gave no such file back");
    public static readonly ProblemKind ProofNotFound = new("proof-not-found", 404, "There is no such proof");
    public static readonly ProblemKind LeaseNotFound = new("lease-not-found", 404, "The node has no such lease");
    public static readonly ProblemKind NodeNotFound = new("node-not-found", 404, "There is no such node");
    public static readonly ProblemKind ProbeNotFound = new("probe-not-found", 404, "There is no such measurement any more");
    public static readonly ProblemKind AuctionNotFound = new("auction-not-found", 404, "There is no such auction");
    public static readonly ProblemKind AccountNotFound = new("account-not-found", 404, "There is no such account");
    public static readonly ProblemKind KeyNotFound = new("key-not-found", 404, "There is no such API key");
    public static readonly ProblemKind TraceLeafNotFound = new("trace-leaf-not-found", 404, "The trace has no such leaf");
    public static readonly ProblemKind LogEntryNotFound = new("log-entry-not-found", 404, "The log has no such entry");
    public static readonly ProblemKind LogTileNotFound = new("log-tile-not-found", 404, "The log has no such tile");
    public static readonly ProblemKind LogNotWitnessed = new("log-not-witnessed", 404, "The server is no witness of such a log");
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, "The resource has no such method");
    public static readonly ProblemKind BodyTooSlow = new("body-too-slow", 408, "The body did not arrive in time");
    public static readonly ProblemKind ModuleInUse = new("module-in-use", 409, "An undecided task or an audit needs the module");
    public static readonly ProblemKind BundleInUse = new("bundle-in-use", 409, "An undecided task or an audit needs the bundle");
    public static readonly ProblemKind TaskDecided = new("task-already-decided", 409, "The task is decided");
    public static readonly ProblemKind TaskUndecided = new("task-not-decided", 409, "The task has no output yet, or came to none");
    public static readonly ProblemKind TraceUnavailable = new("trace-unavailable", 409, "This part of the trace is not kept and cannot be made again");
    public static readonly ProblemKind NotEnoughOwners = new("not-enough-owners", 409, "There are nodes of fewer owners than the task asks for");
    public static readonly ProblemKind NodeEnrolled = new("node-enrolled", 409, "The key is enrolled already");
    public static readonly ProblemKind NodeRemoved = new("node-removed", 409, "The node is removed for good");
    public static readonly ProblemKind NodeQuarantined = new("node-quarantined", 409, "The node is quarantined");
    public static readonly ProblemKind NodeBuiltIn = new("node-built-in", 409, "The server's own node has no such thing");
    public static readonly ProblemKind KeyLastAdmin = new("key-last-admin", 409, "It is the last API key that can administer");
    public static readonly ProblemKind KeyOver = new("key-over", 409, "The API key is over, or another took its place");
    public static readonly ProblemKind AuctionClosed = new("auction-closed", 409, "The auction takes no bids any more");
    public static readonly ProblemKind BidNotEligible = new("bid-not-eligible", 409, "The node may not have the task that is auctioned");
    public static readonly ProblemKind LogBehind = new("log-behind", 409, "The log was larger than it is");
    public static readonly ProblemKind LogForked = new("log-forked", 409, "The log had another history than it has");
    public static readonly ProblemKind OutputExpired = new("output-expired", 410, "The output was taken away because of its age");
    public static readonly ProblemKind InputExpired = new("input-expired", 410, "The input was taken away because of its age");
    public static readonly ProblemKind TraceExpired = new("trace-expired", 410, "The trace was taken away because of its age, or is older than traces");
    public static readonly ProblemKind PreconditionFailed = new("precondition-failed", 412, "The resource is not the one that the request expects");
    public static readonly ProblemKind BodyTooLarge = new("body-too-large", 413, "The body is too large");
    public static readonly ProblemKind BundleTooLarge = new("bundle-too-large", 413, "The bundle has too many paths or bytes, or is too deep");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported-media-type", 415, "The body's media type is not taken here");
    public static readonly ProblemKind RangeNotSatisfiable = new("range-not-satisfiable", 416, "The content has no such range");
    public static readonly ProblemKind ModuleInvalid = new("module-invalid", 422, "The bytes are not a valid WebAssembly module");
    public static readonly ProblemKind ModuleUnknownImport = new("module-unknown-import", 422, "The module imports what is not offered here");
    public static readonly ProblemKind ModuleImportType = new("module-import-type", 422, "The module imports a function with another signature");
    public static readonly ProblemKind ModuleReservedExport = new("module-reserved-export", 422, "The module exports a reserved name");
    public static readonly ProblemKind ModuleTooDemanding = new("module-too-demanding", 422, "The module starts with more memory than any task may have");
    public static readonly ProblemKind BundleInvalid = new("bundle-invalid", 422, "The bytes are not a tar that can be a bundle");
    public static readonly ProblemKind BundleUnsafePath = new("bundle-unsafe-path", 422, "The tar holds a path or a link that leads out of it, or a device");
    public static readonly ProblemKind ModuleTooComplex = new("module-too-complex", 422, "The module has more of something than a module may have");
    public static readonly ProblemKind ModuleCompileLimit = new("module-compile-limit", 422, "Compiling the module takes more than it may");
    public static readonly ProblemKind ModuleNeedsThreads = new("module-needs-threads", 422, "The module needs threads, which are off");
    public static readonly ProblemKind ModuleNeedsMemory64 = new("module-needs-memory64", 422, "The module needs 64-bit memories, which are off");
    public static readonly ProblemKind ModuleNeedsMultiMemory = new("module-needs-multi-memory", 422, "The module needs several memories, which are off");
    public static readonly ProblemKind ModuleNeedsGc = new("module-needs-gc", 422, "The module needs garbage collection, which is off");
    public static readonly ProblemKind ModuleNeedsExceptions = new("module-needs-exceptions", 422, "The module needs exceptions, which are off");
    public static readonly ProblemKind ModuleNeedsFunctionReferences = new("module-needs-function-references", 422, "The module needs typed function references, which are off");
    public static readonly ProblemKind ModuleNeedsWideArithmetic = new("module-needs-wide-arithmetic", 422, "The module needs wide arithmetic, which is off");
    public static readonly ProblemKind ModuleNeedsComponents = new("module-needs-components", 422, "The module is a component");
    public static readonly ProblemKind EntrypointMissing = new("entrypoint-missing", 422, "The module exports no such function");
    public static readonly ProblemKind EntrypointType = new("entrypoint-type", 422, "The export cannot be an entrypoint");
    public static readonly ProblemKind ArgumentsInvalid = new("arguments-invalid", 422, "The arguments do not fit the entrypoint");
    public static readonly ProblemKind InputInvalid = new("input-invalid", 422, "The input cannot be given to a guest");
    public static readonly ProblemKind OutputsInvalid = new("outputs-invalid", 422, "The outputs are not patterns of paths");
    public static readonly ProblemKind InputTooLarge = new("input-too-large", 422, "Arguments, environment and stdin are too large");
    public static readonly ProblemKind RangeInvalid = new("range-invalid", 422, "The bytes to prove are not within the output");
    public static readonly ProblemKind RangeTooLarge = new("range-too-large", 422, "The bytes to prove lie in too many chunks");
    public static readonly ProblemKind LimitTooHigh = new("limit-too-high", 422, "A limit is above the server's");
    public static readonly ProblemKind LimitTooLow = new("limit-too-low", 422, "A limit is too low for the module to start, or not positive");
    public static readonly ProblemKind AssuranceInvalid = new("assurance-invalid", 422, "There is no such assurance");
    public static readonly ProblemKind OutputRefused = new("output-refused", 422, "The output does not belong to the statement, or to no lease that counts");
    public static readonly ProblemKind NodeInvalid = new("node-invalid", 422, "What is said of the node is out of bounds");
    public static readonly ProblemKind KeyInvalid = new("key-invalid", 422, "What is said of the API key is out of bounds");
    public static readonly ProblemKind BidInvalid = new("bid-invalid", 422, "The price is out of bounds");
    public static readonly ProblemKind SelectionInvalid = new("selection-invalid", 422, "The task asks for nodes, a priority, tries or labels that cannot be");
    public static readonly ProblemKind IdempotencyMismatch = new("idempotency-mismatch", 422, "The idempotency key was used with another body");
    public static readonly ProblemKind LogRangeInvalid = new("log-range-invalid", 422, "The log has no tree of such a size");
    public static readonly ProblemKind CheckpointInvalid = new("checkpoint-invalid", 422, "The body is no checkpoint of this log");
    public static readonly ProblemKind CheckpointInconsistent = new("checkpoint-inconsistent", 422, "The checkpoint is not shown to continue the one before");
    public static readonly ProblemKind RateExceeded = new("rate-exceeded", 429, "Too many requests of one caller");
    public static readonly ProblemKind QuotaTasks = new("quota-tasks-in-flight", 429, "The tenant has as many undecided tasks as it may");
    public static readonly ProblemKind QuotaGas = new("quota-gas", 429, "The tenant's gas of the day is used or reserved");
    public static readonly ProblemKind QuotaStorage = new("quota-stored-bytes", 429, "The tenant has stored as much as it may");
    public static readonly ProblemKind QueueShareFull = new("queue-share-full", 429, "Too many of the submitter's tasks are waiting");
    public static readonly ProblemKind TooManyRequests = new("too-many-requests", 429, "Too many of the caller's requests are under way");
    public static readonly ProblemKind Internal = new("internal-error", 500, "The server failed");
    public static readonly ProblemKind IdentityProviderUnavailable = new("identity-provider-unavailable", 503, "The identity provider's keys cannot be read");
    public static readonly ProblemKind QueueFull = new("queue-full", 503, "Too many tasks are waiting");
    public static readonly ProblemKind Overloaded = new("overloaded", 503, "The server has more to do than it can");
    public static readonly ProblemKind StorageLow = new("storage-low", 503, "The data directory's disk is nearly full");
    public static readonly ProblemKind MemoryLow = new("memory-low", 503, "The machine is nearly out of memory");
    public static readonly ProblemKind CompilerBusy = new("compiler-busy", 503, "Too many modules are waiting to be compiled");
    public static readonly ProblemKind TraceBusy = new("trace-busy", 503, "This part of the trace is not kept and is being made again");
    public static readonly ProblemKind ProofNotIntegrated = new("proof-not-integrated", 503, "No checkpoint of the log covers the statement yet");
    public static readonly ProblemKind LogReadOnly = new("log-read-only", 503, "The log contradicts what was seen of it, and nothing is signed any more");
    public static readonly ProblemKind LogGuardUnavailable = new("log-guard-unavailable", 503, "The log's guard file cannot be written");
    public static readonly ProblemKind BundleBusy = new("bundle-busy", 503, "Too many bundles are being uploaded");
    public static readonly ProblemKind VerifierBusy = new("verifier-busy", 503, "Too many statements are being verified");
    public static readonly ProblemKind UploadsBusy = new("uploads-busy", 503, "Too many outputs are being handed in");
    public static readonly ProblemKind StorageUnavailable = new("storage-unavailable", 503, "The server cannot store at the moment");
    public static readonly ProblemKind ShuttingDown = new("shutting-down", 503, "The server is stopping");

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
        [.. typeof(Problems).GetFields().Where(field => field.FieldType == typeof(ProblemKind)).Select(field => (ProblemKind)field.GetValue(null)!)];
}
