using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>A compiled module as bytes: length of the description (4, little-endian), description as JSON, native code.</summary>
internal readonly record struct ModuleArtifact(ReadOnlyMemory<byte> Bytes)
{
    private const int LengthBytes = 4;

    /// <summary>What the engine loads.</summary>
    public ReadOnlyMemory<byte> Code => Bytes[(LengthBytes + DescriptionLength)..];

    private int DescriptionLength => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span);

    public static ModuleArtifact Create(ModuleDescription description, ReadOnlySpan<byte> code)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(description, DescriptionJson.Default.ModuleDescription);
        var bytes = new byte[LengthBytes + json.Length + code.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, LengthBytes);
        code.CopyTo(bytes.AsSpan(LengthBytes + json.Length));
        return new ModuleArtifact(bytes);
    }

    /// <summary>Null if the bytes are of another version of this program.</summary>
    public ModuleDescription? ReadDescription()
    {
        if (Bytes.Length < LengthBytes || DescriptionLength < 0 || DescriptionLength > Bytes.Length - LengthBytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(Bytes.Span.Slice(LengthBytes, DescriptionLength), DescriptionJson.Default.ModuleDescription);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModuleDescription))]
internal sealed partial class DescriptionJson : JsonSerializerContext;
