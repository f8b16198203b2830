using System.Text.Json;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>
/// The JSON files under tests/Vectors. With the environment variable <c>VCP_WRITE_VECTORS=1</c> the tests write them; otherwise
/// they hold the code to them.
/// </summary>
internal static class VectorFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly bool Writing = Environment.GetEnvironmentVariable("VCP_WRITE_VECTORS") == "1";

    public static T Read<T>(string name) => JsonSerializer.Deserialize<T>(File.ReadAllText(OutputPath(name)), Options)!;

    /// <summary>Asserts that the file is, byte for byte, what the code gives today.</summary>
    public static void AssertIs<T>(string name, T content)
    {
        var text = JsonSerializer.Serialize(content, Options) + "\n";
        if (Writing)
        {
            File.WriteAllText(SourcePath(name), text);
            Directory.CreateDirectory(Path.GetDirectoryName(OutputPath(name))!);
            File.WriteAllText(OutputPath(name), text);
        }

        Assert.Equal(text, File.ReadAllText(OutputPath(name)));
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static string OutputPath(string name) => Path.Combine(AppContext.BaseDirectory, "Vectors", name);

    private static string SourcePath(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Ailee.Vcp.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run below the repository.");
        }

        return Path.Combine(folder.FullName, "tests", "Vectors", name);
    }
}
