namespace Ailee.Vcp.Crash.Checks;

/// <summary>What is known of something that was stored or deleted.</summary>
internal enum Existence
{
    /// <summary>The call was not answered: it is there whole, or not at all.</summary>
    Unsure,

    /// <summary>It was acknowledged.</summary>
    There,

    /// <summary>Its deletion was acknowledged.</summary>
    Gone,
}

/// <summary>Something that was uploaded.</summary>
/// <param name="Content">Its bytes, as they come back.</param>
internal sealed record Uploaded(byte[] Content)
{
    public Existence Existence { get; set; }
}
