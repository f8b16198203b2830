using Ailee.Vcp.Core;
using SQLitePCL;

namespace Ailee.Vcp.Server.Storage;

/// <summary>A row of a query, read by column number.</summary>
internal readonly struct Row(sqlite3_stmt statement)
{
    public long Int64(int column) => raw.sqlite3_column_int64(statement, Present(column));

    public long? NullableInt64(int column) => IsNull(column) ? null : raw.sqlite3_column_int64(statement, column);

    public double Double(int column) => raw.sqlite3_column_double(statement, Present(column));

    public double? NullableDouble(int column) => IsNull(column) ? null : raw.sqlite3_column_double(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, Present(column)).utf8_to_string();

    public string? NullableText(int column) => IsNull(column) ? null : raw.sqlite3_column_text(statement, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, Present(column)).ToArray();

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public Digest Digest(int column) => new(Bytes(column));

    public TaskId TaskId(int column) => Core.TaskId.FromBytes(Bytes(column));

    public NodeId NodeId(int column) => new(Digest(column));

    /// <summary>A hash of statements, by its name.</summary>
    public ContentHash Hash(int column) => ContentHash.Find(Text(column)) ?? throw new InvalidDataException($"A stored row names the hash {Text(column)}.");

    /// <summary>Times are stored as milliseconds since 1970-01-01T00:00:00Z.</summary>
    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Int64(column));

    public DateTimeOffset? NullableTime(int column) => NullableInt64(column) is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private int Present(int column) => IsNull(column) ? throw new InvalidOperationException($"Column {column} is null.") : column;
}
