using System.Collections.Concurrent;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What the nodes of the process signed, for those among them that copy. Thread-safe.</summary>
/// <param name="isRead">Whether any of them does; nothing is kept otherwise.</param>
internal sealed class StatementBoard(bool isRead)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, (VirtualNode Node, ReadOnlyMemory<byte> Statement)> _byTask = new(StringComparer.Ordinal);

    /// <summary>The nodes; set when all have joined.</summary>
    public IReadOnlyList<VirtualNode> Nodes { get; set; } = [];

    /// <summary>A node's statement about a task was accepted.</summary>
    public void Note(string task, VirtualNode node, ReadOnlyMemory<byte>? statement)
    {
        if (!isRead || statement is not { } bytes)
        {
            return;
        }

        if (_byTask.Count >= Most)
        {
            _byTask.Clear();
        }

        _byTask.TryAdd(task, (node, bytes));
    }

    /// <summary>What another node signed about a task; null if none did.</summary>
    public ReadOnlyMemory<byte>? Find(string task, VirtualNode asking) =>
        _byTask.TryGetValue(task, out var found) && found.Node != asking ? (ReadOnlyMemory<byte>?)found.Statement : null;

    /// <summary>Any other node.</summary>
    public VirtualNode Another(VirtualNode asking, Random chance) => Nodes[(asking.Number + chance.Next(1, Nodes.Count)) % Nodes.Count];
}
