namespace Ailee.Vcp.Client;

/// <summary>Media types of the contract.</summary>
public static class MediaTypes
{
    /// <summary>A WebAssembly binary.</summary>
    public const string Wasm = "application/wasm";

    /// <summary>A WebAssembly module as text.</summary>
    public const string Wat = "text/wat";

    /// <summary>JSON.</summary>
    public const string Json = "application/json";

    /// <summary>CBOR, for the bytes under the input and the output digest.</summary>
    public const string Cbor = "application/cbor";

    /// <summary>A CBOR sequence (RFC 8742): a trace.</summary>
    public const string CborSequence = "application/cbor-seq";

    /// <summary>A statement as a COSE_Sign1.</summary>
    public const string Statement = "application/scitt-statement+cose";

    /// <summary>A tar, plain or as gzip.</summary>
    public const string Tar = "application/x-tar";

    /// <summary>A tar as gzip.</summary>
    public const string Gzip = "application/gzip";

    /// <summary>Bytes.</summary>
    public const string Binary = "application/octet-stream";

    /// <summary>Plain text: a checkpoint, a log's key.</summary>
    public const string Text = "text/plain";

    /// <summary>Comma-separated values (RFC 4180).</summary>
    public const string Csv = "text/csv";

    /// <summary>An error.</summary>
    public const string Problem = "application/problem+json";
}
