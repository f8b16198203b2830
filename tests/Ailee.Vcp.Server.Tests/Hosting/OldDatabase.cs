using System.Globalization;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>Databases as earlier versions of the server left them.</summary>
internal static class OldDatabase
{
    /// <summary>Applies the scripts up to a version to an empty database.</summary>
    public static void ApplyThrough(SqliteSession session, int version)
    {
        const string Marker = ".Migrations.";
        var assembly = typeof(SqliteSession).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            var at = name.IndexOf(Marker, StringComparison.Ordinal);
            if (at >= 0 && int.Parse(name.AsSpan(at + Marker.Length, 3), CultureInfo.InvariantCulture) <= version)
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                session.Execute(reader.ReadToEnd());
            }
        }

        session.Execute($"PRAGMA user_version = {version.ToString(CultureInfo.InvariantCulture)}");
    }
}
