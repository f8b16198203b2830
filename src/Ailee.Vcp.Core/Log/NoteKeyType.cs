namespace Ailee.Vcp.Core.Log;

/// <summary>What an Ed25519 key signs in notes; the numbers are those of C2SP signed-note.</summary>
public enum NoteKeyType : byte
{
    /// <summary>The text itself.</summary>
    Log = 0x01,

    /// <summary>The text under a time: cosignature/v1.</summary>
    Witness = 0x04,
}
