using System.Globalization;
using System.Reflection;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Nodes;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Retention;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Tests.Hosting;
using Ailee.Vcp.Server.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Server.Tests;

/// <summary>docs/configuration.md says what the options classes say, in keys, defaults, ranges and spelling.</summary>
public sealed class ConfigurationDocumentTests
{
    private static readonly Type[] Classes =
    [
        typeof(StorageOptions),
        typeof(SandboxOptions),
        typeof(TaskOptions),
        typeof(BundleOptions),
        typeof(LogOptions),
        typeof(LedgerOptions),
        typeof(NodeOptions),
        typeof(SafetyOptions),
        typeof(RetentionOptions),
        typeof(HttpOptions),
        typeof(OverloadOptions),
        typeof(TlsOptions),
        typeof(AuthOptions),
        typeof(JwtOptions),
        typeof(RateLimitOptions),
    ];

    private static readonly Dictionary<string, string[]> Rows =
        MarkdownTable.Rows("configuration.md", "key", "unit", "default", "range", "environment", "meaning").ToDictionary(cells => cells[0]);

    public static TheoryData<string> Keys { get; } = [.. Classes.SelectMany(Properties).Select(property => Key(property))];

    [Fact]
    public void Document_Keys_AreThoseOfTheClasses() =>
        Assert.Equal(Classes.SelectMany(Properties).Select(Key).Append("urls").Order(), Rows.Keys.Order());

    [Theory]
    [MemberData(nameof(Keys))]
    public void Document_Key_HasTheClassesDefaultAndSpelling(string key)
    {
        var property = PropertyOf(key);
        var value = property.GetValue(Activator.CreateInstance(property.DeclaringType!));

        Assert.Equal(value is Array ? string.Empty : Convert.ToString(value, CultureInfo.InvariantCulture), Rows[key][2]);
        var spelling = key.Replace(":", "__", StringComparison.Ordinal);
        Assert.Equal(value is not Array ? spelling : key == "Log:Witnesses" ? $"{spelling}__0__Url, {spelling}__0__Key" : $"{spelling}__0", Rows[key][4].Replace("`", string.Empty, StringComparison.Ordinal));
        Assert.NotEmpty(Rows[key][1]);
        Assert.NotEmpty(Rows[key][5]);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Document_Key_HasTheClassesRange(string key)
    {
        var words = Rows[key][3].Split(" or ");
        if (words.Length > 1)
        {
            Assert.All(words, word => Assert.Empty(ProblemsWith(key, word)));
            Assert.Contains(key, Assert.Single(ProblemsWith(key, words[0] + words[1])), StringComparison.Ordinal);
            return;
        }

        if (PropertyOf(key).PropertyType == typeof(string))
        {
            Assert.Equal("not empty", Rows[key][3]);
            Assert.Contains(key, Assert.Single(ProblemsWith(key, " ")), StringComparison.Ordinal);
            return;
        }

        if (PropertyOf(key).PropertyType.IsArray)
        {
            var most = int.Parse(Rows[key][3].Split(' ')[^1], CultureInfo.InvariantCulture);
            var item = PropertyOf(key).PropertyType.GetElementType()!;
            var tooMany = Array.CreateInstance(item, most + 1);
            for (var i = 0; i <= most; i++)
            {
                tooMany.SetValue(item == typeof(string) ? string.Empty : Activator.CreateInstance(item), i);
            }

            Assert.Contains(ProblemsWith(key, tooMany), problem => problem.Contains(key, StringComparison.Ordinal) && problem.Contains($"at most {most}", StringComparison.Ordinal));
            return;
        }

        var bounds = Rows[key][3].Split(" to ").Select(bound => long.Parse(bound, CultureInfo.InvariantCulture)).ToList();
        Assert.Empty(ProblemsWith(key, bounds[0]));
        Assert.Empty(ProblemsWith(key, bounds[1]));
        Assert.Contains(key, Assert.Single(ProblemsWith(key, bounds[0] - 1)), StringComparison.Ordinal);
        Assert.Contains(key, Assert.Single(ProblemsWith(key, bounds[1] + 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_Address_IsTheDefault()
    {
        using var directory = new TempDirectory();
        // Images of .NET set a port in the environment.
        await using var app = ServerHost.Build(["--Storage:DataDirectory", directory.Path, "--urls", string.Empty, "--http_ports", string.Empty, "--https_ports", string.Empty]);

        Assert.Equal(Rows["urls"][2], app.Configuration["urls"]);
        // Resolved here, so that it is disposed with the host.
        app.Services.GetRequiredService<SqliteDatabase>();
        app.Services.GetRequiredService<DataDirectory>();
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.CanWrite);

    private static string Key(PropertyInfo property) => $"{property.DeclaringType!.GetField("Section")!.GetValue(null)}:{property.Name}";

    private static PropertyInfo PropertyOf(string key) => Classes.SelectMany(Properties).Single(property => Key(property) == key);

    private static List<string> ProblemsWith(string key, object value)
    {
        var property = PropertyOf(key);
        var options = Activator.CreateInstance(property.DeclaringType!)!;
        property.SetValue(options, value is Array ? value : Convert.ChangeType(value, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, CultureInfo.InvariantCulture));
        return [.. (IEnumerable<string>)property.DeclaringType!.GetMethod("Problems")!.Invoke(options, null)!];
    }
}
