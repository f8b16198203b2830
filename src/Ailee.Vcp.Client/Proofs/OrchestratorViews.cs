namespace Ailee.Vcp.Client.Proofs;

/// <summary>Where the log holds a statement.</summary>
/// <param name="Origin">Name of the log.</param>
/// <param name="Index">Position, from 0.</param>
/// <param name="Size">Entries of the tree that is served.</param>
public sealed record LogPosition(string Origin, long Index, long Size);

/// <summary>The beginning of a log.</summary>
/// <param name="Origin">Name of the log.</param>
/// <param name="LogKey">Its key, base64url.</param>
/// <param name="Policy">Name of the rules by which it is kept (docs/design/log.md).</param>
public sealed record GenesisView(string Origin, string LogKey, string Policy);

/// <summary>A node was enrolled.</summary>
/// <param name="Node">Its id.</param>
/// <param name="PublicKey">Its key, base64url.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Name">What it is called.</param>
public sealed record EnrolmentView(string Node, string PublicKey, string Owner, string Name);

/// <summary>A node was removed, quarantined or released.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Reason">Why; absent for a release.</param>
public sealed record StandingView(string Node, string? Reason);

/// <summary>A node goes on under another key.</summary>
/// <param name="OldNode">The id that it had.</param>
/// <param name="NewNode">The id that it has from then on.</param>
/// <param name="PublicKey">Its key from then on, base64url.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Name">What it is called.</param>
public sealed record RotationView(string OldNode, string NewNode, string PublicKey, string Owner, string Name);

/// <summary>A quorum decided a task.</summary>
/// <param name="PayloadDigest">SHA-256 of the payload that won.</param>
/// <param name="Quorum">Votes needed.</param>
/// <param name="Replicas">Votes asked for at first.</param>
/// <param name="Votes">The votes for it.</param>
public sealed record CertificateView(string PayloadDigest, int Quorum, int Replicas, IReadOnlyList<VoteView> Votes);

/// <summary>A vote.</summary>
/// <param name="Node">Who voted.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Proof">Its statement.</param>
public sealed record VoteView(string Node, string Owner, string Proof);

/// <summary>Executions of a task disagreed.</summary>
/// <param name="Claims">What each came to.</param>
/// <param name="Field">What differs first (docs/design/trace.md); absent if traces could not be compared.</param>
/// <param name="Leaf">Index of that leaf.</param>
/// <param name="Record">Number of the host call; absent if they part at their end.</param>
public sealed record DivergenceView(IReadOnlyList<ClaimView> Claims, string? Field, long? Leaf, long? Record);

/// <summary>What an execution came to.</summary>
/// <param name="Node">Who ran it.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Proof">Its statement; absent for repeated runs, which are not signed one by one.</param>
/// <param name="Outcome">What the guest did.</param>
/// <param name="ExitCode">Exit code; absent unless completed.</param>
/// <param name="Output">Digest of its output record.</param>
/// <param name="Instructions">Instructions used.</param>
/// <param name="TraceRoot">Root of its trace.</param>
public sealed record ClaimView(string Node, string Owner, string? Proof, string Outcome, long? ExitCode, string Output, long Instructions, string TraceRoot);
