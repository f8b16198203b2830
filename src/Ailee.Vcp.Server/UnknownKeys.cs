using System.Reflection;
using Microsoft.Extensions.Configuration.CommandLine;

namespace Ailee.Vcp.Server;

/// <summary>
/// Keys that nothing reads, which are most often misspelled ones: any within a section of ours, any section that is nearly one, and what the
/// command line has that is nearly a key. The environment is full of other names, so those that are far from ours are nobody's business.
/// </summary>
internal static class UnknownKeys
{
    // "Stroage", "Node", "Sandbx".
    private const int NearEdits = 2;

    private static readonly string[] HostKeys = ["urls", "http_ports", "https_ports"];

    public static IEnumerable<string> Find(IConfiguration configuration, ILookup<string, Type> sections)
    {
        foreach (var section in configuration.GetChildren().Where(section => section.GetChildren().Any()))
        {
            if (sections.Contains(section.Key))
            {
                foreach (var problem in Within(section, sections[section.Key], sections))
                {
                    yield return problem;
                }
            }
            else if (Nearest(section.Key, sections.Select(known => known.Key), NearEdits) is { } near)
            {
                yield return $"{section.Path} is no section; did you mean {near}?";
            }
        }

        foreach (var key in OfCommandLine(configuration).Where(key => !HostKeys.Contains(key, StringComparer.OrdinalIgnoreCase)))
        {
            if (Nearest(key, HostKeys, 1) is { } near)
            {
                yield return $"{key} is no key; did you mean {near}?";
            }
        }
    }

    private static IEnumerable<string> Within(IConfigurationSection section, IEnumerable<Type> types, ILookup<string, Type> sections)
    {
        var known = types.SelectMany(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public)).Where(property => property.CanWrite).ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (sections.Contains(child.Path))
            {
                foreach (var problem in Within(child, sections[child.Path], sections))
                {
                    yield return problem;
                }
            }
            else if (!known.TryGetValue(child.Key, out var property))
            {
                yield return $"{child.Path} is no key; did you mean {section.Path}:{Nearest(child.Key, known.Keys, int.MaxValue)}?";
            }
            else if (property.PropertyType.GetElementType() is { } item && item != typeof(string))
            {
                foreach (var problem in child.GetChildren().SelectMany(element => Within(element, [item], sections)))
                {
                    yield return problem;
                }
            }
        }
    }

    private static IEnumerable<string> OfCommandLine(IConfiguration configuration) => configuration is IConfigurationRoot root
        ? root.Providers.OfType<CommandLineConfigurationProvider>().SelectMany(provider => provider.GetChildKeys([], null)).Distinct()
        : [];

    private static string? Nearest(string key, IEnumerable<string> known, int most) => known
        .Select(candidate => (Name: candidate, Edits: Edits(key.ToUpperInvariant(), candidate.ToUpperInvariant())))
        .Where(candidate => candidate.Edits <= most)
        .OrderBy(candidate => candidate.Edits)
        .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
        .Select(candidate => candidate.Name)
        .FirstOrDefault();

    /// <summary>Levenshtein's distance.</summary>
    private static int Edits(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
