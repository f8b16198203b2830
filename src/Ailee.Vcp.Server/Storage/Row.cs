using Ailee.Vcp.Core;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Server.Storage;

/// <summary>A row of a query, read by column number.</summary>
internal readonly struct Row(SqliteDataReader reader)
{
    public long Int64(int column) => reader.GetInt64(column);

    public long? NullableInt64(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public double Double(int column) => reader.GetDouble(column);

    public string Text(int column) => reader.GetString(column);

    public string? NullableText(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public bool IsNull(int column) => reader.IsDBNull(column);

    public Digest Digest(int column) => new(Bytes(column));

    public TaskId TaskId(int column) => Core.TaskId.FromBytes(Bytes(column));

    public NodeId NodeId(int column) => new(Digest(column));

    /// <summary>A hash of statements, by its name.</summary>
    public ContentHash Hash(int column) => ContentHash.Find(Text(column)) ?? throw new InvalidDataException($"A stored row names the hash {Text(column)}.");

    /// <summary>Times are stored as milliseconds since 1970-01-01T00:00:00Z.</summary>
    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Int64(column));

    public DateTimeOffset? NullableTime(int column) => NullableInt64(column) is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
