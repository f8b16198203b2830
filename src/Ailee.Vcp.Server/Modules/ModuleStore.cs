using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Modules;

/// <summary>The SQL of modules.</summary>
internal static class ModuleStore
{
    private const string Columns = "digest, size_bytes, kind, imports, exports, memory_pages, created_ms, memories, tables, custom_sections, function_count, has_start";

    /// <summary>Stores a module; one that is there already stays as it is.</summary>
    public static void Add(IWriteTransaction transaction, ModuleView module, ReadOnlyMemory<byte> content)
    {
        var digest = Digest.Parse(module.Digest).ToArray();
        var added = transaction.Execute(
            $"INSERT OR IGNORE INTO modules ({Columns}) VALUES ($digest, $size, $kind, $imports, $exports, $pages, $created, $memories, $tables, $custom, $functions, $start)",
            ("$digest", digest),
            ("$size", module.SizeBytes),
            ("$kind", module.Kind),
            ("$imports", JsonSerializer.Serialize(module.Imports, VcpJson.Default.IReadOnlyListImportView)),
            ("$exports", JsonSerializer.Serialize(module.Exports, VcpJson.Default.IReadOnlyListExportView)),
            ("$pages", module.MemoryPages),
            ("$created", module.CreatedAt.ToUnixTimeMilliseconds()),
            ("$memories", Write(module.Memories, VcpJson.Default.IReadOnlyListMemoryView)),
            ("$tables", Write(module.Tables, VcpJson.Default.IReadOnlyListTableView)),
            ("$custom", Write(module.CustomSections, VcpJson.Default.IReadOnlyListCustomSectionView)),
            ("$functions", module.FunctionCount),
            ("$start", module.HasStart is { } hasStart ? (hasStart ? 1L : 0L) : null));
        if (added > 0)
        {
            transaction.Execute("INSERT INTO module_contents (digest, content) VALUES ($digest, $content)", ("$digest", digest), ("$content", content.ToArray()));
        }
    }

    public static ModuleView? Find(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst($"SELECT {Columns} FROM modules WHERE digest = $digest", View, ("$digest", digest.ToArray()));

    public static bool Exists(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst<long?>("SELECT 1 FROM modules WHERE digest = $digest", row => row.Int64(0), ("$digest", digest.ToArray())) is not null;

    public static byte[]? FindContent(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst("SELECT content FROM module_contents WHERE digest = $digest", row => row.Bytes(0), ("$digest", digest.ToArray()));

    /// <summary>A part of a module's binary; null if there is no such module.</summary>
    public static byte[]? ReadContent(IReadTransaction transaction, Digest digest, long offset, int length) =>
        transaction.QueryFirst<long?>("SELECT rowid FROM module_contents WHERE digest = $digest", row => row.Int64(0), ("$digest", digest.ToArray())) is { } row
            ? transaction.ReadBlob("module_contents", "content", row, offset, length)
            : null;

    /// <summary>Digest under SHA3-256, if it is known.</summary>
    public static Digest? FindSha3(IReadTransaction transaction, Digest digest) =>
        transaction.QueryFirst<Digest?>("SELECT sha3 FROM modules WHERE digest = $digest AND sha3 IS NOT NULL", row => row.Digest(0), ("$digest", digest.ToArray()));

    /// <summary>Keeps the digest under SHA3-256 of a module that is still there.</summary>
    public static int KeepSha3(IWriteTransaction transaction, Digest digest, Digest sha3) =>
        transaction.Execute("UPDATE modules SET sha3 = $sha3 WHERE digest = $digest", ("$sha3", sha3.ToArray()), ("$digest", digest.ToArray()));

    public static List<ModuleView> List(IReadTransaction transaction, ListQuery query) => transaction.Query(
        $"SELECT {Columns} FROM modules WHERE (created_ms, digest) < ($created, $id) ORDER BY created_ms DESC, digest DESC LIMIT $limit",
        View,
        ("$created", query.After.CreatedMs),
        ("$id", query.After.Id),
        ("$limit", (long)query.Limit + 1));

    public static void Delete(IWriteTransaction transaction, Digest digest) =>
        transaction.Execute("DELETE FROM modules WHERE digest = $digest", ("$digest", digest.ToArray()));

    public static long Count(IReadTransaction transaction) => transaction.QueryFirst("SELECT COUNT(*) FROM modules", row => row.Int64(0));

    private static ModuleView View(Row row) => new(
        row.Digest(0).ToString(),
        row.Int64(1),
        row.Text(2),
        JsonSerializer.Deserialize(row.Text(3), VcpJson.Default.IReadOnlyListImportView)!,
        JsonSerializer.Deserialize(row.Text(4), VcpJson.Default.IReadOnlyListExportView)!,
        row.Int64(5),
        row.Time(6))
    {
        Memories = Read(row.NullableText(7), VcpJson.Default.IReadOnlyListMemoryView),
        Tables = Read(row.NullableText(8), VcpJson.Default.IReadOnlyListTableView),
        CustomSections = Read(row.NullableText(9), VcpJson.Default.IReadOnlyListCustomSectionView),
        FunctionCount = row.NullableInt64(10),
        HasStart = row.NullableInt64(11) is { } hasStart ? hasStart != 0 : null,
    };

    private static string? Write<T>(T? value, JsonTypeInfo<T> type)
        where T : class =>
            value is null ? null : JsonSerializer.Serialize(value, type);

    private static T? Read<T>(string? json, JsonTypeInfo<T> type)
        where T : class =>
            json is null ? null : JsonSerializer.Deserialize(json, type);
}
