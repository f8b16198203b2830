using System.Text.Json;

namespace Ailee.Vcp.Fuzz;

/// <summary>Bytes of tests/Vectors, which lie beside the program.</summary>
internal static class Vectors
{
    /// <summary>Of each case of a file, the bytes at a path of members.</summary>
    public static List<byte[]> Hex(string file, params string[] path) => Each(file, element => Convert.FromHexString(path.Aggregate(element, (inner, name) => inner.GetProperty(name)).GetString()!));

    /// <summary>Of each case of a file, the list of bytes of a member.</summary>
    public static List<List<byte[]>> Lists(string file, string name) =>
        Each(file, element => element.GetProperty(name).EnumerateArray().Select(item => Convert.FromHexString(item.GetString()!)).ToList());

    private static List<T> Each<T>(string file, Func<JsonElement, T> read)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", $"{file}.json")));
        return [.. document.RootElement.EnumerateArray().Select(read)];
    }
}
