using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Modules;

public sealed class ModuleStoreTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public void Find_RowFromBeforeItsPartsWereLookedAt_IsReadWithoutThem()
    {
        using var session = new SqliteSession(_directory.File("vcp.db"));
        Migrations.Apply(session);
        var digest = Digest.Of("old"u8);
        session.Execute(
            """
            INSERT INTO modules (digest, created_ms, size_bytes, kind, memory_pages, imports, exports)
            VALUES ($digest, 1, 2, 'library', 3, '[]', '[{"name":"g","kind":"global"}]')
            """,
            ("$digest", digest.ToArray()));

        var module = ModuleStore.Find(session, digest)!;

        Assert.Equal((2L, "library", 3L), (module.SizeBytes, module.Kind, module.MemoryPages));
        Assert.Equal(("g", "global", null), (Assert.Single(module.Exports).Name, module.Exports[0].Kind, module.Exports[0].Type));
        Assert.Equal((null, null, null, null, null), (module.Memories, module.Tables, module.CustomSections, module.FunctionCount, module.HasStart));
    }

    public void Dispose() => _directory.Dispose();
}
