namespace Ailee.Vcp.Server.Auth;

/// <summary>What a caller may do. The names in <see cref="Scopes"/> are what keys are made with.</summary>
[Flags]
internal enum Scope
{
    /// <summary>Nothing but what everybody may.</summary>
    None = 0,

    /// <summary>Read what is the tenant's.</summary>
    Read = 1,

    /// <summary>Upload modules and bundles, submit and cancel tasks, all as the tenant.</summary>
    Tasks = 2,

    /// <summary>Let nodes join, drain, quarantine, release and remove them, and read all that is known of them.</summary>
    Nodes = 4,

    /// <summary>Read everything of every tenant, and change nothing.</summary>
    Audit = 8,

    /// <summary>Everything.</summary>
    Admin = 16,
}

/// <summary>The names of scopes.</summary>
internal static class Scopes
{
    private static readonly (string Name, Scope Scope)[] Names =
        [("read", Scope.Read), ("tasks", Scope.Tasks), ("nodes", Scope.Nodes), ("audit", Scope.Audit), ("admin", Scope.Admin)];

    /// <summary>Every name.</summary>
    public static IEnumerable<string> All => Names.Select(pair => pair.Name);

    /// <summary>Scopes by their names; null if one is none, or there are none.</summary>
    public static Scope? Parse(IEnumerable<string> names)
    {
        var scopes = Scope.None;
        foreach (var name in names)
        {
            var found = Array.Find(Names, pair => pair.Name == name).Scope;
            if (found == Scope.None)
            {
                return null;
            }

            scopes |= found;
        }

        return scopes == Scope.None ? null : scopes;
    }

    /// <summary>The names of scopes.</summary>
    public static IReadOnlyList<string> Format(Scope scopes) => [.. Names.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Name)];

    /// <summary>With what each scope brings along: who may submit may read, and an administrator may everything.</summary>
    public static Scope Expand(Scope scopes) => scopes.HasFlag(Scope.Admin) ? Scope.Read | Scope.Tasks | Scope.Nodes | Scope.Audit | Scope.Admin
        : scopes == Scope.None ? Scope.None
        : scopes | Scope.Read;
}
