using System.Globalization;
using System.Reflection;

namespace Ailee.Vcp.Server.Storage;

/// <summary>Applies the embedded scripts that the database has not seen, in the order of their numbers, each in a transaction.</summary>
internal static class Migrations
{
    public static void Apply(SqliteSession session)
    {
        var version = session.QueryFirst("PRAGMA user_version", row => row.Int64(0));
        var scripts = Scripts().ToList();
        if (version > scripts[^1].Number)
        {
            throw new StartupException($"The database is of version {version}; this program knows versions up to {scripts[^1].Number}. Use the newer program.");
        }

        foreach (var (number, sql) in scripts.Where(script => script.Number > version))
        {
            session.Execute("BEGIN IMMEDIATE");
            session.Execute(sql);
            session.Execute($"PRAGMA user_version = {number.ToString(CultureInfo.InvariantCulture)}");
            session.Execute("COMMIT");
        }
    }

    private static IEnumerable<(long Number, string Sql)> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string Marker = ".Migrations.";
        return from name in assembly.GetManifestResourceNames()
               let at = name.IndexOf(Marker, StringComparison.Ordinal)
               where at >= 0
               let number = long.Parse(name.AsSpan(at + Marker.Length, 3), CultureInfo.InvariantCulture)
               orderby number
               select (number, ReadText(assembly, name));
    }

    private static string ReadText(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
